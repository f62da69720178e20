"""Long and odd texts take time in proportion to their length, wherever people can send them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from time import process_time

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from solidarity.forms.people_field import NotPeople, read_people
from solidarity.forms.word_diff import changed_words
from solidarity.logs import PRIVATE
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.funding.money import parse_amount
from tenants.chapters.names import sort_key
from tenants.numerals import NotNumber
from tenants.people.passwords import composed
from tenants.texts import MOST_MARKS, _is_removed, _patterns, code_text, normal_form, one_line, plain_text

SIGNS = 100_000
LONGEST_SECONDS = 2.0  # of the processor; what is quadratic takes 20 seconds and more
UNITS = [
    "\u0315\u0300",
    "a",
    " ",
    "9",
    ".",
    "a@",
    "a.",
    "\r\n",
    "\u200b",
    "\u200d ",
    "é",
    "٣",
    "\ufdfa",
    "9,",
    "-",
    "?a",
]

marks = st.text(st.sampled_from("\u0300\u0315\u0344\u0f73ê\u1ec7a"), max_size=90)


def read_any(text: str) -> None:
    with pytest.raises(NotPeople):
        read_people(text, Locale("en"))
    with pytest.raises(NotNumber):
        parse_amount(text, "KWD", Locale("ar"))
    assert Period.from_code(text) is None


def mask(text: str) -> None:
    for pattern, replacement in PRIVATE:
        pattern.sub(replacement, text)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("act", [plain_text, one_line, code_text, sort_key, composed, read_any, mask])
def test_a_long_text_takes_a_moment(act: Callable[[str], object], unit: str) -> None:
    begun_at = process_time()
    act("a" + unit * (SIGNS // len(unit)))
    assert process_time() - begun_at < LONGEST_SECONDS


@pytest.mark.parametrize(("before", "after"), [("a ", "a  b "), ("a b ", "b a "), ("a", "b"), (" ", "\n")])
def test_texts_that_repeat_themselves_are_compared_in_a_moment(before: str, after: str) -> None:
    begun_at = process_time()
    changed_words(before * 4_000, after * 4_000)
    assert process_time() - begun_at < LONGEST_SECONDS


@given(st.text(st.sampled_from("ab <\n"), max_size=60), st.text(st.sampled_from("ab <\n"), max_size=60))
def test_a_comparison_keeps_both_texts(before: str, after: str) -> None:
    old, new = changed_words(before, after)
    assert old.replace("<del>", "").replace("</del>", "").unescape() == before
    assert new.replace("<ins>", "").replace("</ins>", "").unescape() == after


@given(marks)
def test_of_many_marks_on_a_letter_the_first_are_kept(text: str) -> None:
    normal = normal_form("NFC", text)
    assert normal_form("NFC", normal) == normal
    if len(unicodedata.normalize("NFKD", text)) <= MOST_MARKS:
        assert normal == unicodedata.normalize("NFC", text)


def test_the_patterns_hold_every_character_of_their_kind() -> None:
    signs = [chr(code) for code in range(0x110000)]
    removed = {sign for sign in signs if _is_removed(sign)}
    assert {sign for sign in signs if _patterns().removed.fullmatch(sign)} == removed
    marks = [sign for sign in signs if unicodedata.combining(sign)]
    assert [sign for sign in marks if not _patterns().many_marks.fullmatch(sign * MOST_MARKS)] == []
    assert max(len(unicodedata.normalize("NFKD", sign)) for sign in marks) == 2
