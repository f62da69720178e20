"""The problems in a form, as a flat list for the summary at the top of the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import flash, g
from flask_babel import gettext as _
from wtforms import Form

from solidarity.i18n.locale import format_quarter
from tenants.action_kit.evaluation.closing import PeriodClosed
from tenants.errors import Refused


@dataclass(frozen=True)
class Problem:
    """One problem. `anchor` is the id of its input, empty if the problem concerns the whole form."""

    text: str
    label: str = ""
    anchor: str = ""


def form_problems(form: Form) -> list[Problem]:
    """Return the problems of a form, then those of its fields in their order, including nested fields."""
    problems = [problem for field in form for problem in _of_field(field)]
    return [*(Problem(str(text)) for text in form.form_errors), *problems]


def sentences_of(error: Refused) -> dict[str, str]:
    """Return the reasons for a refusal, by field. A closed period is named by its quarter, at `dated_on`."""
    if not isinstance(error, PeriodClosed):
        return error.errors
    sentence = _(
        "The report for %(quarter)s is approved, so that quarter is closed. Use "
        "today’s date, or ask UN Women to reopen the report.",
        quarter=format_quarter(error.period.starts_on, g.chapter.country),
    )
    return {"dated_on": str(sentence)}


def warn_of(error: Refused) -> None:
    """Show the reasons for a refusal on the next page, for an action without its own form."""
    for sentence in sentences_of(error).values():
        flash(str(sentence), "warning")


def is_message(error: Any) -> bool:
    """Whether an entry of a field's errors is a message, lazily translated or not, and no list of inner fields."""
    return not isinstance(error, (dict, list, tuple, type(None)))


def _of_field(field: Any) -> Iterator[Problem]:
    if field.type == "FormField":
        for inner in field.form:
            yield from _of_field(inner)
    elif field.type == "FieldList":
        for inner in field.entries:
            yield from _of_field(inner)
    for error in field.errors:
        if is_message(error) and error not in _inner_names(field):
            yield Problem(str(error), str(field.label.text).rstrip("?؟: "), field.id)


def _inner_names(field: Any) -> frozenset[Any]:
    """Return the field names that iterating over the errors of a nested form yields instead of messages."""
    return frozenset(field.errors) if field.type == "FormField" else frozenset()
