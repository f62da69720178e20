"""The forms about a person and her account. What is typed is kept, passwords excepted."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from tenants.chapters import names
from tenants.errors import Refused
from tenants.people.particulars import LONGEST_ADDRESS, LONGEST_NAME
from tenants.people.passwords import LONGEST, SHORTEST
from tenants.people.principal import Principal


def whole_address(_form: FlaskForm, field: StringField) -> None:
    """Refuse what cannot be anybody's address, with what is missing in it; no address of ours is like this."""
    before, at, after = (field.data or "").strip().partition("@")
    if not at or not before:
        raise ValidationError(str(_("Write an address such as name@example.org.")))
    if not after:
        raise ValidationError(str(_("Something is missing after the @.")))


ADDRESS = [
    InputRequired(_("Write your e-mail address.")),
    Length(max=LONGEST_ADDRESS, message=_("This is too long for an e-mail address.")),
    whole_address,
]
NEW_PASSWORD_HINT = _(
    "At least %(count)s characters. Three or four words that only you would put together are good.", count=SHORTEST
)


def typed(field: StringField) -> str:
    """Return what was typed into a text field; nothing is an empty string."""
    return field.data or ""


def boxes(label: Any, **more: Any) -> SelectMultipleField:
    """Return a field for several of a list, as boxes to tick; what may be ticked is the domain's to say."""
    return SelectMultipleField(
        label, widget=ListWidget(), option_widget=CheckboxInput(), choices=[], validate_choice=False, **more
    )


def known_password() -> list[object]:
    """Return the checks of a password that exists: given, and not longer than any can be."""
    return [
        InputRequired(_("Write your password.")),
        Length(max=LONGEST, message=_("No password here is that long.")),
    ]


def new_password() -> list[object]:
    """Return the checks of a new password that need no person; the others are the domain's."""
    return [
        InputRequired(_("Choose a password.")),
        Length(min=SHORTEST, message=_("Use at least %(min)d characters.")),
        Length(max=LONGEST, message=_("Use at most %(max)d characters.")),
    ]


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


class SignInForm(ServiceForm):
    """Address and password, and where to go then."""

    email = EmailField(_("E-mail address"), ADDRESS)
    password = PasswordField(_("Password"), known_password())
    next = HiddenField()


class ForgotForm(ServiceForm):
    """The address that a link is sent to."""

    email = EmailField(_("E-mail address"), ADDRESS)


class NewPasswordForm(ServiceForm):
    """A new password, by a link."""

    password = PasswordField(_("New password"), new_password(), description=NEW_PASSWORD_HINT)


class ChangePasswordForm(ServiceForm):
    """A new password, by someone who knows the old one."""

    current = PasswordField(_("Password you have now"), known_password())
    password = PasswordField(_("New password"), new_password(), description=NEW_PASSWORD_HINT)


class NewcomerForm(ServiceForm):
    """What an invited person tells us who has no account yet."""

    name = StringField(
        _("Your name"),
        [
            InputRequired(_("Write your name.")),
            Length(max=LONGEST_NAME, message=_("Use at most %(max)d characters.")),
        ],
    )
    password = PasswordField(_("Password"), new_password(), description=NEW_PASSWORD_HINT)


class LanguageForm(ServiceForm):
    """The language of pages and mails."""

    language = RadioField(_("Language of pages and mails"), [InputRequired(_("Choose one."))])


class ZoneForm(ServiceForm):
    """Where a person lives, for the hour of her mails; empty: where each chapter is, and in UTC without one."""

    zone = SelectField(_("Time zone"))

    @classmethod
    def of(cls, person: Principal) -> ZoneForm:
        """Return the form with what was posted, else with her zone."""
        zone = person.zone
        form: ZoneForm = cls(zone=zone or "")
        others = {zone} - set(names.places()) if zone else set()
        places = [(place, place.replace("_", " ")) for place in sorted({*names.places(), *others})]
        form.zone.choices = [("", _("The one of each chapter") if person.memberships else "UTC"), *places]
        return form
