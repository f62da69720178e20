"""Every act that stores a typed text, and the columns that hold such texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from harness.people import World
from isolation.lists import CODE_COLUMNS
from sqlalchemy import Text, inspect, select
from sqlalchemy.orm import Session

from tenants.action_kit.activities.entries import ActivityEntry
from tenants.action_kit.activities.models import ActivityKind
from tenants.action_kit.activities.services import log_activity, withdraw_activity
from tenants.action_kit.evaluation.indicators import BY_CODE
from tenants.action_kit.evaluation.models import WORDS, Report
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.focal_point.services import Choice, appoint
from tenants.action_kit.funding import budgets
from tenants.action_kit.funding.entries import TransactionEntry
from tenants.action_kit.funding.models import SourceKind, SourceState, TransactionKind
from tenants.action_kit.funding.services import record_transaction, refuse_expense
from tenants.action_kit.launch import services as launch
from tenants.action_kit.launch.entries import EventEntry
from tenants.action_kit.plan import lines
from tenants.action_kit.plan import services as plans
from tenants.action_kit.plan.models import LineKind
from tenants.action_kit.reports import services as reports
from tenants.action_kit.targets.services import Amount, set_target
from tenants.chapter_life.states import make_dormant, reactivate
from tenants.db import Base, ChapterOwned, new_id
from tenants.membership.services import invite
from tenants.people.models import Membership
from tenants.people.permissions import Role
from tenants.people.terms import Rank

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LAST_QUARTER = Period.of(NOW.date()).previous
Act = Callable[[], object]
# Codes, addresses and paths, and the names of a member, which are those of the person (tests/texts).
NOT_TYPED = frozenset(
    {"audit_entries.action", "invitations.email", "form_keys.location"}
    | {"former_names.old_name", "former_names.new_name"}
    | {f"memberships.{name}" for name in ("email", "name")}
)


def acts_of(session: Session, world: World, text: str) -> Iterator[Act]:
    """Yield every act that stores a typed text, each after the rows that it needs."""
    alice: Any = {"actor_id": world.alice.user_id, "at": NOW}
    dana: Any = {"actor_id": world.dana.user_id, "at": NOW}
    yield from acts_on_plan(session, text, alice, dana)
    yield from acts_on_money(session, text, alice, dana)
    yield from acts_on_launch_and_log(session, text, alice)
    yield from acts_on_report(session, text, alice, dana)
    bob = session.scalars(select(Membership.id).where(Membership.user_id == world.bob.user_id)).one()
    yield lambda: appoint(session, choice=Choice(bob, organisation=text), rank=Rank.DEPUTY, **alice)
    invitation: dict[str, Any] = {"email": "eve@people.example", "role": Role.MEMBER, "language": "en"}
    yield lambda: invite(session, name=text, **invitation, **alice)
    yield lambda: make_dormant(session, reason=text, **dana)
    yield lambda: reactivate(session, reason=text, **dana)


def acts_on_plan(session: Session, text: str, alice: Any, dana: Any) -> Iterator[Act]:
    lines.start_from_template(session, **alice)
    entry = lines.LineEntry(text, risk=text)
    yield lambda: lines.add_line(session, kind=LineKind.OUTCOME, parent_id=None, entry=entry, **alice)
    version = plans.submit_plan(session, **alice).id
    yield lambda: plans.return_plan(session, version_id=version, reason=text, is_desk=True, **dana)


def acts_on_money(session: Session, text: str, alice: Any, dana: Any) -> Iterator[Act]:
    source: Any = {"kind": SourceKind.DONOR, "state": SourceState.COMMITTED, "amount_minor": 100, "currency": "BRL"}
    yield lambda: budgets.add_source(session, name=text, **source, **alice)
    donor = budgets.add_source(session, name="City", **source, **alice).id
    yield lambda: budgets.revise_pledge(session, source_id=donor, seen=1, amount_minor=50, reason=text, **alice)
    yield lambda: budgets.add_budget_line(session, title=text, amount_minor=100, **alice)
    line_id = budgets.add_budget_line(session, title="Hall", amount_minor=100, **alice).id
    revision: Any = {"line_id": line_id, "seen": 1, "amount_minor": 200}
    yield lambda: budgets.revise_budget(session, reason=text, **revision, **alice)
    expense = TransactionEntry(TransactionKind.EXPENSE, 50, "BRL", date(2026, 2, 1), text, budget_line_id=line_id)
    yield lambda: record_transaction(session, form_key=new_id(), entry=expense, **alice)
    waiting = record_transaction(session, form_key=new_id(), entry=replace(expense, what="Bus hire"), **alice)
    yield lambda: refuse_expense(session, transaction_id=waiting.id, reason=text, is_desk=True, **dana)


def acts_on_launch_and_log(session: Session, text: str, alice: Any) -> Iterator[Act]:
    day = NOW + timedelta(days=60)
    event = launch.plan_event(session, entry=EventEntry("Launch event", "", "", "UTC", day, None), **alice)
    entry = EventEntry(text, text, text, "UTC", day, None)
    yield lambda: launch.revise_event(session, event_id=event.id, seen=1, entry=entry, **alice)
    yield lambda: launch.add_item(session, event_id=event.id, title=text, due_on=event.held_on, **alice)
    activity = ActivityEntry(ActivityKind.DIALOGUE, text, date(2026, 2, 3), text, text, None, None, None, None)
    yield lambda: log_activity(session, form_key=new_id(), entry=activity, **alice)
    mistake = log_activity(
        session, form_key=new_id(), entry=replace(activity, title="Dialogue", place="", narrative=""), **alice
    )
    yield lambda: withdraw_activity(session, activity_id=mistake.id, reason=text, **alice)


def acts_on_report(session: Session, text: str, alice: Any, dana: Any) -> Iterator[Act]:
    target_fields: Any = {"indicator": BY_CODE["activities_held"], "year": 2026, "baseline": None}
    set_target(session, target=Amount(10), reason="", seen=0, **target_fields, **alice)
    yield lambda: set_target(session, target=Amount(20), reason=text, seen=1, **target_fields, **alice)
    reports.open_report(session, period=LAST_QUARTER, at=NOW)
    report: UUID = session.scalars(select(Report.id)).one()
    words = dict.fromkeys(WORDS, text)
    yield lambda: reports.save_draft(session, report_id=report, seen=0, words=words, typed_values={}, **alice)
    reports.submit_report(session, report_id=report, **alice)
    yield lambda: reports.keep_report(session, report_id=report, number=1, reason=text, **alice)
    yield lambda: reports.return_report(session, report_id=report, number=1, reason=text, **dana)
    yield lambda: reports.excuse_report(session, report_id=report, reason=text, **dana)


def stored_texts(session: Session) -> Iterator[tuple[str, str]]:
    """Yield each text of the chapter's rows with the name of its column, except empty ones."""
    session.flush()
    for name, column, model in columns():
        for row in session.scalars(select(model)):
            if value := getattr(row, column):
                yield name, value


def columns() -> list[tuple[str, str, Any]]:
    """Return the columns of texts of the chapter-owned tables: full name, attribute, and model."""
    models: list[Any] = [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, ChapterOwned)]
    return [
        (f"{model.__tablename__}.{column.name}", column.key, model)
        for model in models
        for column in inspect(model).columns
        if isinstance(column.type, Text) and f"{model.__tablename__}.{column.name}" not in CODE_COLUMNS
    ]
