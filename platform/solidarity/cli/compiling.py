"""Compiling and checking figures from the command line, with the compiler's login: only it may write them."""

from __future__ import annotations

from collections.abc import Iterator

from solidarity.app import create_app
from solidarity.database.engines import opened_application
from solidarity.settings import Settings
from tenants import clock
from tenants.action_kit.evaluation.periods import Period
from tenants.db import opened
from tenants.rollups.addresses import address_of
from tenants.rollups.checking import Check, FigureDifference, FigureParts, check
from tenants.rollups.compiler import COMPILER, compile_full, compile_marked


def compile_waiting(settings: Settings) -> str:
    """Compile the figures that marks name, and return a sentence with the number of chapters."""
    with opened_application(create_app(settings)), opened(COMPILER) as session:
        chapters = compile_marked(session, at=clock.now())
    return f"{_chapters(chapters)} compiled anew." if chapters else "Nothing was waiting; the figures are up to date."


def compile_everything(settings: Settings) -> str:
    """Recompute every figure, and return a sentence with the number of chapters."""
    with opened_application(create_app(settings)), opened(COMPILER) as session:
        chapters = compile_full(session, at=clock.now())
    return f"Every figure is recomputed, from the reports of {_chapters(chapters)}."


def check_everything(settings: Settings) -> Check:
    """Recompute every figure, compare, and store the result, which the desk shows. No figure is corrected."""
    with opened_application(create_app(settings)), opened(COMPILER) as session:
        return check(session, at=clock.now())


def check_lines(result: Check) -> Iterator[str]:
    """Yield a line for each error that a check found, and a summary."""
    for difference in result.differences:
        yield f"{_address(difference)}: stored {_parts(difference.stored)}, recomputed {_parts(difference.recomputed)}"
    for chapter_id in result.forgotten:
        yield f"chapter {chapter_id}: its reports have changed, and no mark says so"
    if not result:
        yield f"{result.figures} figures, all equal."
        return
    yield (
        f"{result.figures} figures, {len(result.differences)} differ; {_chapters(len(result.forgotten))} forgotten. "
        "`solidarity compile --full` puts them right."
    )


def _address(difference: FigureDifference) -> str:
    return address_of(
        indicator=difference.indicator,
        period=Period(difference.period_on),
        level=difference.level,
        place=difference.place,
        cell=difference.cell,
    )


def _parts(parts: FigureParts | None) -> str:
    if parts is None:
        return "no figure"
    value = "no value" if parts.numerator is None else str(parts.numerator)
    if parts.denominator is not None:
        value += f" of {parts.denominator}"
    counts = f"reported {parts.reported}, carried {parts.carried}"
    return f"{value} ({counts}{'' if parts.expected is None else f', expected {parts.expected}'})"


def _chapters(number: int) -> str:
    return f"{number} chapter" if number == 1 else f"{number} chapters"
