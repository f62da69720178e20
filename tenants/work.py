"""Proof of finished work, for /healthz. A process that answers proves nothing; a row it has just written does."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, one_of


class ProcessKind(StrEnum):
    """Who finished something."""

    WORKER = "worker"
    BEAT = "beat"


class FinishedWork(Base):
    """When each of them last finished anything. A platform table."""

    __tablename__ = "finished_work"

    who: Mapped[str] = mapped_column(primary_key=True)
    finished_at: Mapped[datetime]

    __table_args__ = (one_of("who", ProcessKind),)
