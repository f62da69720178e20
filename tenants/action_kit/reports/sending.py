"""Save a form and send its report in one step, so that no text is lost and the report is what the form shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from tenants.action_kit.evaluation.models import ReportSubmission
from tenants.action_kit.reports.services import TypedValue, save_draft, submit_report


def send_written(
    session: Session,
    *,
    report_id: UUID,
    seen: int,
    words: Mapping[str, str],
    typed_values: Mapping[str, TypedValue],
    actor_id: UUID,
    at: datetime,
    is_nil: bool = False,
) -> ReportSubmission:
    """Save the draft and send the report, both or neither.

    Raises Refused, VersionConflict or AlreadyDecided as `save_draft` and `submit_report` do.
    """
    with session.begin_nested():
        save_draft(
            session, report_id=report_id, seen=seen, words=words, typed_values=typed_values, actor_id=actor_id, at=at
        )
        return submit_report(session, report_id=report_id, actor_id=actor_id, at=at, is_nil=is_nil)
