"""The faults of a run. They are drawn from its seed before it begins, so runs of the same seed have the same faults."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import redis
from harness.worker_processes import WorkerProcesses

from solidarity.embedded.servers.postgres import Postgres
from solidarity.embedded.servers.valkey import Valkey

SHORTEST, LONGEST = 1.0, 1.5  # seconds between two faults
STALL_SECONDS = 6.0  # longer than any lease of a run
VALKEY_STALL_SECONDS = 3.0
BEAT_SECONDS = 8.0  # minimum time between two kills of a beat

# The frequency of each fault in percent.
FREQUENCIES = {
    "child killed": 34,
    "worker killed": 10,
    "worker stalled past its lease": 10,
    "beat killed": 6,
    "Valkey flushed": 20,
    "Valkey killed": 8,
    "Valkey stalled": 4,
    "PostgreSQL killed": 4,
    "PostgreSQL stopped at once": 4,
}


@dataclass(frozen=True)
class Fault:
    """A fault that happens after `pause` seconds, to the first or second process of its kind (`target` is 0 or 1)."""

    pause: float
    name: str
    target: int


def planned_faults(seed: int, seconds: float) -> list[Fault]:
    """Return the faults of a run of `seconds`."""
    chance, faults, planned_seconds = random.Random(seed), [], 0.0
    while planned_seconds < seconds:
        pause = chance.uniform(SHORTEST, LONGEST)
        (name,) = chance.choices(list(FREQUENCIES), weights=list(FREQUENCIES.values()))
        faults.append(Fault(pause, name, chance.randrange(2)))
        planned_seconds += pause
    return faults


@dataclass
class FaultInjector:
    """Injects faults into workers and their servers, and counts those that happened."""

    workers: WorkerProcesses
    valkey: Valkey
    postgres: Postgres | None
    happened: Counter[str] = field(default_factory=Counter)
    _stopped: list[tuple[float, int]] = field(default_factory=list)
    _beats: dict[str, float] = field(default_factory=dict)
    _chance: random.Random = field(default_factory=lambda: random.Random(0))

    def run(self, faults: list[Fault], *, until: float) -> None:
        """Inject faults one after the other until the moment `until` (time.monotonic())."""
        for fault in faults:
            self._wait(fault.pause, until)
            if time.monotonic() >= until:
                break
            if self._inject(fault):
                self.happened[fault.name] += 1
        while self._stopped:
            self._wait(0.2, time.monotonic() + 1)

    def _wait(self, seconds: float, until: float) -> None:
        """Wait, restart processes that have exited, and continue (SIGCONT) those that were stopped long enough."""
        over = min(time.monotonic() + seconds, until)
        while time.monotonic() < over:
            time.sleep(max(0.0, min(0.1, over - time.monotonic())))
            for name in self.workers.restart_ended():
                self.happened[f"{name.partition('-')[0]} ended by itself"] += 1
            for entry in [entry for entry in self._stopped if entry[0] <= time.monotonic()]:
                self._stopped.remove(entry)
                with suppress(ProcessLookupError):
                    os.killpg(entry[1], signal.SIGCONT)

    def _stop_for(self, number: int, seconds: float) -> bool:
        """Stop a process and its children for `seconds` without waiting. Return False if it is stopped already."""
        if number in {pid for _, pid in self._stopped}:
            return False
        os.killpg(number, signal.SIGSTOP)
        self._stopped.append((time.monotonic() + seconds, number))
        return True

    def _inject(self, fault: Fault) -> bool:
        """Inject one fault, and return whether it happened.

        A starting worker is skipped, because it has nothing to lose. The last running worker is not killed or stalled,
        because faults prove nothing while no mail is sent.
        """
        worker, other_worker = f"worker-{fault.target}", f"worker-{1 - fault.target}"
        if fault.name == "child killed" and not self._works(worker):
            return False
        if fault.name.startswith("worker") and not (self._works(worker) and self._works(other_worker)):
            return False
        actions: dict[str, Callable[[], bool]] = {
            "child killed": lambda: self.workers.kill_child(worker, self._chance),
            "worker killed": lambda: self._kill(worker),
            "worker stalled past its lease": lambda: self._stop_for(self.workers.running[worker].pid, STALL_SECONDS),
            "beat killed": lambda: self._kill_beat(f"beat-{fault.target}"),
            "Valkey flushed": self._flush,
            "Valkey killed": self._kill_valkey,
            "Valkey stalled": self._stall_valkey,
            "PostgreSQL killed": lambda: self._stop_postgres(signal.SIGKILL),
            "PostgreSQL stopped at once": lambda: self._stop_postgres(signal.SIGQUIT),
        }
        return actions[fault.name]()

    def _works(self, worker: str) -> bool:
        """Whether a worker is ready and not stopped."""
        stopped_pids = {number for _, number in self._stopped}
        return self.workers.is_ready(worker) and self.workers.running[worker].pid not in stopped_pids

    def _kill(self, name: str) -> bool:
        self.workers.kill(name)
        self.workers.start(name)
        return True

    def _kill_beat(self, name: str) -> bool:
        if name not in self.workers.running or time.monotonic() - self._beats.get(name, 0.0) < BEAT_SECONDS:
            return False
        self._beats[name] = time.monotonic()
        return self._kill(name)

    def _flush(self) -> bool:
        with suppress(redis.RedisError), redis.Redis.from_url(self.valkey.url, socket_timeout=2) as broker:
            broker.flushall()
            return True
        return False

    def _kill_valkey(self) -> bool:
        self.valkey.kill()
        time.sleep(0.5)
        self.valkey.start()
        return True

    def _stall_valkey(self) -> bool:
        return self._stop_for(self.valkey.pid, VALKEY_STALL_SECONDS)

    def _stop_postgres(self, number: signal.Signals) -> bool:
        if self.postgres is None:
            return False
        os.kill(self.postgres.pid, number)
        time.sleep(0.5)
        self.postgres.restart()
        return True
