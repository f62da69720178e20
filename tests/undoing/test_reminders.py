"""Undo of working days and of pauses of reminders."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from harness.people import World, post
from sqlalchemy import select
from undoing.recife import CHAPTER_URL, every, newcomer
from undoing.undo_button import act, flashes, press

from tenants import clock
from tenants.action_kit.launch.entries import EventEntry
from tenants.action_kit.launch.services import plan_event
from tenants.chapters.models import Chapter
from tenants.db import opened
from tenants.mail.models import ReminderPause
from tenants.overview.obligations import obligations_due
from tenants.people.models import Membership
from tenants.people.permissions import Role
from tenants.reminders.models import ChapterClock
from tenants.scope import ChapterScope, NobodyScope


def test_working_days_come_back_and_the_clock_with_them(world, as_person):
    alice = as_person(world.alice)
    (before,) = every(world, Chapter)
    undo = act(alice, f"{CHAPTER_URL}/calendar", zone="America/Noronha", working_week="2", **_seen(alice))
    assert every(world, Chapter)[0].zone == "America/Noronha"
    assert press(alice, undo)[0] == "status"
    (now,) = every(world, Chapter)
    assert (now.zone, now.working_week) == (before.zone, before.working_week)
    assert _next_morning(world).astimezone(ZoneInfo(before.zone)).hour == 9


def _seen(client: Any) -> dict[str, str]:
    page = client.get(f"{CHAPTER_URL}/calendar").get_data(as_text=True)
    marker = 'name="seen" type="hidden" value="'
    return {"seen": page.partition(marker)[2].partition('"')[0]} if marker in page else {}


def _next_morning(world: World) -> Any:
    with world.app.app_context(), opened(NobodyScope()) as session:
        return session.scalar(select(ChapterClock.next_at).where(ChapterClock.chapter_id == world.recife.id))


def test_a_reminder_put_off_comes_again_and_only_she_may_say_so(world, as_person):
    alice = as_person(world.alice)
    cora = as_person(newcomer(world, "Cora", Role.DEPUTY))
    with world.app.test_request_context(), opened(ChapterScope(world.recife.id)) as session:
        day = clock.now() + timedelta(days=40)
        entry = EventEntry("Marco zero", "", "", "America/Recife", day, None)
        plan_event(session, actor_id=world.alice.user_id, at=clock.now(), entry=entry)
    fields = _put_off(world)
    undo = act(alice, fields.pop("address"), **fields)
    (pause,) = every(world, ReminderPause)
    assert pause.until_on
    (flash,) = flashes(cora.get(post(cora, undo[0], form=f"{CHAPTER_URL}/").location).get_data(as_text=True))
    assert flash[0] == "alert"
    assert press(alice, undo)[0] == "status"
    assert every(world, ReminderPause) == []


def _put_off(world: World) -> dict[str, str]:
    """Return the fields of the button that puts off an obligation of Alice which is not yet due."""
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        today = clock.local_day(clock.now(), "America/Recife")
        obligations = obligations_due(session, by=today + timedelta(days=59), today=today, quiet_weeks=4)
        own_membership = session.scalars(select(Membership).where(Membership.user_id == world.alice.user_id)).one()
        due = next(
            obligation
            for obligation in obligations
            if obligation.owner_id == own_membership.id and obligation.due_on > today and obligation.kind.may_wait
        )
    return {
        "address": f"{CHAPTER_URL}/duties/{due.subject_id}/postponement",
        "kind": due.kind.code,
        "due_on": due.due_on.isoformat(),
        "back": "home",
    }
