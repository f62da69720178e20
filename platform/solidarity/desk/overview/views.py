"""The desk's first page: the states of reports, every indicator, and the places and chapters behind them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import render_template, url_for

from solidarity.access.binding import signed_in_person
from solidarity.access.declarations import requires
from solidarity.desk.area_filter import AreaFilter, requested_area_filter, tabs
from solidarity.desk.context import blueprint, visible_countries, what_waits
from solidarity.desk.figures.sentences import check_text, is_reported, value_text
from solidarity.desk.overview.chapters import chapter_overview
from solidarity.desk.overview.countries import map_facts
from solidarity.desk.overview.figures import PARTICIPATIONS, cells, place_rows
from solidarity.desk.periods import SHOWN_PERIODS, asked_period
from solidarity.i18n.locale import format_quarter
from tenants import clock
from tenants.action_kit.evaluation.periods import Period
from tenants.chapters.names import area_name
from tenants.db import db
from tenants.obligations.selects import DAYS_TO_DECIDE
from tenants.overview.report_states import coverage_by_country, covered
from tenants.overview.waiting import WaitingSummary
from tenants.people.permissions import Permission
from tenants.rollups.readings import periods_and_check, read_board


@blueprint.get("", strict_slashes=False)
@requires(Permission.READ_DESK)
def overview() -> str:
    """Show the first page. If the reader's places do not form one place, they are listed without a sum."""
    moment, area_filter = clock.now(), requested_area_filter(visible_countries())
    periods, check = periods_and_check(db.session())
    period = asked_period(periods, moment.date())
    until = [period.shifted(steps) for steps in range(1 - SHOWN_PERIODS, 1)]
    coverage = coverage_by_country(db.session(), area_filter.countries, period=period, at=moment)
    board = read_board(
        db.session(), period=period, top=area_filter.place_key, periods=until, place_keys=area_filter.parts
    )
    rows = place_rows(area_filter, period, board, coverage)
    whole = board.get((PARTICIPATIONS.code, area_filter.place_key, period)) if area_filter.place_key else None
    return render_template(
        "desk/overview.html",
        area_filter=area_filter,
        tabs=tabs(visible_countries(), area_filter, "desk.overview", period),
        period=period,
        periods=_choices(periods, period, area_filter),
        period_name=format_quarter(period.starts_on),
        moment=moment,
        coverage=covered(area_filter.countries, coverage),
        cells=cells(area_filter.place_key, period, until, board) if area_filter.place_key and whole else [],
        level=str(area_filter.parts[0][0]) if area_filter.parts else "",
        rows=[row for row in rows if row.is_there],
        left_out=sum(not row.is_there for row in rows),
        whole=value_text(PARTICIPATIONS, whole.total) if whole and is_reported(whole.total) else "",
        late_after=DAYS_TO_DECIDE,
        waiting=_waiting(area_filter, moment),
        checked=check_text(check),
        may_onboard=bool(signed_in_person().desk_countries(Permission.ONBOARD_CHAPTER)),
        **map_facts(area_filter.countries, period, coverage),
        **chapter_overview(area_filter, moment),
    )


def _waiting(area_filter: AreaFilter, moment: datetime) -> list[tuple[str, WaitingSummary, int]]:
    """Return what waits in each selected area and for how many days, the longest first."""
    rows = [(area, of) for area, of in what_waits()[0].items() if area_filter.area in (None, area)]
    return [
        (area_name(area), of, of.oldest_days(moment) or 0)
        for area, of in sorted(rows, key=lambda row: row[1].oldest or moment)
    ]


def _choices(periods: Sequence[Period], period: Period, area_filter: AreaFilter) -> list[tuple[str, str, bool]]:
    """Return the periods to choose from, latest first: name, URL, and whether it is the page's own."""
    area = area_filter.area and str(area_filter.area)
    return [
        (format_quarter(quarter.starts_on), url_for("desk.overview", area=area, period=quarter.code), quarter == period)
        for quarter in sorted({*periods, period}, reverse=True)
    ]
