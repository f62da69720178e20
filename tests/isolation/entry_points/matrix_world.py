"""A world for the route and task matrices: Recife and Huye, whose rows carry canaries, and all kinds of visitors.

Recife is `ours`, Huye is `other`. Rows that a chapter shares with UN Women carry its canary. Data that stays in the
chapter (names, addresses, narratives, messages) carries a second canary, which the desk must not see either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from harness.databases import database_of, owner_connection, running_app
from harness.people import Person, World, desk_person, join, make_world, person, post
from isolation import lists
from isolation.rows import SampleChapter, fresh, insert, tables_in_order, write_user
from psycopg.types.json import Jsonb
from sqlalchemy import select

from solidarity.settings import Settings
from tenants import clock
from tenants.action_kit.focal_point.obligations import CONFIRM_FOCAL_POINT
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.chapters.models import Chapter
from tenants.clock import local_day
from tenants.db import opened
from tenants.membership.services import end_membership
from tenants.overview.obligations import obligations_due
from tenants.people.links import sign_invitation
from tenants.people.models import Membership
from tenants.people.permissions import DeskRole, Role
from tenants.reminders.links import LinkAction, LinkMaker, MailLink
from tenants.rollups.compiler import compile_full
from tenants.scope import ChapterScope, DeskScope

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
PEOPLE = {"recife": 314_159, "huye": 271_828}  # neither these numbers nor their sum occur by chance
STAYS_HOME = (
    "audit_entries",
    "budget_lines",
    "budget_revisions",
    "changes",
    "focal_point_terms",
    "form_keys",
    "funding_sources",
    "transactions",
    "consumed_rungs",
    "reminder_pauses",
    "link_uses",
    "invitations",
    "memberships",
    "notifications",
)
QUIET_WEEKS = Settings.model_fields["quiet_weeks"].default
REPORTED_ON = date(2026, 1, 1)
APPROVED_ON = date(2025, 10, 1)
REPORT_WORDS = ("what_changed", "what_women_say", "what_was_hard", "what_next")
PLAIN = {"language": "en", "zone": None}  # pages need valid values, not canaries


class Reader(StrEnum):
    """All kinds of visitors."""

    ANONYMOUS = "nobody signed in"
    FOCAL_POINT = "the focal point of Recife"
    MEMBER = "a member of Recife"
    OF_BOTH = "a member of both chapters"
    LEFT = "somebody who has left Recife"
    OTHER_FOCAL_POINT = "the focal point of Huye"
    OTHER_DESK = "UN Women's desk for Rwanda"
    DESK_VIEWER = "a viewer at UN Women for Brazil"
    FACILITATOR = "UN Women's facilitator"


@dataclass(frozen=True)
class Side:
    """All that a request can name of a chapter: its slug, and the ids of its rows."""

    slug: str
    chapter_id: UUID
    country: str
    shared: str
    private: str
    activity: UUID
    launch_event: UUID
    checklist_item: UUID
    membership: UUID
    colleague: UUID
    term: UUID
    invitation: UUID
    session: UUID
    token: str
    plan_line: UUID
    plan_version: UUID
    message: UUID
    reply: str
    obligations: dict[str, tuple[UUID, date]]
    ids: frozenset[str]
    people: int
    money: dict[str, UUID]

    def counted(self) -> tuple[str, ...]:
        """Return all ways to write the number of people at the chapter's activity."""
        return tuple(f"{self.people:,}".replace(",", separator) for separator in (",", ".", "\u202f", "\xa0"))


@dataclass(frozen=True)
class MatrixWorld:
    """Both sides, each visitor's cookie and form token, and the name of the database to clone."""

    template: str
    ours: Side
    other: Side
    cookies: dict[Reader, str] = field(repr=False)
    tokens: dict[Reader, str] = field(repr=False)

    def browser(self, app: Flask, visitor: Reader) -> FlaskClient:
        """Return a browser in which `visitor` is signed in."""
        client = app.test_client()
        client.set_cookie("session", self.cookies[visitor])
        return client


def make_matrix_world(settings: Settings) -> MatrixWorld:
    """Fill an empty database, sign all visitors in, and compile the figures."""
    with running_app(settings) as app:
        with app.app_context():
            world = make_world()
            people = _people(world)
        world = world.placed(app, settings)
        with owner_connection(settings, autocommit=True) as owner:
            recife_chapters = _canaried(owner, world.recife.id, "BR", "recife")
            huye_chapters = _canaried(owner, world.huye.id, "RW", "huye")
            owner.execute("insert into exchange_rates values ('BRL', '2026-01-01', 5.42), ('RWF', '2026-01-01', 1400)")
        browsers = {visitor: _signed_in(world, person) for visitor, person in people.items()}
        with app.app_context(), opened(DeskScope(ALL_COUNTRIES, login="compiler")) as session:
            compile_full(session, at=clock.now())
        with app.app_context(), owner_connection(settings, autocommit=True) as owner:
            at_home = _side(owner, settings, recife_chapters, "recife", world.alice.user_id)
            huye_side = _side(owner, settings, huye_chapters, "huye", world.charlie.user_id)
    cookies = {visitor: cookie for visitor, (cookie, _) in browsers.items()}
    tokens = {visitor: token for visitor, (_, token) in browsers.items()}
    return MatrixWorld(database_of(settings), at_home, huye_side, cookies, tokens)


