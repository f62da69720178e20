"""No answer shows whether an address has an account: the same page, the same statements, about the same time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from statistics import median

import pytest
from harness.databases import owner_connection, running_app
from harness.deliveries import deliveries, letters
from harness.mail_sink import Mailbox, point_mail_at
from harness.people import PASSWORD, World, post
from harness.statements import logged
from sqlalchemy import update
from werkzeug.test import TestResponse

from tenants.db import db, new_id, opened
from tenants.mail.delivery import send_waiting
from tenants.mail.models import DeliveryState, MailKind, Reason
from tenants.people.models import User
from tenants.people.passwords import needs_rehash, nobodys_hash
from tenants.scope import NobodyScope
from workers.reminders import make_mail_sender

ROUNDS = 20
MOST_RATIO = 1.5  # between the medians; a link that is signed for known people only makes 27
Send = Callable[[str], tuple[TestResponse, float]]
FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "forgot": ("/forgot", {}),
    "sign-in": ("/sign-in", {"password": "a wrong password"}),
    "new address": ("/me/address", {"current": PASSWORD}),
    "invitation": ("/c/recife/people/invitation", {"name": "Gina", "role": "member", "language": "en"}),
}


@pytest.fixture(params=FORMS)
def send(request: pytest.FixtureRequest, world: World) -> Iterator[Send]:
    """A function that sends an address by one of our forms, past all limits, and returns answer and seconds."""
    path, fields = FORMS[request.param]
    browser = world.app.test_client() if request.param in {"forgot", "sign-in"} else world.browser_of(world.alice)
    page = browser.get(path).get_data(as_text=True)
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    with owner_connection(world.settings, autocommit=True) as owner:

        def send_address(email: str) -> tuple[TestResponse, float]:
            owner.execute("delete from sign_in_throttles")
            owner.execute("update invitations set withdrawn_at = now() where accepted_at is null")
            owner.execute("update notifications set made_at = made_at - interval '1 day'")
            data = {**fields, "email": email, "csrf_token": token, "form_key": str(new_id())}
            started_at = time.perf_counter()
            answer = browser.post(path, data=data)
            return answer, time.perf_counter() - started_at

        yield send_address


def test_the_statements_for_known_and_unknown_people_are_the_same(world: World, send: Send) -> None:
    with world.app.app_context(), opened(NobodyScope()) as session:
        session.execute(update(User).where(User.id == world.dana.user_id).values(active=False))
        engines = list(db.engines.values())
    answers = []
    for email in ("charlie@people.example", "nobody@people.example", world.dana.email):
        send(email)  # the first request compiles its statements
        with logged(engines) as statements:
            answer, _seconds = send(email)
        answers.append((answer.status_code, answer.location, tuple(statements)))
    assert len(answers[0][2]) > 3
    assert answers[0] == answers[1] == answers[2]


def test_the_medians_for_known_and_unknown_people_are_near(world: World, send: Send) -> None:
    seconds: dict[str, list[float]] = {"known": [], "unknown": []}
    for number in range(ROUNDS):
        for kind, email in (("known", world.charlie.email), ("unknown", f"nobody{number}@people.example")):
            answer, duration = send(email)
            assert answer.status_code in {302, 422}
            seconds[kind].append(duration)
    known, unknown = median(seconds["known"]), median(seconds["unknown"])
    assert max(known, unknown) / min(known, unknown) < MOST_RATIO, (known, unknown)


def test_nothing_is_sent_to_an_unknown_address(world: World, mailbox: Mailbox) -> None:
    """The letter that is queued for it lapses, and its contents are removed."""
    post(world.app.test_client(), "/forgot", email="nobody@people.example")
    post(world.browser_of(world.alice), "/me/address", email=world.charlie.email, current=PASSWORD)
    assert letters(world) == []
    point_mail_at(world.app, port=mailbox.port, outbox=mailbox.folder)
    with world.app.app_context():
        send_waiting(make_mail_sender(world.app), seconds=10)
        rows = deliveries(MailKind.LETTER)
    assert [mail["Subject"] for mail in mailbox.mails() if "invite" not in mail["Subject"]] == []
    lapsed = (DeliveryState.LAPSED, Reason.NOTHING_LEFT, None)
    assert [(row.state, row.reason, row.sealed) for row in rows] == [lapsed, lapsed]


def test_the_hash_for_unknown_addresses_is_made_at_the_start_and_costs_as_much_as_every_other(world: World) -> None:
    nobodys_hash.cache_clear()
    with running_app(world.settings):
        assert nobodys_hash.cache_info().currsize == 1
    assert not needs_rehash(nobodys_hash())
