"""The page of the entries behind one value of a report, with the way back to it."""

from __future__ import annotations

from flask import render_template, request, url_for

from solidarity.access.declarations import requires
from solidarity.chapter.reports.table import shown_value
from solidarity.chapter.reports.views import blueprint, period_name, report_at
from solidarity.chapter.way_back import ReportedValue
from solidarity.labels.numbers import number_text
from solidarity.lookup import or_404
from tenants.action_kit.evaluation.indicators import Indicator
from tenants.action_kit.evaluation.models import ReportState, ValueSourceKind
from tenants.action_kit.reports.assembly import Source, assemble
from tenants.action_kit.reports.evidence import EvidenceEntry, entries_behind, sent_sources
from tenants.db import db
from tenants.people.permissions import Permission


@blueprint.get("/<period>/entries/<code>")
@requires(Permission.READ_CHAPTER)
def show_entries(chapter: str, period: str, code: str) -> str:
    """Show the entries that a value was computed from: all, or those of the box of the head count `?cell=`."""
    report, value = report_at(period), or_404(ReportedValue.of_codes(period, code, request.args.get("cell")))
    indicator = value.indicator
    if report.state in (ReportState.SUBMITTED, ReportState.APPROVED):
        sources = sent_sources(db.session(), report, code)
    else:
        assembled = assemble(db.session(), value.period, {})
        sources = list(next(row.sources for row in assembled if row.indicator is indicator))
    entries = entries_behind(db.session(), sources, value.cell)
    return render_template(
        "reports/entries.html",
        report=report,
        period=value.period,
        name=period_name(value.period),
        title=value.title,
        entries=[(entry, _address(chapter, entry.source, value), _number(indicator, entry)) for entry in entries],
        total=shown_value(indicator, sum(entry.numerator for entry in entries), None, None),
    )


def _number(indicator: Indicator, entry: EvidenceEntry) -> str:
    return number_text(indicator, entry.numerator, None)


def _address(chapter: str, source: Source, value: ReportedValue) -> str:
    """Return the URL of an entry, in the revision that was read. It names the value, to which its page leads back."""
    if source.kind is not ValueSourceKind.ACTIVITY:
        page = "funding.show" if source.kind is ValueSourceKind.TRANSACTION else "launch.show"
        return url_for(page, chapter=chapter, _anchor=f"s-{source.source_id}", **value.url_args)
    return url_for(
        "activities.show_activity",
        chapter=chapter,
        activity_id=source.source_id,
        revision=source.revision,
        **value.url_args,
    )
