"""The form of an activity: the same to log one and to correct one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired

from solidarity.forms.parts import NOBODY_ASKED, CountForm, DayField, KeyedForm, SeenForm, give_boxes
from solidarity.forms.people_field import PeopleField
from solidarity.labels.cells import KIND_WORDS
from tenants.action_kit.activities.entries import ActivityEntry, Cell, cell_name, refuse_unsound_activity, tidy_activity
from tenants.action_kit.activities.models import ActivityKind
from tenants.errors import Refused

SHARES = ("first_time", "came_before", "not_sure")

_choice = wtforms.SelectChoice  # type: ignore[attr-defined]  # younger than the stubs of wtforms


class _WhatItWas(CountForm, FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    kind = RadioField(
        _l("Type"),
        choices=[_choice(value=kind, label=words) for kind, words in KIND_WORDS.items()],
        validators=[InputRequired(_l("Choose a type."))],
    )
    title = StringField(_l("Title"))
    held_on = DayField(_l("Date"), validators=[InputRequired(_l("Enter the date."))])
    place = StringField(_l("Place"))


class _WhoCame(_WhatItWas):
    """The boxes of the grid, one a cell; set below in the order of the page."""


give_boxes(_WhoCame)


class ActivityForm(_WhoCame):
    """What it was, who came, what was noticed."""

    total = PeopleField(_l("How many people came?"))
    not_counted = BooleanField(_l("We did not count"))
    first_time = PeopleField(_l("First time"))
    came_before = PeopleField(_l("Came before"))
    not_sure = PeopleField(_l("Not sure"))
    narrative = TextAreaField(_l("One thing you noticed"))

    def shares_add_up(self) -> bool:
        """Whether first time, came before and not sure were given and come to the people counted."""
        given = [self[name].data for name in SHARES]
        return any(value is not None for value in given) and sum(v or 0 for v in given) == self.people_typed()

    def people_typed(self) -> int | None:
        """Return how many people the boxes or the total come to; None where neither was filled in."""
        columns = self.column_totals()
        total: int | None = self.total.data
        return total if columns is None else sum(columns)


class LogForm(KeyedForm, ActivityForm):
    """A new activity."""


class ReviseForm(SeenForm, ActivityForm):
    """A correction, made from the revision `seen`."""


def form_data(entry: ActivityEntry) -> dict[str, Any]:
    """Return a stored entry as the values of a form."""
    counts = entry.counts or {}
    return {
        "kind": entry.kind,
        "title": entry.title,
        "held_on": entry.held_on,
        "place": entry.place,
        "narrative": entry.narrative,
        "not_counted": entry.counts is None,
        "total": 0 if entry.people == 0 else None,
        **{cell_name(*cell): people for cell, people in counts.items()},
        **{share: getattr(entry, share) for share in SHARES},
    }


def read_entry(form: ActivityForm, *, today: date) -> ActivityEntry | None:
    """Return what was typed, or None with every error at its field; `today` is the chapter's local day."""
    form.validate()
    _check_the_count(form)
    entry = _understood(form, today)
    try:
        refuse_unsound_activity(tidy_activity(entry), today=today)
    except Refused as refusal:
        _put_at_fields(form, refusal.errors)
    return None if form.errors else entry


def _check_the_count(form: ActivityForm) -> None:
    """Tell nobody from not counted, and let the boxes and the total say one thing."""
    filled = [box for box in (*form.boxes(), form.total) if box.is_filled]
    if form.not_counted.data and filled:
        _add(form.not_counted, _("You ticked this, but you also entered numbers. Clear the numbers, or untick this."))
    elif not form.not_counted.data and not filled:
        _add(form.not_counted, _("Enter how many people came, or tick this box. If nobody came, enter 0."))
    elif problem := form.total_problem():
        _add(form.total, problem)


def _understood(form: ActivityForm, today: date) -> ActivityEntry:
    """Return what can be read; what cannot has its error already and stands as something harmless."""
    kind = form.kind.data
    return ActivityEntry(
        kind=ActivityKind(kind) if kind in set(ActivityKind) else ActivityKind.OTHER,
        title=form.title.data or "",
        held_on=form.held_on.data or today,
        place=form.place.data or "",
        narrative=form.narrative.data or "",
        counts=None if form.not_counted.data else _counts(form),
        first_time=form.first_time.data,
        came_before=form.came_before.data,
        not_sure=form.not_sure.data,
    )


def _counts(form: ActivityForm) -> dict[Cell, int]:
    if form.column_totals() is None and form.total.data is not None:
        return {NOBODY_ASKED: form.total.data}
    return form.typed_cells()


def _put_at_fields(form: ActivityForm, errors: dict[str, str]) -> None:
    """Put the domain's sentences at the fields; a sum is not worth a word while a number in it cannot be read."""
    unreadable = any(field.errors for field in _people_fields(form))
    below_zero = any((form[share].data or 0) < 0 for share in SHARES)
    for name, sentence in errors.items():
        field = _field(form, name)
        is_sum = name in SHARES and not below_zero
        if not field.errors and not (unreadable and is_sum):
            _add(field, str(sentence))


def _field(form: ActivityForm, name: str) -> Any:
    """Return the field an error belongs to: that of the cell nobody was asked about may come from the total."""
    if name == cell_name(*NOBODY_ASKED) and form.column_totals() is None:
        return form.total
    return form[name]


def _people_fields(form: ActivityForm) -> Sequence[Any]:
    return (*form.boxes(), form.total, form.not_counted, *(form[share] for share in SHARES))


def _add(field: Any, sentence: str) -> None:
    field.errors = [*field.errors, sentence]
