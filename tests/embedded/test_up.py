"""`solidarity up` as a whole: it starts, prints its address, stops, and never leaves a process behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from embedded.whole_product import Running

from solidarity.embedded.processes import free_port

LEFT_WITHIN = 12.0  # seconds until all processes are gone after kill -9: web and worker finish their current work

ProcessLookup = Callable[[Path], dict[int, str]]
NothingLives = Callable[[Path, float], None]


def test_from_nothing_to_well_and_back_twice_and_never_two_on_one_folder(
    product: Running, home: Path, living_in: ProcessLookup, nothing_lives_in: NothingLives
) -> None:
    product.start()
    assert f"http://127.0.0.1:{product.port}" in product.output_text()
    assert "@" in product.output_text(), "it prints who can sign in"
    assert "3 of 3 invented chapters: " in product.output_text(), "it tells what it is doing"
    product.until_well(30)
    log = (product.var / "log" / "web.log").read_text(encoding="utf-8")
    assert "request.finished" in log
    assert '"event"' not in log, "it logs text, no JSON"
    refuses_a_second(product, home)
    commands = " ".join(living_in(product.var).values())
    assert all(
        name in commands
        for name in ("postgres", "valkey-server", "solidarity.embedded.mail_sink", "gunicorn", "worker", "beat")
    )

    assert product.end(signal.SIGINT) == 0
    nothing_lives_in(product.var, 1)
    assert not (product.var / "running.json").exists()

    seconds = product.start()
    assert seconds < max(10.0, 8 * one_import()), "a second start takes under 10 s on a machine with nothing else to do"
    assert "@" in product.output_text()
    product.until_well(30)
    product.end(signal.SIGKILL)
    nothing_lives_in(product.var, LEFT_WITHIN)


def one_import() -> float:
    """Return the seconds that importing the application takes now: 1.4 on an idle machine."""
    started_at = time.monotonic()
    subprocess.run([sys.executable, "-P", "-c", "import solidarity.app"], check=True)
    return time.monotonic() - started_at


def refuses_a_second(product: Running, home: Path) -> None:
    second_product = Running(home)
    second_product.output = home / "other"
    assert second_product.command(free_port()).wait(30) == 1
    holder = f"(process {product.number})"
    assert (
        second_product.output_text()
        == f"Error: Solidarity already runs on {product.var} {holder}; stop that one first.\n"
    )


def test_a_taken_port_is_said_in_one_sentence(product: Running, nothing_lives_in: NothingLives) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server_socket:
        port = server_socket.getsockname()[1]
        process = product.command(port)
        assert process.wait(30) == 1
    assert product.output_text() == f"Error: Port {port} is taken by another program; choose another, as --port 8123.\n"
    nothing_lives_in(product.var, 1)


@pytest.mark.parametrize("pause", [0.3, 1.0, 2.0])
def test_told_to_stop_while_it_starts_it_leaves_nothing(
    product: Running, nothing_lives_in: NothingLives, pause: float
) -> None:
    product.process = product.command(product.port)
    time.sleep(pause)
    product.end(signal.SIGTERM)
    nothing_lives_in(product.var, 2)


SIGNAL_IN_FINALIZER = """
import os, signal, sys, time
from pathlib import Path
from solidarity.embedded import up

class Finalized:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        for _ in range(1000):  # the handler runs here, where Python drops its exception
            pass

class Launch:
    def __init__(self, *arguments): pass

    def run(self):
        Finalized()
        print("dropped", flush=True)
        time.sleep(60)

up.Launch = Launch
up.up(Path(sys.argv[1]), 0, print)
"""


def test_a_request_to_stop_that_python_drops_is_repeated(home: Path) -> None:
    command = [sys.executable, "-P", "-c", SIGNAL_IN_FINALIZER, str(home)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    assert answer.stdout.splitlines() == ["dropped", "Stopping ...", "Stopped."]
    assert answer.returncode == 0


@pytest.mark.slow
def test_whatever_dies_is_started_again(product: Running, living_in: ProcessLookup) -> None:
    product.start()
    product.until_well(30)
    for name in (
        "postgres -D",
        "valkey-server",
        "solidarity.embedded.mail_sink",
        "gunicorn",
        "-A workers.app worker",
        "beat",
    ):
        victim = min(number for number, command in living_in(product.var).items() if name in command)
        os.kill(victim, signal.SIGKILL)
        time.sleep(1)
        product.until_well(60)
        assert victim not in living_in(product.var)
        assert any(name in command for command in living_in(product.var).values())
    assert product.output_text().count("died; it is started again") >= 6
