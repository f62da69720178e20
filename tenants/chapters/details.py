"""The details with which a chapter is onboarded, and their validation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from tenants.chapters import names
from tenants.chapters.areas import AREA_OF_COUNTRY
from tenants.chapters.codes import LANGUAGES, ZONES
from tenants.errors import refuse
from tenants.numerals import lazy_number
from tenants.texts import name_of_character, one_line, text_problem

NAME_LENGTH = 120
MOST_LANGUAGES = 12
SLUG_SHAPE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
UNPRINTABLE = frozenset({"Cc", "Cs", "Cn", "Co", "Zl", "Zp"})

Problems = Iterator[tuple[str, str]]


@dataclass(frozen=True)
class ChapterNames:
    """The names of a chapter, in any script. `latin_name` is empty, or the name in Latin letters."""

    name: str
    campaign_name: str
    latin_name: str = ""

    @classmethod
    def cleaned(cls, name: str, campaign_name: str, latin_name: str) -> ChapterNames:
        """Return names as they are stored: each on one line, without hidden characters."""
        return cls(one_line(name), one_line(campaign_name), one_line(latin_name))


@dataclass(frozen=True)
class ChapterDetails:
    """A chapter as the desk describes it. `working_week` holds ISO weekdays."""

    slug: str
    names: ChapterNames
    country: str
    zone: str
    working_week: Sequence[int]
    currency: str
    languages: Sequence[str]


def refuse_invalid_details(details: ChapterDetails) -> None:
    """Raise Refused with a sentence for each invalid field."""
    refuse(dict(problem for check in _CHECKS for problem in check(details)))


def refuse_invalid_names(chapter_names: ChapterNames) -> None:
    """Raise Refused with a sentence for each invalid name."""
    refuse(dict(_name_problems(chapter_names)))


def refuse_invalid_place(slug: str, country: str, currency: str) -> None:
    """Raise Refused with the fields `slug`, `country` and `currency` if they are invalid."""
    refuse(dict([*_slug_problems(slug), *_country_problems(country), *_currency_problems(currency)]))


def refuse_invalid_calendar(zone: str, working_week: Sequence[int]) -> None:
    """Raise Refused with the fields `zone` and `working_week` if they are invalid."""
    refuse(dict([*zone_problems(zone), *_week_problems(working_week)]))


def zone_problems(zone: str) -> Problems:
    """Yield the field `zone` with the reason why a time zone cannot be stored, if it cannot."""
    if zone not in ZONES:
        yield "zone", _l("Choose a time zone from the list.")


def refuse_unknown_zone(zone: str | None) -> None:
    """Raise Refused with the field `zone` for an unknown zone. None is a person's choice of none."""
    refuse(dict(zone_problems(zone) if zone is not None else ()))


def refuse_invalid_languages(languages: Sequence[str]) -> None:
    """Raise Refused with the field `languages` if they are invalid."""
    refuse(dict(_language_problems(languages)))


def _name_problems(chapter_names: ChapterNames) -> Problems:
    for field in ("name", "campaign_name"):
        name = getattr(chapter_names, field)
        problem = text_problem(name, NAME_LENGTH, empty=_l("Enter a name."))
        if problem:
            yield field, problem
        elif unprintable_signs := [sign for sign in name if unicodedata.category(sign) in UNPRINTABLE]:
            sentence = _l(
                "This name contains a character that cannot be displayed: %(character)s. Type it again.",
                character=name_of_character(unprintable_signs[0]),
            )
            yield field, sentence
        elif not any(unicodedata.category(sign)[0] in "LN" for sign in name):
            yield field, _l("Enter a name that contains letters.")
    yield from _latin_name_problems(chapter_names)


def _latin_name_problems(chapter_names: ChapterNames) -> Problems:
    latin_name = chapter_names.latin_name
    if not latin_name:
        return
    if len(latin_name) > NAME_LENGTH:
        yield "latin_name", text_problem(latin_name, NAME_LENGTH) or ""
    elif not names.is_latin(latin_name):
        yield "latin_name", _l("Use Latin letters only.")
    elif names.is_latin(chapter_names.name):
        yield "latin_name", _l("The name is in Latin letters already. Leave this empty.")


def _slug_problems(slug: str) -> Problems:
    if not (SLUG_SHAPE.fullmatch(slug) and 3 <= len(slug) <= names.SLUG_LENGTH):
        yield (
            "slug",
            _l(
                "Use 3 to %(most)s characters: lowercase letters a to z, digits, and single "
                "hyphens between them, as in recife-norte.",
                most=lazy_number(names.SLUG_LENGTH),
            ),
        )


def _country_problems(country: str) -> Problems:
    if country not in AREA_OF_COUNTRY:
        yield "country", _l("Choose a country from the list.")


def _currency_problems(currency: str) -> Problems:
    if currency not in names.currencies():
        yield "currency", _l("Enter the three-letter code of a currency in use, such as BRL.")


def _week_problems(working_week: Sequence[int]) -> Problems:
    if not working_week:
        yield "working_week", _l("Choose the chapter’s working days.")
    elif not set(working_week) <= set(range(1, 8)):
        yield "working_week", _l("Choose days from the list.")


def _language_problems(languages: Sequence[str]) -> Problems:
    if not languages:
        yield "languages", _l("Choose at least one language.")
    elif len(set(languages)) > MOST_LANGUAGES:
        yield "languages", _l("Choose at most %(most)s languages.", most=lazy_number(MOST_LANGUAGES))
    elif not set(languages) <= LANGUAGES:
        yield "languages", _l("Choose languages from the list.")


_CHECKS: tuple[Callable[[ChapterDetails], Problems], ...] = (
    lambda details: _name_problems(details.names),
    lambda details: _slug_problems(details.slug),
    lambda details: _country_problems(details.country),
    lambda details: zone_problems(details.zone),
    lambda details: _currency_problems(details.currency),
    lambda details: _week_problems(details.working_week),
    lambda details: _language_problems(details.languages),
)
