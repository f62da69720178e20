"""The supervisor restarts commands that exit, and ends those that ignore SIGTERM, with all their children."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from harness.processes import children_of

from solidarity.embedded.processes import spawn, sweep
from solidarity.embedded.supervisor import Command, Supervisor

SLEEP = "import time; time.sleep(60)"
# Ignores SIGTERM, and so does the child that it starts.
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", sys.argv[1]])
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def messages() -> list[str]:
    return []


@pytest.fixture
def supervisor(messages: list[str]) -> Iterator[Supervisor]:
    keeper = Supervisor(messages.append)
    yield keeper
    keeper.stop()


def command(supervisor: Supervisor, home: Path, program: str, *, name: str = "sleeper", grace: float = 5.0) -> Command:
    line = [sys.executable, "-c", program, str(home)]
    return Command(name, line, {}, home / f"{name}.log", guard=supervisor.guard, grace=grace)


def until(condition: Callable[[], bool], seconds: float, action: Callable[[], None] = lambda: None) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        action()
        time.sleep(0.02)


def test_a_killed_command_is_started_again_and_a_line_says_so(
    home: Path, supervisor: Supervisor, messages: list[str], living_in: Callable[[Path], dict[int, str]]
) -> None:
    sleeper = command(supervisor, home, SLEEP)
    supervisor.start(sleeper)
    (first,) = living_in(home)
    os.kill(first, signal.SIGKILL)
    until(lambda: not sleeper.alive(), 5)
    until(sleeper.alive, 5, supervisor.look)
    (second,) = living_in(home)
    assert second != first
    assert any("sleeper died" in line for line in messages)


def test_what_keeps_dying_is_tried_less_and_less_often(home: Path, supervisor: Supervisor, messages: list[str]) -> None:
    supervisor.start(command(supervisor, home, "raise SystemExit(3)"))
    until(lambda: len(messages) >= 2, 5, supervisor.look)
    before = time.monotonic()
    until(lambda: len(messages) >= 3, 10, supervisor.look)
    assert time.monotonic() - before > 1.5
    assert supervisor.exits("sleeper") == 3


def test_a_stubborn_command_is_ended_with_its_children(
    home: Path, supervisor: Supervisor, nothing_lives_in: Callable[[Path, float], None]
) -> None:
    supervisor.start(command(supervisor, home, STUBBORN, name="stubborn", grace=0.3))
    until(lambda: "ready" in (home / "stubborn.log").read_text(encoding="utf-8"), 10)
    supervisor.stop()
    nothing_lives_in(home, 2)


def test_everything_is_stopped_in_the_opposite_order_and_what_started_together_at_once() -> None:
    order: list[str] = []

    class Noted:
        def __init__(self, name: str) -> None:
            self.name = name

        def start(self) -> None:
            order.append(f"start {self.name}")

        def alive(self) -> bool:
            return True

        def ask_to_stop(self) -> None:
            order.append(f"ask {self.name}")

        def stop(self) -> None:
            order.append(f"stop {self.name}")

    supervisor = Supervisor(order.append)
    supervisor.start(Noted("database"))
    supervisor.start(Noted("web"), Noted("worker"))
    supervisor.stop()
    assert order[:3] == ["start database", "start web", "start worker"]
    assert order[3:] == ["ask web", "ask worker", "stop web", "stop worker", "ask database", "stop database"]


OBEDIENT = """
import sys, time
from pathlib import Path
from solidarity.embedded.supervisor import Command, Supervisor
home, program = Path(sys.argv[1]), sys.argv[2]
supervisor = Supervisor(print)
line = [sys.executable, "-c", program, str(home)]
supervisor.start(Command("it", line, {}, home / "it.log", guard=supervisor.guard))
supervisor.watch()
"""


@pytest.mark.parametrize(("program", "processes"), [(SLEEP, 2), (STUBBORN, 3)], ids=["obedient", "stubborn"])
def test_when_the_supervisor_is_killed_everything_ends_within_seconds_the_guard_included(
    home: Path,
    nothing_lives_in: Callable[[Path, float], None],
    living_in: Callable[[Path], dict[int, str]],
    program: str,
    processes: int,
) -> None:
    line = [sys.executable, "-c", OBEDIENT, str(home), program]
    supervisor = spawn(line, log=home / "log", exit_signal=signal.SIGTERM)
    until(lambda: len(living_in(home)) == processes, 20)
    until(lambda: program == SLEEP or "ready" in (home / "it.log").read_text(encoding="utf-8"), 10)
    (guard,) = (number for number in children_of(supervisor.pid) if number not in living_in(home))
    supervisor.kill()
    nothing_lives_in(home, 8)
    sweep(supervisor)
    until(lambda: not Path(f"/proc/{guard}/cmdline").exists() or not Path(f"/proc/{guard}/cmdline").read_bytes(), 8)
