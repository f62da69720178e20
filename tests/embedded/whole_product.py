"""A separate `solidarity up`: the whole product on a free port, with three invented chapters."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from solidarity.embedded.environment import PASSWORDS
from solidarity.embedded.processes import free_port

SETTING_NAMES = (
    "DATABASE_URL",
    "REDIS_URL",
    "SMTP_URL",
    "FILES_DIR",
    "OUTBOX_DIR",
    "SECRET_KEY",
    "BASE_URL",
    *PASSWORDS,
)


class Running:
    """A separate `solidarity up`, on a free port."""

    def __init__(self, home: Path) -> None:
        self.var = home / "var"
        self.port = free_port()
        self.output = home / "output"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, port: int | None = None) -> float:
        """Start it, and return the seconds until it printed its address."""
        started_at = time.monotonic()
        self.process = self.command(port or self.port)
        while "Solidarity runs at" not in self.output_text():
            assert self.process.poll() is None, self.output_text()
            assert time.monotonic() - started_at < 120, self.output_text()
            time.sleep(0.05)
        return time.monotonic() - started_at

    def command(self, port: int) -> subprocess.Popen[bytes]:
        environment = {name: value for name, value in os.environ.items() if name not in SETTING_NAMES} | {
            "DEMO_CHAPTERS": "3"
        }
        with self.output.open("wb") as output:
            return subprocess.Popen(
                [sys.executable, "-P", "-m", "solidarity.cli.main", "--var", str(self.var), "up", "--port", str(port)],
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def number(self) -> int:
        assert self.process is not None
        return self.process.pid

    def output_text(self) -> str:
        return self.output.read_text(encoding="utf-8") if self.output.exists() else ""

    def end(self, stop_signal: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(stop_signal)
        return self.process.wait(60)

    def health(self) -> tuple[int, dict[str, str]]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)
        except OSError:
            return 0, {}

    def until_well(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self.health()[0] != 200:
            assert time.monotonic() < deadline, self.health()
            time.sleep(0.2)
