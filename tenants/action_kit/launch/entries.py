"""Entries of events, as parsed from a form, and their validation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from tenants.action_kit.activities.entries import Cell, cell_name
from tenants.action_kit.activities.models import MOST_PEOPLE_IN_A_CELL
from tenants.action_kit.launch.models import HOST_LENGTH, PLACE_LENGTH, TITLE_LENGTH
from tenants.chapters.details import refuse_unknown_zone, zone_problems
from tenants.clock import day_problem, local_day
from tenants.errors import Refused, refuse
from tenants.numerals import lazy_number
from tenants.texts import clean_text, one_line, text_problem

FURTHEST = timedelta(days=3 * 365)


@dataclass(frozen=True)
class EventEntry:
    """An event as it is entered. `starts_at` is a moment, `zone` the time zone in which it was entered."""

    title: str
    place: str
    host: str
    zone: str
    starts_at: datetime
    expected_people: int | None

    @property
    def event_day(self) -> date:
        """The day of the event in its own time zone."""
        return local_day(self.starts_at, self.zone)


def moment_there(day: date, clock_time: time, zone: str) -> datetime:
    """Return the moment when clocks in `zone` show a day and a time; the first one if they show it twice.

    Raises Refused (`zone`, `start_time`) for an unknown zone and for a time that the clocks skip.
    """
    refuse_unknown_zone(zone)
    local_moment = datetime.combine(day, clock_time, tzinfo=ZoneInfo(zone))
    moment = local_moment.astimezone(UTC)
    if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local_moment.replace(tzinfo=None):
        raise Refused(
            {
                "start_time": _l(
                    "This time does not exist on that day because the clocks change. Enter a different time."
                )
            }
        )
    return moment


def tidy_event(entry: EventEntry) -> EventEntry:
    """Return `entry` as it is stored: texts trimmed and without invisible characters."""
    return replace(entry, title=one_line(entry.title), place=one_line(entry.place), host=one_line(entry.host))


def refuse_invalid_event(entry: EventEntry, *, today: date) -> None:
    """Raise Refused if a tidied `entry` is invalid; `today` is the chapter's local day."""
    refuse(dict(_event_problems(entry, today)))


def refuse_invalid_counts(counts: dict[Cell, int]) -> None:
    """Raise Refused with an error for each cell whose number of people is out of range."""
    problems: dict[str, str] = {}
    for cell, people in counts.items():
        if people < 0:
            problems[cell_name(*cell)] = _l("The number of people cannot be less than zero.")
        elif people > MOST_PEOPLE_IN_A_CELL:
            problems[cell_name(*cell)] = _l(
                "Enter no more than %(most)s people.", most=lazy_number(MOST_PEOPLE_IN_A_CELL)
            )
    refuse(problems)


def clean_title(text: str) -> str:
    """Return the title of a chapter's own item as it is stored. Raises Refused (`title`)."""
    return clean_text(one_line(text), TITLE_LENGTH, field="title", empty=_l("Enter what must be ready."))


def _event_problems(entry: EventEntry, today: date) -> Iterator[tuple[str, str]]:
    texts = {
        "title": text_problem(entry.title, TITLE_LENGTH, empty=_l("Enter a title.")),
        "place": text_problem(entry.place, PLACE_LENGTH),
        "host": text_problem(entry.host, HOST_LENGTH),
    }
    yield from ((field, sentence) for field, sentence in texts.items() if sentence)
    if problem := day_problem(entry.event_day, today):
        yield "held_on", problem
    elif entry.event_day > today + FURTHEST:
        yield "held_on", _l("This date is more than three years away. Enter an earlier one.")
    yield from zone_problems(entry.zone)
    if entry.expected_people is not None and not 1 <= entry.expected_people <= MOST_PEOPLE_IN_A_CELL:
        yield "expected_people", _l("Enter a number of people above zero, or leave it empty.")
