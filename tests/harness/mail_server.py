"""A mail server that injects faults and records the mails that arrive.

With a folder it stores accepted mails as the product's own sink does, so that the product can look up deliveries.
"""

from __future__ import annotations

import itertools
import random
import re
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import pytest

HANG_SECONDS = 20.0
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.MULTILINE | re.IGNORECASE)


class Fault(StrEnum):
    """The behaviour of the server for one mail."""

    NONE = "none"
    RECIPIENT_LATER = "450 to RCPT"
    RECIPIENT_NEVER = "550 to RCPT"
    RECIPIENT_FULL = "552 to RCPT"
    SENDER_NEVER = "550 to MAIL"
    CLOSES_AT_DATA = "closes instead of 354"
    LATER_AFTER_DOT = "452 after the dot"
    NEVER_AFTER_DOT = "554 after the dot"
    CLOSES_AFTER_DOT = "closes after the dot, not stored"
    STORES_AND_CLOSES = "stores, then closes without an answer"
    STORES_AND_HANGS = "stores, then never answers"


# After each of these the sender must retry, or look up whether the mail was stored.
TEMPORARY = (
    Fault.RECIPIENT_LATER,
    Fault.CLOSES_AT_DATA,
    Fault.LATER_AFTER_DOT,
    Fault.CLOSES_AFTER_DOT,
    Fault.STORES_AND_CLOSES,
    Fault.STORES_AND_HANGS,
)
TO_RECIPIENT = {
    Fault.RECIPIENT_LATER: "450 later",
    Fault.RECIPIENT_NEVER: "550 never",
    Fault.RECIPIENT_FULL: "552 5.2.2 mailbox full",
}
AFTER_DOT = {Fault.LATER_AFTER_DOT: "452 later", Fault.NEVER_AFTER_DOT: "554 never"}
STORING_FAULTS = {Fault.NONE, Fault.STORES_AND_CLOSES, Fault.STORES_AND_HANGS}
SILENT = {Fault.CLOSES_AFTER_DOT, Fault.STORES_AND_CLOSES, Fault.STORES_AND_HANGS}


@dataclass(frozen=True)
class Arrival:
    """A stored mail: its time (time.time()), Message-ID, recipient and content."""

    at: float
    message_id: str
    recipient: str
    content: bytes = b""


