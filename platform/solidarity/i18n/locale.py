"""The language of a page: choice, direction, numbers and dates.

Order: the person, then the chapter, then the browser, then English.

* The person: the choice in the switch on this device (a cookie), then the language of their account. The switch comes
  first because it is the latest choice, and it works for everyone, signed in or not. The cookie of a signed-in person
  names that person: on a shared phone it does not apply to the next person who signs in.
* The chapter counts on pages that a link in a mail opens: first the language of the mail, then the chapter's languages.
* Numbers depend on the language alone, so that an amount is shown as it may be typed. Days depend on the language as
  written in the country of the page's chapter. A page of the desk has no country, so its lists have one style.
* Digits are those that CLDR names for the language without a country: for Arabic 0 to 9, in every filter.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, cast
from urllib.parse import urlsplit

from babel import Locale, dates, lists, numbers
from babel.localedata import locale_identifiers
from babel.support import NullTranslations, Translations
from flask import Blueprint, Flask, abort, g, has_request_context, redirect, request, session
from flask_babel import Babel, Domain, get_locale, get_translations, gettext, refresh
from werkzeug.wrappers import Response

from solidarity.access.binding import principal
from solidarity.access.declarations import public
from solidarity.i18n import catalogues
from tenants import clock
from tenants.chapters.names import country_name, zone_name
from tenants.numerals import with_minus_sign
from tenants.people.principal import Principal

COOKIE = "language"
COOKIE_SECONDS = 365 * 24 * 3600
MARK = 8  # how many of the last digits of a person's id the cookie holds

blueprint = Blueprint("language", __name__, url_prefix="/language")


class CatalogueDomain(Domain):  # type: ignore[misc]  # the library has no types
    """The messages domain. It reads .po files and caches each compiled catalogue for the life of the process."""

    def get_translations(self) -> Translations | NullTranslations:
        """Return the catalogue of the current language, or an empty one if there is none."""
        locale = get_locale()
        if locale is None or locale.language not in catalogues.languages():
            return NullTranslations()
        return catalogues.translations(locale.language)


class CatalogueBabel(Babel):  # type: ignore[misc]  # the library has no types
    """Flask-Babel with one domain for all requests instead of a new one for each."""

    domain_instance = CatalogueDomain()


class FormTranslations:
    """Translations of WTForms' messages from our catalogue, because its own Arabic one is incomplete."""

    def ugettext(self, message: str) -> str:
        """Return a message in the current language."""
        return cast("str", get_translations().ugettext(message))

    def ungettext(self, singular: str, plural: str, number: int) -> str:
        """Return the form of a message that fits a number."""
        return cast("str", get_translations().ungettext(singular, plural, number))


def init_language(app: Flask) -> None:
    """Set up languages on `app`: catalogues, the choice for each request, filters, the switch."""
    CatalogueBabel(app, locale_selector=choose_language)
    app.register_blueprint(blueprint)
    app.before_request(_translate_forms)
    app.context_processor(_language_context)
    app.jinja_env.filters.update(
        num=format_number,
        percent=format_share,
        day=format_day,
        day_short=format_day_short,
        day_long=format_day_long,
        month_short=format_month_short,
        moment=format_moment,
        local_day=format_local_day,
        rate=format_rate,
        in_days=format_in_days,
        hour=format_hour,
        listed=format_list,
        country=country_name,
        zone=zone_name,
    )
    app.jinja_env.globals.update(language_choices=language_choices)


def choose_language() -> str:
    """Return the language code of this request, or English outside of a request."""
    return _language_of(principal()) if has_request_context() else catalogues.SOURCE_LANGUAGE


def known_language() -> str:
    """Return the language of this request without using the database or loading the signed-in person."""
    user = g.get("_login_user")  # set if Flask-Login has loaded the person already
    return _language_of(user.principal if user is not None and user.is_authenticated else None)


def speak(*codes: str) -> None:
    """Show this page in the first available of these languages, unless the person has chosen another one."""
    g.spoken_here = codes
    refresh()


def _language_of(person: Principal | None) -> str:
    preferences = (_device_choice(person), person.language if person else None)
    for code in (*preferences, *g.get("spoken_here", ())):
        if code in catalogues.languages():
            return str(code)
    return request.accept_languages.best_match(catalogues.languages()) or catalogues.SOURCE_LANGUAGE


def _device_choice(person: Principal | None) -> str | None:
    """Return the choice in the switch on this device, unless another person made it while signed in."""
    code, _, owner = request.cookies.get(COOKIE, "").partition(".")
    return None if owner and person and owner != _mark_of(person) else code


def _mark_of(person: Principal) -> str:
    return person.user_id.hex[-MARK:]


@blueprint.get("/<code>")
@public("a choice for this device; it reads and changes nothing of ours")
def choose(code: str) -> Response:
    """Store a language on this device and redirect to the previous page."""
    if code not in catalogues.languages():
        abort(404)
    # The id comes from the session cookie, so no person is loaded.
    mark = session.get("_user_id", "").partition(".")[0][-MARK:]
    cookie_value = f"{code}.{mark}" if mark else code
    answer = redirect(own_path(request.args.get("next")), code=303)
    answer.set_cookie(
        COOKIE, cookie_value, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure, path="/"
    )
    return answer


def own_path(target: str | None) -> str:
    """Return `target` if it is a path on this site, else "/", so that no link can lead to another site.

    Browsers read a backslash as a slash and skip control characters and spaces, so those are refused too.
    """
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return "/"
    if any(character <= " " or character in "\\\x7f" for character in target):
        return "/"
    parts = urlsplit(target)
    return "/" if parts.scheme or parts.netloc else target