def _people(world: World) -> dict[Reader, Person | None]:
    gina = person("Gina")
    join(world.recife, gina, Role.DEPUTY)
    with opened(ChapterScope(world.recife.id)) as session:
        own_membership = session.scalars(select(Membership.id).where(Membership.user_id == gina.user_id)).one()
        end_membership(session, actor_id=gina.user_id, at=clock.now(), membership_id=own_membership)
    hanna = person("Hanna")
    for place in (world.recife, world.huye):
        join(place, hanna, Role.MEMBER)
    return {
        Reader.OF_BOTH: hanna,
        Reader.ANONYMOUS: None,
        Reader.FOCAL_POINT: world.alice,
        Reader.MEMBER: world.bob,
        Reader.LEFT: gina,
        Reader.OTHER_FOCAL_POINT: world.charlie,
        Reader.OTHER_DESK: desk_person("Erin", DeskRole.COUNTRY_DESK, ("RW",)),
        Reader.DESK_VIEWER: desk_person("Vera", DeskRole.VIEWER, ("BR",)),
        Reader.FACILITATOR: world.dana,
    }


def _canaried(
    owner: psycopg.Connection[Any], chapter_id: UUID, country: str, name: str
) -> tuple[SampleChapter, SampleChapter]:
    """Write another row into every table of a chapter, and return its shared and its private samples."""
    shared_chapter = SampleChapter(name, country, chapter_id)
    private = SampleChapter(f"{name}-private", country, chapter_id, user_id=shared_chapter.user_id)
    write_user(owner, private)
    for table in tables_in_order():
        if table == lists.CHAPTERS:
            owner.execute(
                "update chapters set name = name || ' ' || %s, campaign_name = %s where id = %s",
                (shared_chapter.canary, shared_chapter.canary, chapter_id),
            )
            continue
        chapter = private if table in STAYS_HOME else shared_chapter
        row = fresh(chapter, table)
        row |= {key: value for key, value in PLAIN.items() if key in row} | _instead(table, private, PEOPLE[name])
        private.rows[table] = shared_chapter.rows[table] = row
        insert(owner, table, row)
    _approve(owner, shared_chapter, PEOPLE[name])
    return shared_chapter, private


def _approve(owner: psycopg.Connection[Any], chapter: SampleChapter, people: int) -> None:
    """Write an approved report, so that the figures hold the people of the chapter's activity."""
    decision = {"submitted_by": chapter.user_id, "submitted_at": clock.now(), "decided_at": clock.now()}
    approval = {"state": "approved", "is_expected": True, "excused_reason": None, "sent": 1, **decision}
    report = fresh(chapter, "reports") | {"period_on": APPROVED_ON} | approval
    submission = fresh(chapter, "report_submissions") | {"report_id": report["id"], "number": 1}
    value = fresh(chapter, "report_values") | {"submission_id": submission["id"], "period_on": APPROVED_ON}
    value |= {"indicator": "participations", "numerator": people}
    source = fresh(chapter, "value_sources") | {"value_id": value["id"], "revision": 1, "numerator": people}
    source |= {"source_id": chapter.rows["activities"]["id"]}
    insert(owner, "reports", report)
    insert(owner, "report_submissions", submission)
    insert(owner, "report_values", value)
    insert(owner, "value_sources", source)


def _instead(table: str, private: SampleChapter, people: int) -> dict[str, Any]:
    """Return values of a row that replace those of its factory: valid values for pages, and private canaries."""
    words = dict.fromkeys(REPORT_WORDS, private.canary)
    shares = {"people": people, "first_time": people, "came_before": 0, "not_sure": 0}
    item = {"kind": "quiet_chapter", "subject_id": str(private.chapter_id), "due_on": "2026-01-20"}
    moment = clock.now()
    today = {"starts_at": moment, "held_on": moment.date()}
    no_decision = {"decided_by": None, "decided_at": None, "is_outside": False}
    instead: dict[str, dict[str, Any]] = {
        # Logged so long ago that a reminder is due today, and can still be put off.
        "activities": {"withdrawn_reason": private.canary, "logged_at": clock.now() - timedelta(weeks=QUIET_WEEKS)},
        "activity_revisions": {"narrative": private.canary, "number": 1, **shares},
        "budget_revisions": {"number": 1},
        "head_counts": {"people": people},
        "indicator_targets": {"indicator": "participations", "year": REPORTED_ON.year, "reason": private.canary},
        "invitations": {"expires_at": clock.now() + timedelta(days=14)},
        # Held today: people can be counted, and the checklist can still grow.
        "launch_events": {
            "zone": "UTC",
            "place": private.canary,
            "host": private.canary,
            **today,
        },
        "notifications": {"items": Jsonb([{**item, "canary": private.canary}])},
        "plan_lines": {"risk": private.canary, "responsible_id": None},
        "plan_versions": {"state": "submitted", "reason": "", **no_decision},
        "report_events": {"reason": private.canary},
        "report_submissions": {"number": 999, **words},  # the report was not sent yet: its next submission is number 1
        "reports": {"period_on": REPORTED_ON, "excused_reason": private.canary, **words},
        "tally_revisions": {"number": 1},
        "transactions": {"state": "pending", "reason": "", "decided_at": None, "decided_by": None},
    }
    return instead.get(table, {})


