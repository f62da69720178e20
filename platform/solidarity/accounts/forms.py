"""The forms about a person and her account. What is typed is kept, passwords excepted."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from solidarity.forms.base import ServiceForm
from tenants.chapters import names
from tenants.people.details import LONGEST_ADDRESS, LONGEST_NAME
from tenants.people.passwords import LONGEST, SHORTEST
from tenants.people.principal import Principal


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
NEW_PASSWORD_HINT = _(
    "Use at least %(count)s characters. Three or four words that only you would put together work well.", count=SHORTEST
)


def known_password() -> list[object]:
    """Return the checks of a password that exists: given, and not longer than any can be."""
    return [
        InputRequired(_("Enter your password.")),
        Length(max=LONGEST, message=_("The password is too long. Check it and try again.")),
    ]


def new_password() -> list[object]:
    """Return the checks of a new password that need no person; the others are the domain's."""
    return [
        InputRequired(_("Choose a password.")),
        Length(min=SHORTEST, message=_("Use at least %(min)d characters.")),
        Length(max=LONGEST, message=_("Use at most %(max)d characters.")),
    ]


class SignInForm(ServiceForm):
    """Address and password, and where to go then."""

    email = EmailField(_("Email address"), ADDRESS)
    password = PasswordField(_("Password"), known_password())
    next = HiddenField()


class ForgotForm(ServiceForm):
    """The address that a link is sent to."""

    email = EmailField(_("Email address"), ADDRESS)


class NewPasswordForm(ServiceForm):
    """A new password, by a link."""

    password = PasswordField(_("New password"), new_password(), description=NEW_PASSWORD_HINT)


class ChangePasswordForm(ServiceForm):
    """A new password, by someone who knows the old one."""

    current = PasswordField(_("Current password"), known_password())
    password = PasswordField(_("New password"), new_password(), description=NEW_PASSWORD_HINT)


class NewcomerForm(ServiceForm):
    """What an invited person tells us who has no account yet."""

    name = StringField(
        _("Your name"),
        [
            InputRequired(_("Enter your name.")),
            Length(max=LONGEST_NAME, message=_("Use at most %(max)d characters.")),
        ],
    )
    password = PasswordField(_("Password"), new_password(), description=NEW_PASSWORD_HINT)


class LanguageForm(ServiceForm):
    """The language of pages and mails."""

    language = RadioField(_("Language of pages and emails"), [InputRequired(_("Choose one."))])


class ZoneForm(ServiceForm):
    """Where a person lives, for the hour of her mails; empty: where each chapter is, and in UTC without one."""

    zone = SelectField(_("Time zone"))

    @classmethod
    def of(cls, person: Principal) -> ZoneForm:
        """Return the form with what was posted, else with her zone."""
        zone = person.zone
        form: ZoneForm = cls(zone=zone or "")
        extra_zones = {zone} - set(names.places()) if zone else set()
        places = [(place, place.replace("_", " ")) for place in sorted({*names.places(), *extra_zones})]
        form.zone.choices = [("", _("Each chapter’s time zone") if person.memberships else "UTC"), *places]
        return form
