"""What a chapter writes, on pages that a person may read in another language: its language and its direction.

A chapter writes in the first of its languages. Its titles, reasons and stories say so to browsers and screen readers
where the page around them is in another one, and the forms for them say so to people.
"""

from __future__ import annotations

from babel.core import get_global
from flask import Flask, g
from markupsafe import Markup

from solidarity.i18n.locale import current_locale
from tenants.chapters.names import language_name

RIGHT_TO_LEFT = frozenset({"Adlm", "Arab", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa"})  # scripts, ISO 15924


def init_written(app: Flask) -> None:
    """Give templates the attributes of what the chapter wrote and of where it writes."""
    app.jinja_env.globals.update(
        own_words=own_words, own_lang=own_lang, own_input=own_input, writing_elsewhere=writing_elsewhere
    )


def own_lang() -> Markup:
    """Return the attribute of a <bdi> that holds what the chapter of this page wrote, after a space; often nothing."""
    foreign = _foreign()
    return Markup(' lang="{}"').format(foreign) if foreign else Markup("")


def own_words() -> Markup:
    """Return the same for an element that is no <bdi>, so that its direction follows its words."""
    return Markup(' dir="auto"') + own_lang()


def own_input() -> dict[str, str]:
    """Return the attributes of an input in which the chapter of this page writes; none outside of one."""
    languages: tuple[str, ...] = g.get("chapter_languages", ())
    if not languages:
        return {}
    # An empty input with dir=auto begins at the left, in every language.
    attributes = {"dir": "rtl" if is_right_to_left(languages[0]) else "auto"}
    foreign = _foreign()
    return attributes | ({"lang": foreign} if foreign else {})


def writing_elsewhere() -> str | None:
    """Return the name of the language the chapter writes in, where this page is in another one."""
    foreign = _foreign()
    return language_name(foreign) if foreign else None


def is_right_to_left(language: str) -> bool:
    """Whether a language (a code of CLDR) is mostly written from right to left."""
    likely: str = get_global("likely_subtags").get(language, "")
    return bool(RIGHT_TO_LEFT.intersection([*likely.split("_"), *language.split("_")]))


def _foreign() -> str | None:
    languages: tuple[str, ...] = g.get("chapter_languages", ())
    if not languages or languages[0] == current_locale().language:
        return None
    return languages[0].replace("_", "-")
