"""The demonstration year: simulates every invented chapter, each in one transaction, and compiles the figures.

Every page of these chapters shows that they are invented. The password is derived from this installation's own secret
key, so that no two installations share one and none is stored.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time

from flask import Flask
from sqlalchemy import select

from solidarity.database.engines import init_database, opened_application
from solidarity.demonstration import desk, rates
from solidarity.demonstration.beginnings import begin, see_to_terms
from solidarity.demonstration.chapters.all import everybody
from solidarity.demonstration.chapters.model import Actor
from solidarity.demonstration.days import QUARTERS
from solidarity.demonstration.desk import Desk
from solidarity.demonstration.events import launch
from solidarity.demonstration.life import Life
from solidarity.demonstration.log import keep_the_log
from solidarity.demonstration.money import see_to_money
from solidarity.demonstration.plans import make_a_plan
from solidarity.demonstration.reports import report
from solidarity.demonstration.sign_ins import SignIn, sign_ins
from solidarity.demonstration.targets import schedule_targets
from solidarity.i18n.locale import CatalogueBabel
from solidarity.settings import Settings
from tenants import clock
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports.opening import open_period
from tenants.chapters.models import ChapterSlug
from tenants.db import new_id, opened
from tenants.people.passwords import hash_password
from tenants.rollups.compiler import COMPILER, compile_marked
from tenants.scope import ChapterScope, NobodyScope

SUBJECTS = (begin, see_to_terms, make_a_plan, see_to_money, launch, keep_the_log, schedule_targets, report)
MIN_CHAPTERS = 3


def simulate(
    settings: Settings,
    on: date | None = None,
    *,
    chapters: int | None = None,
    tell: Callable[[str], None] = lambda _line: None,
) -> list[SignIn]:
    """Simulate the missing invented chapters until `on` (default today). Return label, email and password of people.

    `chapters` limits it to the first ones, at least three. `tell` gets a line for each. An interrupted run is completed
    the next time, because each chapter is created in one transaction.
    """
    app = Flask(__name__)
    init_database(app, settings)
    CatalogueBabel(app)  # the template of a plan has translated texts
    until = datetime.combine(on, time(9), tzinfo=UTC) if on else clock.now()
    actors = everybody()[: None if chapters is None else max(chapters, MIN_CHAPTERS)]
    password = demonstration_password(settings)
    rates.load_invented_rates(settings, actors, until)
    with opened_application(app):
        _live_all(actors, until, hash_password(password), tell)
    return sign_ins(actors, password)


def demonstration_password(settings: Settings) -> str:
    """Return this installation's password for every invented person."""
    secret = settings.secret_key.get_secret_value().encode()
    digest = base64.b32encode(hmac.digest(secret, b"demonstration", "sha256")).decode().lower()
    return "-".join(digest[start : start + 4] for start in (0, 4, 8))


def _live_all(actors: Sequence[Actor], until: datetime, password_hash: str, tell: Callable[[str], None]) -> None:
    existing_slugs = _there()
    if not existing_slugs:
        _open_quarters(until)
    with opened(NobodyScope()) as session:
        desk_staff = desk.appoint(session, at=until, password_hash=password_hash)
    for number, actor in enumerate(actors, 1):
        if actor.slug not in existing_slugs:
            _live(actor, until, desk_staff, password_hash)
            tell(f"{number} of {len(actors)} invented chapters: {actor.name}")
    with opened(COMPILER) as session:
        compile_marked(session, at=until)


def _live(actor: Actor, until: datetime, desk_staff: Desk, password_hash: str) -> None:
    """Simulate one chapter in one transaction, so that an interrupted run leaves no incomplete chapter."""
    with opened(ChapterScope(new_id())) as session:
        life = Life(session, actor, until, desk_staff, password_hash)
        for put_on_agenda in SUBJECTS:
            put_on_agenda(life)
        life.live()


def _there() -> set[str]:
    with opened(NobodyScope()) as session:
        return set(session.scalars(select(ChapterSlug.slug)))


def _open_quarters(until: datetime) -> None:
    """Open the quarters while there is no chapter. Each chapter opens its own reports later."""
    for period in _quarters(until):
        open_period(period=period, at=datetime.combine(period.starts_on, time(6), tzinfo=UTC))


def _quarters(until: datetime) -> Iterator[Period]:
    now = Period.of(until.date())
    return (now.shifted(-ago) for ago in range(QUARTERS, -1, -1))
