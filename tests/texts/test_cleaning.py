"""The cleaner of texts, names, codes and addresses, for every text that can be typed or pasted."""

from __future__ import annotations

import unicodedata
from contextlib import suppress

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import StringField

from solidarity.accounts.forms import ForgotForm
from solidarity.forms.base import ServiceForm
from tenants.errors import Refused
from tenants.people.details import clean_address, clean_name
from tenants.texts import NEEDED_SIGNS, TURNING, clean_text, code_text, has_visible_text, one_line, plain_text
from workers.emails.message import header_value, mailbox, put_together

PERSIAN, HINDI, FAMILY = "می\u200cخواهم", "क्\u200dष", "👩\u200d👧"
HIDDEN = [
    "\u200b",
    "\u00ad",
    "\u2060",
    "\ufeff",
    "\u3164",
    "\u2800",
    "\u202e",
    "\u2066",
    "\u200f",
    "\u0301",
    "\U000e0041",
]
written_texts = st.text(st.characters(codec="utf-8") | st.sampled_from([*HIDDEN, *NEEDED_SIGNS, *TURNING]), max_size=40)


@given(written_texts)
@example("e\u200b\u0301")
def test_a_clean_text_stays_as_it_is(text: str) -> None:
    for clean in (plain_text, one_line, code_text):
        assert clean(clean(text)) == clean(text)
        assert unicodedata.is_normalized("NFC", clean(text))
        assert not TURNING & set(clean(text))


@given(written_texts)
def test_only_hidden_characters_are_lost(text: str) -> None:
    def letters(value: str) -> list[str]:
        normal = unicodedata.normalize("NFC", "".join(sign for sign in value if unicodedata.category(sign)[0] != "C"))
        return normal.split()

    assert letters(one_line(text)) == letters(text.replace("\x85", " ").translate(CONTROLS_THAT_END_LINES))


CONTROLS_THAT_END_LINES = dict.fromkeys(map(ord, "\n\r\t\v\f"), " ")


@pytest.mark.parametrize("text", [PERSIAN, HINDI, FAMILY, "شركة\u200f (2)", "ᠠ\u180eᠡ", "\u06dd١"])
def test_what_scripts_need_is_kept_inside_and_not_at_the_ends(text: str) -> None:
    assert plain_text(f"\u200f\u200d {text}\u200c\u200e") == text


@pytest.mark.parametrize("text", [*HIDDEN, "", " \u00a0", "\u200d\n\u200b", "".join(HIDDEN)])
def test_a_text_that_nobody_sees_is_refused(text: str) -> None:
    assert not has_visible_text(text)
    with pytest.raises(Refused):
        clean_text(text, 100, field="reason", empty="Enter a reason.")
    with pytest.raises(Refused):
        clean_name(text)


def test_a_name_is_not_another_name_in_disguise() -> None:
    assert clean_name("E\u202eve\u200b \u200f\u00a0Doe\ufeff") == "Eve Doe"
    assert clean_name(PERSIAN) == PERSIAN
    assert clean_name("Rene\u0301") == "Ren\u00e9"


@given(
    st.lists(
        st.sampled_from([*"\u200b\u200d\u200e\u00ad\u00a0\u202f\ufeff\u2066\u2069\ufe0f "]), min_size=4, max_size=4
    )
)
def test_codes_and_addresses_are_read_through_what_copies_add(signs: list[str]) -> None:
    first, second, third, fourth = signs
    assert code_text(f"{first}u{second}s{third}d{fourth}") == "usd"
    assert clean_address(f"{first}Eve{second}@people{third}.example{fourth}") == "eve@people.example"


def test_forms_read_through_them_too_and_name_a_hidden_character() -> None:
    app = Flask("forms")
    app.config.update(SECRET_KEY="k" * 32, WTF_CSRF_ENABLED=False)
    Babel(app)

    class ReasonForm(ServiceForm):
        reason = StringField("Reason")

    with app.test_request_context(method="POST"):
        assert ForgotForm(MultiDict({"email": "\u200beve@people\u00ad.example\u2069"})).validate()
        for typed_text, hint in {
            "\u2060\u200b": " It contains only a hidden character: U+2060 WORD JOINER.",
            "": "",
        }.items():
            form = ReasonForm(MultiDict({"reason": typed_text}))
            with form.show_refusals():
                clean_text(typed_text, 100, field="reason", empty="Enter a reason.")
            assert form.reason.errors == [f"Enter a reason.{hint}"]
            assert form.reason.data == typed_text


@given(written_texts)
def test_nothing_turned_reaches_a_mail(text: str) -> None:
    with suppress(ValueError, UnicodeEncodeError):
        headers = {"Subject": header_value(text), "To": mailbox(text, "eve@people.example")}
        mail = put_together(headers, plain=text, html=f"<p>{text}</p>")
        clean = text.translate(dict.fromkeys(map(ord, TURNING)))
        clean_headers = {"Subject": header_value(clean), "To": mailbox(clean, "eve@people.example")}
        assert mail == put_together(clean_headers, plain=clean, html=f"<p>{clean}</p>")
