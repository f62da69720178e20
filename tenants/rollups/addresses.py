"""The address of a figure on pages and on the command line: participations/2026-Q3/country/BR."""

from __future__ import annotations

from dataclasses import dataclass

from tenants.action_kit.evaluation.indicators import BY_CODE, Indicator
from tenants.action_kit.evaluation.periods import Period
from tenants.chapters.areas import ALL_COUNTRIES, COUNTRIES_BY_AREA, Area
from tenants.errors import SolidarityError
from tenants.figures.models import ALL_CELLS, Level

PREFIX = "/desk/figures/"
PARTS = 4


class UnknownFigure(SolidarityError):
    """An address that matches no figure. The message names the wrong part."""


@dataclass(frozen=True)
class FigureId:
    """The parts of a figure's address. The `place` of a chapter is its id or its slug."""

    indicator: Indicator
    period: Period
    level: Level
    place: str
    cell: str = ALL_CELLS

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries that the figure may include. For a chapter these are all: only its row has its country."""
        if self.level is Level.AREA:
            return COUNTRIES_BY_AREA[Area(self.place)]
        return (self.place,) if self.level is Level.COUNTRY else ALL_COUNTRIES


def figure_of(address: str) -> FigureId:
    """Parse an address, which may end with a cell such as women.18_24. Raises UnknownFigure."""
    parts = address.removeprefix(PREFIX).strip("/").split("/")
    if len(parts) not in (PARTS, PARTS + 1):
        raise UnknownFigure("Write indicator/period/level/place, such as participations/2026-Q3/country/BR.")
    code, period, level, place, cell = [*parts, ALL_CELLS][: PARTS + 1]
    level_known = _parse_level(level)
    return FigureId(_parse_indicator(code), _parse_period(period), level_known, _parse_place(level_known, place), cell)


def address_of(*, indicator: str, period: Period, level: str, place: str, cell: str = ALL_CELLS) -> str:
    """Return the address of a figure."""
    address = f"{indicator}/{period.code}/{level}/{place}"
    return address if cell == ALL_CELLS else f"{address}/{cell}"


def _parse_indicator(code: str) -> Indicator:
    if code not in BY_CODE:
        raise UnknownFigure(f"There is no indicator “{code}”. There are {', '.join(BY_CODE)}.")
    return BY_CODE[code]


def _parse_period(code: str) -> Period:
    period = Period.from_code(code)
    if period is None:
        raise UnknownFigure(f"“{code}” is no period. Write a year and its quarter, such as 2026-Q3.")
    return period


def _parse_level(code: str) -> Level:
    if code not in set(Level):
        raise UnknownFigure(f"“{code}” is no level. There are world, area, country and chapter.")
    return Level(code)


def _parse_place(level: Level, place: str) -> str:
    places = {Level.WORLD: (Level.WORLD.value,), Level.AREA: tuple(map(str, Area)), Level.COUNTRY: ALL_COUNTRIES}
    if level in places and place not in places[level]:
        examples = "two capital letters, such as BR" if level is Level.COUNTRY else ", ".join(places[level])
        raise UnknownFigure(f"There is no {level} “{place}”. Write {examples}.")
    return place
