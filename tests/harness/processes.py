"""The whole product as real processes over one test's database: web, worker and beat, as production runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from solidarity.embedded import commands
from solidarity.embedded.processes import end, free_port, spawn
from solidarity.settings import Settings

READY_SECONDS = 40.0
Part = str


@dataclass
class Live:
    """Running processes and the address of the web."""

    address: str
    environment: dict[str, str]
    folder: Path
    processes: dict[Part, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, part: Part) -> None:
        """Start one part: `web`, `worker` or `beat`."""
        log = self.folder / f"{part}.log"
        self.processes[part] = spawn(
            self._command(part), log=log, death_signal=signal.SIGTERM, environment=self.environment
        )

    def stop(self, part: Part) -> None:
        """Stop one part in order."""
        end(self.processes.pop(part), (signal.SIGTERM, 0.5))

    def health(self) -> tuple[int, dict[str, str]]:
        """Ask /healthz; a web that does not answer yet is (0, {})."""
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
        except OSError:
            return 0, {}

    def _command(self, part: Part) -> Sequence[str]:
        port = int(self.address.rsplit(":", 1)[1])
        return {
            "web": commands.web(host="127.0.0.1", port=port, workers=1),
            "worker": [*commands.CELERY, "worker", "--pool=solo", "--without-gossip", "--without-mingle", "-l", "INFO"],
            "beat": commands.beat(schedule=self.folder / "beat"),
        }[part]


@contextmanager
def running_live(settings: Settings, folder: Path, parts: Sequence[Part] = ("web", "worker", "beat")) -> Iterator[Live]:
    """Start `parts` over `settings` and yield them once the web answers; stop all at the end."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    live = Live(address, environment_of(settings, BASE_URL=address), folder)
    try:
        for part in parts:
            live.start(part)
        if "web" in parts:
            eventually(lambda: live.health()[0] in {200, 503}, what="the web answers")
        yield live
    finally:
        for part in list(live.processes):
            live.stop(part)


def environment_of(settings: Settings, **more: str) -> dict[str, str]:
    """Return an environment in which a process reads just these settings."""
    own = {
        name.upper(): value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)
        for name, value in settings
        if value is not None
    }
    return {**os.environ, **own, **more}


def eventually(holds: Callable[[], bool], *, what: str, seconds: float = READY_SECONDS) -> float:
    """Wait until `holds()` and return how many seconds it took; fail, saying what was awaited."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, f"waited {seconds:.0f} s in vain: {what}"
        time.sleep(0.05)
    return time.monotonic() - began
