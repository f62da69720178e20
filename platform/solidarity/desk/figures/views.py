"""The source of a number: an indicator's figure in one period, for the world, an area, a country or a chapter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import abort, render_template

from solidarity.access.declarations import requires
from solidarity.desk.chapters.pagination import chapter_page
from solidarity.desk.context import blueprint, visible_countries
from solidarity.desk.figures.breakdown import asked_branch, branches, places_under
from solidarity.desk.figures.chapter_values import chapter_facts, chapter_rows, value_source
from solidarity.desk.figures.missing_chapters import absent_facts
from solidarity.desk.figures.page import Asked, figure_facts, place_rows
from solidarity.desk.figures.sentences import check_text
from solidarity.desk.periods import latest_period, read_period
from solidarity.desk.place_names import above, figure_url, in_order, place_name
from solidarity.desk.visible_countries import places_in
from solidarity.i18n.locale import format_quarter
from solidarity.lookup import or_404, uuid_or_404
from tenants import clock
from tenants.action_kit.evaluation.indicators import BY_CODE
from tenants.action_kit.evaluation.periods import Period
from tenants.chapters.areas import Area
from tenants.chapters.queries import Filter, SharedChapter, find_shared
from tenants.db import db, see_one_moment
from tenants.figures.models import Level
from tenants.people.permissions import Permission
from tenants.rollups.evidence import ChapterValue, cells_of, chapter_values, values_over_periods
from tenants.rollups.readings import (
    WORLD,
    PlaceKey,
    Reading,
    compiled_at,
    last_check,
    periods_known,
    read_figures,
    read_periods,
)

CHAPTERS_A_PAGE = 50

Answer = str | tuple[str, int]


@blueprint.get("/figures/<indicator>/<level>/<place>")
@requires(Permission.READ_DESK)
def latest_figure(indicator: str, level: str, place: str) -> Answer:
    """Show the figure of the latest period that is over."""
    see_one_moment(db.session())
    today = clock.now().date()
    return _open(indicator, latest_period(periods_known(db.session()), today), today, (level, place))


@blueprint.get("/figures/<indicator>/<period>/<level>/<place>")
@requires(Permission.READ_DESK)
def figure(indicator: str, period: str, level: str, place: str) -> Answer:
    """Show the figure of one period. The page is read from one snapshot, so that parts add up to the whole."""
    see_one_moment(db.session())
    today = clock.now().date()
    return _open(indicator, read_period(period, today), today, (level, place))


def _open(indicator: str, period: Period, today: date, place_key: tuple[str, str]) -> Answer:
    """Show a figure; 404 for a place outside the reader's countries, 403 for one only partly inside them."""
    level, place = place_key
    if indicator not in BY_CODE:
        abort(404)
    query = Asked(BY_CODE[indicator], period, today)
    if (level, place) == WORLD:
        return (
            _places(query, WORLD)
            if visible_countries().world
            else _countries_only(query, WORLD, sorted(visible_countries().countries))
        )
    if level == Level.AREA and place in set(Area) and visible_countries().within(Area(place)):
        return _area(query, Area(place))
    if level == Level.COUNTRY and place in visible_countries().countries:
        return _country(query, (Level.COUNTRY, place))
    if level != Level.CHAPTER:
        abort(404)
    return _chapter(query, place)


def _area(query: Asked, area: Area) -> Answer:
    place_key = (Level.AREA, str(area))
    return (
        _places(query, place_key)
        if visible_countries().holds(area)
        else _countries_only(query, place_key, visible_countries().within(area))
    )


def _places(query: Asked, place_key: PlaceKey) -> str:
    """Show the world or an area, and the areas or countries that it is the sum of."""
    open_branch, parts = asked_branch(place_key), places_in(place_key)
    reading = read_figures(
        db.session(),
        indicator=query.indicator,
        period=query.period,
        place_keys=places_under(place_key, open_branch),
        focus=place_key,
    )
    rows = branches(query, place_key, reading.values, open_branch)
    return render_template(
        "desk/figure_places.html",
        **_stored(query, place_key, reading),
        rows=rows,
        longest=max((branch.row.size or 0 for branch in rows if branch.depth == 1), default=0),
        there=sum(place in reading.values for place in parts),
        left_out=sum(place not in reading.values for place in parts),
    )


