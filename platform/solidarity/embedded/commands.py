"""The commands of Solidarity's processes, defined once for `up`, for the command line and for Compose."""

from __future__ import annotations

import sys
from pathlib import Path

# -P: do not import from the working directory. Ours has a folder `platform`, which would hide the standard module.
PYTHON = (sys.executable, "-P")
# --quiet: no banner in the log.
CELERY = (*PYTHON, "-m", "celery", "--quiet", "-A", "workers.app")
PROGRESS_PREFIX = "> "  # begins each line of `prepare` that `up` shows


def web(*, host: str, port: int, workers: int = 2, threads: int = 16) -> list[str]:
    """Return the command of the web server."""
    return [
        *PYTHON,
        *("-m", "gunicorn", "solidarity.wsgi:app", "--bind", f"{host}:{port}", "--no-control-socket"),
        *("--worker-class", "solidarity.http.buffering_worker.BufferingWorker"),
        *("--workers", str(workers), "--threads", str(threads)),
        *("--preload", "--graceful-timeout", "5", "--logger-class", "solidarity.logs.GunicornLog"),
    ]


def worker(*, concurrency: int = 2) -> list[str]:
    """Return the command of the worker, which runs background tasks."""
    return [*CELERY, "worker", "-l", "INFO", "--concurrency", str(concurrency)]


def beat(*, schedule: Path) -> list[str]:
    """Return the command of Celery beat. It stores the times of its last runs in the file `schedule`."""
    return [*CELERY, "beat", "-l", "INFO", "--schedule", str(schedule), "--pidfile="]


def sink(*, folder: Path, port: int) -> list[str]:
    """Return the command of the mail sink, which accepts mail by SMTP and stores it in `folder`."""
    return [*PYTHON, "-m", "solidarity.embedded.mail_sink", str(folder), str(port)]


def prepare(*, sign_ins: Path) -> list[str]:
    """Return the command that migrates and fills an empty database with the demonstration."""
    return [*PYTHON, "-m", "solidarity.cli.main", "prepare", "--sign-ins", str(sign_ins)]
