"""The language and direction of a chapter's own texts, on pages that may be in another language.

A chapter writes in the first of its languages. If the page is in another one, its titles, reasons and stories get a
`lang` attribute for browsers and screen readers, and the forms for them name the language.
"""

from __future__ import annotations

from babel.core import get_global
from flask import Flask, g
from markupsafe import Markup

from solidarity.i18n.locale import current_locale
from tenants.chapters.names import language_name

RIGHT_TO_LEFT = frozenset({"Adlm", "Arab", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa"})  # scripts, ISO 15924


def init_written(app: Flask) -> None:
    """Give templates the attributes of texts and inputs of the chapter."""
    app.jinja_env.globals.update(
        own_words=own_words, own_lang=own_lang, own_input=own_input, writing_elsewhere=writing_elsewhere
    )


def own_lang() -> Markup:
    """Return ` lang="..."` for a <bdi> with a text of this page's chapter, empty if the page is in its language."""
    foreign = _foreign()
    return Markup(' lang="{}"').format(foreign) if foreign else Markup("")


def own_words() -> Markup:
    """Return the same for another element than <bdi>, with `dir="auto"` so that its direction follows the text."""
    return Markup(' dir="auto"') + own_lang()


def own_input() -> dict[str, str]:
    """Return the attributes of an input for a text of this page's chapter. Empty on pages without a chapter."""
    languages: tuple[str, ...] = g.get("chapter_languages", ())
    if not languages:
        return {}
    # An empty input with dir=auto starts at the left in every language.
    attributes = {"dir": "rtl" if is_right_to_left(languages[0]) else "auto"}
    foreign = _foreign()
    return attributes | ({"lang": foreign} if foreign else {})


def writing_elsewhere() -> str | None:
    """Return the name of the language that the chapter writes in, or None if this page is in it."""
    foreign = _foreign()
    return language_name(foreign) if foreign else None


def is_right_to_left(language: str) -> bool:
    """Whether a language (a CLDR code) is mostly written from right to left."""
    likely: str = get_global("likely_subtags").get(language, "")
    return bool(RIGHT_TO_LEFT.intersection([*likely.split("_"), *language.split("_")]))


def _foreign() -> str | None:
    languages: tuple[str, ...] = g.get("chapter_languages", ())
    if not languages or languages[0] == current_locale().language:
        return None
    return languages[0].replace("_", "-")
