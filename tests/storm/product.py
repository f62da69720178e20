"""A storm over the product: 2 workers of 2 processes, 2 beats, everything else it stands on killed and stalled."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from faults.fleet import PREFORK, Fleet, ending
from faults.hostile_sink import HostileSink
from flask import Flask
from processes import environment_of
from services import LOGINS
from sqlalchemy.exc import DBAPIError
from storm.chapters import (
    found_chapters,
    invite_stubbornly,
    ledger_states,
    queue_letters,
    set_mornings,
)
from storm.mails import CHAPTERS, INVITATIONS_A_SECOND, Kind, Wanted, count, wanted_mails
from storm.sea import HURRY, Outcome, folder, hostile_sink, in_time, named, own_valkey, wait_for_quiet
from storm.weather import Weather, forecast

from solidarity.app import create_app
from solidarity.database.engines import dispose_engines
from solidarity.database.migrate import migrate
from solidarity.embedded.servers.postgres import Postgres
from solidarity.embedded.servers.valkey import Valkey
from solidarity.settings import Settings
from tenants import clock
from tenants.mail.models import DeliveryState

WORKERS, BEATS = ("worker-0", "worker-1"), ("beat-0", "beat-1")
UNFINISHED = {DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.HANDING_OVER, DeliveryState.UNCERTAIN}


@dataclass
class Ship:
    """The product in a storm."""

    app: Flask
    settings: Settings
    chapters: list[UUID]
    weather: Weather
    sink: HostileSink
    began: dict[str, float] = field(default_factory=dict)

    def is_quiet(self) -> bool:
        """Whether nothing may still be sent, by the ledger; until then, start again what has ended."""
        self.weather.fleet.mend()
        try:
            return not self.states().keys() & UNFINISHED
        except DBAPIError:
            return False

    def states(self) -> dict[str, int]:
        """Return the states of the ledger."""
        with self.app.app_context():
            return ledger_states()

    def begin(self, mail: Wanted) -> None:
        """Invite, where the mail is an invitation; others begin by themselves."""
        if mail.kind is Kind.INVITATION:
            with self.app.app_context():
                self.began[mail.address] = invite_stubbornly(self.chapters[mail.chapter], mail.address)


def storm_over_product(
    seed: int, seconds: float, *, chapters: int = CHAPTERS, invitations: float = INVITATIONS_A_SECOND
) -> Outcome:
    """Run a storm of some seconds over the product and return its outcome; takes a minute more."""
    mails = wanted_mails(seed, seconds, chapters=chapters, invitations=invitations)
    with folder() as home, hostile_sink(home, seed) as sink, afloat(home, sink, chapters) as ship:
        with ship.app.app_context():
            moment = clock.now()
            queue_letters(ship.settings, mails, moment)
            set_mornings(ship.chapters, mails, moment)
        began_at = time.time()
        ship.began.update({mail.address: began_at + mail.after for mail in mails if mail.kind is not Kind.INVITATION})
        inviting = in_time(mails, began_at, ship.begin)
        ship.weather.blow(forecast(seed, seconds), until=time.monotonic() + seconds)
        inviting.join()
        quiet_after = wait_for_quiet(ship.is_quiet, sink)
        return Outcome(
            name="Solidarity",
            seconds=seconds,
            quiet_after=quiet_after,
            count=count(mails, ship.began, sink.arrivals),
            faults=ship.weather.happened,
            refusals=named(sink.failed),
            states=ship.states(),
        )


@contextmanager
def afloat(home: Path, sink: HostileSink, chapters: int) -> Iterator[Ship]:
    """Start servers, chapters, workers and beats, and yield them when they are ready; end all afterwards."""
    with ExitStack() as stack:
        postgres = Postgres(home / "postgres").start()
        stack.callback(postgres.stop)
        valkey = stack.enter_context(own_valkey(home))
        settings = _settings(home, postgres, valkey, sink)
        migrate(settings)
        app = create_app(settings)
        stack.callback(dispose_engines, app)
        with app.app_context():
            founded = found_chapters(chapters)
        fleet = Fleet(home / "logs", environment_of(settings, **HURRY.as_environment()), pool=PREFORK)
        stack.enter_context(ending(fleet))
        fleet.start(*WORKERS, *BEATS)
        fleet.wait_until_ready(*WORKERS)
        yield Ship(app, settings, founded, Weather(fleet, valkey, postgres), sink)


def _settings(home: Path, postgres: Postgres, valkey: Valkey, sink: HostileSink) -> Settings:
    passwords = {f"{login}_db_password": secrets.token_urlsafe(24) for login in LOGINS}
    return Settings(
        database_url=postgres.make_owner(secrets.token_urlsafe(24)),
        redis_url=valkey.url,
        smtp_url=f"smtp://127.0.0.1:{sink.port}",
        secret_key=secrets.token_urlsafe(48),
        files_dir=home / "files",
        outbox_dir=sink.folder,
        **passwords,  # type: ignore[arg-type]
    )
