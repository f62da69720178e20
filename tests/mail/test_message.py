"""A mail composed by the product reads back the same with the standard library, for any text."""

from __future__ import annotations

from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.emails.message import header_value, mailbox, put_together

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)
TEXTS = st.text(
    st.one_of(st.characters(exclude_categories=["Cs", "Cc"]), st.sampled_from("\n\r\t .=é¿ع")), max_size=3_000
)
LONGEST_LINE = 998


def read(raw: bytes) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(raw)


def made(plain: str = "Plain.\n", html: str = "<p>HTML</p>", **headers: str) -> bytes:
    return put_together({"To": mailbox("Eve", "eve@people.example"), **headers}, plain=plain, html=html)


def squeezed(text: str) -> str:
    return " ".join(text.split())


@settings(deadline=None)
@given(WORDS)
def test_a_reader_sees_the_subject_as_it_was_written(subject: str) -> None:
    raw = made(Subject=header_value(subject))
    assert raw.isascii()
    assert read(raw)["Subject"] == squeezed(subject)
    assert all(len(line) <= 78 for line in raw.splitlines())


@settings(deadline=None)
@given(WORDS)
def test_a_reader_sees_the_name_as_it_was_written(name: str) -> None:
    raw = made(From=mailbox(name, "reminders@solidarity.example"))
    assert raw.isascii()
    header = BytesParser(policy=policy.compat32).parsebytes(raw)["From"]  # the newer reader adds spaces to long names
    encoded_name, address = parseaddr(header)
    assert (str(make_header(decode_header(encoded_name))), address) == (squeezed(name), "reminders@solidarity.example")


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_a_reader_sees_both_texts_as_they_were_written(plain: str, html: str) -> None:
    raw = made(plain, html)
    assert raw.isascii()
    assert raw.endswith(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.splitlines())) <= 78
    mail = read(raw)
    for part, text in zip(mail.iter_parts(), (plain, html), strict=True):
        assert not part.defects
        assert lines(part.get_content()) == lines(text)


def lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")


def test_mail_programs_find_plain_text_first_and_html_last() -> None:
    mail = read(made(Subject=header_value("Ação")))
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["MIME-Version"] == "1.0"
    assert not mail.defects


@pytest.mark.parametrize("value", ["one\r\nBcc: all@people.example", "one\ntwo", "one\rtwo", "one\r\n\r\ntwo", "é"])
def test_no_header_can_become_two(value: str) -> None:
    with pytest.raises(ValueError, match="holds what no header may hold"):
        made(Subject=value)


@pytest.mark.parametrize("address", ["", "eve", "eve@x>\r\nBcc: <all@y", "a,b@people.example", "josé@people.example"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="not a plain address"):
        mailbox("Eve", address)


def test_a_name_cannot_bring_a_header_along() -> None:
    mail = read(made(From=mailbox("Eve\r\nBcc: all@people.example", "eve@people.example")))
    assert mail["Bcc"] is None
