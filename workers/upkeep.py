"""Upkeep: take away what nobody will look at again."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tenants import clock
from tenants.mail.ledger import forget_old
from workers.base import platform_task


@platform_task
def clear_old_rows(session: Session) -> int:
    """Return how many old deliveries were forgotten."""
    return forget_old(session, at=clock.now())
