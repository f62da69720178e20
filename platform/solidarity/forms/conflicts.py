"""Two people on one form: what the second typed beside what the first saved, field by field, and who that was."""

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
    """One field in which the two differ, as people read it; empty where nothing is said.

    `is_written` says that people wrote it in the language of the chapter.
    """

    label: str
    yours: str
    saved: str
    is_written: bool = False


@dataclass(frozen=True)
class Conflict:
    """Who saved first and when, where that is known, and in what the two differ."""

    by: str | None
    moment: str | None
    differences: list[Difference]


def conflict_between(form: Form, saved_form: Form, *, subject_id: UUID, actions: Collection[str]) -> Conflict:
    """Return what `form`, typed by the second, and `saved`, made from what the first saved, differ in.

    `actions` are what saving is called on the trail.
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
    """Return a value as its field shows it: of a choice the words, of a day the day."""
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
