"""The demonstration: three invented chapters, lived through the services as their people would.

Every page of theirs says that they are invented. The password is made from this installation's own secret key, so that
no two installations share one and none is stored.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from solidarity.database import init_database
from solidarity.settings import Settings
from tenants import clock
from tenants.action_kit.activities.models import ActivityKind
from tenants.action_kit.activities.services import ActivityEntry, log_activity
from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.evaluation.services import open_report
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.chapters.models import ChapterSlug
from tenants.chapters.services import onboard_chapter
from tenants.db import db, new_id, opened
from tenants.people.models import User
from tenants.people.permissions import DeskRole, Role
from tenants.people.services import create_desk_user, invite, join_newcomer
from tenants.scope import ChapterScope, NobodyScope

SignIn = tuple[str, str, str]


@dataclass(frozen=True)
class Team:
    """Somebody of an invented chapter, and what she is there."""

    name: str
    email: str
    language: str
    role: Role


@dataclass(frozen=True)
class Script:
    """An invented chapter and its life: when it began, and what it did how many days ago."""

    slug: str
    name: str
    campaign_name: str
    country: str
    zone: str
    working_week: tuple[int, ...]
    currency: str
    languages: tuple[str, ...]
    team: tuple[Team, ...]
    days: tuple[tuple[int, ActivityKind, str, str, tuple[int, int, int]], ...]


SCRIPTS = (
    Script(
        "recife",
        "ElesPorElas Recife",
        "ElesPorElas",
        "BR",
        "America/Recife",
        (1, 2, 3, 4, 5),
        "BRL",
        ("pt", "en"),
        (
            Team("Marina Albuquerque", "marina@recife.example", "en", Role.FOCAL_POINT),
            Team("Thiago Nascimento", "thiago@recife.example", "en", Role.COORDINATOR),
            Team("Lúcia Ferraz", "lucia@recife.example", "en", Role.MEMBER),
        ),
        (
            (61, ActivityKind.TRAINING, "Facilitators' training", "Boa Vista", (9, 11, 0)),
            (40, ActivityKind.STALL, "Stall at the Várzea market", "Várzea", (31, 54, 2)),
            (19, ActivityKind.DIALOGUE, "Roda de conversa, school in Santo Amaro", "Santo Amaro", (22, 21, 1)),
            (5, ActivityKind.WORKPLACE, "Lunch talk at the bus depot", "Afogados", (4, 38, 0)),
        ),
    ),
    Script(
        "huye",
        "HeForShe Huye",
        "HeForShe",
        "RW",
        "Africa/Kigali",
        (1, 2, 3, 4, 5),
        "RWF",
        ("rw", "fr", "en"),
        (Team("Claudine Uwase", "claudine@huye.example", "en", Role.FOCAL_POINT),),
        (
            (58, ActivityKind.DIALOGUE, "Evening talk in the student hall", "Huye", (18, 27, 0)),
            (44, ActivityKind.TRAINING, "Peer educators, first day", "Huye", (8, 9, 0)),
        ),
    ),
    Script(
        "irbid",
        "هو من أجلها – إربد",
        "هو من أجلها",
        "JO",
        "Asia/Amman",
        (7, 1, 2, 3, 4),
        "JOD",
        ("ar", "en"),
        (
            Team("رنا الخطيب", "rana@irbid.example", "ar", Role.FOCAL_POINT),
            Team("سامر عبيدات", "samer@irbid.example", "ar", Role.ME_OFFICER),
        ),
        (
            (27, ActivityKind.DIALOGUE, "جلسة حوار مع الطلاب", "إربد", (14, 16, 0)),
            (9, ActivityKind.WORKPLACE, "لقاء مع سائقي الحافلات", "إربد", (3, 25, 0)),
        ),
    ),
)
FACILITATOR = ("Ingrid Solheim", "ingrid@desk.example")


def live_through(settings: Settings, on: date | None = None) -> list[SignIn]:
    """Let the invented chapters live until `on` (default today) unless they have; return who, e-mail and password.

    Chapters onboard 70 days before, so that one of them has fallen quiet by `on`.
    """
    app = Flask(__name__)
    init_database(app, settings)
    password = demonstration_password(settings)
    until = datetime.combine(on, time(9), tzinfo=UTC) if on else clock.now()
    with app.app_context():
        try:
            for script in SCRIPTS:
                if not _is_there(script):
                    _live(script, until, password)
            _appoint_facilitator(until, password)
        finally:
            for engine in db.engines.values():
                engine.dispose()
    people = [(member.name, member.email, script.name) for script in SCRIPTS for member in script.team]
    return [
        (f"{FACILITATOR[0]}, UN Women, the world", FACILITATOR[1], password),
        *((f"{name}, {chapter}", email, password) for name, email, chapter in people),
    ]


def demonstration_password(settings: Settings) -> str:
    """Return this installation's password for every invented person."""
    secret = settings.secret_key.get_secret_value().encode()
    digest = base64.b32encode(hmac.digest(secret, b"demonstration", "sha256")).decode().lower()
    return "-".join(digest[start : start + 4] for start in (0, 4, 8))


