"""Where a number comes from: its definition, coverage and cells, and the places or entries it is the sum of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, render_template

from solidarity.access import requires
from solidarity.cell_words import AGE_WORDS, SEX_WORDS
from solidarity.desk.chapter_pages import chapter_page, uuid_or_404
from solidarity.desk.figure_entries import entries_of
from solidarity.desk.pages import desk, reach
from solidarity.desk.reach import places_in
from solidarity.desk.words import CHAPTER_STATE_WORDS, above, area_of, figure_url, place_name, place_rows
from solidarity.language import format_number
from tenants.action_kit.cells import AgeBand, Sex
from tenants.chapters.areas import Area
from tenants.chapters.queries import Filter, SharedChapter, find_shared
from tenants.db import db
from tenants.people.permissions import Permission
from tenants.rollups.models import Level, Measure
from tenants.rollups.queries import WORLD, Reading, Spot, read_figures

CHAPTERS_A_PAGE = 50

Answer = str | tuple[str, int]


@desk.get("/figures/<measure>/<level>/<place>")
@requires(Permission.READ_DESK)
def figure(measure: str, level: str, place: str) -> Answer:
    """Open a figure; a place outside her countries is not there, and one only partly inside them is refused."""
    if measure not in set(Measure):
        abort(404)
    if (level, place) == WORLD:
        return _places(WORLD) if reach().world else _only_hers(WORLD, sorted(reach().countries))
    if level == Level.AREA and place in set(Area) and reach().within(Area(place)):
        return _area(Area(place))
    if level == Level.COUNTRY and place in reach().countries:
        return _country((Level.COUNTRY, place))
    if level != Level.CHAPTER:
        abort(404)
    return _chapter(place)


def _area(area: Area) -> Answer:
    spot = (Level.AREA, str(area))
    return _places(spot) if reach().holds(area) else _only_hers(spot, reach().within(area))


def _places(spot: Spot) -> str:
    """Show a world or an area, and the areas or countries it is the sum of."""
    spots = places_in(spot)
    found = read_figures(db.session(), measure=Measure.PARTICIPATIONS, spots=spots, focus=spot)
    rows = place_rows(spots, found)
    return _page(
        "desk/figure_places.html",
        spot,
        found,
        rows=[row for row in rows if row.value],
        left_out=sum(row.value is None for row in rows),
    )


def _only_hers(spot: Spot, countries: Sequence[str]) -> Answer:
    """Refuse a sum over more than her countries, and offer hers one by one."""
    spots: list[Spot] = [(Level.COUNTRY, code) for code in countries]
    found = read_figures(db.session(), measure=Measure.PARTICIPATIONS, spots=spots)
    rows = place_rows(spots, found)
    return render_template("desk/figure_refused.html", name=place_name(spot), level=spot[0], rows=rows), 403


def _country(spot: Spot) -> str:
    """Show a country, and the chapters it is the sum of."""
    page = chapter_page([spot[1]], Filter(), size=CHAPTERS_A_PAGE)
    spots: list[Spot] = [(Level.CHAPTER, str(chapter.id)) for chapter in page.shown]
    found = read_figures(db.session(), measure=Measure.PARTICIPATIONS, spots=spots, focus=spot)
    return _page(
        "desk/figure_chapters.html",
        spot,
        found,
        page=page,
        figure_url=figure_url,
        chapter_states=CHAPTER_STATE_WORDS,
    )


def _chapter(place: str) -> str:
    """Show a chapter, and the entries of its log."""
    chapter = find_shared(db.session(), countries=sorted(reach().countries), chapter_id=uuid_or_404(place))
    if chapter is None:
        abort(404)
    spot = (Level.CHAPTER, str(chapter.id))
    found = read_figures(db.session(), measure=Measure.PARTICIPATIONS, spots=[], focus=spot)
    return _page("desk/figure_entries.html", spot, found, chapter=chapter, **entries_of(chapter))


def _page(template: str, spot: Spot, found: Reading, *, chapter: SharedChapter | None = None, **more: Any) -> str:
    return render_template(
        template,
        level=spot[0],
        name=chapter.name if chapter else place_name(spot),
        value=found.values.get(spot),
        values=found.values,
        compiled_at=found.compiled_at,
        crumbs=_crumbs((Level.COUNTRY, chapter.country) if chapter else spot, own=chapter is None),
        area=area_of((Level.COUNTRY, chapter.country) if chapter else spot),
        chapter_shown=chapter,
        columns=[*SEX_WORDS.values()],
        sexes=_sexes(found),
        grid=_grid(found),
        **more,
    )


def _crumbs(spot: Spot, *, own: bool) -> list[tuple[str, str | None]]:
    """Return the way down to a place: (name, address); the address only of what is wholly hers."""
    way = above(spot)
    crumbs: list[tuple[str, str | None]] = []
    for step in way[:-1] if own else way:
        seen = reach().world if step == WORLD else step[0] == Level.COUNTRY or reach().holds(Area(step[1]))
        crumbs.append((place_name(step), figure_url(step) if seen else None))
    return crumbs


def _sexes(found: Reading) -> list[tuple[str, int]]:
    """Return the people of each sex, all ages together."""
    return [
        (str(word), sum(people for (sex, _age), people in found.cells.items() if sex == code))
        for code, word in SEX_WORDS.items()
    ]


def _grid(found: Reading) -> list[dict[str, Any]]:
    """Return the rows of the table of cells: one an age, each with its sum."""
    rows = []
    for age in AgeBand:
        people = [found.cells.get((sex, age), 0) for sex in Sex]
        rows.append({"label": AGE_WORDS[age], "cells": [format_number(n) for n in people], "sum": sum(people)})
    return rows
