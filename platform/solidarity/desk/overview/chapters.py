"""The single chapters of the selected countries: rings, counts of steps, overdue chapters, doubtful contacts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _

from solidarity.desk.area_filter import AreaFilter
from solidarity.desk.chapters.links import obligation_link
from solidarity.desk.chapters.step_states import ChapterStates, states_of_chapters
from solidarity.desk.place_names import place_name
from solidarity.i18n.locale import format_number
from solidarity.labels.obligations.wording import WORDS
from solidarity.labels.steps import State
from tenants.chapters.models import ChapterState
from tenants.chapters.names import sort_key
from tenants.chapters.queries import Filter, SharedChapter, list_shared
from tenants.db import db
from tenants.figures.models import Level
from tenants.keyset import Window
from tenants.obligations.models import Obligation, ObligationKind
from tenants.overview.steps import StepState

MOST_DRAWN = 300  # chapters that a page reads one by one; its cost must not grow with the number of chapters
MOST_NAMED = 10
MOST_CONTACTS = 6


@dataclass(frozen=True)
class Ring:
    """The ring of one chapter. `is_fine` if nothing is overdue and nothing needs attention."""

    url: str
    label: str
    states: Sequence[StepState]
    is_fine: bool


@dataclass(frozen=True)
class WheelRow:
    """One row of rings: an area or a country with its chapters."""

    name: str
    wheels: list[Ring]

    @property
    def to_look_at(self) -> int:
        """The number of chapters that are not fine."""
        return sum(not ring.is_fine for ring in self.wheels)


@dataclass(frozen=True)
class Need:
    """A chapter and one obligation in it that needs action."""

    chapter: SharedChapter
    url: str
    states: Sequence[StepState]
    what: str
    more: int
    with_whom: str
    since: date
    days: int
    act_url: str
    act: str


def chapter_overview(area_filter: AreaFilter, moment: datetime) -> dict[str, Any]:
    """Return the variables about single chapters; above MOST_DRAWN, only that there are too many."""
    chapters = list_shared(
        db.session(),
        Window(MOST_DRAWN + 1),
        countries=area_filter.countries,
        chapter_filter=Filter(state=ChapterState.ACTIVE),
    )
    if len(chapters) > MOST_DRAWN:
        return {"too_many": MOST_DRAWN, "chapters_drawn": 0}
    standings = states_of_chapters(chapters, moment=moment)
    needs, contacts = _needs(chapters, standings), _contacts(chapters, standings)
    return {
        "too_many": 0,
        "chapters_drawn": len(chapters),
        "step_counts": _step_counts(standings.values()),
        "walls": _walls(area_filter, chapters, standings),
        "to_look_at": sum(not _is_fine(progress.states) for progress in standings.values()),
        "needs": needs[:MOST_NAMED],
        "needs_count": len(needs),
        "contacts": contacts[:MOST_CONTACTS],
        "contacts_count": len(contacts),
    }


def _step_counts(standings: Any) -> list[dict[State, int]]:
    """Return for each step the number of chapters in each state."""
    return [dict(Counter(states)) for states in zip(*(progress.states for progress in standings), strict=True)]


def _walls(
    area_filter: AreaFilter, chapters: Sequence[SharedChapter], standings: Mapping[UUID, ChapterStates]
) -> list[WheelRow]:
    """Return the rings by area, or by country if all are in one area."""
    by_area = len({chapter.area for chapter in chapters}) > 1
    rows: dict[str, list[Ring]] = {}
    for chapter in chapters:
        place = chapter.area if by_area else chapter.country
        rows.setdefault(place, []).append(_ring(chapter, standings[chapter.id].states))
    level = Level.AREA if by_area else Level.COUNTRY
    names = {place: place_name((level, place)) for place in rows}
    order = [str(place_key[1]) for place_key in area_filter.parts] if by_area and area_filter.place_key else []
    return [
        WheelRow(names[place], rows[place])
        for place in sorted(rows, key=lambda code: (order.index(code) if code in order else 0, sort_key(names[code])))
    ]


def _is_fine(states: Sequence[StepState]) -> bool:
    return not {"late", "att"} & set(states)


def _ring(chapter: SharedChapter, states: Sequence[StepState]) -> Ring:
    label = _(
        "%(chapter)s: %(done)s of 6 steps done, %(late)s overdue, %(attention)s need attention",
        chapter=chapter.name,
        done=format_number(states.count("done")),
        late=format_number(states.count("late")),
        attention=format_number(states.count("att")),
    )
    return Ring(_page_of(chapter), str(label), states, _is_fine(states))


def _needs(chapters: Sequence[SharedChapter], standings: Mapping[UUID, ChapterStates]) -> list[Need]:
    """Return the chapters with overdue obligations, the longest overdue first, each with its oldest one."""
    needs = [
        _need(chapter, progress, progress.late[0].first, sum(late.count for late in progress.late) - 1)
        for chapter in chapters
        if (progress := standings[chapter.id]).late
    ]
    return sorted(needs, key=lambda need: (-need.days, need.chapter.sort_key))


def _contacts(chapters: Sequence[SharedChapter], standings: Mapping[UUID, ChapterStates]) -> list[Need]:
    """Return the chapters whose contacts may be out of date, once for each reason, the oldest first."""
    needs = []
    for chapter in chapters:
        progress = standings[chapter.id]
        first: dict[ObligationKind, Obligation] = {}
        for due in progress.due_obligations:
            if due.kind.doubts_contacts and _begun(due) <= progress.today:
                first.setdefault(due.kind, due)
        needs += [_need(chapter, progress, due, 0) for due in first.values()]
    return sorted(needs, key=lambda need: (-need.days, need.chapter.sort_key))


def _begun(due: Obligation) -> date:
    """Return when the problem began: an address is unreachable for some days before a correction is due."""
    return due.due_on - timedelta(days=due.kind.began_days_before)


def _need(chapter: SharedChapter, progress: ChapterStates, due: Obligation, extra_count: int) -> Need:
    since, way = _begun(due), obligation_link(chapter, due)
    return Need(
        chapter,
        _page_of(chapter),
        progress.states,
        what=str(WORDS[due.kind].for_desk),
        more=extra_count,
        with_whom=str(_("UN Women") if due.awaits_desk else _("The chapter")),
        since=since,
        days=(progress.today - since).days,
        act_url=way or _page_of(chapter),
        act=str(WORDS[due.kind].button if way else _("See the chapter")),
    )


def _page_of(chapter: SharedChapter) -> str:
    return url_for("desk.show_chapter", chapter_id=chapter.id)
