"""SMTP servers for tests that send mail: our own sink with a folder a test, and one that fails as it is told."""

from __future__ import annotations

import signal
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from enum import StrEnum
from pathlib import Path

import pytest
from flask import Flask
from pydantic import SecretStr
from services import start_sink, wait_for_sink

from solidarity.embedded.processes import end, free_port
from solidarity.settings import Settings


@dataclass(frozen=True)
class Mailbox:
    """Where our own sink listens and stores."""

    port: int
    folder: Path

    def mails(self, to: str | None = None) -> list[EmailMessage]:
        """Return the mails stored, oldest first; with `to`, those for one address."""
        paths = sorted(self.folder.glob("[!.]*.eml"))
        parsed = (BytesParser(policy=policy.default).parsebytes(path.read_bytes()) for path in paths)
        return [mail for mail in parsed if to is None or to in mail["To"]]

    def empty(self) -> None:
        """Throw every mail away."""
        for path in self.folder.glob("*.eml"):
            path.unlink()


@pytest.fixture(scope="session")
def running_sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    """A sink of this process's own."""
    folder: Path = tmp_path_factory.mktemp("sink")
    port = free_port()
    process = start_sink(folder, port)
    wait_for_sink(process, port)
    yield Mailbox(port, folder / "mail")
    end(process, (signal.SIGTERM, 5.0))


@pytest.fixture
def mailbox(running_sink: Mailbox) -> Mailbox:
    """Our own sink, empty."""
    running_sink.empty()
    return running_sink


class Fault(StrEnum):
    """What the failing server does with the next mail."""

    NONE = "none"
    RECIPIENT_LATER = "450 to RCPT"
    RECIPIENT_NEVER = "550 to RCPT"
    SENDER_NEVER = "550 to MAIL"
    CLOSES_AT_DATA = "closes instead of 354"
    LATER_AFTER_DOT = "452 after the dot"
    NEVER_AFTER_DOT = "554 after the dot"
    CLOSES_AFTER_DOT = "closes after the dot, not stored"
    STORES_AND_CLOSES = "stores, then closes without an answer"
    STORES_AND_HANGS = "stores, then never answers"


@dataclass
class FailingServer:
    """An SMTP server that fails as `faults` says, one fault a mail, and then works.

    `offers` is what it says it can do beyond the least.
    """

    port: int = 0
    offers: str = ""
    faults: list[Fault] = field(default_factory=list)
    stored: list[bytes] = field(default_factory=list)
    goes_home: threading.Event = field(default_factory=threading.Event)


class _Conversation(socketserver.StreamRequestHandler):
    timeout = 10

    def handle(self) -> None:
        self.say("220 test")
        fault = Fault.NONE
        while line := self.rfile.readline().strip().upper():
            if line.startswith(b"MAIL"):
                fault = self.book.faults.pop(0) if self.book.faults else Fault.NONE
                self.say("550 not you" if fault is Fault.SENDER_NEVER else "250 ok")
            elif line.startswith(b"RCPT"):
                self.say({Fault.RECIPIENT_LATER: "450 later", Fault.RECIPIENT_NEVER: "550 never"}.get(fault, "250 ok"))
            elif line == b"DATA":
                if fault is Fault.CLOSES_AT_DATA or not self.take(fault):
                    return
            elif line == b"QUIT":
                self.say("221 bye")
                return
            elif line.startswith(b"EHLO") and self.book.offers:
                self.say(f"250-test\r\n250 {self.book.offers}")
            else:
                self.say("250 ok")

    def take(self, fault: Fault) -> bool:
        """Read a mail and answer; return whether to go on."""
        self.say("354 go")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line)
        if fault in {Fault.NONE, Fault.STORES_AND_CLOSES, Fault.STORES_AND_HANGS}:
            self.book.stored.append(b"".join(lines))
        if fault is Fault.STORES_AND_HANGS:
            self.book.goes_home.wait(20)
        if fault in {Fault.CLOSES_AFTER_DOT, Fault.STORES_AND_CLOSES, Fault.STORES_AND_HANGS}:
            return False
        self.say({Fault.LATER_AFTER_DOT: "452 later", Fault.NEVER_AFTER_DOT: "554 never"}.get(fault, "250 stored"))
        return True

    @property
    def book(self) -> FailingServer:
        return self.server.book  # type: ignore[attr-defined, no-any-return]

    def say(self, answer: str) -> None:
        self.wfile.write(answer.encode() + b"\r\n")


@contextmanager
def failing_server() -> Iterator[FailingServer]:
    """Run a FailingServer on a port of its own."""
    book = FailingServer()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Conversation) as server:
        server.daemon_threads = True
        server.book = book  # type: ignore[attr-defined]
        book.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield book
        finally:
            book.goes_home.set()
            server.shutdown()
            thread.join()


def point_mail_at(app: Flask, *, port: int, outbox: Path | None) -> Settings:
    """Have `app` send its mail to a port of this machine; `outbox` is the folder of our own sink, if it is ours."""
    settings: Settings = app.extensions["settings"].model_copy(
        update={"smtp_url": SecretStr(f"smtp://127.0.0.1:{port}"), "outbox_dir": outbox}
    )
    app.extensions["settings"] = settings
    app.extensions.pop("post_office", None)
    return settings
