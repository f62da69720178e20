"""The base of every form, and the fields and checks that several forms share."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from tenants.errors import Refused
from tenants.people.particulars import LONGEST_ADDRESS


def whole_address(_form: FlaskForm, field: StringField) -> None:
    """Refuse what cannot be anybody's address, with what is missing in it; no address of ours is like this."""
    before, at, after = (field.data or "").strip().partition("@")
    if not at or not before:
        raise ValidationError(str(_("Enter an email address such as name@example.org.")))
    if not after:
        raise ValidationError(str(_("The email address is missing the part after the @.")))


ADDRESS = [
    InputRequired(_("Enter your email address.")),
    Length(max=LONGEST_ADDRESS, message=_("This email address is too long.")),
    whole_address,
]


def typed(field: StringField) -> str:
    """Return what was typed into a text field; nothing is an empty string."""
    return field.data or ""


def boxes(label: Any, **more: Any) -> SelectMultipleField:
    """Return a field for several of a list, as boxes to tick; what may be ticked is the domain's to say."""
    return SelectMultipleField(
        label, widget=ListWidget(), option_widget=CheckboxInput(), choices=[], validate_choice=False, **more
    )


class ServiceForm(FlaskForm):  # type: ignore[misc]  # the library is untyped
    """A form that can show at its fields what a service has refused."""

    def show(self, refused: Refused) -> None:
        """Put each sentence at the field it names; one without a field stands above the form."""
        for name, sentence in refused.errors.items():
            field = self._fields.get(name)
            if field is None:
                self.form_errors: list[str] = [*self.form_errors, sentence]
            else:
                field.errors = [*field.errors, sentence]
