"""Folders for servers that a test starts, and lists of the processes in them."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from embedded.whole_product import Running
from harness.services import temporary_folder


@pytest.fixture
def home() -> Iterator[Path]:
    """A new folder that the account of PostgreSQL may enter when the tests run as root."""
    with temporary_folder() as folder:
        yield folder


@pytest.fixture
def product(home: Path) -> Iterator[Running]:
    """A whole product in that folder, not started yet. It is stopped after the test."""
    instance = Running(home)
    yield instance
    if instance.process is not None and instance.process.poll() is None:
        instance.end(signal.SIGTERM)


@pytest.fixture
def living_in() -> Callable[[Path], dict[int, str]]:
    """Return a function that lists the processes of a folder (`processes_of`)."""
    return processes_of


@pytest.fixture
def nothing_lives_in() -> Callable[[Path, float], None]:
    """Return a function that fails if processes of a folder still run after some seconds."""

    def check(folder: Path, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := processes_of(folder)) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not left

    return check


def processes_of(folder: Path) -> dict[int, str]:
    """Return pid and command of all live processes that run in `folder`, or have it in their command or environment."""
    return {
        int(entry.name): command
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and (command := _command_if_of(entry, str(folder)))
    }


def _command_if_of(entry: Path, folder: str) -> str:
    try:
        command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        is_mentioned = folder.encode() in (entry / "environ").read_bytes() or folder in command
        lives_there = (entry / "cwd").readlink().is_relative_to(folder)
    except OSError:
        return ""
    return command if is_mentioned or lives_there else ""
