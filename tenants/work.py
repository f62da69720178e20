"""The record of finished work, for /healthz. A process that responds may still do no work, so it writes a row."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, one_of


class ProcessKind(StrEnum):
    """The kinds of processes that record finished work."""

    WORKER = "worker"
    BEAT = "beat"


class FinishedWork(Base):
    """When each kind of process last finished a task. A platform table."""

    __tablename__ = "finished_work"

    who: Mapped[str] = mapped_column(primary_key=True)
    finished_at: Mapped[datetime]

    __table_args__ = (one_of("who", ProcessKind),)
