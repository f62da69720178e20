"""Subjects and names arrive unchanged, in any script and of any length, on lines that every relay accepts."""

from __future__ import annotations

from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.utils import parseaddr

from hypothesis import given, settings
from hypothesis import strategies as st

from workers.emails.message import LINE, mailbox, put_together
from workers.emails.message import header_value as in_header

ARABIC = "طلب واحد ينتظر منذ أكثر من يومين"
word = st.sampled_from(ARABIC.split()) | st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FFF, categories=["L", "N", "P"]), min_size=1, max_size=12
)
texts = st.lists(word, min_size=1, max_size=20).map(" ".join)
EMAIL = "dana@desk.example"


def arrived(**headers: str) -> tuple[Message, bytes]:
    """Return a mail with these headers after transport, and its raw header lines."""
    content = put_together(headers, plain="Hello", html="<p>Hello</p>")
    return BytesParser().parsebytes(content), content.partition(b"\r\n\r\n")[0]


def read(line: str) -> str:
    """Return the text of a header by RFC 2047. The newer reader of the standard library puts spaces into names."""
    return str(make_header(decode_header(line)))


@settings(deadline=None)
@given(texts)
def test_a_subject_arrives_as_it_was_written(subject: str) -> None:
    mail, lines = arrived(Subject=in_header(subject))
    assert read(mail["Subject"]) == subject
    assert lines.isascii()
    if not subject.isascii():
        assert max(map(len, lines.split(b"\r\n"))) <= LINE


@settings(deadline=None)
@given(texts)
def test_a_name_arrives_as_it_was_written_with_its_address(name: str) -> None:
    mail, lines = arrived(To=mailbox(name, EMAIL))
    encoded_name, address = parseaddr(mail["To"])
    assert (read(encoded_name), address) == (name, EMAIL)
    assert lines.isascii()


def test_the_space_that_the_library_loses_is_there() -> None:
    mail, _ = arrived(Subject=in_header(ARABIC))
    assert read(mail["Subject"]) == ARABIC
