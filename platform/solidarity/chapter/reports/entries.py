"""The page of the entries behind one value of a report, with the way back to it."""

from __future__ import annotations

from flask import abort, render_template, request, url_for

from solidarity.access.declarations import requires
from solidarity.chapter.reports.table import shown_value
from solidarity.chapter.reports.views import blueprint, period_name, report_at
from solidarity.i18n.locale import format_list
from solidarity.labels.cells import AGE_WORDS, SEX_WORDS
from solidarity.labels.numbers import number_text
from solidarity.lookup import or_404
from tenants.action_kit.cells import CELLS, AgeBand, Sex
from tenants.action_kit.evaluation.indicators import BY_CODE, Indicator
from tenants.action_kit.evaluation.models import ReportState, ValueSourceKind
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports.assembly import Source, assemble, cell_code
from tenants.action_kit.reports.evidence import EvidenceEntry, entries_behind, sent_sources
from tenants.db import db
from tenants.people.permissions import Permission

CELL_CODES = {cell_code(*cell) for cell in CELLS}


@blueprint.get("/<period>/entries/<code>")
@requires(Permission.READ_CHAPTER)
def show_entries(chapter: str, period: str, code: str) -> str:
    """Show the entries that a value was computed from: all, or those of the box of the head count `?cell=`."""
    report, indicator, cell = report_at(period), or_404(BY_CODE.get(code)), request.args.get("cell")
    if cell is not None and (code != "participations" or cell not in CELL_CODES):
        abort(404)
    if report.state in (ReportState.SUBMITTED, ReportState.APPROVED):
        sources = sent_sources(db.session(), report, code)
    else:
        values = assemble(db.session(), Period(report.period_on), {})
        sources = list(next(value.sources for value in values if value.indicator is indicator))
    entries = entries_behind(db.session(), sources, cell)
    return render_template(
        "reports/entries.html",
        report=report,
        period=Period(report.period_on),
        name=period_name(Period(report.period_on)),
        title=_title(indicator, cell),
        entries=[(entry, _address(chapter, entry.source), _number(indicator, entry)) for entry in entries],
        total=shown_value(indicator, sum(entry.numerator for entry in entries), None, None),
    )


def _title(indicator: Indicator, cell: str | None) -> str:
    if cell is None:
        return str(indicator.title)
    sex, age = cell.split(".")
    return format_list([str(indicator.title), str(SEX_WORDS[Sex(sex)]), str(AGE_WORDS[AgeBand(age)])])


def _number(indicator: Indicator, entry: EvidenceEntry) -> str:
    return number_text(indicator, entry.numerator, None)


def _address(chapter: str, source: Source) -> str:
    """Return the URL of an entry, in the revision that was read."""
    if source.kind is ValueSourceKind.ACTIVITY:
        return url_for(
            "activities.show_activity", chapter=chapter, activity_id=source.source_id, revision=source.revision
        )
    return url_for("funding.show" if source.kind is ValueSourceKind.TRANSACTION else "launch.show", chapter=chapter)
