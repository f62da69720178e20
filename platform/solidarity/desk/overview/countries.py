"""Reporting by country: the tiles of the map, and the table with the same numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from solidarity.access.declarations import requires
from solidarity.charts.tile_grid import PLACES, SMALL_ISLAND_STATES
from solidarity.charts.tile_map import Tile, tile_class
from solidarity.desk.area_filter import requested_area_filter, tabs
from solidarity.desk.context import blueprint, visible_countries
from solidarity.desk.periods import asked_period
from solidarity.desk.place_names import figure_url
from solidarity.i18n.locale import format_number, format_quarter
from tenants import clock
from tenants.action_kit.evaluation.periods import Period
from tenants.chapters.areas import AREA_OF_COUNTRY
from tenants.chapters.names import area_name, by_name, country_name
from tenants.db import db
from tenants.figures.models import Level
from tenants.overview.report_states import Coverage, coverage_by_country, covered
from tenants.people.permissions import Permission
from tenants.rollups.readings import periods_known


@blueprint.get("/countries")
@requires(Permission.READ_DESK)
def list_countries() -> str:
    """List the countries with expected reports, including those without a tile on the map."""
    area_filter = requested_area_filter(visible_countries())
    moment = clock.now()
    period = asked_period(periods_known(db.session()), moment.date())
    coverage = coverage_by_country(db.session(), area_filter.countries, period=period, at=moment)
    return render_template(
        "desk/countries.html",
        area_filter=area_filter,
        tabs=tabs(visible_countries(), area_filter, "desk.list_countries", period),
        period_name=format_quarter(period.starts_on),
        back_url=url_for("desk.overview", area=area_filter.area and str(area_filter.area), period=period.code),
        coverage=covered(area_filter.countries, coverage),
        rows=[
            (
                name,
                figure_url((Level.COUNTRY, code), period=period),
                area_name(AREA_OF_COUNTRY[code]),
                coverage[code],
                tile_class(coverage[code].approved, coverage[code].expected),
            )
            for code, name in by_name({code: country_name(code) for code in coverage})
        ],
    )


def map_facts(countries: Sequence[str], period: Period, coverage: Mapping[str, Coverage]) -> dict[str, Any]:
    """Return the tiles of the countries with expected reports, and the variables for the text below the map."""
    return {
        "tiles": {code: _tile(code, period, counts) for code, counts in coverage.items() if code in PLACES},
        "countries_expected": len(coverage),
        "islands_expected": len(SMALL_ISLAND_STATES & set(coverage)),
        "off_the_map": [name for _code, name in by_name({c: country_name(c) for c in coverage if c not in PLACES})],
        "is_wide": len(countries) > 1,
    }


def _tile(code: str, period: Period, counts: Coverage) -> Tile:
    numbers = {"approved": format_number(counts.approved), "expected": format_number(counts.expected)}
    label = ngettext(
        "%(country)s: %(approved)s of %(expected)s chapter with an approved report",
        "%(country)s: %(approved)s of %(expected)s chapters with an approved report",
        counts.expected,
        country=country_name(code),
        **numbers,
    )
    share = str(_("%(part)s/%(whole)s", part=numbers["approved"], whole=numbers["expected"]))
    return Tile(counts.approved, counts.expected, share, str(label), figure_url((Level.COUNTRY, code), period=period))
