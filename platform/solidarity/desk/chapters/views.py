"""The chapters of the reader's countries: the list with its filters, and the steps of each chapter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from flask import abort, render_template, request
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from solidarity.access.binding import signed_in_person
from solidarity.access.declarations import requires
from solidarity.desk.chapters.pagination import chapter_page
from solidarity.desk.chapters.step_states import ChapterStates, states_of_chapters
from solidarity.desk.context import blueprint, visible_countries
from solidarity.desk.place_names import CHAPTER_STATE_WORDS, short_period
from solidarity.labels.obligations.wording import FOR_DESK
from solidarity.labels.steps import STATES, STEPS
from tenants import clock
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.focal_point.queries import has_rank
from tenants.chapters.areas import Area
from tenants.chapters.details import NAME_LENGTH
from tenants.chapters.models import ChapterState
from tenants.chapters.names import area_name, by_name, country_name
from tenants.chapters.queries import Filter, SharedChapter
from tenants.db import db
from tenants.overview.report_states import latest_reports
from tenants.people.permissions import Permission
from tenants.people.terms import Rank
from tenants.texts import one_line

PAGE = 50
MOST_LATE = 3  # overdue kinds that a row names; the chapter's own page has all
MOST_SIFTED = 250  # how many chapters are read for a page filtered by steps
LATE = "late"
# One step in one state, as in URLs: "3-none".
STEP_CHOICES = {f"{number}-{state}": (number, state) for number in range(1, STEPS + 1) for state in STATES}
# Roles in URLs: the rank of a term, and whether the chapter has a person with it today.
ROLE_CHOICES = {
    "focal-point": (Rank.PRIMARY, True),
    "no-focal-point": (Rank.PRIMARY, False),
    "deputy": (Rank.DEPUTY, True),
    "no-deputy": (Rank.DEPUTY, False),
}
ROLE_WORDS = {
    "focal-point": _l("With a focal point"),
    "no-focal-point": _l("Without a focal point"),
    "deputy": _l("With a deputy focal point"),
    "no-deputy": _l("Without a deputy focal point"),
}


@blueprint.get("/chapters")
@requires(Permission.READ_DESK)
def list_chapters() -> str:
    """List the chapters by name, each with its six steps. Every filter and page has its own URL."""
    countries = sorted(visible_countries().countries)
    chapter_filter = Filter(
        area=_chosen("area", [area for area in Area if visible_countries().within(area)]),
        country=_chosen("country", countries),
        state=_chosen("state", list(ChapterState)),
        search=one_line(request.args.get("search", ""))[:NAME_LENGTH] or None,
    )
    steps, role, moment = _chosen("steps", [LATE, *STEP_CHOICES]), _chosen("role", list(ROLE_CHOICES)), clock.now()
    standings: dict[UUID, ChapterStates] = {}

    def row_filter(chapters: list[SharedChapter]) -> list[SharedChapter]:
        standings.update(states_of_chapters(chapters, moment=moment))
        return [chapter for chapter in chapters if _answers(standings[chapter.id], steps)]

    scan_limit = MOST_SIFTED if steps else PAGE
    page = chapter_page(
        countries,
        chapter_filter,
        size=PAGE,
        conditions=_of_role(role, moment),
        row_filter=row_filter,
        scan_limit=scan_limit,
        steps=steps,
        role=role,
        **asdict(chapter_filter),
    )
    return render_template(
        "desk/chapters.html",
        page=page,
        only=chapter_filter,
        steps=steps,
        role=role,
        roles=ROLE_WORDS,
        filtered=chapter_filter != Filter() or steps is not None or role is not None,
        standings=standings,
        reports=latest_reports(db.session(), [chapter.id for chapter in page.rows], at=moment),
        period_name=lambda first_day: short_period(Period(first_day)),
        said=FOR_DESK,
        most_late=MOST_LATE,
        areas=[(str(area), area_name(area)) for area in Area if visible_countries().within(area)],
        countries=by_name({code: country_name(code) for code in countries}),
        states=CHAPTER_STATE_WORDS,
        may_onboard=bool(signed_in_person().desk_countries(Permission.ONBOARD_CHAPTER)),
    )


def _of_role(role: str | None, moment: datetime) -> list[ColumnElement[bool]]:
    if role is None:
        return []
    rank, has_person = ROLE_CHOICES[role]
    return [has_rank(rank, moment) if has_person else ~has_rank(rank, moment)]


def _answers(progress: ChapterStates, steps: str | None) -> bool:
    """Whether a chapter matches a filter by steps: something is overdue, or one step is in one state."""
    if steps is None or steps == LATE:
        return steps is None or bool(progress.late)
    number, state = STEP_CHOICES[steps]
    return progress.states[number - 1] == state


def _chosen(name: str, choices: Sequence[str]) -> str | None:
    """Return the value of a filter; None if it is empty; 404 if it is not one of `choices`."""
    choice = request.args.get(name, "")
    if choice and choice not in choices:
        abort(404)
    return choice or None