def _is_there(script: Script) -> bool:
    with opened(NobodyScope()) as session:
        return session.get(ChapterSlug, script.slug) is not None


def _live(script: Script, until: datetime, password: str) -> None:
    """Let one chapter live, in one transaction: a demonstration that was interrupted leaves no half a chapter."""
    began = until - timedelta(days=70)
    with opened(ChapterScope(new_id())) as session:
        onboard_chapter(
            session,
            actor_id=None,
            at=began,
            slug=script.slug,
            name=script.name,
            campaign_name=script.campaign_name,
            country=script.country,
            zone=script.zone,
            working_week=list(script.working_week),
            currency=script.currency,
            languages=list(script.languages),
            is_invented=True,
        )
        people = [_join(session, member, began, password) for member in script.team]
        for days_ago, kind, title, place, came in script.days:
            _log(session, people[0], until - timedelta(days=days_ago), kind, title, place, came)
        _ask_for_reports(session, began, until)


def _ask_for_reports(session: Session, began: datetime, until: datetime) -> None:
    """Expect a report for every quarter in which the chapter has lived."""
    period = Period.of(began.date())
    while period <= Period.of(until.date()):
        open_report(session, period=period, at=until)
        period = period.following


def _join(session: Session, member: Team, at: datetime, password: str) -> UUID:
    invitation = invite(
        session,
        actor_id=None,
        at=at,
        email=member.email,
        name=member.name,
        role=member.role,
        language=member.language,
    )
    user, _membership = join_newcomer(
        session,
        invitation_id=invitation.id,
        name=member.name,
        password=password,
        language=member.language,
        at=at,
    )
    return user.id


def _log(
    session: Session,
    actor_id: UUID,
    at: datetime,
    kind: ActivityKind,
    title: str,
    place: str,
    people: tuple[int, int, int],
) -> None:
    """Log an activity a day after it was held: mostly adults, a third of them seen before."""
    women, men, other = people
    counts = {
        (Sex.WOMEN, AgeBand.FROM_25_TO_59): women,
        (Sex.MEN, AgeBand.FROM_18_TO_24): men // 2,
        (Sex.MEN, AgeBand.FROM_25_TO_59): men - men // 2,
        (Sex.OTHER, AgeBand.UNKNOWN): other,
    }
    came = sum(people)
    entry = ActivityEntry(
        kind=kind,
        title=title,
        held_on=(at - timedelta(days=1)).date(),
        place=place,
        narrative="",
        counts={cell: count for cell, count in counts.items() if count},
        first_time=came - came // 3,
        came_before=came // 3,
        not_sure=0,
    )
    log_activity(session, actor_id=actor_id, at=at, form_key=new_id(), entry=entry)


def _appoint_facilitator(at: datetime, password: str) -> None:
    name, email = FACILITATOR
    with opened(NobodyScope()) as session:
        if session.scalar(select(User.id).where(User.email == email)) is None:
            create_desk_user(
                session,
                email=email,
                name=name,
                role=DeskRole.FACILITATOR,
                countries=ALL_COUNTRIES,
                at=at,
                password=password,
            )
