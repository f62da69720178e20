"""The digests of a morning found, made and sent, against smtplib that only sends the same bytes.

Both send to the product's own sink, a separate process that stores every mail as a file. TCP_NODELAY is set for
smtplib to make the reference fair: without it, each mail waits 40 ms for the kernel. PostgreSQL runs as in all tests,
without fsync, so neither figure includes the cost of a commit on a disk.
"""

from __future__ import annotations

import json
import os
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from benchmarks.environment import Environment, production_app
from benchmarks.sample_rows import fill_world
from benchmarks.timing import Goal, Outcome
from harness.databases import owner_connection
from harness.deliveries import zone_at_noon
from harness.people import make_world
from harness.processes import environment_of

from solidarity.settings import Settings

SENDER = Path(__file__).with_name("digest_sender.py")
ARABIC_EVERY = 5
SENDING, IN_ALL = Goal(2.5), Goal(4.0)
DUE = """
    update chapter_clocks set next_at = now() - interval '1 second' from chapters
    where chapters.id = chapter_id and slug like 'chapter-%%'
      and substr(slug, 9)::int > %s and substr(slug, 9)::int <= %s
"""
# It is noon of a working day everywhere, so that mail is sent, but no clock is due yet.
NOON = "update chapters set zone = %s, working_week = '{1,2,3,4,5,6,7}'"
QUIET_CLOCKS = "update chapter_clocks set next_at = now() + interval '30 days'"
SOME_IN_ARABIC = "update memberships set language = 'ar' where get_byte(uuid_send(id), 15) %% %s = 0"
NO_LETTERS = "delete from deliveries"


@dataclass
class Rounds:
    """The seconds of each round, by part; `smtplib` is the reference."""

    found: list[float] = field(default_factory=list)
    made: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)
    smtplib: list[float] = field(default_factory=list)
    mails: int = 0

    @property
    def in_all(self) -> list[float]:
        """The seconds of each round for finding, making and sending."""
        return [sum(parts) for parts in zip(self.found, self.made, self.sent, strict=True)]

    def summary(self, part: str) -> str:
        """Describe how long one part takes for a mail."""
        seconds: list[float] = getattr(self, part)
        milliseconds = median(seconds) * len(seconds) / self.mails * 1_000
        return f"{part}: {milliseconds:.2f} ms a mail, {median(seconds) / median(self.smtplib):.2f} of smtplib"


def digests(environment: Environment) -> Outcome:
    """Compare all work of a morning with only sending its bytes, in alternating rounds of `a_round` chapters."""
    rounds, a_round, senders = environment.size(5, 2), environment.size(2_000, 20), os.cpu_count() or 1
    with environment.database() as settings, ExitStack() as stack:
        _fill(settings, chapters=(rounds + 1) * a_round + 2)
        processes = [stack.enter_context(_sender(settings)) for _ in range(senders)]
        sink = stack.enter_context(_connected(settings))
        _round(settings, processes, sink, Rounds(), 2, a_round)  # warm-up
        timings = Rounds()
        for number in range(1, rounds + 1):
            _round(settings, processes, sink, timings, 2 + number * a_round, a_round)
    sizes = f"{timings.mails:,} digests {{}} by {senders} workers, {a_round:,} a round"
    against = "smtplib sending the same bytes on one connection"
    return Outcome(
        "digests-sent",
        sizes.format("sent"),
        against,
        SENDING,
        timings.sent,
        timings.smtplib,
        notes=[timings.summary(part) for part in ("found", "made", "sent", "smtplib")],
        also=[
            Outcome(
                "digests-in-all", sizes.format("found, made and sent"), against, IN_ALL, timings.in_all, timings.smtplib
            )
        ],
    )


def _round(
    settings: Settings,
    processes: Sequence[subprocess.Popen[str]],
    sink: smtplib.SMTP,
    timings: Rounds,
    after: int,
    a_round: int,
) -> None:
    """Make `a_round` chapters due. Find, make and send their digests, then send the same mails with smtplib."""
    assert settings.outbox_dir
    _empty(settings.outbox_dir)
    with owner_connection(settings, autocommit=True) as owner:
        owner.execute(DUE, (after, after + a_round))
    find_result = _ordered(processes, "find")
    send_result = _ordered(processes, "send")
    mails = [path.read_bytes() for path in sorted(settings.outbox_dir.glob("[!.]*.eml"))]
    # Chapters with a public holiday are not found.
    assert a_round * 0.8 <= find_result.done == send_result.done == len(mails), (
        f"{find_result.done} found, {send_result.done} sent of {a_round}"
    )
    timings.mails += len(mails)
    timings.found.append(find_result.seconds)
    timings.made.append(send_result.seconds * send_result.making)
    timings.sent.append(send_result.seconds * (1 - send_result.making))
    timings.smtplib.append(_sent_by_smtplib(sink, settings, mails))


@dataclass(frozen=True)
class Done:
    """The work of all processes: number of digests, seconds, and the share of the time for making mails."""

    done: int
    seconds: float
    making: float


def _ordered(processes: Sequence[subprocess.Popen[str]], order: str) -> Done:
    """Send every process the same order, and wait for all answers."""
    start = time.perf_counter()
    for process in processes:
        assert process.stdin
        process.stdin.write(order + "\n")
        process.stdin.flush()
    answers = [json.loads(process.stdout.readline()) for process in processes if process.stdout]
    seconds = time.perf_counter() - start
    busy = sum(answer["seconds"] for answer in answers)
    return Done(sum(answer["done"] for answer in answers), seconds, sum(answer["making"] for answer in answers) / busy)


def _sent_by_smtplib(sink: smtplib.SMTP, settings: Settings, mails: Sequence[bytes]) -> float:
    """Send mails with smtplib, and return the seconds that it took."""
    sender, headers = parseaddr(settings.mail_from)[1], BytesHeaderParser()
    envelopes = [(parseaddr(headers.parsebytes(mail)["To"])[1], mail) for mail in mails]
    start = time.perf_counter()
    for recipient, mail in envelopes:
        sink.sendmail(sender, [recipient], mail)
    return time.perf_counter() - start


@contextmanager
def _sender(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    command, pipe = [sys.executable, "-P", str(SENDER)], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment_of(settings)) as process:
        yield process
        if process.stdin:
            process.stdin.close()


@contextmanager
def _connected(settings: Settings) -> Iterator[smtplib.SMTP]:
    """Yield a connection of smtplib with TCP_NODELAY."""
    address = urlsplit(settings.smtp_url.get_secret_value())
    with smtplib.SMTP(address.hostname or "", address.port or 0) as sink:
        assert sink.sock
        sink.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sink.ehlo()
        yield sink


def _fill(settings: Settings, *, chapters: int) -> None:
    """Write chapters with obligations. A fifth of the members read Arabic, and no clock is due yet."""
    with production_app(settings) as app, app.app_context():
        make_world()
    fill_world(settings, chapters=chapters, activities=2)
    with owner_connection(settings, autocommit=True) as owner:
        owner.execute(NOON, (zone_at_noon(),))
        owner.execute(QUIET_CLOCKS)
        owner.execute(SOME_IN_ARABIC, (ARABIC_EVERY,))
        owner.execute(NO_LETTERS)
        owner.execute("vacuum analyze")


def _empty(folder: Path) -> None:
    for path in folder.glob("*.eml"):
        path.unlink()
