"""Checks of a translation: numbers, tags, punctuation and our own words. Each check returns its complaint."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from dataclasses import dataclass

from babel.messages.catalog import Catalog

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
TAG = re.compile(r"</?[a-zA-Z][^>]*>|&#?\w+;")
DIGITS = re.compile(r"\d+(?:[,.:/-]\d+)*")
LATIN = re.compile(r"[A-Za-z][\w.@/-]*")
# Not translated: codes, file formats, addresses given as examples, names of places in the zone table.
AS_IT_IS = re.compile(r"[A-Z0-9]{2,}|[A-Z][a-z]+[A-Z]\w*|\w+[./@-][\w./@-]*|[az]")
NAMES = frozenset({"Letter"})  # the paper size
ENDS = {"?": "question", "؟": "question", ":": "colon", "…": "ellipsis", "!": "shout", ";": "half", "؛": "half"} | {
    ".": "stop",
    ",": "comma",
    "،": "comma",
}
# Words that address one man. The product addresses people in the plural, or impersonally ("saving", not "save").
ONE_MAN = re.compile(
    r"(?<![\u0621-\u0652])[وف]?(?:أنت|إليك|عليك|لك|لديك|تصلك|يصلك|سيصلك|يمكنك|دورك|فروعك|زملاؤك|حسابك|اختر|اكتب|اذكر|اترك|اتركه"
    r"|اضغط|اطلب|افتح|أغلق|أضف|راجع|سجّل|ادعُ|أفرغ|صحّح|احفظ|كتبتَه|شئتَ|ذكّرني)(?![\u0621-\u0652])"
)
FOREIGN_MARKS = re.compile(r"[\u0600-\u06ff]\s*[,;?]|[“”]")


@dataclass(frozen=True)
class Pair:
    """One form of a message in English and in translation; `may_be_a_word` if the form stands for one number."""

    source: str
    english: str
    text: str
    may_be_a_word: bool = False


def pairs(catalogue: Catalog, english: Catalog) -> Iterator[Pair]:
    """Yield each translated form with its English source. Another test checks for missing translations."""
    single = forms_of_one_number(catalogue)
    for message in catalogue:
        english_message = english.get(message.id, message.context) if message.id else None
        if english_message is None or not message.string:
            continue
        if isinstance(message.string, str):
            yield Pair(str(message.id), str(english_message.string or message.id), message.string)
            continue
        plural = english_message.string[-1] if english_message.string and english_message.string[-1] else message.id[1]
        for form, text in enumerate(message.string):
            if text:
                yield Pair(message.id[0], plural, text, form in single)


def forms_of_one_number(catalogue: Catalog) -> frozenset[int]:
    """Return the plural forms that stand for a single number, such as 0, 1 or 2, so that it may be a word."""
    form_of = gettext.c2py(catalogue.plural_expr)  # as gettext itself reads the header
    numbers: dict[int, int] = {}
    for number in range(300):
        numbers[form_of(number)] = numbers.get(form_of(number), 0) + 1
    return frozenset(form for form, count in numbers.items() if count == 1)


def complaints(pair: Pair, language: str) -> list[str]:
    """Return the complaints about a translation."""
    checks = [_placeholders, _tags, _spaces, _ends, _digits]
    checks += [_latin, _one_man, _marks] if language == "ar" else []
    return [f"{complaint}: {pair.source!r} and {pair.text!r}" for check in checks if (complaint := check(pair))]


def _placeholders(pair: Pair) -> str | None:
    source_placeholders, text_placeholders = set(PLACEHOLDER.findall(pair.english)), set(PLACEHOLDER.findall(pair.text))
    missing_placeholders = source_placeholders - text_placeholders
    return (
        "placeholders lost or made up"
        if text_placeholders - source_placeholders or len(missing_placeholders) > int(pair.may_be_a_word)
        else None
    )


def _tags(pair: Pair) -> str | None:
    return "tags differ" if sorted(TAG.findall(pair.english)) != sorted(TAG.findall(pair.text)) else None


def _spaces(pair: Pair) -> str | None:
    around = [(text[: -len(text.lstrip())], text[len(text.rstrip()) :]) for text in (pair.english, pair.text)]
    return "space around it differs" if around[0] != around[1] else None


def _ends(pair: Pair) -> str | None:
    ends = [ENDS.get(text.strip()[-1:]) for text in (pair.english, pair.text)]
    return "the end is another" if ends[0] != ends[1] else None


def _digits(pair: Pair) -> str | None:
    source_numbers, text_numbers = (
        sorted(DIGITS.findall(PLACEHOLDER.sub("", text))) for text in (pair.english, pair.text)
    )
    return (
        "numbers differ"
        if not set(text_numbers) <= set(source_numbers) or (set(source_numbers) - set(text_numbers)) - {"1", "2"}
        else None
    )


def _latin(pair: Pair) -> str | None:
    left = [word.rstrip(".") for word in LATIN.findall(TAG.sub("", PLACEHOLDER.sub("", pair.text)))]
    return (
        "left in Latin letters"
        if [w for w in left if w not in pair.english or not (w in NAMES or AS_IT_IS.fullmatch(w))]
        else None
    )


def _one_man(pair: Pair) -> str | None:
    return "speaks to one man" if ONE_MAN.search(pair.text) else None


def _marks(pair: Pair) -> str | None:
    return "marks of another script" if FOREIGN_MARKS.search(pair.text) else None
