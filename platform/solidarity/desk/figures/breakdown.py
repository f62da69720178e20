"""The places of a figure as a tree. A row opens to the places that it is the sum of, and the URL names the open row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import abort, request, url_for

from solidarity.desk.figures.chapter_values import size_in, value_of, value_source
from solidarity.desk.figures.page import Asked, FigureRow, row_of
from solidarity.desk.figures.sentences import short_coverage
from solidarity.desk.place_names import figure_url, in_order, place_name
from solidarity.desk.visible_countries import places_in
from tenants.chapters.areas import AREA_OF_COUNTRY, Area
from tenants.chapters.queries import SharedChapter, list_shared
from tenants.db import db
from tenants.figures.models import Level
from tenants.keyset import Window
from tenants.rollups.evidence import ChapterValue, chapter_values
from tenants.rollups.readings import WORLD, PlaceKey, Value

MOST_CHAPTERS = 50


@dataclass(frozen=True)
class Opened:
    """The open branch of a figure's tree: an area of the world, and a country."""

    area: PlaceKey | None = None
    country: PlaceKey | None = None


@dataclass(frozen=True)
class Branch:
    """A row of the tree. `toggle` is the URL that opens it, or closes it if `is_open`."""

    row: FigureRow
    depth: int
    toggle: str | None = None
    is_open: bool = False


def asked_branch(place_key: PlaceKey) -> Opened:
    """Return the branch that `?open=` names; 404 if it is outside the figure's place."""
    code = request.args.get("open", "")
    if not code:
        return Opened()
    if code in set(Area) and place_key == WORLD:
        return Opened((Level.AREA, code))
    if code not in AREA_OF_COUNTRY:
        abort(404)
    area = (Level.AREA, str(AREA_OF_COUNTRY[code]))
    if place_key not in (WORLD, area):
        abort(404)
    return Opened(area if place_key == WORLD else None, (Level.COUNTRY, code))


def places_under(place_key: PlaceKey, open_branch: Opened) -> list[PlaceKey]:
    """Return the places whose figures the tree shows: the parts of the place, and those of its open area."""
    return [*places_in(place_key), *(places_in(open_branch.area) if open_branch.area else [])]


def branches(query: Asked, place_key: PlaceKey, values: Mapping[PlaceKey, Value], open_branch: Opened) -> list[Branch]:
    """Return the rows of the tree, each open one followed by its parts."""
    rows: list[Branch] = []
    for place in _ordered(places_in(place_key), values):
        rows.append(_branch(query, place, values, open_branch, 1))
        if place == open_branch.area:
            for inner in _ordered(places_in(place), values):
                rows.append(_branch(query, inner, values, open_branch, 2))
                if inner == open_branch.country:
                    rows += _chapters(query, inner, 3)
        elif place == open_branch.country:
            rows += _chapters(query, place, 2)
    return rows


def _ordered(places: Sequence[PlaceKey], values: Mapping[PlaceKey, Value]) -> list[PlaceKey]:
    """Return the places that have a figure: areas in the order of UN Women, countries by descending value."""
    shown_places = in_order([place for place in places if place in values])
    if not shown_places or shown_places[0][0] == Level.AREA:
        return shown_places
    return sorted(shown_places, key=lambda place: -(getattr(values[place].total, "numerator", None) or 0))


def _branch(query: Asked, place: PlaceKey, values: Mapping[PlaceKey, Value], open_branch: Opened, depth: int) -> Branch:
    total = values[place].total
    row = row_of(query.indicator, place_name(place), figure_url(place, query.indicator.code, query.period), total)
    if total.expected and not total.carried:
        row = row.with_coverage(short_coverage(total))
    is_open = place in (open_branch.area, open_branch.country)
    parent = open_branch.area[1] if is_open and place == open_branch.country and open_branch.area else None
    return Branch(row, depth, _open_link(parent if is_open else place[1]), is_open)


def _open_link(code: str | None) -> str:
    return url_for(str(request.endpoint), **{**(request.view_args or {}), "open": code, "_anchor": "sum"})


def _chapters(query: Asked, country: PlaceKey, depth: int) -> list[Branch]:
    """Return a country's chapters by name; none above MOST_CHAPTERS, because the country's own page lists them."""
    chapters = list_shared(db.session(), Window(MOST_CHAPTERS + 1), countries=[country[1]])
    if len(chapters) > MOST_CHAPTERS:
        return []
    values = chapter_values(
        db.session(),
        indicator=query.indicator,
        period=query.period,
        chapters=[chapter.id for chapter in chapters],
        countries=[country[1]],
    )
    return [Branch(_chapter_row(query, chapter, values), depth) for chapter in chapters]


def _chapter_row(query: Asked, chapter: SharedChapter, values: Mapping[UUID, ChapterValue]) -> FigureRow:
    value = values.get(chapter.id)
    text = value_of(query, value)
    return FigureRow(
        chapter.name,
        figure_url((Level.CHAPTER, str(chapter.id)), query.indicator.code, query.period),
        text,
        bool(text),
        value_source(query.period, value),
        None,
        size=size_in(query, value),
    )
