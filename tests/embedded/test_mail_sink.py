"""The mail sink: every mail accepted is a file, whole, in the order they came."""

from __future__ import annotations

import email
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from services import start_sink, wait_for_sink

from solidarity.embedded.mail_sink import LARGEST_MAIL
from solidarity.embedded.processes import free_port, sweep


@pytest.fixture
def port(home: Path) -> Iterator[int]:
    number = free_port()
    sink = start_sink(home, number)
    wait_for_sink(sink, number)
    yield number
    sweep(sink)


def letter(subject: str, text: str = "Salaam") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", subject
    message.set_content(text)
    return message


def stored(home: Path) -> list[EmailMessage]:
    files = sorted((home / "mail").glob("*.eml"))
    return [email.message_from_bytes(file.read_bytes(), policy=default) for file in files]


def test_mails_are_stored_in_the_order_they_came(home: Path, port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for number in range(30):
            connection.send_message(letter(f"تذكير {number}"))
    assert [mail["Subject"] for mail in stored(home)] == [f"تذكير {number}" for number in range(30)]
    assert stored(home)[0].get_content().strip() == "Salaam"


def test_nothing_half_written_is_ever_seen(home: Path, port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as connection:
        connection.send_message(letter("long", "x" * 70 + "\n" + ("y" * 70 + "\n") * 20_000))
    assert [file.suffix for file in (home / "mail").iterdir()] == [".eml"]


def test_a_mail_beyond_all_reason_is_refused_and_the_next_is_taken(home: Path, port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as connection:
        with pytest.raises(smtplib.SMTPResponseException):
            connection.send_message(letter("huge", ("z" * 70 + "\n") * (LARGEST_MAIL // 70)))
        connection.send_message(letter("small"))
    assert [mail["Subject"] for mail in stored(home)] == ["small"]
