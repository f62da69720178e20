"""A run over the product: two workers of two processes, two beats, and their servers, all with faults."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from flask import Flask
from harness.databases import running_app
from harness.mail_server import MailServer
from harness.services import LOGINS, running_postgres, running_valkey, temporary_folder
from harness.worker_processes import PREFORK, WorkerProcesses
from sqlalchemy.exc import DBAPIError
from storm.chapters import (
    invite_until_acknowledged,
    ledger_states,
    onboard_chapters,
    queue_letters,
    set_mornings,
)
from storm.environment import WAITS, Outcome, begin_on_time, by_name, failing_mail_server, wait_for_quiet
from storm.fault_injection import FaultInjector, planned_faults
from storm.workload import CHAPTERS, INVITATIONS_A_SECOND, ExpectedMail, Kind, count, expected_mails

from solidarity.app import create_app
from solidarity.database.migrate import migrate
from solidarity.embedded.servers.postgres import Postgres
from solidarity.embedded.servers.valkey import Valkey
from solidarity.settings import Settings
from tenants import clock
from tenants.mail.models import DeliveryState

WORKERS, BEATS = ("worker-0", "worker-1"), ("beat-0", "beat-1")
UNFINISHED_STATES = {DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.HANDING_OVER, DeliveryState.UNCERTAIN}


@dataclass
class Deployment:
    """The product with its chapters and its fault injector."""

    app: Flask
    settings: Settings
    chapters: list[UUID]
    injector: FaultInjector
    began: dict[str, float] = field(default_factory=dict)

    def is_quiet(self) -> bool:
        """Whether the ledger has no unfinished mails; restarts processes that have exited."""
        self.injector.workers.restart_ended()
        try:
            return not self.states().keys() & UNFINISHED_STATES
        except DBAPIError:
            return False

    def states(self) -> dict[str, int]:
        """Return the number of mails in each state of the ledger."""
        with self.app.app_context():
            return ledger_states()

    def schedule(self, mails: list[ExpectedMail]) -> None:
        """Queue the letters and set the clocks of a run that begins now. `begin` sends the invitations."""
        with self.app.app_context():
            moment = clock.now()
            queue_letters(self.settings, mails, moment)
            set_mornings(self.chapters, mails, moment)
        began_at = time.time()
        self.began.update({mail.address: began_at + mail.after for mail in mails if mail.kind is not Kind.INVITATION})

    def begin(self, mail: ExpectedMail) -> None:
        """Send an invitation. Mails of other kinds begin by themselves."""
        if mail.kind is Kind.INVITATION:
            with self.app.app_context():
                self.began[mail.address] = invite_until_acknowledged(self.chapters[mail.chapter], mail.address)


def storm_over_product(
    seed: int, seconds: float, *, chapters: int = CHAPTERS, invitations: float = INVITATIONS_A_SECOND
) -> Outcome:
    """Run the product with faults for `seconds`, and return the outcome. This takes about a minute longer."""
    mails = expected_mails(seed, seconds, chapters=chapters, invitations=invitations)
    with (
        temporary_folder(room=0) as folder,
        failing_mail_server(folder, seed).listening() as server,
        running_deployment(folder, server, chapters) as deployment,
    ):
        deployment.schedule(mails)
        thread = begin_on_time(mails, time.time(), deployment.begin)
        deployment.injector.run(planned_faults(seed, seconds), until=time.monotonic() + seconds)
        thread.join()
        quiet_after = wait_for_quiet(deployment.is_quiet, server)
        return Outcome(
            name="Solidarity",
            seconds=seconds,
            quiet_after=quiet_after,
            count=count(mails, deployment.began, server.arrivals),
            faults=deployment.injector.happened,
            refusals=by_name(server.failed),
            states=deployment.states(),
        )


@contextmanager
def running_deployment(folder: Path, server: MailServer, chapters: int) -> Iterator[Deployment]:
    """Start servers, chapters, workers and beats, yield them when they are ready, and end all afterwards."""
    with running_postgres(folder) as postgres, running_valkey(folder) as valkey:
        settings = _settings(folder, postgres, valkey, server)
        migrate(settings)
        with running_app(settings, make=create_app) as app:
            with app.app_context():
                ids = onboard_chapters(chapters)
            with WorkerProcesses.over(settings, folder / "logs", WAITS, PREFORK) as workers:
                workers.start(*WORKERS, *BEATS)
                workers.wait_until_ready(*WORKERS)
                yield Deployment(app, settings, ids, FaultInjector(workers, valkey, postgres))


def _settings(folder: Path, postgres: Postgres, valkey: Valkey, server: MailServer) -> Settings:
    passwords = {f"{login}_db_password": secrets.token_urlsafe(24) for login in LOGINS}
    return Settings(
        database_url=postgres.make_owner(secrets.token_urlsafe(24)),
        redis_url=valkey.url,
        smtp_url=f"smtp://127.0.0.1:{server.port}",
        secret_key=secrets.token_urlsafe(48),
        files_dir=folder / "files",
        outbox_dir=server.folder,
        **passwords,  # type: ignore[arg-type]
    )
