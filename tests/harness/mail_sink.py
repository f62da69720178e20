"""The product's own mail sink as a process, its mails, and the mail settings of an application."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest
from flask import Flask
from pydantic import SecretStr

from solidarity.embedded.processes import end, free_port, listens, spawn
from solidarity.settings import Settings


@dataclass(frozen=True)
class Mailbox:
    """A running sink: its port and its folder."""

    port: int
    folder: Path

    def mails(self, to: str | None = None) -> list[EmailMessage]:
        """Return the stored mails, oldest first; with `to`, only those to one address."""
        paths = sorted(self.folder.glob("[!.]*.eml"))
        parsed = (BytesParser(policy=policy.default).parsebytes(path.read_bytes()) for path in paths)
        return [mail for mail in parsed if to is None or to in mail["To"]]

    def empty(self) -> None:
        """Remove all mails."""
        for path in self.folder.glob("*.eml"):
            path.unlink()


def start_sink(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Start a mail sink that stores in `folder`/mail."""
    command: list[str | Path] = [
        sys.executable,
        "-P",
        "-m",
        "solidarity.embedded.mail_sink",
        folder / "mail",
        str(port),
    ]
    return spawn(command, log=folder / "sink.log", exit_signal=signal.SIGTERM)


def wait_for_sink(sink: subprocess.Popen[bytes], port: int, seconds: float = 20.0) -> None:
    """Wait until the sink accepts connections. Fail if it exits, or after `seconds`."""
    deadline = time.monotonic() + seconds
    while not listens(port):
        assert sink.poll() is None, "the mail sink ended while starting"
        assert time.monotonic() < deadline, "the mail sink does not answer"
        time.sleep(0.02)


@contextmanager
def running_sink(folder: Path) -> Iterator[Mailbox]:
    """Run a sink that stores in `folder`/mail."""
    port = free_port()
    process = start_sink(folder, port)
    try:
        wait_for_sink(process, port)
        yield Mailbox(port, folder / "mail")
    finally:
        end(process, (signal.SIGTERM, 5.0))


@pytest.fixture(scope="session")
def _mailbox_of_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    with running_sink(tmp_path_factory.mktemp("sink")) as mailbox:
        yield mailbox


@pytest.fixture
def mailbox(_mailbox_of_process: Mailbox) -> Mailbox:
    """The product's own mail sink, empty."""
    _mailbox_of_process.empty()
    return _mailbox_of_process


def point_mail_at(app: Flask, *, port: int, outbox: Path | None) -> Settings:
    """Send the mail of `app` to a port of this machine; `outbox` is the folder of the sink, None for other servers."""
    settings: Settings = app.extensions["settings"].model_copy(
        update={"smtp_url": SecretStr(f"smtp://127.0.0.1:{port}"), "outbox_dir": outbox}
    )
    app.extensions["settings"] = settings
    app.extensions.pop("post_office", None)
    return settings