def _countries_only(query: Asked, place_key: PlaceKey, countries: Sequence[str]) -> Answer:
    """Refuse a sum over more than the reader's countries (403), and list those one by one."""
    place_keys = in_order([(Level.COUNTRY, code) for code in countries])
    reading = read_figures(db.session(), indicator=query.indicator, period=query.period, place_keys=place_keys)
    return render_template(
        "desk/figure_refused.html",
        name=place_name(place_key),
        level=str(place_key[0]),
        title=query.indicator.title,
        period_name=format_quarter(query.period.starts_on),
        rows=place_rows(query, place_keys, reading.values),
    ), 403


def _country(query: Asked, place_key: PlaceKey) -> str:
    """Show a country, and the chapters that it is the sum of."""
    page = chapter_page([place_key[1]], Filter(), size=CHAPTERS_A_PAGE)
    reading = read_figures(db.session(), indicator=query.indicator, period=query.period, place_keys=[], focus=place_key)
    values = chapter_values(
        db.session(),
        indicator=query.indicator,
        period=query.period,
        chapters=[chapter.id for chapter in page.rows],
        countries=[place_key[1]],
    )
    return render_template(
        "desk/figure_chapters.html",
        **_stored(query, place_key, reading),
        page=page,
        rows=(rows := chapter_rows(query, page.rows, values)),
        longest=max((row.size or 0 for row in rows), default=0),
    )


def _chapter(query: Asked, place: str) -> str:
    """Show a chapter's value, its report, and its source rows."""
    chapter = or_404(
        find_shared(db.session(), countries=sorted(visible_countries().countries), chapter_id=uuid_or_404(place))
    )
    values = values_over_periods(
        db.session(),
        indicator=query.indicator,
        chapter_id=chapter.id,
        periods=query.periods,
        countries=[chapter.country],
    )
    value = values.get(query.period)
    history = {period: chapter_value.parts(period) for period, chapter_value in values.items()}
    return render_template(
        "desk/figure_evidence.html",
        breadcrumbs=_breadcrumbs(query, (Level.COUNTRY, chapter.country), is_current=False),
        **figure_facts(
            query,
            (Level.CHAPTER, str(chapter.id)),
            name=chapter.name,
            total=history.get(query.period),
            as_of=compiled_at(db.session()),
            cells=_cells(query, chapter, value),
            history=history,
            standings={period: value_source(period, values.get(period)) for period in (*values, query.period)},
        ),
        **chapter_facts(query, chapter, value),
    )


def _cells(query: Asked, chapter: SharedChapter, value: ChapterValue | None) -> dict[str, int]:
    if value is None or value.said_on is None:
        return {}
    return cells_of(db.session(), value, indicator=query.indicator, countries=[chapter.country])


def _stored(query: Asked, place_key: PlaceKey, reading: Reading) -> dict[str, Any]:
    """Return the variables for the page of a stored figure."""
    place_value = reading.values.get(place_key)
    history = read_periods(db.session(), indicator=query.indicator, place_key=place_key, periods=query.periods)
    return {
        "breadcrumbs": _breadcrumbs(query, place_key, is_current=True),
        "checked": check_text(last_check(db.session())),
        "absent": absent_facts(query, _countries_in(place_key)),
        **figure_facts(
            query,
            place_key,
            name=place_name(place_key),
            total=place_value.total if place_value else None,
            as_of=place_value.as_of if place_value else None,
            cells=reading.cells,
            history={period: value.total for period, value in history.items()},
        ),
    }


def _countries_in(place_key: PlaceKey) -> Sequence[str]:
    """Return those countries of a place that are the reader's."""
    level, place = place_key
    if level == Level.WORLD:
        return sorted(visible_countries().countries)
    return visible_countries().within(Area(place)) if level == Level.AREA else [place]


def _breadcrumbs(query: Asked, place_key: PlaceKey, *, is_current: bool) -> list[tuple[str, str | None]]:
    """Return the places above a place as (name, URL); the URL is None if the reader may not see all of a place."""
    way = above(place_key)
    breadcrumbs: list[tuple[str, str | None]] = []
    for step in way[:-1] if is_current else way:
        seen = (
            visible_countries().world
            if step == WORLD
            else step[0] == Level.COUNTRY or visible_countries().holds(Area(step[1]))
        )
        breadcrumbs.append((place_name(step), figure_url(step, query.indicator.code, query.period) if seen else None))
    return breadcrumbs
