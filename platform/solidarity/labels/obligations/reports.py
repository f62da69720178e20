"""The texts about the obligations of step 6."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from solidarity.labels.obligations.words import ObligationWords, quarter_name, report_page
from tenants.action_kit.reports.obligations import LATE_ENTRY_WAITING, REPORT_DUE, REPORT_TO_APPROVE, RETURNED_REPORT
from tenants.obligations.models import ObligationKind

WORDS: dict[ObligationKind, ObligationWords] = {
    REPORT_DUE: ObligationWords(
        title=_l("Send the report"),
        title_with_name=_l("Send the report for %(what)s"),
        why=_l("The report is filled in from your log. Check it, add a few words and send it."),
        for_desk=_l("Report not sent"),
        button=_l("Open the report"),
        subject_page=report_page,
        subject_name=quarter_name,
    ),
    RETURNED_REPORT: ObligationWords(
        title=_l("Correct the report"),
        title_with_name=_l("Correct the report for %(what)s"),
        why=_l("It was returned with a comment. Make the changes and send it again."),
        for_desk=_l("Returned report not sent again"),
        returned=_l("A report was returned for changes."),
        button=_l("Open the report"),
        subject_page=report_page,
        subject_name=quarter_name,
    ),
    REPORT_TO_APPROVE: ObligationWords(
        title=_l("Review the report"),
        title_with_name=_l("Review the report for %(what)s"),
        why=_l("It was sent for approval and is waiting for a decision."),
        for_desk=_l("Report waiting for UN Women"),
        request=_l("Report"),
        button=_l("Review the report"),
        subject_page=report_page,
        subject_name=quarter_name,
    ),
    LATE_ENTRY_WAITING: ObligationWords(
        title=_l("Compare a report with the log"),
        title_with_name=_l("Compare the report for %(what)s with the log"),
        why=_l("The log changed after the report was sent."),
        for_desk=_l("Report not compared with the log"),
        button=_l("Compare"),
        subject_page=report_page,
        subject_name=quarter_name,
    ),
}
