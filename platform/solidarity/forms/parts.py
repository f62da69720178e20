"""Shared parts of the forms of several steps: dates, head counts, and the version that a page shows."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from flask import abort
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Form, HiddenField

from solidarity.forms.people_field import PeopleField
from solidarity.i18n.locale import format_number
from solidarity.labels.cells import AGE_WORDS, SEX_WORDS
from tenants import clock
from tenants.action_kit.activities.entries import Cell, cell_name
from tenants.action_kit.cells import CELLS, AgeBand, Sex

NOBODY_ASKED: Cell = (Sex.UNKNOWN, AgeBand.UNKNOWN)


class DayField(DateField):
    """A date within the bounds of `clock.day_problem`. The error for an unreadable one shows the format."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Parse YYYY-MM-DD, as browsers send it. Raises ValueError with the message for the field."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("Enter the date as year, month and day, such as 2026-02-11.")) from error
        if self.data is not None and (problem := clock.day_problem(self.data, clock.now().date())):
            self.data = None  # nothing computes with it; the typed text is kept
            raise ValueError(problem)


class DatedForm(Form):
    """A form that checks dates against `today`, the local day of its chapter."""

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today


class SeenForm(Form):
    """A form made from the revision, text or count with the number `seen`."""

    seen = HiddenField()

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields. Our pages always send a number, so anything else is answered with 400."""
        self.seen_number()
        return bool(super().validate(extra_validators))

    def seen_number(self) -> int:
        """Return the number that the page was made from; 400 for anything but a number."""
        text = self.seen.data or ""
        if not (text.isascii() and text.isdigit() and len(text) < 9):
            abort(400)
        return int(text)


class CountForm(Form):
    """A form with a box for each cell, added by `give_boxes`, and a `total`."""

    def box(self, cell: Cell, /) -> PeopleField:
        """Return the box of a cell."""
        return cast("PeopleField", self[cell_name(*cell)])

    def boxes(self) -> list[PeopleField]:
        """Return the boxes of all cells, in the order of the page."""
        return [self.box(cell) for cell in CELLS]

    def typed_cells(self) -> dict[Cell, int]:
        """Return the numbers in the boxes that can be read."""
        return {cell: self.box(cell).data for cell in CELLS if self.box(cell).data is not None}

    def column_totals(self) -> list[int] | None:
        """Return the sum of the readable boxes of each column; None if nothing was typed."""
        if not any(box.is_filled for box in self.boxes()):
            return None
        return [sum(self.box((sex, age)).data or 0 for age in AgeBand) for sex in Sex]

    def total_problem(self) -> str | None:
        """Return an error if boxes and total were both filled in and differ, else None."""
        columns, total = self.column_totals(), self["total"].data
        if columns is None or total is None or sum(columns) == total:
            return None
        sentence = _(
            "The boxes add up to %(boxes)s, but the total is %(total)s. Correct one of them, or leave one empty.",
            boxes=format_number(sum(columns)),
            total=format_number(total),
        )
        return str(sentence)


def give_boxes(form: type[CountForm]) -> None:
    """Add a box for each cell to `form`, after its other fields, in the order of the page."""
    for sex, age in CELLS:
        label = _l("%(column)s, %(row)s", column=SEX_WORDS[sex], row=AGE_WORDS[age])
        setattr(form, cell_name(sex, age), PeopleField(label))