@dataclass
class MailServer:
    """A server, its faults and its arrivals.

    `faults` are used first, one for each mail. After them, each fault of TEMPORARY has the probability `fault_share`.
    The server disconnects a client that is silent for `patience` seconds. Storing a mail takes `delay` seconds.
    `offers` is added to the answer to EHLO. `starttls` is the raw answer to STARTTLS; nothing is encrypted after it.
    """

    folder: Path | None = None
    patience: float = 10.0
    delay: float = 0.0
    offers: str = ""
    starttls: bytes | None = None
    fault_share: float = 0.0
    generator: random.Random = field(default_factory=random.Random)
    faults: list[Fault] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    failed: Counter[Fault] = field(default_factory=Counter)
    received: list[bytes] = field(default_factory=list)
    port: int = 0
    closing: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def stored(self) -> list[bytes]:
        """The mails that were stored, oldest first."""
        return [arrival.content for arrival in self.arrivals]

    def next_fault(self) -> Fault:
        """Return the fault for the next mail."""
        with self._lock:
            draw = self.generator.random()  # drawn for every mail, so that the faults depend on the seed alone
            number = int(draw / self.fault_share) if self.fault_share else len(TEMPORARY)
            fault = TEMPORARY[number] if number < len(TEMPORARY) else Fault.NONE
            if self.faults:
                fault = self.faults.pop(0)
            if fault is not Fault.NONE:
                self.failed[fault] += 1
            return fault

    def store(self, content: bytes, recipient: str) -> None:
        """Store a mail. The file gets its name only when it is complete, so no reader finds a partial mail."""
        message_id = MESSAGE_ID.search(content)
        with self._lock:
            if self.folder:
                name = f"{time.time():017.6f}-{next(self._numbers):06d}.eml"
                incomplete = self.folder / f".{name}"
                incomplete.write_bytes(content)
                incomplete.replace(self.folder / name)
            own_id = message_id.group(1).decode() if message_id else ""
            self.arrivals.append(Arrival(time.time(), own_id, recipient, content))

    def to(self, *recipients: str) -> Counter[str]:
        """Return the number of mails for each of `recipients`, or for all recipients if none is given."""
        return Counter(
            arrival.recipient for arrival in self.arrivals if not recipients or arrival.recipient in recipients
        )

    def ids(self) -> Counter[str]:
        """Return how often each Message-ID arrived."""
        return Counter(arrival.message_id for arrival in self.arrivals)

    @contextmanager
    def listening(self) -> Iterator[MailServer]:
        """Listen on the previous port, or on a free one at first."""
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
        self.closing.clear()
        with _Listener(("127.0.0.1", self.port), _Conversation) as listener:
            listener.mail_server = self
            self.port = listener.server_address[1]
            thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
            thread.start()
            try:
                yield self
            finally:
                self.closing.set()
                listener.shutdown()
                thread.join()


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server without faults until a test sets some."""
    with MailServer().listening() as server:
        yield server


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False
    mail_server: MailServer


class _Conversation(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.mail_server: MailServer = self.server.mail_server  # type: ignore[attr-defined]
        self.fault, self.recipient = Fault.NONE, ""
        self.connection.settimeout(self.mail_server.patience)

    def handle(self) -> None:
        with suppress(OSError):  # the client disconnected, or was silent for too long
            self.say("220 test")
            while line := self.rfile.readline():
                self.mail_server.received.append(line)
                if not self.answer(line.strip()):
                    return

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()

    def answer(self, line: bytes) -> bool:
        """Answer one command, and return whether the conversation continues."""
        command, server = line[:4].upper(), self.mail_server
        if command == b"MAIL":
            self.fault = server.next_fault()
            self.say("550 not you" if self.fault is Fault.SENDER_NEVER else "250 ok")
        elif command == b"RCPT":
            self.recipient = line.decode().partition("<")[2].partition(">")[0]
            self.say(TO_RECIPIENT.get(self.fault, "250 ok"))
        elif command == b"DATA":
            return self.take_mail()
        elif command == b"QUIT":
            self.say("221 bye")
            return False
        elif command == b"STAR" and server.starttls is not None:
            return self.answer_to_starttls(server.starttls)
        else:
            has_extensions = command == b"EHLO" and server.offers
            self.say(f"250-test\r\n250 {server.offers}" if has_extensions else "250 ok")
        return True

    def answer_to_starttls(self, raw: bytes) -> bool:
        """Answer without starting TLS. Unless the answer is a refusal, read one byte and answer in clear text."""
        self.wfile.write(raw)
        if raw.startswith(b"4"):
            return True
        if raw:
            self.connection.recv(1)
            self.say("250 in clear")
        return False

    def take_mail(self) -> bool:
        """Read a mail and answer, even after a refused recipient. Return whether the conversation continues."""
        if self.fault is Fault.CLOSES_AT_DATA:
            return False
        self.say("354 go")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line[1:] if line.startswith(b".") else line)
        if self.fault in STORING_FAULTS:
            self.mail_server.store(b"".join(lines), self.recipient)
        if self.fault is Fault.STORES_AND_HANGS:
            self.mail_server.closing.wait(HANG_SECONDS)
        if self.fault in SILENT:
            return False
        time.sleep(self.mail_server.delay)
        self.say(AFTER_DOT.get(self.fault, "250 stored"))
        return True

    def say(self, answer: str) -> None:
        self.wfile.write(answer.encode() + b"\r\n")
