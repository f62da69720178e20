"""A person changes their own name and address, and every letter follows."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import pytest
import time_machine
from harness.deliveries import QUIET_SINCE, letters
from harness.people import PASSWORD, Place, World, join, post
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tenants.audit import AuditEntry
from tenants.db import new_id, opened
from tenants.mail.addresses import note_unreached, unreached
from tenants.mail.desk_models import DeskReader
from tenants.people.models import FormerName, Membership
from tenants.people.permissions import Role
from tenants.people.queries import find_user
from tenants.scope import ChapterScope, NobodyScope

NEW = "alice@new.example"


@pytest.fixture
def world_of_two(world: World) -> World:
    """Alice is a member of Huye too."""
    with world.app.app_context():
        join(world.huye, world.alice, Role.MEMBER)
    return world


def contact(world: World, place: Place, user_id: UUID) -> tuple[str, str]:
    with world.app.app_context(), opened(ChapterScope(place.id)) as session:
        row = session.execute(
            select(Membership.name, Membership.email).where(Membership.user_id == user_id, Membership.left_at.is_(None))
        ).one()
        return row.name, row.email


def request_link(world: World, email: str = NEW) -> str:
    """Ask for a link to a new address as Alice, and return its path."""
    browser = world.browser_of(world.alice)
    assert post(browser, "/me/address", email=email, current=PASSWORD).status_code == 302
    return urlsplit(letters(world)[-1].link).path


def test_alices_new_name_is_everywhere_and_the_trail_keeps_both(world_of_two: World) -> None:
    world, browser = world_of_two, world_of_two.browser_of(world_of_two.alice)
    assert post(browser, "/me/name", name="  Alícia  Santos ").status_code == 302
    for place in (world.recife, world.huye):
        assert contact(world, place, world.alice.user_id)[0] == "Alícia Santos"
    assert "Alícia Santos" in browser.get("/me").get_data(as_text=True)
    page = browser.get("/c/recife/trail").get_data(as_text=True)
    assert "Changed their name" in page
    assert "Before: <bdi>Alice</bdi>" in page
    assert "Now: <bdi>Alícia Santos</bdi>" in page
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.renamed")).one()
        assert entry.details == {}, "names are kept where they can be erased"


def test_the_same_name_again_is_no_act(world: World) -> None:
    browser = world.browser_of(world.alice)
    assert post(browser, "/me/name", name="Alice ").status_code == 302
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        assert session.scalars(select(FormerName)).all() == []


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "x" * 121, "\u202e"])
def test_a_name_that_cannot_be_read_is_refused_and_stays_typed(world: World, name: str) -> None:
    assert post(world.browser_of(world.alice), "/me/name", name=name).status_code == 422
    assert contact(world, world.recife, world.alice.user_id)[0] == "Alice"


def test_danas_name_changes_in_un_womens_mails(world: World) -> None:
    assert post(world.browser_of(world.dana), "/me/name", name="Dana Okello").status_code == 302
    with world.app.app_context(), opened(NobodyScope(login="worker")) as session:
        assert session.scalars(select(DeskReader.name)).all() == ["Dana Okello"]


def test_alices_new_address_counts_everywhere_once_its_link_is_used(world_of_two: World) -> None:
    world = world_of_two
    path = request_link(world)
    assert (letters(world)[-1].email, letters(world)[-1].letter) == (NEW, "address_confirm")
    assert "new.example" not in path
    assert contact(world, world.recife, world.alice.user_id)[1] == world.alice.email, "not before it is confirmed"
    browser = world.browser_of(world.alice)
    assert NEW in browser.get(path).get_data(as_text=True)
    assert contact(world, world.recife, world.alice.user_id)[1] == world.alice.email, "not by looking at it"
    assert post(browser, path).status_code == 302
    for place in (world.recife, world.huye):
        assert contact(world, place, world.alice.user_id)[1] == NEW
    assert (letters(world)[-1].email, letters(world)[-1].letter) == (world.alice.email, "address_changed")
    fresh = world.app.test_client()
    assert post(fresh, "/sign-in", email=world.alice.email, password=PASSWORD).status_code == 422
    assert post(fresh, "/sign-in", email=NEW, password=PASSWORD).status_code == 302
    assert post(world.app.test_client(), "/forgot", email=NEW).status_code == 302
    assert letters(world)[-1].email == NEW


def test_the_link_works_once_for_three_days_and_for_alice_alone(world: World) -> None:
    with time_machine.travel(QUIET_SINCE, tick=False) as clock_of_the_test:
        path = request_link(world)
        assert world.app.test_client().get(path).status_code == 302, "sign in first"
        assert post(world.browser_of(world.bob), path, form="/me").status_code == 410
        clock_of_the_test.shift(timedelta(days=3))
        assert post(world.browser_of(world.alice), path, form="/me").status_code == 410
        path = request_link(world)
        browser = world.browser_of(world.alice)
        assert post(browser, path).status_code == 302
        assert post(browser, path, form="/me").status_code == 410
        assert browser.get(f"{path}x").status_code == 410


def test_a_link_for_a_new_password_that_went_to_the_old_address_stops_working(world: World) -> None:
    assert post(world.app.test_client(), "/forgot", email=world.alice.email).status_code == 302
    old_link = urlsplit(letters(world)[-1].link).path
    assert post(world.browser_of(world.alice), request_link(world)).status_code == 302
    assert world.app.test_client().get(old_link).status_code == 410


def test_an_address_of_another_account_gets_the_same_answer_and_no_letter(world: World) -> None:
    browser = world.browser_of(world.alice)
    assert post(browser, "/me/address", email=world.bob.email, current=PASSWORD).status_code == 302
    assert letters(world) == []


def test_an_address_that_another_account_took_meanwhile_is_refused(world: World) -> None:
    path = request_link(world, "shared@new.example")
    with world.app.app_context(), opened(NobodyScope()) as session:
        bob = find_user(session, world.bob.email)
        assert bob is not None
        bob.email = "shared@new.example"
    assert post(world.browser_of(world.alice), path).status_code == 422
    assert contact(world, world.recife, world.alice.user_id)[1] == world.alice.email


@pytest.mark.parametrize(
    ("email", "password"),
    [(NEW, "not her password"), ("alice@people.example", PASSWORD), ("alice", PASSWORD), ("", PASSWORD)],
)
def test_a_wrong_password_or_address_sends_nothing(world: World, email: str, password: str) -> None:
    assert post(world.browser_of(world.alice), "/me/address", email=email, current=password).status_code == 422
    assert letters(world) == []


def test_requests_are_throttled(world: World) -> None:
    with time_machine.travel(QUIET_SINCE, tick=False):
        browser = world.browser_of(world.alice)
        statuses = [
            post(browser, "/me/address", email=f"alice{number}@new.example", current=PASSWORD).status_code
            for number in range(6)
        ]
    assert statuses == [302] * 5 + [429]


def test_a_form_without_its_token_changes_nothing(world: World) -> None:
    path, browser = request_link(world), world.browser_of(world.alice)
    for address, fields in (("/me/name", {"name": "Mallory"}), (path, {})):
        assert browser.post(address, data=fields).status_code == 400
    assert contact(world, world.recife, world.alice.user_id) == ("Alice", world.alice.email)


def test_a_contact_that_the_focal_point_corrected_becomes_bobs_address_everywhere(world: World) -> None:
    pages = {}
    with world.app.app_context():
        join(world.huye, world.bob, Role.MEMBER)
        for place in (world.recife, world.huye):
            with opened(ChapterScope(place.id, login="worker")) as session:
                member = session.scalars(select(Membership).where(Membership.name == "Bob")).one()
                note_unreached(session, membership_id=member.id, sent_at=None, at=QUIET_SINCE)
                pages[place.slug] = f"/c/{place.slug}/people/{member.id}/address"
    assert post(world.browser_of(world.alice), pages["recife"], email="bob@new.example").status_code == 302
    assert (letters(world)[-1].email, letters(world)[-1].letter) == ("bob@new.example", "address_confirm")
    assert contact(world, world.huye, world.bob.user_id)[1] == world.bob.email
    assert post(world.browser_of(world.bob), urlsplit(letters(world)[-1].link).path).status_code == 302
    assert contact(world, world.huye, world.bob.user_id)[1] == "bob@new.example"
    with world.app.app_context(), opened(ChapterScope(world.huye.id)) as session:
        assert unreached(session) == {}
    assert post(world.app.test_client(), "/sign-in", email="bob@new.example", password=PASSWORD).status_code == 302


def test_a_change_to_the_same_name_cannot_be_stored(world: World) -> None:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        member = session.scalars(select(Membership).where(Membership.name == "Bob")).one()
        names = {"membership_id": member.id, "old_name": "Bob", "new_name": "Bob"}
        session.add(FormerName(chapter_id=world.recife.id, id=new_id(), **names))
        with pytest.raises(IntegrityError, match="names_differ"):
            session.flush()
        session.rollback()
