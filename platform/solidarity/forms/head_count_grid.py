"""The grid of head counts as template variables, to fill in and to read."""

from __future__ import annotations

from typing import Any

from solidarity.forms.parts import CountForm
from solidarity.i18n.locale import format_number
from solidarity.labels.cells import AGE_WORDS
from tenants.action_kit.activities.entries import Cell
from tenants.action_kit.cells import AgeBand, Sex


def grid_to_fill(form: CountForm) -> list[dict[str, Any]]:
    """Return the rows of a grid of inputs: one for each age band, with a box for each sex."""
    return [{"label": AGE_WORDS[age], "cells": [_box(form, (sex, age)) for sex in Sex]} for age in AgeBand]


def grid_to_read(counts: dict[Cell, int]) -> list[dict[str, Any]]:
    """Return the rows of a grid of numbers; a cell without people is a dash."""
    return [
        {"label": AGE_WORDS[age], "cells": [{"value": shown(counts.get((sex, age), 0))} for sex in Sex]}
        for age in AgeBand
    ]


def totals_to_read(counts: dict[Cell, int]) -> list[str]:
    """Return the sum of each column as text."""
    return [format_number(sum(counts.get((sex, age), 0) for age in AgeBand)) for sex in Sex]


def totals_to_fill(form: CountForm) -> list[str] | None:
    """Return the sum of each column of inputs as text; None if nothing was typed."""
    columns = form.column_totals()
    return None if columns is None else [format_number(total) for total in columns]


def shown(people: int) -> str:
    """Return the number of a cell as text; zero is a dash, as for an empty box."""
    return format_number(people) if people else "–"


def _box(form: CountForm, cell: Cell) -> dict[str, Any]:
    box = form.box(cell)
    return {"name": box.name, "value": box.typed, "errors": box.errors}
