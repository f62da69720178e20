"""How a submitted report is undone, until UN Women has decided."""

from __future__ import annotations

from tenants.action_kit.reports.services import REPORT, withdraw_report
from tenants.people.permissions import Permission
from tenants.undo.undoable import Undoable, Undoing


def _withdraw_report(undoing: Undoing) -> None:
    withdraw_report(undoing.session, report_id=undoing.change.subject_id)


KINDS = (Undoable("report.submitted", Permission.SUBMIT_REPORT, REPORT.look, _withdraw_report),)
