"""The address of each kind of obligation, in mails and lists, leads to its subject and not to a general page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from contextvars import Context
from datetime import timedelta
from typing import Any
from urllib.parse import urldefrag

from flask import url_for
from harness.people import Person, World, part
from harness.written_texts import NOW, acts_of
from sqlalchemy import select
from sqlalchemy.orm import Session

from solidarity.labels.obligations.wording import place_of
from tenants import clock
from tenants.action_kit.activities.entries import ActivityEntry
from tenants.action_kit.activities.models import ActivityKind
from tenants.action_kit.activities.obligations import QUIET_CHAPTER
from tenants.action_kit.activities.services import log_activity
from tenants.action_kit.focal_point.obligations import VACANCY
from tenants.action_kit.funding import services as money
from tenants.action_kit.funding.entries import TransactionEntry
from tenants.action_kit.funding.models import BudgetLine, TransactionKind
from tenants.action_kit.plan import services as plans
from tenants.action_kit.plan.obligations import PLAN_TO_SUBMIT
from tenants.action_kit.reports import services as reports
from tenants.action_kit.reports.queries import reports as list_reports
from tenants.chapters.models import Chapter
from tenants.db import db, new_id, opened
from tenants.errors import AlreadyDecided, Refused
from tenants.mail.addresses import note_unreached
from tenants.obligations.models import Obligation, ObligationKind
from tenants.overview.obligation_kinds import KINDS
from tenants.overview.obligations import obligations_due
from tenants.people.models import Membership
from tenants.scope import BoundSession, ChapterScope, bind

ABOUT_THE_CHAPTER = {PLAN_TO_SUBMIT, QUIET_CHAPTER, VACANCY}
"""Kinds without a subject of their own: their page is that of the step, or the form that ends them."""


def histories(session: Session, world: World) -> Iterator[None]:
    """Act on Recife until obligations of every kind were due, and pause after each act. Bob becomes a deputy."""
    alice: Any = {"actor_id": world.alice.user_id, "at": NOW}
    bob: Any = {"actor_id": world.bob.user_id, "at": NOW + timedelta(hours=1)}
    yield
    for act in acts_of(session, world, "Sample"):
        with suppress(Refused, AlreadyDecided):
            act()
        yield
    version = plans.submit_plan(session, **alice)
    yield
    plans.approve_plan(session, version_id=version.id, **bob)
    line_id = session.scalars(select(BudgetLine.id).limit(1)).one()
    entry = TransactionEntry(TransactionKind.EXPENSE, 900, "BRL", NOW.date(), "Hall", budget_line_id=line_id)
    expense = money.record_transaction(session, form_key=new_id(), entry=entry, **alice)
    money.approve_expense(session, transaction_id=expense.id, **bob)
    with opened(ChapterScope(world.recife.id, login="worker")) as worker:
        member = worker.scalars(select(Membership).where(Membership.user_id == world.alice.user_id)).one()
        note_unreached(worker, membership_id=member.id, sent_at=None, at=NOW)
    yield
    (report,) = list_reports(session, limit=2)
    reports.submit_report(session, report_id=report.id, **alice)
    talk = ActivityEntry(ActivityKind.DIALOGUE, "Talk", report.period_on, "", "", None, None, None, None)
    log_activity(session, form_key=new_id(), entry=talk, **bob)
    yield


def due_in(session: Session) -> list[Obligation]:
    today = clock.now().date()
    return obligations_due(session, by=today + timedelta(days=900), today=today, quiet_weeks=4)


def visit(world: World, reader: Person, due: Obligation, chapter: Chapter) -> None:
    """Open the address of an obligation. It names the subject in its path, or is a place on the page."""
    endpoint, values = place_of(due, chapter)
    with world.app.test_request_context():
        address, place = urldefrag(url_for(endpoint, **values))
    answer = Context().run(lambda: world.browser_of(reader).get(address))  # outside the application context of the test
    assert answer.status_code == 200, f"{due.kind}: {address}"
    assert due.kind in ABOUT_THE_CHAPTER or place or len(values) > 1, f"{due.kind}: {address} is a general page"
    assert not place or f'id="{place}"' in answer.text, f"{due.kind}: nothing at #{place} of {address}"


def test_every_kind_of_obligation_leads_to_its_subject(world: World) -> None:
    visited_kinds: set[ObligationKind] = set()

    def visit_new(session: Session, reader: Person) -> None:
        session.commit()
        chapter = session.scalars(select(Chapter)).one()
        for due in due_in(session):
            if due.kind not in visited_kinds:
                visited_kinds.add(due.kind)
                visit(world, reader, due, chapter)

    with world.app.app_context(), BoundSession(db) as session:
        bind(session, ChapterScope(world.recife.id))
        for _step in histories(session, world):
            visit_new(session, world.alice)
        part(world.recife, world.alice, clock.now())
        visit_new(session, world.dana)
    assert visited_kinds == set(KINDS)
