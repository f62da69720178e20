"""What a storm rages over: a PostgreSQL, a Valkey and a hostile mail server of its own; and what comes of it."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faults.hostile_sink import HostileSink, open_sink
from faults.hurry import Hurry
from storm.mails import Count, Wanted

from solidarity.embedded.servers.valkey import Valkey

SHARE = 0.08  # of each way to fail
STUCK_SECONDS = 90.0  # without a mail although some wait: they will never come
LAST_WORDS = 3.0  # seconds in which a second copy of the last mail would come
MEMORY = "/dev/shm"

# Short leases, so that many run out in a minute. A mail may be tried so often because a storm packs the faults of
# months into its life; that the eighth failure is the last has a test of its own.
HURRY = Hurry(lease=4.0, grace=4.0, answer=1.5, speak=1.5, first_pause=0.3, longest_pause=1.5, attempts=60, tick=1.0)


@dataclass(frozen=True)
class Outcome:
    """What a storm did, and what the sink has; `states` is what the ledger says, where there is one."""

    name: str
    seconds: float
    quiet_after: float
    count: Count
    faults: Mapping[str, int]
    refusals: Mapping[str, int]
    states: Mapping[str, int] | None = None

    def lines(self) -> list[str]:
        """Return it for people."""
        told = self.count
        lines = [
            f"{self.name}: {told.wanted} mails, {self.seconds:.0f} s of storm, quiet {self.quiet_after:.0f} s after it",
            f"  lost {told.lost}, doubled {told.doubled}, late {told.late} (the latest after {told.latest:.0f} s)",
            f"  faults: {_listed(self.faults)}",
            f"  the mail server: {_listed(self.refusals)}",
        ]
        return [*lines, f"  (the ledger says: {_listed(self.states)})"] if self.states else lines


def _listed(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(numbers.items())) or "none"


@contextmanager
def folder() -> Iterator[Path]:
    """Yield a folder in memory, where there is one, and remove it."""
    home = Path(tempfile.mkdtemp(prefix="solidarity-storm-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None))
    home.chmod(0o755)  # root runs PostgreSQL as someone else, who must pass through
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def hostile_sink(home: Path, seed: int) -> Iterator[HostileSink]:
    """Yield a mail server that fails by the lot of a seed."""
    with open_sink(HostileSink(home / "mail", share=SHARE, chance=random.Random(seed))) as sink:
        yield sink


@contextmanager
def own_valkey(home: Path) -> Iterator[Valkey]:
    """Yield a Valkey that keeps its file, as the product's does."""
    valkey = Valkey(home / "valkey").start()
    try:
        yield valkey
    finally:
        valkey.stop()


def in_time(mails: list[Wanted], began_at: float, begin: Callable[[Wanted], None]) -> threading.Thread:
    """Begin each mail at its moment of a storm that began at `began_at` (time.time), in a thread; return that."""

    def run() -> None:
        for mail in mails:
            time.sleep(max(0.0, began_at + mail.after - time.time()))
            begin(mail)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def wait_for_quiet(is_quiet: Callable[[], bool], sink: HostileSink) -> float:
    """Wait until nothing waits any more, and a little longer; return how many seconds it took."""
    began = moved = time.monotonic()
    arrived = 0
    while not is_quiet() and time.monotonic() - moved < STUCK_SECONDS:
        if len(sink.arrivals) > arrived:
            arrived, moved = len(sink.arrivals), time.monotonic()
        time.sleep(0.5)
    took = time.monotonic() - began
    time.sleep(LAST_WORDS)
    return took


def named(counted: Counter[Any]) -> dict[str, int]:
    """Return counts by the words of what is counted."""
    return {str(what): number for what, number in counted.items()}
