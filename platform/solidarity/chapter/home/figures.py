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
SERIES_LENGTH = 8  # quarters in the sparkline
FEWEST_DRAWN = 3


@dataclass(frozen=True)
class HomeFigure:
    """One figure as text. `percent` (0 to 100) is its progress; `coverage` counts activities counted and not."""

    indicator: Indicator
    value: str
    target: str
    percent: int | None
    evidence: str
    coverage: tuple[int, int, int, int] | None
    series: list[int]


def total(quarters: Sequence[Quarter], attribute: str) -> int:
    """Return the sum of one attribute over some quarters."""
    return sum(getattr(quarter, attribute) for quarter in quarters)


def year_shown(facts: ChapterFacts, today: date) -> int:
    """Return the calendar year of the figures: this year, or last year while this year is empty."""
    years = [quarter.starts_on.year for quarter in facts.quarters if quarter.starts_on <= today]
    return max(max(years, default=today.year), today.year - 1)


def home_figures(facts: ChapterFacts, *, year: int, as_of: str) -> list[HomeFigure]:
    """Return the figures of a year from the chapter's own log; sign-ups only if some were counted."""
    codes = [code for code in OF_QUARTERS if code != "signups_tallied" or total(facts.quarters, "signups")]
    return [_figure(BY_CODE[code], facts, year, as_of) for code in codes]


def _figure(indicator: Indicator, facts: ChapterFacts, year: int, as_of: str) -> HomeFigure:
    attribute = OF_QUARTERS[indicator.code]
    to_date = indicator.rule.accumulation is Accumulation.CUMULATIVE
    before = [quarter for quarter in facts.quarters if quarter.starts_on.year <= year]
    quarters = before if to_date else [quarter for quarter in before if quarter.starts_on.year == year]
    value = total(quarters, attribute)
    of_year = next(
        (
            target
            for target in facts.targets
            if (target.indicator, target.version, target.year) == (indicator.code, indicator.version, year)
        ),
        None,
    )
    share = _share(of_year, value, indicator) if of_year else None
    is_asked, is_of_people = attribute == "first_time", attribute in ("people", "first_time")
    activities, counted_activities = total(quarters, "activities"), total(quarters, "asked" if is_asked else "counted")
    coverage_words = _asked if is_asked else _counted
    evidence = as_of if not is_of_people else f"{as_of} {coverage_words(counted_activities, activities)}"
    is_missing = is_of_people and not counted_activities and not value  # missing is not zero
    return HomeFigure(
        indicator=indicator,
        value=_missing(is_asked=is_asked) if is_missing else format_number(value),
        target=_target(of_year, year, share),
        percent=None if share is None else max(0, min(share, 100)),
        evidence=evidence,
        coverage=(counted_activities, 0, 0, activities - counted_activities) if is_of_people and activities else None,
        series=_series(facts.quarters, attribute, year),
    )


def _share(target: TargetSet, value: int, indicator: Indicator) -> int | None:
    """Return the progress from the baseline to the target in whole per cent, rounded down."""
    fraction = progress(
        baseline=target.baseline or 0, target=target.target, actual=value, ascending=indicator.rule.ascending
    )
    return None if fraction is None else floor(fraction * 100)


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


def _missing(*, is_asked: bool) -> str:
    return str(_("not asked") if is_asked else _("not counted"))


def _asked(asked_activities: int, activities: int) -> str:
    return str(
        ngettext(
            "People were asked at %(asked)s of %(num)s activity.",
            "People were asked at %(asked)s of %(num)s activities.",
            activities,
            asked=format_number(asked_activities),
        )
    )


def _counted(counted_activities: int, activities: int) -> str:
    return str(
        ngettext(
            "Counted at %(counted)s of %(num)s activity.",
            "Counted at %(counted)s of %(num)s activities.",
            activities,
            counted=format_number(counted_activities),
        )
    )


def _series(quarters: Sequence[Quarter], attribute: str, year: int) -> list[int]:
    """Return at most SERIES_LENGTH quarters up to the end of the year, from the chapter's first to its last."""
    by_day = {quarter.starts_on: getattr(quarter, attribute) for quarter in quarters if quarter.starts_on.year <= year}
    if not by_day:
        return []
    last = Period(max(by_day))
    days = [last.shifted(-offset).starts_on for offset in range(SERIES_LENGTH - 1, -1, -1)]
    series = [by_day.get(day, 0) for day in days if day >= min(by_day)]
    return series if len(series) >= FEWEST_DRAWN else []
