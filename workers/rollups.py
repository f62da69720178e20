"""Figures follow the approved reports: rung after each change, and by beat for whatever a lost ring left waiting."""

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
    """Bring the figures up to all marks waiting; return how many chapters were compiled anew."""
    return compile_marked(session, at=clock.now())


@compiler_task
def check_figures(session: Session) -> int:
    """Recompute every figure, compare, keep what was found for the desk, and return how many were compared.

    Nothing is mended: a figure that differs is a fault to look into. Meanwhile figures stand still: `compile_figures`,
    rung again and again, waits for the compiler's lock, and keeps its place of the worker while it waits. Approvals
    only leave marks and wait for nobody.
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
