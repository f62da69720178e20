"""The commands behind the processes of Solidarity, written down once for `up`, for the command line and for Compose."""

from __future__ import annotations

import sys
from pathlib import Path

# -P: the folder we happen to stand in is no place to import from (ours holds one called `platform`).
PYTHON = (sys.executable, "-P")
# --quiet: no banner between the lines of the log.
CELERY = (*PYTHON, "-m", "celery", "--quiet", "-A", "workers.app")
PROGRESS_PREFIX = "> "  # begins each line of `prepare` that `up` shows


def web(*, host: str, port: int, workers: int = 2, threads: int = 4) -> list[str]:
    """Return the command that serves the pages."""
    return [
        *PYTHON,
        *("-m", "gunicorn", "solidarity.wsgi:app", "--bind", f"{host}:{port}", "--no-control-socket"),
        *("--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads)),
        *("--preload", "--graceful-timeout", "5", "--logger-class", "solidarity.logs.GunicornLog"),
    ]


def worker(*, concurrency: int = 2) -> list[str]:
    """Return the command that does what must happen without being asked."""
    return [*CELERY, "worker", "-l", "INFO", "--concurrency", str(concurrency)]


def beat(*, schedule: Path) -> list[str]:
    """Return the command that rings at the times of the timetable; `schedule` is a file of its own."""
    return [*CELERY, "beat", "-l", "INFO", "--schedule", str(schedule), "--pidfile="]


def sink(*, folder: Path, port: int) -> list[str]:
    """Return the command that takes mails by SMTP and stores them in `folder`."""
    return [*PYTHON, "-m", "solidarity.embedded.mail_sink", str(folder), str(port)]


def prepare(*, sign_ins: Path) -> list[str]:
    """Return the command that migrates and, in an empty database, lives through the demonstration."""
    return [*PYTHON, "-m", "solidarity.cli.main", "prepare", "--sign-ins", str(sign_ins)]
