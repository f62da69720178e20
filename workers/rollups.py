"""Tasks for figures. The web enqueues a compilation after each change; beat does so in case that message was lost."""

from __future__ import annotations

import structlog
from sqlalchemy.orm import Session

from tenants import clock
from tenants.rollups.checking import check
from tenants.rollups.compiler import compile_marked
from workers.base import compiler_task

log = structlog.get_logger(__name__)


@compiler_task
def compile_figures(session: Session) -> int:
    """Process all waiting marks; return how many chapters were compiled again."""
    return compile_marked(session, at=clock.now())


@compiler_task
def check_figures(session: Session) -> int:
    """Recompute every figure, compare, store the result for the desk, and return how many were compared.

    Nothing is corrected: a figure that differs is a fault to investigate. Figures do not change during the check:
    `compile_figures`, which beat keeps enqueueing, waits for the compiler's lock and occupies its worker slot while it
    waits. Approvals only leave marks and never wait.
    """
    result = check(session, at=clock.now())
    if result:
        log.warning(
            "figures.differ",
            differences=len(result.differences),
            forgotten=len(result.forgotten),
            figures=result.figures,
        )
    return result.figures
