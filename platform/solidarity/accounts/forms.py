"""The forms about a person and their account. They keep the input, except for passwords."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, RadioField, SelectField, StringField, TelField
from wtforms.validators import InputRequired, Length, ValidationError

from solidarity.forms.base import ServiceForm, text_of
from tenants.chapters import names
from tenants.people.details import LONGEST_ADDRESS, LONGEST_NAME, normalized_address
from tenants.people.passwords import LONGEST, SHORTEST
from tenants.people.principal import Principal
from tenants.texts import code_text


def whole_address(_form: FlaskForm, field: StringField) -> None:
    """Refuse an address without a name, an @ or a domain. Raises ValidationError with the missing part."""
    before, at, after = (normalized_address(text_of(field)) or code_text(text_of(field))).partition("@")
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
    """Return the checks of an existing password: it is given, and no longer than a password can be."""
    return [
        InputRequired(_("Enter your password.")),
        Length(max=LONGEST, message=_("The password is too long. Check it and try again.")),
    ]


def new_password() -> list[object]:
    """Return the checks of a new password that need no account. The domain does the others."""
    return [
        InputRequired(_("Choose a password.")),
        Length(min=SHORTEST, message=_("Use at least %(min)d characters.")),
        Length(max=LONGEST, message=_("Use at most %(max)d characters.")),
    ]


class SignInForm(ServiceForm):
    """Address and password, the page to continue with, and the input of a form that a signed-out person had sent."""

    email = EmailField(_("Email address"), ADDRESS)
    password = PasswordField(_("Password"), known_password())
    next = HiddenField()
    kept = HiddenField()


class ForgotForm(ServiceForm):
    """The address to which a link is sent."""

    email = EmailField(_("Email address"), ADDRESS)


class NewPasswordForm(ServiceForm):
    """A new password, set with the link from an email."""

    password = PasswordField(_("New password"), new_password(), description=NEW_PASSWORD_HINT)


class ChangePasswordForm(ServiceForm):
    """A new password, set with the current one."""

    current = PasswordField(_("Current password"), known_password())
    password = PasswordField(_("New password"), new_password(), description=NEW_PASSWORD_HINT)


class OwnNameForm(ServiceForm):
    """A person's own name."""

    name = StringField(
        _("Your name"),
        [
            InputRequired(_("Enter your name.")),
            Length(max=LONGEST_NAME, message=_("Use at most %(max)d characters.")),
        ],
    )


class NewAddressForm(ServiceForm):
    """A new address of a person's own, set with the current password."""

    email = EmailField(_("New email address"), ADDRESS)
    current = PasswordField(_("Current password"), known_password())


class TelephoneForm(ServiceForm):
    """A person's own number, and their consent that others see it."""

    telephone = TelField(
        _("Telephone number"), description=_("With its country code, such as +250 788 123 456. It is optional.")
    )
    shown = BooleanField(_("Show it to the focal points of my chapters and to UN Women"))


class NewcomerForm(OwnNameForm):
    """The name and password of an invited person who has no account."""

    password = PasswordField(_("Password"), new_password(), description=NEW_PASSWORD_HINT)


class LanguageForm(ServiceForm):
    """The language of pages and emails."""

    language = RadioField(_("Language of pages and emails"), [InputRequired(_("Choose one."))])


class ZoneForm(ServiceForm):
    """The time zone for a person's mail. Empty means the zone of each chapter, or UTC without a chapter."""

    zone = SelectField(_("Time zone"))

    @classmethod
    def of(cls, person: Principal) -> ZoneForm:
        """Return the form with the posted zone, or with the person's own."""
        zone = person.zone
        form: ZoneForm = cls(zone=zone or "")
        places = names.zone_choices({*names.places(), zone or ""}, with_country=True)
        form.zone.choices = [("", _("Each chapter’s time zone") if person.memberships else "UTC"), *places]
        return form
