"""A mail server that stores what it accepts as our own sink does, so that the product's probe can ask it, and that
fails as it is told: the next mails by a list, or every mail by lot.

It alone counts what arrived. It hangs up on whoever is silent for its patience.
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
from pathlib import Path

from mailroom import Fault

HANGS_SECONDS = 4.0
HOSTILE = (
    Fault.RECIPIENT_LATER,
    Fault.CLOSES_AT_DATA,
    Fault.LATER_AFTER_DOT,
    Fault.CLOSES_AFTER_DOT,
    Fault.STORES_AND_CLOSES,
    Fault.STORES_AND_HANGS,
)
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.MULTILINE | re.IGNORECASE)
STORED = {Fault.NONE, Fault.STORES_AND_CLOSES, Fault.STORES_AND_HANGS}
SILENT = {Fault.CLOSES_AFTER_DOT, Fault.STORES_AND_CLOSES, Fault.STORES_AND_HANGS}


@dataclass(frozen=True)
class Arrival:
    """A mail that was accepted: when (time.time), its Message-ID, and whom it is for."""

    at: float
    message_id: str
    recipient: str


@dataclass
class HostileSink:
    """What arrived and how the server failed. `faults` come first, one a mail; then `share` of each of HOSTILE by lot.

    `slowness` are the seconds it thinks before it says that it has stored a mail.
    """

    folder: Path
    patience: float = 1.5
    slowness: float = 0.0
    share: float = 0.0
    chance: random.Random = field(default_factory=random.Random)
    faults: list[Fault] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    failed: Counter[Fault] = field(default_factory=Counter)
    port: int = 0
    goes_home: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def next_fault(self) -> Fault:
        """Return what to do with the mail that begins now."""
        with self._lock:
            drawn = self.chance.random()
            number = int(drawn / self.share) if self.share else len(HOSTILE)
            fault = HOSTILE[number] if number < len(HOSTILE) else Fault.NONE
            if self.faults:
                fault = self.faults.pop(0)
            return fault

    def store(self, content: bytes, recipient: str) -> None:
        """Keep a mail for good, beside its place first, so that a reader never sees half of one."""
        named = MESSAGE_ID.search(content)
        with self._lock:
            name = f"{time.time():017.6f}-{next(self._numbers):06d}.eml"
            waiting = self.folder / f".{name}"
            waiting.write_bytes(content)
            waiting.replace(self.folder / name)
            self.arrivals.append(Arrival(time.time(), named.group(1).decode() if named else "", recipient))

    def to(self, *recipients: str) -> Counter[str]:
        """Return how many mails arrived for each recipient; for some, or for all."""
        return Counter(each.recipient for each in self.arrivals if not recipients or each.recipient in recipients)

    def ids(self) -> Counter[str]:
        """Return how often each Message-ID arrived."""
        return Counter(each.message_id for each in self.arrivals)


class _Conversation(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.connection.settimeout(self.sink.patience)

    def handle(self) -> None:
        with suppress(OSError):  # it went away, or was silent for too long: nothing more is stored
            self.talk()

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()

    def talk(self) -> None:
        """Take one mail after another until either side has enough."""
        self.say("220 sink")
        fault, recipient = Fault.NONE, ""
        while line := self.rfile.readline().strip():
            word = line.upper()
            if word.startswith(b"MAIL"):
                fault, recipient = self.sink.next_fault(), ""
                self.say("250 ok")
            elif word.startswith(b"RCPT"):
                if fault is Fault.RECIPIENT_LATER:
                    self.fail(fault)
                    self.say("450 later")
                else:
                    recipient = line.decode().partition("<")[2].partition(">")[0]
                    self.say("250 ok")
            elif word == b"DATA":
                if not recipient:
                    self.say("503 for whom?")
                elif not self.take(fault, recipient):
                    return
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def take(self, fault: Fault, recipient: str) -> bool:
        """Read a mail and answer; return whether to go on."""
        if fault is Fault.CLOSES_AT_DATA:
            self.fail(fault)
            return False
        self.say("354 go")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line[1:] if line.startswith(b".") else line)
        if fault in STORED:
            self.sink.store(b"".join(lines), recipient)
        if fault is not Fault.NONE:
            self.fail(fault)
        if fault is Fault.STORES_AND_HANGS:
            self.sink.goes_home.wait(HANGS_SECONDS)
        if fault in SILENT:
            return False
        time.sleep(self.sink.slowness)
        self.say("452 later" if fault is Fault.LATER_AFTER_DOT else "250 stored")
        return True

    def fail(self, fault: Fault) -> None:
        self.sink.failed[fault] += 1

    @property
    def sink(self) -> HostileSink:
        return self.server.sink  # type: ignore[attr-defined, no-any-return]

    def say(self, answer: str) -> None:
        self.wfile.write(answer.encode() + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False


@contextmanager
def open_sink(sink: HostileSink) -> Iterator[HostileSink]:
    """Let a sink listen, on the port it had before or on a free one; its folder is made."""
    sink.folder.mkdir(parents=True, exist_ok=True)
    sink.goes_home.clear()
    with _Server(("127.0.0.1", sink.port), _Conversation) as server:
        server.sink = sink  # type: ignore[attr-defined]
        sink.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield sink
        finally:
            sink.goes_home.set()
            server.shutdown()
            thread.join()
