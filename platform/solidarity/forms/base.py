"""The form that every page's form derives from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from solidarity.forms.problems import sentences_of
from tenants.errors import Refused


class ServiceForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """A form that can show at its fields what a service has refused."""

    def show(self, error: Refused) -> None:
        """Put each sentence at the field it names; one without a field stands above the form."""
        for name, sentence in sentences_of(error).items():
            field = self._fields.get(name)
            if field is None:
                self.form_errors: list[str] = [*self.form_errors, sentence]
            else:
                field.errors = [*field.errors, sentence]

    @contextmanager
    def show_refusals(self) -> Iterator[None]:
        """Show at the fields what is refused inside; the caller then looks at `errors`."""
        try:
            yield
        except Refused as error:
            self.show(error)


def text_of(field: StringField) -> str:
    """Return what was typed into a text field; nothing is an empty string."""
    return field.data or ""


def boxes(label: Any, **options: Any) -> SelectMultipleField:
    """Return a field for several of a list, as boxes to tick; what may be ticked is the domain's to say."""
    return SelectMultipleField(
        label, widget=ListWidget(), option_widget=CheckboxInput(), choices=[], validate_choice=False, **options
    )
