"""The figures on the first page of a chapter: from its own log, in a calendar year, each with its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import floor

from flask_babel import gettext as _
from flask_babel import ngettext

from solidarity.i18n.locale import format_number, format_share
from tenants.action_kit.evaluation.indicators import BY_CODE, Indicator
from tenants.action_kit.evaluation.periods import Period
from tenants.figures.measures import Accumulation, progress
from tenants.overview.chapter_facts import ChapterFacts, Quarter, TargetSet

OF_QUARTERS = {
    "activities_held": "activities",
    "participations": "people",
    "first_time": "first_time",
    "signups_tallied": "signups",
}
DRAWN = 8  # quarters of the small line
FEWEST_DRAWN = 3


@dataclass(frozen=True)
class HomeFigure:
    """One figure, ready to be shown. `percent` is the way to its target; `coverage` how many were counted, or not."""

    indicator: Indicator
    value: str
    target: str
    percent: int | None
    evidence: str
    coverage: tuple[int, int, int, int] | None
    series: list[int]


def total(quarters: Sequence[Quarter], what: str) -> int:
    """Return one kind of number over some quarters."""
    return sum(getattr(quarter, what) for quarter in quarters)


def year_shown(facts: ChapterFacts, today: date) -> int:
    """Return the calendar year of the figures: this one, or the one before while this one is empty."""
    years = [quarter.starts_on.year for quarter in facts.quarters if quarter.starts_on <= today]
    return max(max(years, default=today.year), today.year - 1)


def home_figures(facts: ChapterFacts, *, year: int, as_of: str) -> list[HomeFigure]:
    """Return the figures of a year that the chapter's own log can tell; sign-ups only where some were counted."""
    codes = [code for code in OF_QUARTERS if code != "signups_tallied" or total(facts.quarters, "signups")]
    return [_figure(BY_CODE[code], facts, year, as_of) for code in codes]


def _figure(indicator: Indicator, facts: ChapterFacts, year: int, as_of: str) -> HomeFigure:
    what = OF_QUARTERS[indicator.code]
    to_date = indicator.rule.accumulation is Accumulation.CUMULATIVE
    before = [each for each in facts.quarters if each.starts_on.year <= year]
    theirs = before if to_date else [each for each in before if each.starts_on.year == year]
    value = total(theirs, what)
    of_year = next(
        (
            one
            for one in facts.targets
            if (one.indicator, one.version, one.year) == (indicator.code, indicator.version, year)
        ),
        None,
    )
    share = _share(of_year, value, indicator) if of_year else None
    activities, counted = total(theirs, "activities"), total(theirs, "counted")
    is_of_people = what in ("people", "first_time")
    evidence = as_of if not is_of_people else f"{as_of} {_counted(counted, activities)}"
    is_missing = is_of_people and not counted and not value  # missing is not nought
    return HomeFigure(
        indicator=indicator,
        value=str(_("not counted")) if is_missing else format_number(value),
        target=_target(of_year, year, share),
        percent=None if share is None else max(0, min(share, 100)),
        evidence=evidence,
        coverage=(counted, 0, 0, activities - counted) if is_of_people and activities else None,
        series=_series(facts.quarters, what, year),
    )


def _share(target: TargetSet, value: int, indicator: Indicator) -> int | None:
    """Return how many whole per cent of the way from the baseline are gone, never rounded up."""
    gone = progress(
        baseline=target.baseline or 0, target=target.target, actual=value, ascending=indicator.rule.ascending
    )
    return None if gone is None else floor(gone * 100)


def _target(target: TargetSet | None, year: int, share: int | None) -> str:
    if target is None:
        return str(_("No target for %(year)s.", year=str(year)))
    words = {"target": format_number(target.target), "year": str(year)}
    if share is None:
        return str(_("Target %(target)s for %(year)s", **words))
    words["share"] = format_share(share / 100)
    if share >= 100:
        return str(_("Target %(target)s for %(year)s, reached (%(share)s)", **words))
    return str(_("Target %(target)s for %(year)s, %(share)s of the way", **words))


def _counted(counted: int, activities: int) -> str:
    return str(
        ngettext(
            "Counted at %(counted)s of %(num)s activity.",
            "Counted at %(counted)s of %(num)s activities.",
            activities,
            counted=format_number(counted),
        )
    )


def _series(quarters: Sequence[Quarter], what: str, year: int) -> list[int]:
    """Return the last quarters up to the end of the year, without those before the first and after the last of hers."""
    by_day = {each.starts_on: getattr(each, what) for each in quarters if each.starts_on.year <= year}
    if not by_day:
        return []
    last = Period(max(by_day))
    drawn = [last.moved(-back).starts_on for back in range(DRAWN - 1, -1, -1)]
    series = [by_day.get(day, 0) for day in drawn if day >= min(by_day)]
    return series if len(series) >= FEWEST_DRAWN else []
