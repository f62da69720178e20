"""The form that adds a chapter, with defaults for its country from CLDR."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField

from solidarity.chapter.settings.details import NameFields
from solidarity.forms.base import boxes, text_of
from solidarity.forms.form_keys import FormWithKey
from tenants.chapters import names
from tenants.chapters.codes import LANGUAGES
from tenants.errors import Refused
from tenants.texts import code_text, one_line


class OnboardingForm(FormWithKey, NameFields):
    """The details of a new chapter. The key of the form becomes the id of the chapter."""

    country = HiddenField()
    slug = StringField(
        _l("Web address"),
        description=_l(
            "The last part of the chapter’s web address, in lowercase Latin letters, such "
            "as recife-norte. Leave it empty to create it from a name in Latin letters."
        ),
    )
    zone = SelectField(_l("Time zone"), validate_choice=False)
    working_week = boxes(_l("Working days"), coerce=int)
    currency = StringField(_l("Currency"), description=_l("Three-letter code, such as BRL."))
    languages = boxes(_l("Languages the chapter works in"))
    other_language = SelectField(_l("Another language"), validate_choice=False)

    @classmethod
    def for_country(cls, country: str) -> OnboardingForm:
        """Return the form for one country, with what was posted, else its time zone, week, currency and language."""
        zones, country_languages = names.zones_of(country), names.languages_of(country)
        form: OnboardingForm = cls(
            data={
                "country": country,
                "zone": zones[0] if len(zones) == 1 else "",
                "working_week": list(names.working_week_of(country)),
                "currency": names.currency_of(country),
                "languages": list(names.official_languages_of(country) or country_languages[:1]),
                "other_language": "",
            }
        )
        form.zone.choices = [("", _l("Choose one")), *names.zone_choices(zones)]
        form.working_week.choices = names.weekdays_of(country)
        form.languages.choices = [(code, names.language_name(code)) for code in country_languages]
        rest = {code: names.language_name(code) for code in LANGUAGES - set(country_languages)}
        form.other_language.choices = [("", _l("None")), *names.by_name(rest)]
        return form

    def show(self, error: Refused) -> None:
        """Show the errors at their fields. Empty fields derive from the name: if it has an error, theirs are hidden."""
        if "name" in error.errors:
            derived_fields = {field for field in ("campaign_name", "slug") if not code_text(self[field].data or "")}
            error = Refused({field: text for field, text in error.errors.items() if field not in derived_fields})
        super().show(error)

    def details(self) -> dict[str, Any]:
        """Return what was typed, as arguments of the service."""
        name, latin_name = text_of(self.name), text_of(self.latin_name)
        extra_languages = [self.other_language.data] if self.other_language.data else []
        return {
            "name": name,
            "latin_name": latin_name,
            "campaign_name": one_line(text_of(self.campaign_name)) or name,
            "slug": code_text(text_of(self.slug)) or names.suggest_slug(name) or names.suggest_slug(latin_name),
            "zone": self.zone.data or "",
            "working_week": self.working_week.data or [],
            "currency": code_text(text_of(self.currency)).upper(),
            "languages": [*(self.languages.data or []), *extra_languages],
        }