def _signed_in(world: World, person: Person | None) -> tuple[str, str]:
    client = world.app.test_client()
    if person is not None:
        assert post(client, "/sign-in", email=person.email, password=person.password).status_code == 302
    page = client.get("/me" if person else "/sign-in").get_data(as_text=True)
    token, cookie = TOKEN.search(page), client.get_cookie("session")
    assert token, page
    assert cookie
    return cookie.value, token[1]


def _side(
    owner: psycopg.Connection[Any],
    settings: Settings,
    two_chapters: tuple[SampleChapter, SampleChapter],
    slug: str,
    user_id: UUID,
) -> Side:
    shared_chapter, private = two_chapters
    session_row = owner.execute("select id from user_sessions where user_id = %s", [user_id]).fetchone()
    assert session_row
    invitation = shared_chapter.rows["invitations"]["id"]
    secret = settings.secret_key.get_secret_value()
    obligations = _obligations(shared_chapter.chapter_id)
    return Side(
        slug=slug,
        chapter_id=shared_chapter.chapter_id,
        country=shared_chapter.country,
        shared=shared_chapter.canary,
        private=private.canary,
        activity=shared_chapter.rows["activities"]["id"],
        launch_event=shared_chapter.rows["launch_events"]["id"],
        checklist_item=shared_chapter.rows["checklist_items"]["id"],
        membership=shared_chapter.rows["memberships"]["id"],
        colleague=_colleague(owner, shared_chapter.chapter_id),
        term=shared_chapter.rows["focal_point_terms"]["id"],
        invitation=invitation,
        session=session_row[0],
        token=sign_invitation(secret, chapter_id=shared_chapter.chapter_id, invitation_id=invitation),
        plan_line=shared_chapter.rows["plan_lines"]["id"],
        plan_version=shared_chapter.rows["plan_versions"]["id"],
        message=shared_chapter.rows["notifications"]["id"],
        reply=_reply(owner, secret, private, user_id, obligations),
        obligations=obligations,
        ids=frozenset(str(row["id"]) for row in shared_chapter.rows.values()) | {str(shared_chapter.chapter_id)},
        people=PEOPLE[slug],
        money={
            table: shared_chapter.rows[table]["id"]
            for table in ("budget_lines", "changes", "funding_sources", "transactions")
        },
    )


def _colleague(owner: psycopg.Connection[Any], chapter_id: UUID) -> UUID:
    """Return the membership of Hanna, who has no term, in a chapter."""
    statement = "select id from memberships where chapter_id = %s and name = 'Hanna'"
    row = owner.execute(statement, [chapter_id]).fetchone()
    assert row
    return UUID(str(row[0]))


def _obligations(chapter_id: UUID) -> dict[str, tuple[UUID, date]]:
    """Return the subject and due date of one obligation of each kind that is due in the next three weeks."""
    with opened(ChapterScope(chapter_id)) as session:
        today = local_day(clock.now(), session.scalars(select(Chapter.zone)).one())
        obligations = obligations_due(session, by=today + timedelta(days=21), today=today, quiet_weeks=4)
    return {due.kind.code: (due.subject_id, due.due_on) for due in obligations}


def _reply(
    owner: psycopg.Connection[Any],
    secret: str,
    private: SampleChapter,
    user_id: UUID,
    obligations: dict[str, tuple[UUID, date]],
) -> str:
    """Write a digest to a member of a chapter, and return the token of its "known" link for an overdue task."""
    membership_row = owner.execute(
        "select id from memberships where chapter_id = %s and user_id = %s", [private.chapter_id, user_id]
    ).fetchone()
    assert membership_row
    digest = fresh(private, "notifications") | {"membership_id": membership_row[0], "items": Jsonb([])}
    insert(owner, "notifications", digest)
    subject_id, due_on = obligations[CONFIRM_FOCAL_POINT.code]
    link = MailLink(
        chapter_id=private.chapter_id,
        delivery_id=digest["delivery_id"],
        kind=CONFIRM_FOCAL_POINT,
        subject_id=subject_id,
        due_on=due_on,
        act=LinkAction.KNOWN,
        works_until=clock.now().date() + timedelta(days=1),
    )
    return LinkMaker(secret).sign(link)
