"""The start of `solidarity up`: servers, database, application, in this order, and then the address to open."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.engine import make_url

from solidarity.embedded import commands
from solidarity.embedded.environment import given, publish, with_secrets, without_owner_password
from solidarity.embedded.errors import StartError
from solidarity.embedded.health import Health, ask
from solidarity.embedded.processes import free_port, port_is_free
from solidarity.embedded.servers.postgres import Postgres
from solidarity.embedded.servers.secret_files import read_or_make
from solidarity.embedded.servers.valkey import Valkey
from solidarity.embedded.supervisor import LOOK_EVERY, Command, Supervisor

HOST = "127.0.0.1"
PORT_PATIENCE = 3.0  # seconds for the web server of a killed predecessor to free the port
ANSWER_SECONDS = 60.0  # how long the web server may take until its first answer
WELL_SECONDS = 15.0  # how much longer worker and beat may take to report; the first tick comes after 10


class Launch:
    """One start-up. `environment` collects the settings of the processes."""

    def __init__(self, var: Path, port: int, supervisor: Supervisor, say: Callable[[str], None]) -> None:
        self.var = var
        self.port = port
        self.address = f"http://{HOST}:{port}"
        self.environment = dict(os.environ)
        self._supervisor = supervisor
        self._say = say

    def run(self) -> None:
        """Start servers, prepare the database, start the application, and print its address. May raise StartError."""
        self._claim_port()
        self._make_folders()
        self._start_servers()
        publish(self.var, self.environment)
        sign_ins = self._prepare()
        self._start_application()
        self._welcome(self._wait_for_answer(), sign_ins)

    def _claim_port(self) -> None:
        deadline = time.monotonic() + PORT_PATIENCE
        while not port_is_free(HOST, self.port):
            if time.monotonic() > deadline:
                raise StartError(f"Port {self.port} is taken by another program; choose another, as --port 8123.")
            time.sleep(0.1)

    def _make_folders(self) -> None:
        for name in ("log", "mail", "files", "secrets"):
            (self.var / name).mkdir(exist_ok=True, mode=0o700)
        for log in (self.var / "log").glob("*.log"):
            log.replace(log.with_suffix(".before"))
        self.environment = with_secrets(self.environment, self.var / "secrets")
        self.environment.setdefault("BASE_URL", self.address)
        self.environment.setdefault("FILES_DIR", str(self.var / "files"))
        self.environment.setdefault("LOG_FORMAT", "text")

    def _start_servers(self) -> None:
        if given(self.environment, "DATABASE_URL") is None:
            postgres = Postgres(self.var / "postgres", log=self._log("postgres"))
            self._supervisor.start(postgres)
            password = read_or_make(self.var / "secrets" / "OWNER_DB_PASSWORD")
            self.environment["DATABASE_URL"] = postgres.make_owner(password)
        if given(self.environment, "REDIS_URL") is None:
            valkey = Valkey(self.var / "valkey", log=self._log("valkey"))
            self._supervisor.start(valkey)
            self.environment["REDIS_URL"] = valkey.url
        if given(self.environment, "SMTP_URL") is None:
            self._start_sink()

    def _start_sink(self) -> None:
        port = free_port()
        self.environment["SMTP_URL"] = f"smtp://{HOST}:{port}"
        self.environment["OUTBOX_DIR"] = str(self.var / "mail")
        self._supervisor.start(
            self._command("sink", commands.sink(folder=self.var / "mail", port=port), self.environment)
        )

    def _prepare(self) -> list[list[str]]:
        """Migrate, fill an empty database with the demonstration, and return its sign-ins."""
        self._say("Preparing the database ...")
        sign_ins = self.var / self._sign_ins_name()
        log = self._log("prepare")
        preparing = self._command("prepare", commands.prepare(sign_ins=sign_ins), self.environment)
        preparing.start()
        try:
            failed = self._follow(preparing, log)
        finally:
            preparing.stop()
        if failed:
            raise StartError(f"The database could not be prepared. {_last_lines(log).removeprefix('Error: ')}")
        return list(json.loads(sign_ins.read_text(encoding="utf-8"))) if sign_ins.exists() else []

    def _follow(self, preparing: Command, log: Path) -> int:
        """Print the progress lines of the log while the database is prepared, and return the exit code."""
        shown_count = 0
        while True:
            alive = preparing.alive()
            lines = _terminal_lines(log)
            for line in lines[shown_count:]:
                self._say(f"  {line}")
            shown_count = len(lines)
            if not alive:
                return preparing.wait()
            time.sleep(LOOK_EVERY)

    def _sign_ins_name(self) -> str:
        """Return the name of the file of sign-ins, which depends on the database, as the sign-ins do."""
        url = given(os.environ, "DATABASE_URL")
        if url is None:
            return "sign-ins.json"
        place = make_url(url)._replace(username=None, password=None).render_as_string()
        return f"sign-ins-{hashlib.sha256(place.encode()).hexdigest()[:12]}.json"

    def _start_application(self) -> None:
        environment = without_owner_password(self.environment)
        beat = commands.beat(schedule=self.var / "beat-schedule")
        self._supervisor.start(
            self._command("web", commands.web(host=HOST, port=self.port), environment),
            self._command("worker", commands.worker(), environment, grace=25.0),
            self._command("beat", beat, environment),
        )

    def _command(self, name: str, command: list[str], environment: dict[str, str], grace: float = 10.0) -> Command:
        return Command(name, command, environment, self._log(name), guard=self._supervisor.guard, grace=grace)

    def _wait_for_answer(self) -> Health:
        """Wait until /healthz answers, and some seconds more until worker and beat have finished something."""
        started_at = time.monotonic()
        answered_at: float | None = None
        while True:
            self._supervisor.look()
            health = ask(self.address)
            now = time.monotonic()
            if health is not None:
                answered_at = answered_at or now
                if health.well or now - answered_at > WELL_SECONDS:
                    return health
            elif now - started_at > ANSWER_SECONDS or self._supervisor.exits("web"):
                raise StartError(f"The web does not answer. The end of its log:\n{_last_lines(self._log('web'))}")
            time.sleep(0.1)

    def _welcome(self, health: Health, sign_ins: list[list[str]]) -> None:
        self._say(f"\nSolidarity runs at {self.address}")
        for label, email, password in sign_ins:
            self._say(f"  {label}: {email} / {password}")
        if "OUTBOX_DIR" in self.environment:
            self._say(f"Mail it sends is at {self.address}/outbox and leaves this machine nowhere.")
        if not health.well:
            self._say(f"Not yet reported: {', '.join(health.failing)}; {self.address}/healthz tells when.")
        self._say(f"Logs are in {self.var / 'log'}. Stop it with Ctrl-C.")

    def _log(self, name: str) -> Path:
        return self.var / "log" / f"{name}.log"


def _terminal_lines(log: Path) -> list[str]:
    """Return the complete lines of a log that are meant for the terminal."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    marked_lines = (line for line in lines if line.startswith(commands.PROGRESS_PREFIX) and line.endswith("\n"))
    return [line.removeprefix(commands.PROGRESS_PREFIX).rstrip() for line in marked_lines]


def _last_lines(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return "\n".join(lines[-20:]) or "(nothing was logged)"
