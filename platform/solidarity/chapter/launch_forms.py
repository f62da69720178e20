"""The forms of step 4: an event, an item of its checklist, a count."""

from __future__ import annotations

from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TimeField
from wtforms.validators import InputRequired

from solidarity.accounts.forms import ServiceForm
from solidarity.cell_words import AGE_WORDS, SEX_WORDS
from solidarity.chapter.activity_forms import NOBODY_ASKED, DayField
from solidarity.chapter.counting import PeopleField
from solidarity.language import format_number
from tenants.action_kit.activities.entries import Cell, cell_name
from tenants.action_kit.cells import CELLS, AgeBand, Sex
from tenants.action_kit.launch.entries import EventEntry, moment_there, refuse_unsound, tidied
from tenants.errors import Refused


class ClockField(TimeField):
    """A time of day; one that cannot be read says how to put it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Understand what was typed, HH:MM as browsers send it."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("Give the time as hours and minutes, such as 16:30.")) from error


class SeenForm(ServiceForm):
    """A form made from the text or count `seen`."""

    seen = HiddenField(default="0")

    def seen_number(self) -> int:
        """Return the number the page was made from; anything but a number is answered with 400."""
        text = self.seen.data or ""
        if not (text.isascii() and text.isdigit() and len(text) < 9):
            abort(400)
        return int(text)


class EventForm(SeenForm):
    """What it is, where, and when by the clocks there."""

    title = StringField(_l("Name of the event"))
    place = StringField(_l("Place"))
    host = StringField(_l("Host"))
    held_on = DayField(_l("Date"), validators=[InputRequired(_l("Say on which day it is."))])
    start_time = ClockField(_l("It starts at"), validators=[InputRequired(_l("Say at what time it starts."))])
    zone = StringField(_l("Time zone"))
    expected_people = PeopleField(_l("How many people do you expect?"))

    def entry(self, *, today: date) -> EventEntry | None:
        """Return what was typed, or None with every error at its field; `today` is the chapter's local day."""
        self.validate()
        day, clock_time = self.held_on.data or today, self.start_time.data or time(12)
        try:
            starts_at = moment_there(day, clock_time, (self.zone.data or "").strip())
            entry = tidied(
                EventEntry(
                    title=self.title.data or "",
                    place=self.place.data or "",
                    host=self.host.data or "",
                    zone=(self.zone.data or "").strip(),
                    starts_at=starts_at,
                    expected_people=self.expected_people.data,
                )
            )
            refuse_unsound(entry, today=today)
        except Refused as refused:
            self.show(refused)
        return None if self.errors else entry


class ItemForm(ServiceForm):
    """Something of the chapter's own to have ready."""

    title = StringField(_l("What must be ready?"))
    due_on = DayField(_l("By which day?"), validators=[InputRequired(_l("Say by which day."))])


class _Boxes(SeenForm):
    """The boxes of the grid, one a cell; set below in the order of the page."""


for _sex, _age in CELLS:
    _label = _l("%(column)s, %(row)s", column=SEX_WORDS[_sex], row=AGE_WORDS[_age])
    setattr(_Boxes, cell_name(_sex, _age), PeopleField(_label))


class CountForm(_Boxes):
    """People by cell, or one number for all of them."""

    total = PeopleField(_l("How many people in all?"))

    def box(self, cell: Cell, /) -> PeopleField:
        """Return the box of a cell."""
        field: PeopleField = self[cell_name(*cell)]
        return field

    def column_totals(self) -> list[str] | None:
        """Return the sum of each column as text, as far as its boxes can be read; None where nothing was typed."""
        if not self._boxes_filled():
            return None
        return [format_number(sum(self.box((sex, age)).data or 0 for age in AgeBand)) for sex in Sex]

    def counts(self) -> dict[Cell, int] | None:
        """Return what was counted, or None with every error at its field. Nobody at all is the total 0."""
        self.validate()
        typed = {cell: self.box(cell).data for cell in CELLS if self.box(cell).data is not None}
        total = self.total.data
        if not self._boxes_filled() and not self.total.is_filled:
            self.total.errors = [*self.total.errors, _("Fill in how many. If it was nobody, write 0.")]
        elif self._boxes_filled() and total is not None and total != sum(typed.values()):
            sentence = _(
                "The boxes come to %(boxes)s, this says %(total)s. Correct one, or empty one.",
                boxes=format_number(sum(typed.values())),
                total=format_number(total),
            )
            self.total.errors = [*self.total.errors, sentence]
        if self.errors:
            return None
        return typed if self._boxes_filled() else {NOBODY_ASKED: total}

    def show(self, refused: Refused) -> None:
        """Put the sentence of the cell nobody was asked about at the total, where that is what was typed."""
        name = cell_name(*NOBODY_ASKED)
        if name in refused.errors and not self._boxes_filled():
            refused = Refused({"total": refused.errors[name]})
        super().show(refused)

    def _boxes_filled(self) -> bool:
        return any(self.box(cell).is_filled for cell in CELLS)


def event_data(entry: EventEntry, number: int) -> dict[str, Any]:
    """Return a stored event as the values of a form, its time as clocks there show it."""
    there = entry.starts_at.astimezone(ZoneInfo(entry.zone))
    return {
        "seen": str(number),
        "title": entry.title,
        "place": entry.place,
        "host": entry.host,
        "held_on": there.date(),
        "start_time": there.time(),
        "zone": entry.zone,
        "expected_people": entry.expected_people,
    }


def count_data(counts: dict[Cell, int], number: int) -> dict[str, Any]:
    """Return a stored count as the values of a form; a count of nobody is the total 0."""
    boxes = {cell_name(*cell): people for cell, people in counts.items()}
    return {"seen": str(number), "total": 0 if number and not counts else None, **boxes}
