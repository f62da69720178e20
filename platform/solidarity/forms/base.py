"""The base class of all forms, and helpers for fields."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from solidarity.forms.problems import sentences_of
from tenants.errors import Refused
from tenants.texts import hidden_character


class ServiceForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """A form that shows at its fields what a service refused."""

    def show(self, error: Refused) -> None:
        """Add each error to the field that it names, or to the form's own errors if there is no such field.

        If a field holds only hidden characters, which look like an empty field, the error names the first of them.
        """
        for name, sentence in sentences_of(error).items():
            field = self._fields.get(name)
            if field is None:
                self.form_errors: list[str] = [*self.form_errors, sentence]
            elif character := hidden_character(str((field.raw_data or [""])[0])):
                hint = _("It contains only a hidden character: %(character)s.", character=character)
                field.errors = [*field.errors, f"{sentence} {hint}"]
            else:
                field.errors = [*field.errors, sentence]

    @contextmanager
    def show_refusals(self) -> Iterator[None]:
        """Catch Refused in the block and show it at the fields. The caller checks `errors` afterwards."""
        try:
            yield
        except Refused as error:
            self.show(error)


def text_of(field: StringField) -> str:
    """Return the text of a field; an empty string if nothing was sent."""
    return field.data or ""


def boxes(label: Any, **options: Any) -> SelectMultipleField:
    """Return a field of checkboxes. It accepts any choice; the service validates them."""
    return SelectMultipleField(
        label, widget=ListWidget(), option_widget=CheckboxInput(), choices=[], validate_choice=False, **options
    )
