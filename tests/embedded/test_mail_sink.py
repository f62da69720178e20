"""The mail sink stores every accepted mail as a complete file, in order of arrival."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from harness.mail_sink import Mailbox, running_sink

from solidarity.embedded.mail_sink import LARGEST_MAIL


@pytest.fixture
def sink(home: Path) -> Iterator[Mailbox]:
    """A separate sink for one test."""
    with running_sink(home) as sink:
        yield sink


def letter(subject: str, text: str = "Salaam") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", subject
    message.set_content(text)
    return message


def test_mails_are_stored_in_the_order_they_came(sink: Mailbox) -> None:
    with smtplib.SMTP("127.0.0.1", sink.port) as connection:
        for number in range(30):
            connection.send_message(letter(f"تذكير {number}"))
    assert [mail["Subject"] for mail in sink.mails()] == [f"تذكير {number}" for number in range(30)]
    assert sink.mails()[0].get_content().strip() == "Salaam"


def test_nothing_half_written_is_ever_seen(sink: Mailbox) -> None:
    with smtplib.SMTP("127.0.0.1", sink.port) as connection:
        connection.send_message(letter("long", "x" * 70 + "\n" + ("y" * 70 + "\n") * 20_000))
    assert [file.suffix for file in sink.folder.iterdir()] == [".eml"]


def test_a_mail_beyond_all_reason_is_refused_and_the_next_is_taken(sink: Mailbox) -> None:
    with smtplib.SMTP("127.0.0.1", sink.port) as connection:
        with pytest.raises(smtplib.SMTPResponseException):
            connection.send_message(letter("huge", ("z" * 70 + "\n") * (LARGEST_MAIL // 70)))
        connection.send_message(letter("small"))
    assert [mail["Subject"] for mail in sink.mails()] == ["small"]
