"""The input of a form whose session or token had ended: shown with its labels, and filled in again after sign-in.

The input travels in the pages themselves, in hidden fields. It is not stored, and in no address or log. Secrets are not
kept. A form is filled in again by sending the input with the field `restored`: `submission` then shows it unsaved.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from typing import Any

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from wtforms import Form
from wtforms.fields.core import UnboundField

RESTORE_FIELD = "restored"
LONGEST_INPUT = 200_000  # characters
SECRET_FIELD = re.compile(r"pass|token|secret|code|csrf|otp|^current$", re.IGNORECASE)
OUR_FIELD = re.compile(r"(?:.*_)?key|seen|next|kept|restored")  # hidden fields, which are not input


@dataclass(frozen=True)
class UnsavedField:
    """One field of a refused form. `label` may be lazy."""

    name: str
    label: Any
    value: str


def unsaved_fields() -> list[UnsavedField]:
    """Return the input of the posted form with the labels of its page, without secrets and empty fields."""
    labels = _labels()
    return [
        UnsavedField(name, labels.get(name) or name.replace("_", " ").capitalize(), value)
        for name, value in _input()
        if value.strip() and not OUR_FIELD.fullmatch(name)
    ]


def packed_input() -> str:
    """Return the posted input as a text for a hidden field, or an empty text if no page could be filled with it."""
    text = json.dumps(_input(), ensure_ascii=False)
    return text if unsaved_fields() and _has_form_page() and len(text) <= LONGEST_INPUT else ""


def unpacked_input(text: str | None) -> list[tuple[str, str]]:
    """Return the fields of a packed input. A text that we did not pack has none."""
    try:
        pairs = [(str(name), str(value)) for name, value in json.loads(text or "[]")]
        "".join(text for pair in pairs for text in pair).encode()  # half of a character raises UnicodeEncodeError
    except (ValueError, TypeError, RecursionError):
        return []
    return [(name, value) for name, value in pairs if not SECRET_FIELD.search(name)]


def _input() -> list[tuple[str, str]]:
    fields = request.form.items(multi=True)
    return [(name, value) for name, value in fields if not SECRET_FIELD.search(name) and name != RESTORE_FIELD]


def _has_form_page() -> bool:
    """Whether the address of this request also shows the form. A button has no page of its own."""
    try:
        endpoint = current_app.create_url_adapter(request).match(method="GET")[0]  # type: ignore[union-attr]
    except HTTPException:
        return False
    return bool(endpoint == request.endpoint)


def _labels() -> dict[str, Any]:
    """Return the labels of the fields, by name, in the forms that the module of this request's view uses."""
    view = current_app.view_functions.get(request.endpoint or "")
    values = vars(sys.modules[view.__module__]).values() if view is not None else ()
    forms = [value for value in values if isinstance(value, type) and issubclass(value, Form)]
    fields = {name: getattr(form, name) for form in forms for name in dir(form) if not name.startswith("_")}
    return {
        name: field.args[0] if field.args else field.kwargs.get("label")
        for name, field in fields.items()
        if isinstance(field, UnboundField)
    }
