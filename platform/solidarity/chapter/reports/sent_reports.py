"""What stands reported for a day, after its report was sent: a later entry of the log changes nothing in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import g
from flask_babel import gettext as _
from flask_babel import ngettext

from solidarity.i18n.locale import format_number, format_quarter
from tenants.action_kit.evaluation.models import Report, ReportState
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports import queries
from tenants.db import db
from tenants.figures.models import ALL_CELLS


@dataclass(frozen=True)
class SentReport:
    """A report that was sent, its period, and the participations in it; None if they are missing."""

    report: Report
    period: Period
    people: int | None

    @property
    def is_approved(self) -> bool:
        """Whether UN Women has approved it."""
        return self.report.state == ReportState.APPROVED

    @property
    def sentence(self) -> str:
        """Say what stands."""
        quarter = format_quarter(self.period.starts_on, g.chapter.country)
        if self.is_approved:
            sentence = _("The report for %(quarter)s is approved and does not change.", quarter=quarter)
        else:
            sentence = _("The report for %(quarter)s was sent and does not change.", quarter=quarter)
        return f"{sentence} {self._people_sentence()}".strip()

    def lacks(self, activity_id: UUID) -> bool:
        """Whether the report holds an activity otherwise than the log does now."""
        return any(change.source_id == activity_id for change in queries.changed_sources(db.session(), self.report))

    def _people_sentence(self) -> str:
        if self.people is None:
            return ""
        sentence = ngettext(
            "It holds %(people)s participation.",
            "It holds %(people)s participations.",
            self.people,
            people=format_number(self.people),
        )
        return str(sentence)


def sent_report_of(days: Iterable[date]) -> SentReport | None:
    """Return the report that was sent or approved for the first of `days` that has one."""
    for period in dict.fromkeys(map(Period.of, days)):
        report = queries.report_for(db.session(), period)
        sent_report = queries.sent_values(db.session(), report) if report is not None else None
        if report is None or sent_report is None or report.state not in (ReportState.SUBMITTED, ReportState.APPROVED):
            continue
        totals = {row.indicator: row.numerator for row in sent_report[1] if row.cell == ALL_CELLS}
        return SentReport(report, period, totals.get("participations"))
    return None
