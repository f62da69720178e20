"""Entries of activities, as typed and parsed, and their validation.

An empty `counts` means that nobody came; None means that people were not counted. Missing is not zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from flask_babel import lazy_gettext as _l

from tenants.action_kit.activities.models import (
    MOST_PEOPLE_IN_A_CELL,
    NARRATIVE_LENGTH,
    PLACE_LENGTH,
    TITLE_LENGTH,
    ActivityKind,
)
from tenants.action_kit.cells import AgeBand, Sex
from tenants.clock import day_problem
from tenants.errors import refuse
from tenants.numerals import lazy_number
from tenants.texts import one_line, plain_text, text_problem

Cell = tuple[Sex, AgeBand]
Problems = Iterator[tuple[str, str]]


@dataclass(frozen=True)
class ActivityEntry:
    """An activity as the chapter enters it.

    `counts` holds people by cell; a missing cell is zero, and None means that people were not counted. The three shares
    `first_time`, `came_before` and `not_sure` add up to the people counted, or all are None: nobody was asked.
    `plan_line_id` is the planned activity that took place.
    """

    kind: ActivityKind
    title: str
    held_on: date
    place: str
    narrative: str
    counts: dict[Cell, int] | None
    first_time: int | None
    came_before: int | None
    not_sure: int | None
    plan_line_id: UUID | None = None

    @property
    def people(self) -> int | None:
        """How many people were counted; None if they were not counted."""
        return None if self.counts is None else sum(self.counts.values())


def cell_name(sex: Sex, age_band: AgeBand) -> str:
    """Return the name of a cell in forms and in the errors of `Refused`."""
    return f"people_{sex}_{age_band}"


def tidy_activity(entry: ActivityEntry) -> ActivityEntry:
    """Return `entry` as it is stored: texts trimmed and without invisible characters, no cells without people."""
    clean = replace(
        entry,
        title=one_line(entry.title),
        place=one_line(entry.place),
        narrative=plain_text(entry.narrative),
    )
    if entry.counts is None:
        return clean
    clean = replace(clean, counts={cell: people for cell, people in entry.counts.items() if people != 0})
    if entry.people and not _given_shares(entry):
        return clean
    return replace(
        clean,
        first_time=entry.first_time or 0,
        came_before=entry.came_before or 0,
        not_sure=entry.not_sure or 0,
    )


def refuse_invalid_activity(entry: ActivityEntry, *, today: date) -> None:
    """Raise Refused if a tidied `entry` is invalid; `today` is the chapter's local day."""
    refuse(dict(problem for check in _CHECKS for problem in check(entry, today)))


def _text_problems(entry: ActivityEntry, today: date) -> Problems:
    problems = {
        "title": text_problem(entry.title, TITLE_LENGTH, empty=_l("Enter a title.")),
        "place": text_problem(entry.place, PLACE_LENGTH),
        "narrative": text_problem(entry.narrative, NARRATIVE_LENGTH),
    }
    yield from ((field, sentence) for field, sentence in problems.items() if sentence)


def _day_problems(entry: ActivityEntry, today: date) -> Problems:
    if entry.held_on > today:
        yield "held_on", _l("This date is in the future. Log the activity after it has taken place.")
    elif problem := day_problem(entry.held_on, today):
        yield "held_on", problem


def _number_problems(entry: ActivityEntry, today: date) -> Problems:
    counts = {cell_name(*cell): people for cell, people in (entry.counts or {}).items()}
    for field, people in {**counts, **_given_shares(entry)}.items():
        if people < 0:
            yield field, _l("The number of people cannot be less than zero.")
        elif field in counts and people > MOST_PEOPLE_IN_A_CELL:
            yield field, _l("Enter no more than %(most)s people.", most=lazy_number(MOST_PEOPLE_IN_A_CELL))


def _sum_problems(entry: ActivityEntry, today: date) -> Problems:
    """Compare the shares with the people counted. The sum is not checked while a single number is invalid."""
    shares = _given_shares(entry)
    if entry.people is None:
        if shares:
            yield next(iter(shares)), _l("You said that people were not counted, so leave these boxes empty.")
    elif not shares or any(_number_problems(entry, today)) or sum(shares.values()) == entry.people:
        return
    elif sum(shares.values()) == 0:
        yield (
            "first_time",
            _l(
                "You counted %(people)s people. Enter how many came for the first time and how "
                "many had come before, or leave all three boxes empty if you did not ask.",
                people=lazy_number(entry.people),
            ),
        )
    else:
        yield (
            "first_time",
            _l(
                "%(first)s + %(before)s + %(unsure)s adds up to %(sum)s, but you counted "
                "%(people)s people. Check the numbers.",
                first=lazy_number(entry.first_time or 0),
                before=lazy_number(entry.came_before or 0),
                unsure=lazy_number(entry.not_sure or 0),
                sum=lazy_number(sum(shares.values())),
                people=lazy_number(entry.people),
            ),
        )


def _given_shares(entry: ActivityEntry) -> dict[str, int]:
    """Return those of the three shares that were given."""
    shares = {"first_time": entry.first_time, "came_before": entry.came_before, "not_sure": entry.not_sure}
    return {name: people for name, people in shares.items() if people is not None}


_CHECKS: tuple[Callable[[ActivityEntry, date], Problems], ...] = (
    _text_problems,
    _day_problems,
    _number_problems,
    _sum_problems,
)
