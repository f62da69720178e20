"""The task that opens reporting periods, so that every chapter is expected to report."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tenants import clock
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports.opening import open_period
from workers.base import platform_task


@platform_task
def open_periods(_session: Session) -> int:
    """Open the current quarter, once; return how many reports are newly expected."""
    moment = clock.now()
    return open_period(period=Period.of(moment.date()), at=moment)
