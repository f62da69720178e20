"""The details with which a chapter is onboarded, and their validation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from tenants.chapters import names
from tenants.chapters.areas import AREA_OF_COUNTRY
from tenants.errors import refuse
from tenants.numerals import lazy_number
from tenants.texts import name_of_character, one_line, text_problem

NAME_LENGTH = 120
MOST_LANGUAGES = 12
SLUG_SHAPE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
UNPRINTABLE = frozenset({"Cc", "Cs", "Cn", "Co", "Zl", "Zp"})

Problems = Iterator[tuple[str, str]]


@dataclass(frozen=True)
class ChapterDetails:
    """A chapter as the desk describes it. Names can be in any script, `working_week` holds ISO weekdays."""

    slug: str
    name: str
    campaign_name: str
    country: str
    zone: str
    working_week: Sequence[int]
    currency: str
    languages: Sequence[str]


def tidy_name(name: str) -> str:
    """Return a name as it is stored: on one line, without hidden characters."""
    return one_line(name)


def refuse_invalid_details(details: ChapterDetails) -> None:
    """Raise Refused with a sentence for each invalid field."""
    refuse(dict(problem for check in _CHECKS for problem in check(details)))


def refuse_invalid_calendar(zone: str, working_week: Sequence[int]) -> None:
    """Raise Refused with the fields `zone` and `working_week` if they are invalid."""
    refuse(dict([*_zone_problems(zone), *_week_problems(working_week)]))


def refuse_invalid_languages(languages: Sequence[str]) -> None:
    """Raise Refused with the field `languages` if they are invalid."""
    refuse(dict(_language_problems(languages)))


def _name_problems(details: ChapterDetails) -> Problems:
    for field in ("name", "campaign_name"):
        name = getattr(details, field)
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


def _slug_problems(details: ChapterDetails) -> Problems:
    if not (SLUG_SHAPE.fullmatch(details.slug) and 3 <= len(details.slug) <= names.SLUG_LENGTH):
        yield (
            "slug",
            _l(
                "Use 3 to %(most)s characters: lowercase letters a to z, digits, and single "
                "hyphens between them, as in recife-norte.",
                most=lazy_number(names.SLUG_LENGTH),
            ),
        )


def _place_problems(details: ChapterDetails) -> Problems:
    if details.country not in AREA_OF_COUNTRY:
        yield "country", _l("Choose a country from the list.")
    yield from _zone_problems(details.zone)
    if details.currency not in names.currencies():
        yield "currency", _l("Enter the three-letter code of a currency in use, such as BRL.")


def _zone_problems(zone: str) -> Problems:
    if zone not in names.zones():
        yield "zone", _l("Choose a time zone from the list.")


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
    elif not set(languages) <= names.languages():
        yield "languages", _l("Choose languages from the list.")


_CHECKS: tuple[Callable[[ChapterDetails], Problems], ...] = (
    _name_problems,
    _slug_problems,
    _place_problems,
    lambda details: _week_problems(details.working_week),
    lambda details: _language_problems(details.languages),
)
