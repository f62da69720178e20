"""The desk's first page: every indicator at the largest place that is wholly hers, and the places it is the sum of."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from solidarity.access import requires, signed_in_person
from solidarity.desk.figure_page import Bar, bar_of
from solidarity.desk.figure_words import coverage_text, evidence_text, is_told, share_text, value_text, why_text
from solidarity.desk.pages import desk, reach
from solidarity.desk.periods import asked_period
from solidarity.desk.reach import places_in
from solidarity.desk.words import figure_url, in_order, place_name
from solidarity.language import format_moment, format_quarter
from tenants import clock
from tenants.action_kit.evaluation.core import CORE, Indicator
from tenants.action_kit.evaluation.periods import Period
from tenants.db import db
from tenants.obligations.waiting import waiting_summary
from tenants.people.permissions import Permission
from tenants.rollups.models import CompileRun, RunKind
from tenants.rollups.readings import Spot, Value, last_runs, periods_known, read_overview

Found = dict[tuple[str, Spot], Value]


@dataclass(frozen=True)
class Cell:
    """One indicator at one place, in words; `bar` is who has reported and who has not, None where nobody is asked."""

    indicator: Indicator
    url: str
    value: str
    share: str
    is_number: bool
    why: str
    coverage: str
    evidence: str
    bar: Bar | None


@dataclass(frozen=True)
class PlaceRow:
    """A place and its indicators; `is_there` is False where no chapter was ever asked."""

    name: str
    cells: list[Cell]
    is_there: bool


@desk.get("", strict_slashes=False)
@requires(Permission.READ_DESK)
def overview() -> str:
    """Show it; whoever holds several places that make no whole sees them one by one, without a sum."""
    moment, tops = clock.now(), reach().tops()
    known = periods_known(db.session())
    period = asked_period(known, moment.date())
    top = tops[0] if len(tops) == 1 else None
    spots = in_order(places_in(top) if top else tops)
    found = read_overview(db.session(), period=period, spots=[*tops, *spots])
    rows = [_row(spot, period, found) for spot in spots]
    waiting = waiting_summary(db.session(), sorted(reach().countries))
    return render_template(
        "desk/overview.html",
        period=period,
        periods=sorted({*known, period}, reverse=True),
        period_name=lambda one: format_quarter(one.starts_on),
        top=top and _row(top, period, found),
        core=CORE,
        level=str(spots[0][0]) if spots else "",
        rows=[row for row in rows if row.is_there or top is None],
        left_out=sum(not row.is_there for row in rows) if top else 0,
        waiting=waiting,
        oldest_days=waiting.oldest_days(moment),
        checked=check_text(last_runs(db.session()).get(RunKind.CHECK)),
        may_onboard=bool(signed_in_person().desk_countries(Permission.ONBOARD_CHAPTER)),
    )


def check_text(run: CompileRun | None) -> tuple[str, str]:
    """Return the state of the last check, and what it found, in words."""
    if run is None:
        return "none", str(_("The figures have not been checked yet."))
    moment = format_moment(run.ran_at)
    wrong = (run.differences or 0) + run.chapters
    if not wrong:
        return "done", str(_("Checked %(moment)s UTC: stored equals recomputed.", moment=moment))
    return "late", str(
        ngettext(
            "Checked %(moment)s UTC: %(num)s thing differs from what the reports say.",
            "Checked %(moment)s UTC: %(num)s things differ from what the reports say.",
            wrong,
            moment=moment,
        )
    )


def _row(spot: Spot, period: Period, found: Found) -> PlaceRow:
    values = [(indicator, found.get((indicator.code, spot))) for indicator in CORE]
    return PlaceRow(
        place_name(spot),
        [_cell(indicator, figure_url(spot, indicator.code, period), value) for indicator, value in values],
        any(value for _indicator, value in values),
    )


def _cell(indicator: Indicator, url: str, value: Value | None) -> Cell:
    total = value.total if value else None
    why = why_text(total)
    return Cell(
        indicator,
        url,
        value=value_text(indicator, total),
        share=share_text(indicator, total),
        is_number=is_told(total) and not why,
        why=why,
        coverage=coverage_text(total),
        evidence=evidence_text(coverage_text(total), value.as_of if value else None),
        bar=bar_of(total),
    )
