"""The chapters of her countries: the list with its filters, and one chapter as UN Women sees it."""

from __future__ import annotations

from uuid import UUID

from flask import abort, render_template, request

from solidarity.access import requires, signed_in_person
from solidarity.desk.chapter_pages import chapter_page
from solidarity.desk.pages import desk, reach
from solidarity.desk.words import CHAPTER_STATE_WORDS, figure_url
from tenants.chapters.areas import Area
from tenants.chapters.models import ChapterState
from tenants.chapters.names import area_name, by_name, country_name, language_name
from tenants.chapters.queries import Filter, find_shared
from tenants.db import db
from tenants.people.permissions import Permission
from tenants.rollups.models import Level, Measure
from tenants.rollups.queries import Spot, read_figures

PAGE = 50


@desk.get("/chapters")
@requires(Permission.READ_DESK)
def list_chapters() -> str:
    """List them by name; every filter and page is an address."""
    countries = sorted(reach().countries)
    only = Filter(
        area=_chosen("area", [area for area in Area if reach().within(area)]),
        country=_chosen("country", countries),
        state=_chosen("state", list(ChapterState)),
    )
    page = chapter_page(countries, only, size=PAGE)
    spots: list[Spot] = [(Level.CHAPTER, str(chapter.id)) for chapter in page.shown]
    return render_template(
        "desk/chapters.html",
        page=page,
        only=only,
        filtered=only != Filter(),
        values=read_figures(db.session(), measure=Measure.PARTICIPATIONS, spots=spots),
        areas=[(str(area), area_name(area)) for area in Area if reach().within(area)],
        countries=by_name({code: country_name(code) for code in countries}),
        states=CHAPTER_STATE_WORDS,
        figure_url=figure_url,
        may_onboard=bool(signed_in_person().desk_countries(Permission.ONBOARD_CHAPTER)),
    )


@desk.get("/chapters/<uuid:chapter_id>")
@requires(Permission.READ_DESK)
def show_chapter(chapter_id: UUID) -> str:
    """Show what a chapter shares about itself, and the ways into it."""
    chapter = find_shared(db.session(), countries=sorted(reach().countries), chapter_id=chapter_id)
    if chapter is None:
        abort(404)
    spot: Spot = (Level.CHAPTER, str(chapter.id))
    found = read_figures(db.session(), measure=Measure.PARTICIPATIONS, spots=[spot])
    return render_template(
        "desk/chapter.html",
        shown=chapter,
        area=area_name(chapter.area),
        languages=[language_name(code) for code in chapter.languages],
        state=CHAPTER_STATE_WORDS[ChapterState(chapter.state)],
        waits_for_focal_point=chapter.state == ChapterState.SIGNED,
        value=found.values.get(spot),
        compiled_at=found.compiled_at,
        figure_url=figure_url(spot),
        may_invite=chapter.country in signed_in_person().desk_countries(Permission.MANAGE_PEOPLE),
    )


def _chosen(name: str, known: list[str] | list[Area] | list[ChapterState]) -> str | None:
    """Return what a filter asks for; empty asks for nothing, and what is not on the list is not there."""
    asked = request.args.get(name, "")
    if asked and asked not in known:
        abort(404)
    return asked or None
