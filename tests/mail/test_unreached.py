"""A mail server refuses an address for good: it is marked, gets no more mail, and can be corrected."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from desk.page_texts import page
from flask.testing import FlaskClient
from harness.deliveries import QUIET_SINCE, QUIET_WEEKS, deliveries
from harness.mail_server import Fault, MailServer
from harness.mail_sink import point_mail_at
from harness.people import Place, World, desk_person, join, person, post
from sqlalchemy import select
from time_machine import travel

from tenants.action_kit.focal_point.obligations import ADDRESS_UNREACHED
from tenants.audit import AuditEntry
from tenants.db import opened
from tenants.errors import AlreadyDecided, Refused
from tenants.mail.addresses import correct_address, note_unreached, try_again, unreached
from tenants.mail.delivery import send_waiting
from tenants.mail.models import DeliveryState
from tenants.membership.contacts import move_member
from tenants.membership.services import end_membership
from tenants.obligations.models import Obligation
from tenants.overview.obligations import obligations_due, obligations_of
from tenants.people.models import Membership, UnreachedAddress, User
from tenants.people.permissions import DeskRole, Role
from tenants.reminders.due import process_chapter
from tenants.scope import ChapterScope, DeskScope, NobodyScope
from workers.reminders import make_mail_sender

NEXT_DAY = QUIET_SINCE + timedelta(days=1)


class Post:
    """Recife's mail, morning by morning, through a server with faults on demand."""

    def __init__(self, world: World, server: MailServer) -> None:
        self.world, self.server = world, server

    def morning(self, at: datetime, *faults: Fault) -> int:
        """Write the digests of a morning and send them. Return how many were written."""
        self.server.faults.extend(faults)
        with self.world.app.app_context(), travel(at, tick=True):
            before = len(deliveries())
            process_chapter(self.world.recife.id, at=at, quiet_weeks=QUIET_WEEKS)
            send_waiting(make_mail_sender(self.world.app), seconds=10)
            return len(deliveries()) - before

    def states(self) -> list[str]:
        """Return the state of each digest, oldest first."""
        with self.world.app.app_context():
            return [row.state for row in deliveries()]

    def arrived(self, email: str) -> int:
        """Return the number of mails accepted for an address."""
        return sum(f"To: Alice <{email}>".encode() in mail for mail in self.server.stored)


@pytest.fixture
def post_of(world: World, mail_server: MailServer) -> Post:
    """The world, sending to the faulty server. The invitations of its people have lapsed."""
    point_mail_at(world.app, port=mail_server.port, outbox=None)
    with world.app.app_context():
        send_waiting(make_mail_sender(world.app), seconds=10)
    mail_server.arrivals.clear()
    return Post(world, mail_server)


def marked(world: World, place: Place | None = None) -> dict[str, datetime]:
    """Return the marked members of a chapter: name -> the moment of the mark."""
    with world.app.app_context(), opened(ChapterScope((place or world.recife).id)) as session:
        marks = unreached(session)
        names = session.scalars(select(Membership).where(Membership.id.in_(marks))).all()
        return {member.name: marks[member.id].since for member in names}


def mark(world: World, name: str = "Alice", *, sent_at: datetime | None = None, at: datetime = QUIET_SINCE) -> bool:
    """Mark the address of a member of Recife as unreached, and return whether it was marked now."""
    with world.app.app_context(), opened(ChapterScope(world.recife.id, login="worker")) as session:
        member = session.scalars(select(Membership).where(Membership.name == name)).one()
        return note_unreached(session, membership_id=member.id, sent_at=sent_at, at=at)


def own_membership(world: World, name: str = "Alice") -> Membership:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        return session.scalars(select(Membership).where(Membership.name == name)).one()


def address_obligations(world: World, at: datetime = QUIET_SINCE) -> list[Obligation]:
    """Return the obligations of Recife about unreached addresses."""
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        due = obligations_due(session, by=at.date() + timedelta(days=60), today=at.date(), quiet_weeks=QUIET_WEEKS)
    return [obligation for obligation in due if obligation.kind is ADDRESS_UNREACHED]


def as_dana(world: World) -> FlaskClient:
    return world.browser_of(world.dana)


def address_page(world: World) -> str:
    return f"/c/recife/people/{own_membership(world).id}/address"


@pytest.mark.parametrize("fault", [Fault.RECIPIENT_NEVER, Fault.NEVER_AFTER_DOT])
def test_nothing_more_goes_to_an_address_refused_for_good_until_it_is_corrected(
    post_of: Post, world: World, fault: Fault
) -> None:
    assert post_of.morning(QUIET_SINCE, fault) == 1
    assert post_of.states() == [DeliveryState.DEAD]
    assert set(marked(world)) == {"Alice"}
    for days in (1, 2, 7):
        assert post_of.morning(QUIET_SINCE + timedelta(days=days)) == 0
    with world.app.app_context(), opened(ChapterScope(world.recife.id, world.dana.user_id)) as session:
        correct_address(
            session,
            actor_id=world.dana.user_id,
            at=QUIET_SINCE + timedelta(days=7, hours=1),
            membership_id=own_membership(world).id,
            email="Alice@New.Example",
            is_desk=True,
        )
    assert marked(world) == {}
    assert post_of.morning(QUIET_SINCE + timedelta(days=8)) == 1
    assert post_of.arrived("alice@new.example") == 1
    assert post_of.states()[-1] == DeliveryState.SENT


