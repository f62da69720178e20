"""Upkeep: delete rows that are no longer needed."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tenants import clock
from tenants.mail.ledger import forget_old
from workers.base import platform_task


@platform_task
def clear_old_rows(session: Session) -> int:
    """Delete old deliveries; return how many."""
    return forget_old(session, at=clock.now())
