"""The forms of step 4: an event, an item of its checklist, a count."""

from __future__ import annotations

from datetime import date, time
from typing import Any, cast

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TimeField
from wtforms.validators import InputRequired

from solidarity.forms.base import ServiceForm, text_of
from solidarity.forms.form_keys import KeyedForm
from solidarity.forms.parts import NOBODY_ASKED, CountForm, DatedForm, DayField, SeenForm, give_boxes
from solidarity.forms.people_field import PeopleField
from tenants.action_kit.activities.entries import Cell, cell_name
from tenants.action_kit.launch.entries import EventEntry, moment_there, refuse_invalid_event, tidy_event
from tenants.chapters import names
from tenants.clock import zone_info
from tenants.errors import Refused
from tenants.texts import code_text


class ClockField(TimeField):
    """A time of day. The error for an unreadable one shows the format."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Parse HH:MM, as browsers send it. Raises ValueError with the message for the field."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("Enter the time as hours and minutes, such as 16:30.")) from error


class _AnewForm(SeenForm, ServiceForm):
    """A form for a new row (`seen` is 0), unless its page fills in a stored one."""

    seen = HiddenField(default="0")


class EventForm(DatedForm, _AnewForm):
    """The launch event. Its start time is local time in `zone`."""

    title = StringField(_l("Event name"))
    place = StringField(_l("Place"))
    host = StringField(_l("Host"))
    held_on = DayField(_l("Date"), validators=[InputRequired(_l("Enter the date."))])
    start_time = ClockField(_l("Start time"), validators=[InputRequired(_l("Enter the start time."))])
    zone = SelectField(_l("Time zone"), validate_choice=False)
    expected_people = PeopleField(_l("How many people do you expect?"))

    def process(self, *args: Any, **options: Any) -> None:
        """Fill the form in, and offer the time zones of the chapter's country and the one that the event has."""
        super().process(*args, **options)
        chosen = code_text(self.zone.data or "")
        self.zone.choices = names.zone_choices_in(g.chapter.country, chosen=chosen, other=g.chapter.zone)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields and the rules of the service, and show all errors at once."""
        super().validate(extra_validators)
        with self.show_refusals():
            refuse_invalid_event(self.entry(), today=self.today)
        return not self.errors

    def entry(self) -> EventEntry:
        """Return what was typed. An unreadable value has its error and is replaced by a harmless default.

        Raises Refused for an unknown time zone and for a time that the clocks skip.
        """
        zone = code_text(self.zone.data or "")
        entry = EventEntry(
            title=text_of(self.title),
            place=text_of(self.place),
            host=text_of(self.host),
            zone=zone,
            starts_at=moment_there(self.held_on.data or self.today, self.start_time.data or time(12), zone),
            expected_people=self.expected_people.data,
        )
        return tidy_event(entry)


class NewEventForm(KeyedForm, EventForm):
    """A launch event that is planned."""


class ItemForm(KeyedForm, ServiceForm):
    """A checklist item that the chapter adds."""

    title = StringField(_l("What must be ready?"), [InputRequired(_l("Enter what must be ready."))])
    due_on = DayField(_l("Due date"), validators=[InputRequired(_l("Enter the due date."))])

    def due_day(self) -> date:
        """Return the due date. The form must be valid."""
        return cast("date", self.due_on.data)


class _Boxes(CountForm, _AnewForm):
    """The fields of the head count grid, one for each cell. `give_boxes` adds them in the order of the page."""


give_boxes(_Boxes)


class TallyForm(_Boxes):
    """A head count by cell, or one total."""

    total = PeopleField(_l("How many people in total?"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, and that the boxes add up to the total."""
        super().validate(extra_validators)
        problem = self.total_problem()
        if self.column_totals() is None and not self.total.is_filled:
            problem = _("Enter the number of people. If there was nobody, enter 0.")
        if problem:
            self.total.errors = [*self.total.errors, problem]
        return not self.errors

    def counts(self) -> dict[Cell, int]:
        """Return the head count by cell. The form must be valid. A count of no people is the total 0."""
        return {NOBODY_ASKED: self.total.data} if self.column_totals() is None else self.typed_cells()

    def show(self, error: Refused) -> None:
        """Show the error of the cell NOBODY_ASKED at the total if only the total was typed."""
        name = cell_name(*NOBODY_ASKED)
        if name in error.errors and self.column_totals() is None:
            error = Refused({"total": error.errors[name]})
        super().show(error)


def event_data(entry: EventEntry, number: int) -> dict[str, Any]:
    """Return a stored event as the values of a form, with its start in local time."""
    local_start = entry.starts_at.astimezone(zone_info(entry.zone))
    return {
        "seen": str(number),
        "title": entry.title,
        "place": entry.place,
        "host": entry.host,
        "held_on": local_start.date(),
        "start_time": local_start.time(),
        "zone": entry.zone,
        "expected_people": entry.expected_people,
    }


def count_data(counts: dict[Cell, int], number: int) -> dict[str, Any]:
    """Return a stored count as the values of a form. A count of no people is the total 0."""
    boxes = {cell_name(*cell): people for cell, people in counts.items()}
    return {"seen": str(number), "total": 0 if number and not counts else None, **boxes}