@pytest.mark.parametrize("fault", [Fault.RECIPIENT_LATER, Fault.SENDER_NEVER, Fault.LATER_AFTER_DOT])
def test_what_may_still_arrive_marks_nothing(post_of: Post, world: World, fault: Fault) -> None:
    post_of.morning(QUIET_SINCE, fault)
    assert marked(world) == {}


def test_a_full_mailbox_stops_nothing_and_a_second_one_on_another_day_does(post_of: Post, world: World) -> None:
    assert post_of.morning(QUIET_SINCE, Fault.RECIPIENT_FULL) == 1
    assert post_of.states() == [DeliveryState.DEAD]
    assert marked(world) == {}
    assert post_of.morning(NEXT_DAY) == 1, "it is tried on the next morning"
    assert post_of.states()[-1] == DeliveryState.SENT
    assert post_of.morning(QUIET_SINCE + timedelta(days=7), Fault.RECIPIENT_FULL) == 1
    assert set(marked(world)) == {"Alice"}
    assert post_of.morning(QUIET_SINCE + timedelta(days=8)) == 0


def test_full_mailboxes_two_weeks_apart_or_before_a_correction_do_not_add_up(post_of: Post, world: World) -> None:
    post_of.morning(QUIET_SINCE, Fault.RECIPIENT_FULL)
    assert post_of.morning(QUIET_SINCE + timedelta(days=21), Fault.RECIPIENT_FULL) == 1
    assert marked(world) == {}
    with world.app.app_context(), opened(ChapterScope(world.recife.id, world.alice.user_id)) as session:
        moment = QUIET_SINCE + timedelta(days=21, hours=2)
        move_member(session, user_id=world.alice.user_id, email="alice@new.example", at=moment)
    assert post_of.morning(QUIET_SINCE + timedelta(days=28), Fault.RECIPIENT_FULL) == 1
    assert marked(world) == {}, "the new address has failed once"
    post_of.morning(QUIET_SINCE + timedelta(days=35), Fault.RECIPIENT_FULL)
    assert set(marked(world)) == {"Alice"}


def test_an_address_tried_again_is_written_to_at_once_and_marked_again_where_it_is_refused_again(
    post_of: Post, world: World
) -> None:
    post_of.morning(QUIET_SINCE, Fault.RECIPIENT_NEVER)
    with world.app.app_context(), opened(ChapterScope(world.recife.id, world.alice.user_id)) as session:
        try_again(session, actor_id=world.alice.user_id, at=NEXT_DAY, membership_id=own_membership(world).id)
    assert post_of.morning(NEXT_DAY + timedelta(hours=1), Fault.RECIPIENT_NEVER) == 1
    assert set(marked(world)) == {"Alice"}
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("address.%"))).all()
    assert sorted(actions) == ["address.retried", "address.unreached", "address.unreached"]


def test_a_mark_is_made_once_however_many_mails_are_refused(world: World) -> None:
    assert mark(world)
    assert not mark(world, at=NEXT_DAY)
    assert marked(world) == {"Alice": QUIET_SINCE}


def test_a_late_bounce_does_not_mark_what_was_put_right_since(world: World) -> None:
    mark(world)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        try_again(session, actor_id=world.alice.user_id, at=NEXT_DAY, membership_id=own_membership(world).id)
    assert not mark(world, sent_at=QUIET_SINCE, at=NEXT_DAY + timedelta(hours=1))
    assert mark(world, sent_at=NEXT_DAY + timedelta(hours=1), at=NEXT_DAY + timedelta(hours=2))


def test_the_chapter_owes_it_by_name_the_desk_without_and_nobody_else(world: World) -> None:
    mark(world)
    (due,) = address_obligations(world)
    assert (due.title, due.owner_id, due.due_on) == ("Alice", None, QUIET_SINCE.date() + timedelta(days=7))
    with world.app.app_context(), opened(DeskScope(("BR", "RW"), world.dana.user_id)) as session:
        seen = obligations_of(
            session, [world.recife.id, world.huye.id], by=QUIET_SINCE.date() + timedelta(days=60), quiet_weeks=4
        )
    (at_the_desk,) = [obligation for obligation in seen if obligation.kind is ADDRESS_UNREACHED]
    assert (at_the_desk.chapter_id, at_the_desk.title, at_the_desk.owner_id) == (world.recife.id, None, None)
    assert at_the_desk.subject_id == due.subject_id


