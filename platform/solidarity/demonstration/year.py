"""The demonstration: three invented chapters, lived through the services as their people would.

Every page of theirs says that they are invented. The password is made from this installation's own secret key, so that
no two installations share one and none is stored.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
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
from tenants.action_kit.evaluation import services
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.evaluation.queries import report_for
from tenants.action_kit.evaluation.services import Said
from tenants.action_kit.focal_point.queries import terms_of
from tenants.action_kit.focal_point.services import Choice, hand_over
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.chapters.models import ChapterSlug
from tenants.chapters.services import onboard_chapter
from tenants.db import db, new_id, opened
from tenants.people.models import Membership, User
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
    """An invented chapter and its life: what it did how many days ago, and what it says itself in its report.

    One that says nothing has not sent its report. One that is passed on was handed to the first of the team, for a term
    that ends soon.
    """

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
    said: Mapping[str, Said] | None = None
    is_passed_on: bool = False


BEGAN = 100  # days before
PASSED_ON = 50  # days before
TERM_LEFT = 25  # days after
LONG_AGO = 93  # more than any quarter is long, so it lies in an earlier one
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
            (LONG_AGO, ActivityKind.DIALOGUE, "First circle, school in Casa Amarela", "Casa Amarela", (17, 24, 0)),
            (61, ActivityKind.TRAINING, "Facilitators' training", "Boa Vista", (9, 11, 0)),
            (40, ActivityKind.STALL, "Stall at the Várzea market", "Várzea", (31, 54, 2)),
            (19, ActivityKind.DIALOGUE, "Roda de conversa, school in Santo Amaro", "Santo Amaro", (22, 21, 1)),
            (5, ActivityKind.WORKPLACE, "Lunch talk at the bus depot", "Afogados", (4, 38, 0)),
        ),
        {
            "workplaces_with_policy": Said(3),
            "would_speak_up": Said(31, 38),
            "facilitators_trained": Said(9),
        },
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
        (
            Team("Claudine Uwase", "claudine@huye.example", "en", Role.DEPUTY),
            Team("Emmanuel Habimana", "emmanuel@huye.example", "en", Role.FOCAL_POINT),
        ),
        (
            (LONG_AGO, ActivityKind.STALL, "Stall on market day", "Huye", (12, 21, 0)),
            (58, ActivityKind.DIALOGUE, "Evening talk in the student hall", "Huye", (18, 27, 0)),
            (44, ActivityKind.TRAINING, "Peer educators, first day", "Huye", (8, 9, 0)),
        ),
        is_passed_on=True,
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
            (LONG_AGO, ActivityKind.DIALOGUE, "لقاء تعريفي مع المعلمين", "إربد", (11, 13, 0)),
            (27, ActivityKind.DIALOGUE, "جلسة حوار مع الطلاب", "إربد", (14, 16, 0)),
            (9, ActivityKind.WORKPLACE, "لقاء مع سائقي الحافلات", "إربد", (3, 25, 0)),
        ),
        {
            "workplaces_with_policy": Said(2),
            "would_speak_up": Said(15, 22),
            "facilitators_trained": Said(4),
        },
    ),
)
FACILITATOR = ("Ingrid Solheim", "ingrid@desk.example")


def live_through(settings: Settings, on: date | None = None) -> list[SignIn]:
    """Let the invented chapters live until `on` (default today) unless they have; return who, e-mail and password.

    Chapters onboard early enough for a report of the quarter before, and for one of them to have fallen quiet by `on`.
    UN Women approves what was sent; the compiler finds it by itself.
    """
    app = Flask(__name__)
    init_database(app, settings)
    password = demonstration_password(settings)
    until = datetime.combine(on, time(9), tzinfo=UTC) if on else clock.now()
    with app.app_context():
        try:
            facilitator = _appoint_facilitator(until, password)
            for script in SCRIPTS:
                if not _is_there(script):
                    _live(script, until, password, facilitator)
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


def _live(script: Script, until: datetime, password: str, facilitator: UUID) -> None:
    """Let one chapter live, in one transaction: a demonstration that was interrupted leaves no half a chapter."""
    began = until - timedelta(days=BEGAN)
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
        if script.is_passed_on:
            _pass_on(session, until)
        for days_ago, kind, title, place, came in script.days:
            _log(session, people[0], until - timedelta(days=days_ago), kind, title, place, came)
        period = Period.of(clock.local_day(until, script.zone))
        for asked in (period.previous, period):
            services.open_report(session, period=asked, at=until)
        if script.said is not None:
            _report(session, period.previous, script.said, at=until, by=people[0], facilitator=facilitator)


def _report(
    session: Session, period: Period, said: Mapping[str, Said], *, at: datetime, by: UUID, facilitator: UUID
) -> None:
    """Send the report of a quarter, filled by itself and with what the chapter says, and approve it."""
    report = report_for(session, period)
    assert report is not None, "it was asked for just now"  # noqa: S101
    services.save_draft(session, report_id=report.id, seen=report.edited, words={}, said=said, actor_id=by, at=at)
    sent = services.submit_report(session, report_id=report.id, actor_id=by, at=at)
    services.approve_report(session, report_id=report.id, number=sent.number, actor_id=facilitator, at=at)


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


def _pass_on(session: Session, until: datetime) -> None:
    """Let whoever answers for the chapter hand over to its deputy, for a term that is soon to end."""
    at = until - timedelta(days=PASSED_ON)
    giver, taker = (_seat(session, role) for role in (Role.FOCAL_POINT, Role.DEPUTY))
    (term,) = terms_of(session, giver.id)
    choice = Choice(taker.id, "Huye students' association", (until + timedelta(days=TERM_LEFT)).date())
    hand_over(session, actor_id=giver.user_id, at=at, term_id=term.id, choice=choice, stays_as=Role.DEPUTY)


def _seat(session: Session, role: Role) -> Membership:
    return session.scalars(select(Membership).where(Membership.role == role)).one()


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


def _appoint_facilitator(at: datetime, password: str) -> UUID:
    name, email = FACILITATOR
    with opened(NobodyScope()) as session:
        there = session.scalar(select(User.id).where(User.email == email))
        if there is None:
            there = create_desk_user(
                session,
                email=email,
                name=name,
                role=DeskRole.FACILITATOR,
                countries=ALL_COUNTRIES,
                at=at,
                password=password,
            ).id
        return there