def language_choices() -> list[dict[str, str]]:
    """Return the languages, each with its name in that language."""
    languages = ((code, Locale.parse(code).get_display_name(code) or code) for code in catalogues.languages())
    return [{"code": code, "name": name[:1].upper() + name[1:]} for code, name in languages]


def current_locale() -> Locale:
    """Return the locale of this request, or English outside of a request."""
    return get_locale() or Locale.parse(catalogues.SOURCE_LANGUAGE)


def formatting_locale(country: str | None = None) -> Locale:
    """Return the locale for dates: the language as written in `country` (ISO code), if CLDR knows that pair.

    By default, `country` is that of the page's chapter, so that a page has one style of dates. English without a
    country is world English (day before month). The country matters: names of months differ in Jordan and Egypt.
    """
    code = current_locale().language
    page_country = g.get("page_country") if g else None
    for territory in (country or page_country, "001"):
        candidate = f"{code}_{territory}"
        if territory and candidate in _known_locales():
            return Locale.parse(candidate)
    return Locale.parse(code)


def format_number(value: int | float | Decimal) -> str:
    """Return a number with the separators of the language and a true minus sign."""
    return with_minus_sign(numbers.format_decimal(value, locale=current_locale()), current_locale())


def format_rate(value: Decimal) -> str:
    """Return an exchange rate with up to six decimals, so that a converted amount can be checked."""
    return numbers.format_decimal(value, "#,##0.######", locale=current_locale())


def format_share(value: float | Decimal) -> str:
    """Return a share between 0 and 1 as a whole percentage."""
    return numbers.format_percent(value, format=None, locale=current_locale())


def format_day(value: date, country: str | None = None) -> str:
    """Return a day such as "16 Feb 2026"."""
    return _by_skeleton("yMMMd", value, country)


def format_day_short(value: date, country: str | None = None) -> str:
    """Return a day without its year if that is the current one, such as "16 Feb"."""
    return _by_skeleton("MMMd" if value.year == clock.now().year else "yMMMd", value, country)


def format_day_long(value: date, country: str | None = None) -> str:
    """Return a day with its weekday, such as "Thursday 12 February 2026"."""
    return dates.format_date(value, "full", locale=formatting_locale(country))


def format_month_short(value: date, country: str | None = None) -> str:
    """Return the month of a day such as "Feb", or the full name in a language without short ones."""
    locale = formatting_locale(country)
    month = "MMMM" if locale.language == "ar" else "LLL"
    return dates.format_date(value, month, locale=locale)


def format_moment(value: datetime, zone: str = "UTC", country: str | None = None) -> str:
    """Return a time with its day in a time zone, such as "12 Feb 2026, 06:00". Pages show the place beside it."""
    local = value.astimezone(clock.zone_info(zone))
    return f"{format_day(local, country)}{list_comma()} {format_hour(local.time())}"


def format_local_day(value: datetime, zone: str, country: str | None = None) -> str:
    """Return the day of a time in a time zone, such as "12 Feb 2026"."""
    return format_day(value.astimezone(clock.zone_info(zone)), country)


def format_hour(value: time) -> str:
    """Return a time of day on a clock of 24 hours, such as "06:00"."""
    return dates.format_time(value, current_locale().datetime_skeletons["Hm"].pattern, locale=current_locale())


def format_list(items: Iterable[object]) -> str:
    """Return items as a phrase, such as "one, two and three"."""
    return lists.format_list([str(item) for item in items], locale=formatting_locale())


def format_quarter(first_day: date, country: str | None = None) -> str:
    """Return the quarter that begins with a day, such as "July to September 2026"."""
    locale = formatting_locale(country)
    last = first_day.replace(month=first_day.month + 2)
    month = "MMMM" if locale.language == "ar" else "LLLL"  # CLDR has a country's own names in this form only
    months = dates.format_date(first_day, month, locale=locale), dates.format_date(last, f"{month} y", locale=locale)
    return str(gettext("%(first)s to %(last)s", first=months[0], last=months[1]))


def format_in_days(value: date, today: date) -> str:
    """Return the distance of a day from `today`, such as "in 4 days" or "9 days ago"."""
    days = (value - today).days
    near: dict[int, str] = {0: gettext("today"), 1: gettext("tomorrow"), -1: gettext("yesterday")}
    if days in near:
        return near[days]
    locale = current_locale()
    return dates.format_timedelta(
        timedelta(days=days), granularity="day", threshold=30, add_direction=True, locale=locale
    )


def _translate_forms() -> None:
    request.wtforms_translations = FormTranslations()  # type: ignore[attr-defined]  # Flask-WTF looks here first


def _language_context() -> dict[str, Any]:
    locale = current_locale()
    return {
        "current_locale": locale,
        "text_direction": locale.text_direction,
        "catalogue_reviewed": catalogues.is_reviewed(locale.language),
    }


@cache
def _known_locales() -> frozenset[str]:
    return frozenset(locale_identifiers())


def _by_skeleton(skeleton: str, value: date, country: str | None) -> str:
    locale = formatting_locale(country)
    pattern = locale.datetime_skeletons[skeleton].pattern
    if locale.language == "ar":  # no short month names; CLDR has a country's own names in full only
        pattern = pattern.replace("MMM", "MMMM")
    return dates.format_date(value, pattern, locale=locale)


def list_comma() -> str:
    """Return the comma between the items of a list, without the following space."""
    return "،" if current_locale().text_direction == "rtl" else ","
