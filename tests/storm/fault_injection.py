"""The faults of a storm: drawn from its seed before it begins, so that two runs of one seed meet the same weather."""

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
from faults.fleet import Fleet

from solidarity.embedded.servers.postgres import Postgres
from solidarity.embedded.servers.valkey import Valkey

SHORTEST, LONGEST = 1.0, 1.5  # seconds between two faults
STALL_SECONDS = 6.0  # longer than any lease of a storm
VALKEY_STALL_SECONDS = 3.0
BEAT_LIVES = 8.0  # seconds, at least

# How often each comes among a hundred.
CLIMATE = {
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
    """What happens next, to the first or the second of two, after a calm of some seconds."""

    calm: float
    name: str
    whose: int


def forecast(seed: int, seconds: float) -> list[Fault]:
    """Return the faults of a storm of some seconds."""
    chance, faults, passed = random.Random(seed), [], 0.0
    while passed < seconds:
        calm = chance.uniform(SHORTEST, LONGEST)
        (name,) = chance.choices(list(CLIMATE), weights=list(CLIMATE.values()))
        faults.append(Fault(calm, name, chance.randrange(2)))
        passed += calm
    return faults


@dataclass
class Weather:
    """Lets faults happen to a fleet and its servers, and counts those that did."""

    fleet: Fleet
    valkey: Valkey
    postgres: Postgres | None
    happened: Counter[str] = field(default_factory=Counter)
    _asleep: list[tuple[float, int]] = field(default_factory=list)
    _beats: dict[str, float] = field(default_factory=dict)
    _chance: random.Random = field(default_factory=lambda: random.Random(0))

    def blow(self, faults: list[Fault], *, until: float) -> None:
        """Let faults happen one after the other until a moment (time.monotonic)."""
        for fault in faults:
            self._pass(fault.calm, until)
            if time.monotonic() >= until:
                break
            if self._strike(fault):
                self.happened[fault.name] += 1
        while self._asleep:
            self._pass(0.2, time.monotonic() + 1)

    def _pass(self, seconds: float, until: float) -> None:
        """Let some seconds pass, and wake whoever has slept enough."""
        over = min(time.monotonic() + seconds, until)
        while time.monotonic() < over:
            time.sleep(max(0.0, min(0.1, over - time.monotonic())))
            for name in self.fleet.mend():
                self.happened[f"{name.partition('-')[0]} gone by itself"] += 1
            for each in [each for each in self._asleep if each[0] <= time.monotonic()]:
                self._asleep.remove(each)
                with suppress(ProcessLookupError):
                    os.killpg(each[1], signal.SIGCONT)

    def _put_to_sleep(self, number: int, seconds: float) -> bool:
        """Stop a process with all its children for some seconds; the storm goes on meanwhile."""
        if number in {asleep for _, asleep in self._asleep}:
            return False
        os.killpg(number, signal.SIGSTOP)
        self._asleep.append((time.monotonic() + seconds, number))
        return True

    def _strike(self, fault: Fault) -> bool:
        """Let one fault happen; False where there is nothing that it could strike.

        A worker that is only just starting is spared, for it has nothing to lose; and so is the last that stands, for
        a storm in which nothing is sent breaks nothing.
        """
        worker, other = f"worker-{fault.whose}", f"worker-{1 - fault.whose}"
        if fault.name == "child killed" and not self._stands(worker):
            return False
        if fault.name.startswith("worker") and not (self._stands(worker) and self._stands(other)):
            return False
        strikes: dict[str, Callable[[], bool]] = {
            "child killed": lambda: self.fleet.kill_child(worker, self._chance),
            "worker killed": lambda: self._kill(worker),
            "worker stalled past its lease": lambda: self._put_to_sleep(self.fleet.running[worker].pid, STALL_SECONDS),
            "beat killed": lambda: self._kill_beat(f"beat-{fault.whose}"),
            "Valkey flushed": self._flush,
            "Valkey killed": self._kill_valkey,
            "Valkey stalled": self._stall_valkey,
            "PostgreSQL killed": lambda: self._stop_postgres(signal.SIGKILL),
            "PostgreSQL stopped at once": lambda: self._stop_postgres(signal.SIGQUIT),
        }
        return strikes[fault.name]()

    def _stands(self, worker: str) -> bool:
        """Whether a worker is at work."""
        asleep = {number for _, number in self._asleep}
        return self.fleet.is_ready(worker) and self.fleet.running[worker].pid not in asleep

    def _kill(self, name: str) -> bool:
        self.fleet.kill(name)
        self.fleet.start(name)
        return True

    def _kill_beat(self, name: str) -> bool:
        if name not in self.fleet.running or time.monotonic() - self._beats.get(name, 0.0) < BEAT_LIVES:
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
        return self._put_to_sleep(self.valkey.pid, VALKEY_STALL_SECONDS)

    def _stop_postgres(self, number: signal.Signals) -> bool:
        if self.postgres is None:
            return False
        os.kill(self.postgres.pid, number)
        time.sleep(0.5)
        self.postgres.restart()
        return True
