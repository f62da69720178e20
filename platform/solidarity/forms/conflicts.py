"""Edit conflicts of two people: what the second typed and what the first saved, field by field, and who saved."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from flask import g
from wtforms import Field, Form

from solidarity.i18n.locale import format_day, format_hour, format_list, format_moment, format_number
from tenants.audit import last_act
from tenants.db import db

HIDDEN_FIELDS = frozenset({"HiddenField", "CSRFTokenField"})
TEXT_FIELDS = frozenset({"StringField", "TextAreaField"})


@dataclass(frozen=True)
class Difference:
    """One field in which the two versions differ, as text; an empty value is an empty string.

    `is_written` is true for text that people wrote in the language of the chapter.
    """

    label: str
    yours: str
    saved: str
    is_written: bool = False


@dataclass(frozen=True)
class Conflict:
    """The person who saved first and the time, if known, and the differences."""

    by: str | None
    moment: str | None
    differences: list[Difference]


def conflict_between(form: Form, saved_form: Form, *, subject_id: UUID, actions: Collection[str]) -> Conflict:
    """Return how `form`, typed by the second person, differs from `saved_form`, made from what the first saved.

    `actions` are the action codes that the history records for saving.
    """
    last = last_act(db.session(), subject_id, actions)
    by, at = last if last is not None else (None, None)
    moment = format_moment(at, g.chapter.zone, g.chapter.country) if at else None
    return Conflict(by, moment, list(_differing(form, saved_form)))


def _differing(form: Form, saved_form: Form) -> Iterator[Difference]:
    for field in form:
        if field.type in HIDDEN_FIELDS or field.name not in saved_form or field.name == "reason":
            continue
        typed_text, saved_text = _shown(field, field.data), _shown(saved_form[field.name], saved_form[field.name].data)
        if typed_text != saved_text:
            is_written = field.type in TEXT_FIELDS and field.name != "zone"
            yield Difference(str(field.label.text).rstrip("?؟: "), typed_text, saved_text, is_written)


def _shown(field: Field, value: Any) -> str:
    """Return a value as its field shows it: the label of a choice, a formatted date, time or number."""
    choices = getattr(field, "choices", None)
    if choices is not None:
        values = value if isinstance(value, list) else [value]
        words = {str(code): str(label) for code, label, *_ in (choices() if callable(choices) else choices)}
        return format_list(words.get(str(code), str(code)) for code in values if code not in (None, ""))
    if isinstance(value, time):
        return format_hour(value)
    if isinstance(value, date):
        return format_day(value, g.chapter.country)
    if isinstance(value, int):
        return format_number(value)
    return str(value or "").replace("\r\n", "\n").strip()