def test_who_leaves_takes_the_mark_along(world: World) -> None:
    mark(world, "Bob")
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        end_membership(
            session, actor_id=world.alice.user_id, at=NEXT_DAY, membership_id=own_membership(world, "Bob").id
        )
    assert address_obligations(world) == []
    with world.app.app_context(), opened(DeskScope(("BR",), world.dana.user_id)) as session:
        kinds = {
            obligation.kind
            for obligation in obligations_of(session, [world.recife.id], by=NEXT_DAY.date(), quiet_weeks=QUIET_WEEKS)
        }
    assert ADDRESS_UNREACHED not in kinds
    assert not mark(world, "Bob"), "nobody who has left is written to"


@pytest.mark.parametrize(
    ("email", "message"),
    [
        ("", "Enter your email address."),
        ("nobody", "Enter an email address such as name@example.org."),
        ("alice@people.example", "Emails do not reach this address. Enter another one."),
        ("BOB@people.example", ("Someone else in the chapter already uses this email address. Enter a different one.")),
    ],
)
def test_what_was_typed_stays_where_it_is_no_address(world: World, email: str, message: str) -> None:
    mark(world)
    answer = post(as_dana(world), address_page(world), email=email)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert message in html
    assert f'value="{email}"' in html
    assert set(marked(world)) == {"Alice"}


def test_dana_corrects_the_address_and_alice_signs_in_as_before(world: World) -> None:
    mark(world)
    dana = as_dana(world)
    (due,) = address_obligations(world)
    anchor = f"s-{due.subject_id}"
    assert "A member’s address does not receive our emails" in page(dana, f"/desk/chapters/{world.recife.id}")
    people = page(dana, "/c/recife/people")
    assert f'id="{anchor}"' in people
    assert "This address has not received our emails since" in people
    html = page(dana, address_page(world))
    assert "A link there lets this person sign in with it too." in html
    assert post(dana, address_page(world), email=" Alice@New.example ").status_code == 302
    assert own_membership(world).email == "alice@new.example"
    assert marked(world) == {}
    assert address_obligations(world) == []
    with world.app.app_context(), opened(NobodyScope()) as session:
        assert session.get_one(User, world.alice.user_id).email == world.alice.email
    alice = world.browser_of(world.alice)
    assert "Corrected a member’s address" in page(alice, "/c/recife/trail")


def test_alice_sees_to_it_herself_from_the_home_page(world: World) -> None:
    mark(world, "Bob")
    alice = world.browser_of(world.alice)
    home = page(alice, "/c/recife/")
    assert "Correct the email address of Bob" in home
    address = f"/c/recife/people/{own_membership(world, 'Bob').id}/trial"
    assert post(alice, address, form="/c/recife/people").status_code == 302
    assert "Correct the email address of Bob" not in page(alice, "/c/recife/")
    assert marked(world) == {}
    second = post(as_dana(world), address, form="/c/recife/people")
    assert second.status_code == 409
    assert "Alice" in second.get_data(as_text=True)


def test_a_viewer_at_un_women_reads_that_there_is_one_and_not_whose(world: World) -> None:
    mark(world, "Bob")
    with world.app.app_context():
        vera = desk_person("Vera", DeskRole.VIEWER, ("BR",))
    home = page(world.browser_of(vera), "/c/recife/")
    assert "Correct an address that does not receive our emails" in home
    assert "Bob" not in home


def test_nobody_else_is_shown_or_given_it(world: World) -> None:
    mark(world)
    bob, charlie = world.browser_of(world.bob), world.browser_of(world.charlie)
    assert "Our emails do not reach" not in page(bob, "/c/recife/people")
    for client in (bob, charlie):
        for end in ("address", "trial"):
            address = f"/c/recife/people/{own_membership(world).id}/{end}"
            assert post(client, address, form="/me", email="eve@people.example").status_code == 404
        assert client.get(address_page(world)).status_code == 404
    assert set(marked(world)) == {"Alice"}
    assert own_membership(world).email == world.alice.email


def test_an_address_that_mail_reaches_is_not_changed_by_others(world: World) -> None:
    dana = as_dana(world)
    assert dana.get(address_page(world)).status_code == 404
    assert post(dana, address_page(world), form="/me", email="eve@people.example").status_code == 404
    assert own_membership(world).email == world.alice.email
    with pytest.raises(AlreadyDecided), world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        correct_address(
            session,
            actor_id=world.dana.user_id,
            at=QUIET_SINCE,
            membership_id=own_membership(world).id,
            email="eve@people.example",
        )


def test_somebody_who_has_left_has_nothing_to_correct(world: World) -> None:
    with world.app.app_context():
        eve = person("Eve")
        join(world.recife, eve, Role.MEMBER)
    mark(world, "Eve")
    eves = own_membership(world, "Eve").id
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        end_membership(session, actor_id=world.alice.user_id, at=NEXT_DAY, membership_id=eves)
    with pytest.raises(Refused), world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        try_again(session, actor_id=world.alice.user_id, at=NEXT_DAY, membership_id=eves)


def test_the_database_knows_one_open_mark_a_member(world: World) -> None:
    mark(world)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        rows = session.scalars(select(UnreachedAddress)).all()
        assert [(row.country, row.cleared_at, row.cleared_by) for row in rows] == [("BR", None, None)]
