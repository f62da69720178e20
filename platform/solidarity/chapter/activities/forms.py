"""The form that logs or corrects an activity."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from solidarity.forms.base import ServiceForm, text_of
from solidarity.forms.form_keys import KeyedForm
from solidarity.forms.parts import NOBODY_ASKED, CountForm, DatedForm, DayField, SeenForm, give_boxes
from solidarity.forms.people_field import PeopleField
from solidarity.labels.cells import KIND_WORDS
from tenants.action_kit.activities.entries import ActivityEntry, Cell, cell_name, refuse_invalid_activity, tidy_activity
from tenants.action_kit.activities.models import ActivityKind
from tenants.errors import Refused

SHARES = ("first_time", "came_before", "not_sure")

_choice = wtforms.SelectChoice  # type: ignore[attr-defined]  # newer than the stubs of wtforms


NOT_PLANNED = _choice(value="", label=_l("Not in the plan"))


class _WhatItWas(CountForm, DatedForm, ServiceForm):
    plan_line_id = SelectField(_l("Planned activity"), default="", choices=[NOT_PLANNED])
    kind = RadioField(
        _l("Type"),
        choices=[_choice(value=kind, label=words) for kind, words in KIND_WORDS.items()],
        validators=[InputRequired(_l("Choose a type."))],
    )
    title = StringField(_l("Title"))
    held_on = DayField(_l("Date"), validators=[InputRequired(_l("Enter the date."))])
    place = StringField(_l("Place"))


class _AttendanceBoxes(_WhatItWas):
    """The fields of the head count grid, one for each cell. `give_boxes` adds them in the order of the page."""


give_boxes(_AttendanceBoxes)


class ActivityForm(_AttendanceBoxes):
    """The fields of an activity: what it was, how many people came, and one observation."""

    total = PeopleField(_l("How many people came?"))
    not_counted = BooleanField(_l("We did not count"))
    first_time = PeopleField(_l("First time"))
    came_before = PeopleField(_l("Came before"))
    not_sure = PeopleField(_l("Not sure"))
    narrative = TextAreaField(_l("One thing you noticed"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, the head count and the rules of the service, and show all errors at once."""
        super().validate(extra_validators)
        self._check_count()
        with self.show_refusals():
            refuse_invalid_activity(tidy_activity(self.entry()), today=self.today)
        return not self.errors

    def entry(self) -> ActivityEntry:
        """Return what was typed. An unreadable value has its error and is replaced by a harmless default."""
        kind = self.kind.data
        return ActivityEntry(
            kind=ActivityKind(kind) if kind in set(ActivityKind) else ActivityKind.OTHER,
            title=text_of(self.title),
            held_on=self.held_on.data or self.today,
            place=text_of(self.place),
            narrative=text_of(self.narrative),
            counts=None if self.not_counted.data else self._counts(),
            first_time=self.first_time.data,
            came_before=self.came_before.data,
            not_sure=self.not_sure.data,
            plan_line_id=self._planned(),
        )

    def show(self, error: Refused) -> None:
        """Show each error at a field that has none yet. Skip errors about a sum while a number in it is unreadable."""
        fields = (*self.boxes(), self.total, self.not_counted, *(self[share] for share in SHARES))
        is_unreadable = any(field.errors for field in fields)
        is_below_zero = any((self[share].data or 0) < 0 for share in SHARES)
        for name, sentence in error.errors.items():
            field = self._field(name)
            is_sum = name in SHARES and not is_below_zero
            if not field.errors and not (is_unreadable and is_sum):
                _add(field, str(sentence))

    def shares_add_up(self) -> bool:
        """Whether any of first time, came before and not sure was given and their sum is the people counted."""
        values = [self[name].data for name in SHARES]
        return any(value is not None for value in values) and sum(v or 0 for v in values) == self.people_typed()

    def offer_planned(self, names: dict[UUID, str], *, is_required: bool = False) -> None:
        """Offer planned activities by id. Without `is_required`, an activity may also not be in the plan."""
        choices = [_choice(value=str(line_id), label=name) for line_id, name in names.items()]
        self.plan_line_id.choices = choices if is_required else [NOT_PLANNED, *choices]

    def people_typed(self) -> int | None:
        """Return the number of people in the boxes, else in the total; None if neither was filled in."""
        columns = self.column_totals()
        total: int | None = self.total.data
        return total if columns is None else sum(columns)

    def _check_count(self) -> None:
        """Require either a head count, which may be 0, or `not_counted`, and boxes that add up to the total."""
        filled_fields = [box for box in (*self.boxes(), self.total) if box.is_filled]
        if self.not_counted.data and filled_fields:
            _add(
                self.not_counted, _("You ticked this, but you also entered numbers. Clear the numbers, or untick this.")
            )
        elif not self.not_counted.data and not filled_fields:
            _add(self.not_counted, _("Enter how many people came, or tick this box. If nobody came, enter 0."))
        elif problem := self.total_problem():
            _add(self.total, problem)

    def _planned(self) -> UUID | None:
        """Return the planned activity that was chosen among those offered; None for any other text."""
        text = self.plan_line_id.data
        is_offered = any(choice[0] == text for choice in self.plan_line_id.iter_choices())
        return UUID(text) if text and is_offered else None

    def _counts(self) -> dict[Cell, int]:
        if self.column_totals() is None and self.total.data is not None:
            return {NOBODY_ASKED: self.total.data}
        return self.typed_cells()

    def _field(self, name: str) -> Any:
        """Return the field of an error. That of the cell NOBODY_ASKED is the total if only the total was typed."""
        if name == cell_name(*NOBODY_ASKED) and self.column_totals() is None:
            return self.total
        return self[name]


class LogForm(KeyedForm, ActivityForm):
    """The form that logs an activity."""


class ReviseForm(SeenForm, ActivityForm):
    """The form that corrects an activity, made from the revision `seen`."""


class WithdrawalForm(ServiceForm):
    """The reason why an activity is removed from the log."""

    reason = TextAreaField(_l("Reason"))


def form_data(entry: ActivityEntry) -> dict[str, Any]:
    """Return a stored entry as the values of a form."""
    counts = entry.counts or {}
    return {
        "kind": entry.kind,
        "title": entry.title,
        "held_on": entry.held_on,
        "place": entry.place,
        "narrative": entry.narrative,
        "plan_line_id": str(entry.plan_line_id or ""),
        "not_counted": entry.counts is None,
        "total": 0 if entry.people == 0 else None,
        **{cell_name(*cell): people for cell, people in counts.items()},
        **{share: getattr(entry, share) for share in SHARES},
    }


def _add(field: Any, sentence: str) -> None:
    field.errors = [*field.errors, sentence]
