"""docs/glossary.md and the Arabic catalogue use the same terms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from solidarity.i18n import catalogues

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"
MARKS = re.compile("[\u064b-\u0652\u0670\u0640]")  # vowel and stretching marks, which are optional in writing
PREFIXES = "(?:[وفبلك]{0,2}(?:ال|لل)?)"
SUFFIXES = "(?:ات|ان|ين|ون|ة|ه|ها|هم|كم|ا|ي)?"


@dataclass(frozen=True)
class Term:
    """A row of the glossary."""

    english: str
    is_used: bool
    arabic: tuple[str, ...]
    refused: tuple[str, ...]


@cache
def terms() -> tuple[Term, ...]:
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \| ?(.*?) ?\|$", GLOSSARY.read_text(encoding="utf-8"), re.MULTILINE)
    return tuple(
        Term(english.strip("()"), not english.startswith("("), split(arabic), split(refused_words))
        for english, _meaning, arabic, refused_words in rows
        if english != "English"
    )


@cache
def sentences() -> tuple[tuple[str, str], ...]:
    """Return every message as (English, all Arabic forms), in lower case and without vowel marks."""
    pairs = []
    for message in catalogues.read_catalogue("ar"):
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
        if message.id:
            pairs.append((" ".join(ids).lower(), plain(" | ".join(filter(None, texts)))))
    return tuple(pairs)


@cache
def sources() -> Catalog:
    return catalogues.extract(GLOSSARY.parents[1])


def split(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(",") if word.strip())


def plain(text: str) -> str:
    return MARKS.sub("", text)


def arabic_word(word: str) -> re.Pattern[str]:
    """Return a pattern for a word with the articles, prepositions and endings that Arabic joins to it."""
    stem = re.escape(plain(word).removesuffix("ة"))
    return re.compile(f"(?<![\u0621-\u064a]){PREFIXES}{stem}{SUFFIXES}(?![\u0621-\u064a])")


def english_word(term: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(term.lower())}(?:s|es|d)?(?!\w)")


def test_the_glossary_is_read() -> None:
    assert len(terms()) > 60
    assert sum(term.is_used for term in terms()) > 50
    assert len({term.english for term in terms()}) == len(terms())


@pytest.mark.parametrize("term", [term for term in terms() if term.is_used], ids=lambda term: term.english)
def test_the_catalogue_uses_the_words_of_the_glossary(term: Term) -> None:
    translations = [
        translation for source, translation in sentences() if translation and english_word(term.english).search(source)
    ]
    assert translations or is_untranslated(term), f"nothing of ours says {term.english!r}: put it in brackets"
    for word in term.arabic if translations else ():
        assert any(arabic_word(word).search(translation) for translation in translations), (
            f"{term.english} is never {word}"
        )


@pytest.mark.parametrize("term", [term for term in terms() if term.refused], ids=lambda term: term.english)
def test_the_catalogue_uses_no_word_that_the_glossary_refuses(term: Term) -> None:
    wrong = [
        (source, translation)
        for source, translation in sentences()
        for word in term.refused
        if english_word(term.english).search(source) and arabic_word(word).search(translation)
        if not excused(term, word, source)
    ]
    assert not wrong


def is_untranslated(term: Term) -> bool:
    """Whether a source message uses the term before any catalogue has it. Another test reports missing translations."""
    ids = (" ".join([message.id] if isinstance(message.id, str) else message.id) for message in sources() if message.id)
    return any(english_word(term.english).search(text.lower()) for text in ids)


def excused(term: Term, word: str, source: str) -> bool:
    """Whether a refused word in `source` is the allowed word of another term of the glossary."""
    other_terms = [
        other_term
        for other_term in terms()
        if other_term is not term and english_word(other_term.english).search(source)
    ]
    return any(
        arabic_word(allowed_word).search(plain(word))
        for other_term in other_terms
        for allowed_word in other_term.arabic
    )


def test_a_wrong_word_would_be_found() -> None:
    assert arabic_word("فرع").search("لفروعكم") is None
    assert arabic_word("فرع").search("للفرع")
    assert arabic_word("مستحق").search("أمور مستحقة بعد")
    assert not arabic_word("ربع").search("أربعة")
