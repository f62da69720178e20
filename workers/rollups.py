"""Figures follow the log: rung after each change, and by beat for whatever a lost ring left waiting."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tenants import clock
from tenants.rollups.compile import compile_marked
from workers.base import compiler_task


@compiler_task
def compile_figures(session: Session) -> int:
    """Bring the figures up to all marks waiting; return how many chapters were summed anew."""
    return compile_marked(session, at=clock.now())
