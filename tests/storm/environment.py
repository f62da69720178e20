"""The environment of a run, with its failing mail server, and the outcome of the run."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.mail_server import MailServer
from harness.worker_processes import ShortWaits
from storm.workload import Count, ExpectedMail

FAULT_SHARE = 0.08  # of each kind of fault
STUCK_SECONDS = 90.0  # without an arrival; mails that still wait then are lost
LAST_SECONDS = 3.0  # time for a second copy of the last mail to arrive

# Leases are short, so that many expire in a minute. A mail has many attempts, because a run injects the faults of
# months. A separate test checks that a mail is given up after the eighth failure.
WAITS = ShortWaits(
    lease=4.0, grace=4.0, answer=1.5, speak=1.5, first_pause=0.3, longest_pause=1.5, attempts=60, tick=1.0
)


@dataclass(frozen=True)
class Outcome:
    """The faults and the arrivals of a run; `states` are those of the ledger, None for a sender without a ledger."""

    name: str
    seconds: float
    quiet_after: float
    count: Count
    faults: Mapping[str, int]
    refusals: Mapping[str, int]
    states: Mapping[str, int] | None = None

    def lines(self) -> list[str]:
        """Return the outcome as text lines."""
        count = self.count
        lines = [
            f"{self.name}: {count.expected} mails, {self.seconds:.0f} s of faults, done {self.quiet_after:.0f} s later",
            f"  lost {count.lost}, doubled {count.doubled}, late {count.late} (the latest after {count.latest:.0f} s)",
            f"  faults: {_listed(self.faults)}",
            f"  the mail server: {_listed(self.refusals)}",
        ]
        return [*lines, f"  (the ledger says: {_listed(self.states)})"] if self.states else lines


def _listed(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(numbers.items())) or "none"


def failing_mail_server(folder: Path, seed: int) -> MailServer:
    """Return a mail server with random faults, which are the same for the same seed."""
    return MailServer(folder / "mail", patience=1.5, fault_share=FAULT_SHARE, generator=random.Random(seed))


def begin_on_time(
    mails: list[ExpectedMail], began_at: float, begin: Callable[[ExpectedMail], None]
) -> threading.Thread:
    """Begin each mail at its moment after `began_at` (time.time()), in a thread. Return the thread."""

    def run() -> None:
        for mail in mails:
            time.sleep(max(0.0, began_at + mail.after - time.time()))
            begin(mail)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def wait_for_quiet(is_quiet: Callable[[], bool], server: MailServer) -> float:
    """Wait until nothing is left to send or STUCK_SECONDS pass without an arrival. Return the seconds of this wait."""
    started_at = last_arrival_at = time.monotonic()
    arrival_count = 0
    while not is_quiet() and time.monotonic() - last_arrival_at < STUCK_SECONDS:
        if len(server.arrivals) > arrival_count:
            arrival_count, last_arrival_at = len(server.arrivals), time.monotonic()
        time.sleep(0.5)
    duration = time.monotonic() - started_at
    time.sleep(LAST_SECONDS)
    return duration


def by_name(counter: Counter[Any]) -> dict[str, int]:
    """Return the counts with their keys as text."""
    return {str(key): number for key, number in counter.items()}
