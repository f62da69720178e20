"""Undo in the log, money, targets, terms, invitations, working days and reminders."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from harness.activity_form import fill
from harness.people import Person, World, join, person, post
from sqlalchemy import select
from undoing.undo_button import act, flashes, press, undo_forms

from tenants import clock
from tenants.action_kit.activities.queries import own_totals
from tenants.action_kit.evaluation.models import Report, ValueSource
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.funding import budgets
from tenants.action_kit.funding.models import FundingSource, SourceKind, SourceState, Transaction
from tenants.action_kit.launch.entries import EventEntry
from tenants.action_kit.launch.services import plan_event
from tenants.chapters.models import Chapter
from tenants.db import opened
from tenants.mail.models import ReminderPause
from tenants.overview.obligations import obligations_due
from tenants.people.models import Invitation, Membership
from tenants.people.permissions import Role
from tenants.people.terms import FocalPointTerm
from tenants.reminders.models import ChapterClock
from tenants.scope import ChapterScope

CHAPTER_URL = "/c/recife"


def every(world: World, model: Any) -> list[Any]:
    """Return all rows of a model in Recife."""
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        return list(session.scalars(select(model).order_by(model.id)))


def newcomer(world: World, name: str, role: Role) -> Person:
    with world.app.app_context():
        member = person(name)
        join(world.recife, member, role)
    return member


def counted(world: World) -> tuple[int, int]:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        totals = own_totals(session)
    return totals.activities, totals.people


def dues(world: World) -> list[tuple[Any, Any, Any]]:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        today = clock.local_day(clock.now(), "America/Recife")
        obligations = obligations_due(session, by=today + timedelta(days=200), today=today, quiet_weeks=4)
    return sorted((obligation.kind.code, str(obligation.subject_id), obligation.due_on) for obligation in obligations)


def log(client: Any, **changes: str) -> tuple[tuple[str, dict[str, str]], str]:
    today = {"held_on": clock.local_day(clock.now(), "America/Recife").isoformat()}
    fields = fill(client, f"{CHAPTER_URL}/activities/new", **today | changes)
    undo = act(client, f"{CHAPTER_URL}/activities/new", **fields)
    return undo, undo[1]["back"]


def test_an_activity_logged_by_mistake_counts_nowhere_and_can_still_be_read(world, as_person):
    alice, before = as_person(world.alice), dues(world)
    undo, page = log(alice)
    assert counted(world) == (1, 44)
    assert press(alice, undo) == (
        "status",
        "Undone: Logged an activity (Roda de conversa). It is as it was before.",
    )
    assert counted(world) == (0, 0)
    assert dues(world) == before
    text = alice.get(page).get_data(as_text=True)
    assert "This entry was removed. It is not counted anywhere." in text
    fields = fill(alice, f"{page}/revision", seen="1", title="Again")
    assert alice.post(f"{page}/revision", data=fields).status_code == 302
    assert counted(world) == (0, 0)


def test_a_correction_is_taken_back_by_a_third_revision(world, as_person):
    alice = as_person(world.alice)
    _, page = log(alice)
    undo = act(
        alice,
        f"{page}/revision",
        **fill(alice, f"{page}/revision", people_women_under_18="0", people_men_under_18="44"),
    )
    assert press(alice, undo)[0] == "status"
    text = alice.get(page).get_data(as_text=True)
    assert counted(world) == (1, 44)
    assert "19" in text
    assert "Revision 3" in text or "3" in text


def test_what_was_corrected_since_is_not_taken_out_of_the_log(world, as_person):
    alice, cora = as_person(world.alice), as_person(newcomer(world, "Cora", Role.COORDINATOR))
    undo, page = log(alice)
    act(cora, f"{page}/revision", **fill(cora, f"{page}/revision", title="Two conversations"))
    role, words = press(alice, undo)
    assert (role, words.startswith("Cora changed this on ")) == ("alert", True)
    assert counted(world) == (1, 44)


def test_what_a_report_is_made_of_stays_in_the_log(world, as_person):
    alice = as_person(world.alice)
    over = Period.of(clock.local_day(clock.now(), "America/Recife")).previous
    undo, page = log(alice, held_on=over.ends_on.isoformat())
    activity, report_url = page.rpartition("/")[2], f"{CHAPTER_URL}/reports/{over.code}"
    post(alice, f"{CHAPTER_URL}/reports", form=f"{CHAPTER_URL}/reports", period=over.code)
    fields = {"what_changed": "A rule.", "would_speak_up": "61", "would_speak_up_of": "94"}
    assert post(alice, f"{report_url}/submissions", form=report_url, seen="0", **fields).status_code == 302
    alice.get(report_url)
    assert any(str(source.source_id) == activity for source in every(world, ValueSource))
    words = "This activity is counted in a report that was sent. Correct the activity instead."
    assert press(alice, undo) == ("alert", words)
    assert counted(world) == (1, 44)


def test_a_report_sent_too_early_is_taken_back_until_unwomen_has_decided(world, as_person):
    alice, dana, over = (
        as_person(world.alice),
        as_person(world.dana),
        Period.of(clock.local_day(clock.now(), "America/Recife")).previous,
    )
    report_url = f"{CHAPTER_URL}/reports/{over.code}"
    fields = {"what_changed": "A rule.", "would_speak_up": "61", "would_speak_up_of": "94"}
    post(alice, f"{CHAPTER_URL}/reports", form=f"{CHAPTER_URL}/reports", period=over.code)
    alice.get(report_url)
    before = dues(world)
    undo = act(alice, f"{report_url}/submissions", seen="0", **fields)
    assert press(alice, undo)[0] == "status"
    assert [report.state for report in every(world, Report)] == ["draft"]
    assert dues(world) == before
    assert "A rule." in alice.get(report_url).get_data(as_text=True)
    second = act(alice, f"{report_url}/submissions", seen="1", **fields)
    post(dana, f"{report_url}/approval", form=report_url, number="2")
    role, words = press(alice, second)
    assert (role, words.startswith("Dana changed this on ")) == ("alert", True)
    assert [report.state for report in every(world, Report)] == ["approved"]


def changed_today(kind: str, side: UUID, description: str) -> dict[str, str]:
    """Return the form of a transaction of five reais today, from a source or for a budget line."""
    day = clock.local_day(clock.now(), "America/Recife").isoformat()
    fields = {"kind": kind, "side": str(side), "what": description, "amount": "5", "currency": "BRL"}
    return fields | {"dated_on": day, "form_key": str(side)}


def test_a_source_goes_again_unless_money_came_from_it(world, as_person):
    alice = as_person(world.alice)
    fields = {"name": "City", "kind": "donor", "state": "pledged", "amount": "10", "currency": "BRL"}
    undo = act(alice, f"{CHAPTER_URL}/funding/sources/new", **fields)
    assert press(alice, undo)[0] == "status"
    assert every(world, FundingSource) == []
    undo = act(alice, f"{CHAPTER_URL}/funding/sources/new", **fields)
    (source,) = every(world, FundingSource)
    act(alice, f"{CHAPTER_URL}/funding/transactions/new", **changed_today("income", source.id, "First part"))
    assert press(alice, undo) == ("alert", "Money from this source is already recorded, so it cannot be removed.")
    assert len(every(world, FundingSource)) == 1


def test_money_that_came_gets_its_counter_entry_and_that_cannot_be_undone(world, as_person):
    alice = as_person(world.alice)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        source = budgets.add_source(
            session,
            actor_id=world.alice.user_id,
            at=clock.now(),
            name="City",
            kind=SourceKind.DONOR,
            state=SourceState.COMMITTED,
            amount_minor=1000,
            currency="BRL",
        )
    undo = act(alice, f"{CHAPTER_URL}/funding/transactions/new", **changed_today("income", source.id, "First part"))
    assert press(alice, undo)[0] == "status"
    amounts = {row.kind: row.amount_minor for row in every(world, Transaction)}
    assert amounts == {"income": 500, "reversal": 500}
    assert press(alice, undo)[0] == "alert"
    assert len(every(world, Transaction)) == 2


def test_an_expense_that_waits_offers_no_undo(world, as_person):
    alice = as_person(world.alice)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        line = budgets.add_budget_line(
            session, actor_id=world.alice.user_id, at=clock.now(), title="Hall", amount_minor=1000
        )
    response = post(alice, f"{CHAPTER_URL}/funding/transactions/new", **changed_today("expense", line.id, "Rent"))
    assert not undo_forms(alice.get(response.location).get_data(as_text=True))


def test_a_budget_is_revised_back(world, as_person):
    alice = as_person(world.alice)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        line = budgets.add_budget_line(
            session, actor_id=world.alice.user_id, at=clock.now(), title="Hall", amount_minor=1000
        )
    undo = act(alice, f"{CHAPTER_URL}/funding/budget/{line.id}/revision", seen="1", amount="99", reason="More people")
    assert press(alice, undo)[0] == "status"
    page = alice.get(f"{CHAPTER_URL}/funding/budget/{line.id}/revision").get_data(as_text=True)
    assert "The previous change was undone." in page
    assert re.findall(r'<b class="num"><bdi>[^<]*?(\d+)', page) == ["10", "99", "10"]


def test_a_target_moved_by_mistake_moves_back_with_a_reason(world, as_person):
    alice, year = as_person(world.alice), clock.now().year
    page = f"{CHAPTER_URL}/targets/activities_held/{year}"
    first = post(alice, f"{page}/numbers", form=page, seen="0", target="20")
    assert not undo_forms(alice.get(first.location).get_data(as_text=True))  # a target can be changed, but not removed
    undo = act(alice, f"{page}/numbers", seen="1", target="200", reason="A slip")
    assert press(alice, undo)[0] == "status"
    text = alice.get(page).get_data(as_text=True)
    assert f"Target for {year}: 20" in text
    assert "The previous change was undone." in text


def test_a_deputy_named_by_mistake_is_what_she_was_before(world, as_person):
    alice = as_person(world.alice)
    cora = newcomer(world, "Cora", Role.COORDINATOR)
    (own_membership,) = [membership for membership in every(world, Membership) if membership.user_id == cora.user_id]
    undo = act(
        alice,
        f"{CHAPTER_URL}/focal-point/deputies/new",
        membership_id=str(own_membership.id),
        organisation="",
        ends_on="",
    )
    (own_membership,) = [membership for membership in every(world, Membership) if membership.user_id == cora.user_id]
    assert own_membership.role == "deputy"
    assert press(alice, undo)[0] == "status"
    (own_membership,) = [membership for membership in every(world, Membership) if membership.user_id == cora.user_id]
    assert own_membership.role == "coordinator"
    (term,) = [term for term in every(world, FocalPointTerm) if term.membership_id == own_membership.id]
    assert term.ends_on < term.starts_on


def test_a_confirmation_is_taken_back(world, as_person):
    alice, before = as_person(world.alice), dues(world)
    (term,) = every(world, FocalPointTerm)
    undo = act(alice, f"{CHAPTER_URL}/focal-point/terms/{term.id}/confirmation")
    assert press(alice, undo)[0] == "status"
    assert every(world, FocalPointTerm)[0].confirmed_on == term.confirmed_on
    assert dues(world) == before


def test_an_invitation_is_withdrawn_and_that_is_taken_back_too(world, as_person):
    alice = as_person(world.alice)
    fields = {"name": "Nina", "email": "nina@people.example", "role": "member", "language": "en"}
    undo = act(alice, f"{CHAPTER_URL}/people/invitation", **fields)
    assert press(alice, undo)[0] == "status"
    nina = next(invitation for invitation in every(world, Invitation) if invitation.email == "nina@people.example")
    assert nina.withdrawn_at is not None
    act(alice, f"{CHAPTER_URL}/people/invitation", **fields)
    second = next(
        invitation
        for invitation in every(world, Invitation)
        if invitation.withdrawn_at is None and invitation.accepted_at is None
    )
    undo = act(alice, f"{CHAPTER_URL}/people/invitations/{second.id}/withdrawal")
    assert press(alice, undo)[0] == "status"
    restored_invitation = next(invitation for invitation in every(world, Invitation) if invitation.id == second.id)
    assert restored_invitation.withdrawn_at is None


def test_an_invitation_somebody_has_accepted_is_not_withdrawn(world, as_person):
    alice = as_person(world.alice)
    undo = act(
        alice,
        f"{CHAPTER_URL}/people/invitation",
        name="Nina",
        email="nina@people.example",
        role="member",
        language="en",
    )
    with world.app.app_context():
        from tenants.membership.services import accept_invitation
        from tenants.people.models import User

        nina = person("Nina")
        with opened(ChapterScope(world.recife.id)) as session:
            invitation = session.scalars(select(Invitation).where(Invitation.email == nina.email)).one()
            user = session.get(User, nina.user_id)
            assert user
            accept_invitation(session, invitation_id=invitation.id, user=user, at=clock.now())
    assert press(alice, undo)[0] == "alert"
    assert any(
        membership.user_id == nina.user_id and membership.left_at is None for membership in every(world, Membership)
    )


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
    from tenants.scope import NobodyScope

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
