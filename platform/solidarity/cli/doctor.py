"""`solidarity doctor`: checks everything that an installation needs, and explains how to correct what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import available_timezones

import redis
from psycopg.pq import PGconn, Ping
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from solidarity.database.engines import LOGINS, LoginTooPowerful, refuse_powerful_login, unpooled_engine
from solidarity.database.migrate import CHAPTER_AND_DESK, is_at_head
from solidarity.database.verification.differences import declared_catalogue, find_differences
from solidarity.settings import LOGIN_PREFIX, Login, Settings
from tenants.chapters.codes import ZONES
from tenants.clock import now
from tenants.errors import SolidarityError
from tenants.mail.relay import Relay, RelayAway, port_of
from tenants.work import FinishedWork, ProcessKind

OLDEST_MAJOR = 15
FRESH_SECONDS = 60  # a worker or beat that has finished nothing for longer counts as stopped
PATIENCE_SECONDS = 5
MIGRATE = "Mend it: solidarity migrate."


@dataclass(frozen=True)
class CheckResult:
    """The result of one check. `words` describe the state or, if not `well`, the problem and its correction."""

    subject: str
    well: bool
    words: str


def fine(subject: str, words: str) -> CheckResult:
    """Return the result of a check that passed."""
    return CheckResult(subject, well=True, words=words)


def ill(subject: str, words: str) -> CheckResult:
    """Return the result of a check that failed."""
    return CheckResult(subject, well=False, words=words)


def examine(settings: Settings) -> Iterator[CheckResult]:
    """Run every check, and yield each result. If a part cannot be reached, the other checks still run."""
    yield fine("settings", "complete")
    if _database_answers(settings):
        yield from _database(settings)
        yield from (_login(settings, login) for login in LOGINS)
        yield from _finished_work(settings)
    else:
        place = settings.database("owner")._replace(username=None, password=None, drivername="postgresql")
        yield ill("database", f"nothing answers at {place}. Mend it: start PostgreSQL, and check DATABASE_URL.")
    yield _broker(settings)
    yield _mail(settings)


def _database_answers(settings: Settings) -> bool:
    url = settings.database("owner").set(drivername="postgresql").update_query_dict({"connect_timeout": "5"})
    return PGconn.ping(url.render_as_string(hide_password=False).encode()) == Ping.OK


def _database(settings: Settings) -> Iterator[CheckResult]:
    try:
        with _engine(settings, "owner").connect() as connection:
            yield _version(connection)
            yield _logins_exist(connection)
            yield _migrations(connection)
            yield _zones(connection)
            if is_at_head(connection):
                yield from _walls(connection)
    except OperationalError as error:
        yield ill("database", f"the owner cannot connect: {_reason(error)} Mend it: check DATABASE_URL.")


def _version(connection: Connection) -> CheckResult:
    version = str(connection.scalar(text("show server_version")))
    if int(str(connection.scalar(text("show server_version_num")))) // 10_000 < OLDEST_MAJOR:
        words = f"PostgreSQL {version} is too old. Mend it: upgrade to {OLDEST_MAJOR} or newer."
        return ill("database", words)
    return fine("database", f"PostgreSQL {version}")


def _logins_exist(connection: Connection) -> CheckResult:
    present = set(connection.scalars(text("select rolname from pg_roles")))
    missing = [name for login in CHAPTER_AND_DESK if (name := f"{LOGIN_PREFIX}{login}") not in present]
    if missing:
        return ill("logins", f"{', '.join(missing)} do not exist. {MIGRATE}")
    return fine("logins", "all exist")


def _migrations(connection: Connection) -> CheckResult:
    if not is_at_head(connection):
        return ill("migrations", f"the database is not in the shape this version expects. {MIGRATE}")
    return fine("migrations", "the database is up to date")


def _zones(connection: Connection) -> CheckResult:
    of_postgresql = set(connection.scalars(text("select name from pg_timezone_names")))
    unknown = sorted(ZONES - (of_postgresql & available_timezones()))
    if unknown:
        return ill("time zones", f"unknown: {', '.join(unknown)}. Mend it: update the time zone data of the machine.")
    return fine("time zones", "all are known to PostgreSQL and Python")


def _walls(connection: Connection) -> Iterator[CheckResult]:
    differences = find_differences(connection)
    yield from (ill("walls" if difference.is_wall else "schema", str(difference)) for difference in differences)
    if not differences:
        yield fine("walls", f"as the migrations made them: {len(declared_catalogue().statements)} parts")


def _login(settings: Settings, login: Login) -> CheckResult:
    subject = f"login {LOGIN_PREFIX}{login}"
    try:
        refuse_powerful_login(login, _engine(settings, login))
    except LoginTooPowerful as error:
        return ill(subject, str(error))
    except OperationalError as error:
        mend = f"Mend it: set {login.upper()}_DB_PASSWORD to its password, or solidarity migrate to set the one given."
        return ill(subject, f"cannot connect: {_reason(error)} {mend}")
    return fine(subject, "connects, and row-level security holds it")


def _broker(settings: Settings) -> CheckResult:
    client = redis.Redis.from_url(
        settings.redis_url.get_secret_value(), socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS
    )
    try:
        client.ping()
    except redis.RedisError as error:
        words = f"does not answer: {str(error).rstrip('.')}. Mend it: start Valkey or Redis, and check REDIS_URL."
        return ill("broker", words)
    finally:
        client.close()
    return fine("broker", "answers")


def _mail(settings: Settings) -> CheckResult:
    """Sign in to the mail relay as the mail sender does, so that this check finds the errors that would stop mail."""
    try:
        relay = Relay(settings.smtp_url.get_secret_value(), sender=settings.mail_from, patience=PATIENCE_SECONDS)
    except SolidarityError as error:
        return ill("mail", f"{error}. Mend it: check SMTP_URL.")
    place = f"{relay.address.hostname}:{port_of(relay.address)}"
    try:
        with relay:
            relay.connect()
    except RelayAway as relay_error:
        return ill("mail", f"nothing takes mail at {place}: {relay_error}. Mend it: check SMTP_URL.")
    return fine("mail", "taken by our own sink" if settings.outbox_dir else f"taken by {relay.address.hostname}")


def _finished_work(settings: Settings) -> Iterator[CheckResult]:
    """Check when worker and beat last finished something: a process can answer and still do nothing."""
    try:
        with _engine(settings, "web").connect() as connection:
            rows = {row.who: row.finished_at for row in connection.execute(select(FinishedWork.__table__))}
    except (OperationalError, ProgrammingError) as error:
        yield ill("worker and beat", f"cannot be looked up: {_reason(error)} Mend the lines above first.")
        return
    for process in ProcessKind:
        seconds = (now() - rows[process]).total_seconds() if process in rows else None
        well = seconds is not None and seconds <= FRESH_SECONDS
        ago = "has never finished anything" if seconds is None else f"last finished something {seconds:.0f} s ago"
        yield (
            fine(f"{process}", ago)
            if well
            else ill(f"{process}", f"{ago}. Mend it: start it with solidarity {process}, and read its log.")
        )


def _engine(settings: Settings, login: Login) -> Engine:
    return unpooled_engine(settings, login, connect_timeout=PATIENCE_SECONDS)


def _reason(error: OperationalError | ProgrammingError) -> str:
    """Return the first line of the driver's message as a sentence."""
    return str(error.orig).strip().splitlines()[0].rstrip(".") + "."
