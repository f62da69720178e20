"""The throttle on failed sign-ins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from flask.testing import FlaskClient
from harness.databases import running_app
from harness.people import PASSWORD, post
from sqlalchemy import func, select

from solidarity.settings import Settings
from tenants.db import opened
from tenants.people.models import SignInThrottle
from tenants.people.throttle import ACCOUNT, NETWORK, TooManyTries, count_attempt, forgive, keys_for
from tenants.scope import NobodyScope

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def fail(client: FlaskClient, email: str, times: int = 1) -> list[int]:
    return [post(client, "/sign-in", email=email, password="not the password").status_code for _ in range(times)]


def test_alice_waits_after_five_failures_and_is_never_locked_out(world, client):
    with time_machine.travel(START, tick=False) as person_abroad:
        assert fail(client, world.alice.email, 5) == [422] * 5
        answer = post(client, "/sign-in", email=world.alice.email, password=PASSWORD)
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["Retry-After"]) <= 15
        assert "There were too many attempts" in answer.get_data(as_text=True)
        person_abroad.shift(timedelta(seconds=16))
        assert post(client, "/sign-in", email=world.alice.email, password=PASSWORD).status_code == 302


def test_each_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(app):
    waits, moment = [], START
    keys = keys_for("k" * 40, purpose="sign-in", account="alice@people.example", address="192.0.2.7")
    with app.app_context():
        for _ in range(16):
            with opened(NobodyScope()) as session:
                count_attempt(session, keys, moment)
                until = session.scalar(select(SignInThrottle.blocked_until).where(SignInThrottle.key == keys.account))
            waits.append((until - moment).total_seconds() if until else 0)
            moment = until or moment
    assert waits == [0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 900, 900, 900, 900, 900, 900]


def test_an_unknown_address_is_braked_like_a_known_one(world):
    with time_machine.travel(START, tick=False):
        for email in (world.alice.email, "nobody@people.example"):
            assert fail(world.app.test_client(), email, 6) == [422] * 5 + [429]


def test_signing_in_clears_the_count(world, client):
    with time_machine.travel(START, tick=False):
        fail(client, world.alice.email, 4)
        assert post(client, "/sign-in", email=world.alice.email, password=PASSWORD).status_code == 302
        assert fail(world.app.test_client(), world.alice.email, 5) == [422] * 5


def test_a_day_without_a_failure_starts_again(world, client):
    with time_machine.travel(START, tick=False) as person_abroad:
        fail(client, world.alice.email, 5)
        person_abroad.shift(ACCOUNT.forgotten + timedelta(minutes=1))
        assert fail(client, world.alice.email, 5) == [422] * 5


def test_bobs_guesses_on_alices_account_do_not_stop_bob(world):
    with time_machine.travel(START, tick=False):
        fail(world.app.test_client(), world.alice.email, 6)
        assert world.browser_of(world.bob).get("/me").status_code == 200


def test_a_network_that_tries_many_accounts_waits_too(app):
    def attempt(number: int, address: str, at: datetime = START) -> None:
        keys = keys_for("k" * 40, purpose="sign-in", account=f"p{number}@people.example", address=address)
        with opened(NobodyScope()) as session:
            count_attempt(session, keys, at)

    with app.app_context():
        for number in range(NETWORK.free):
            attempt(number, f"192.0.2.{number}")
        with pytest.raises(TooManyTries):
            attempt(99, "192.0.2.200")
        attempt(99, "198.51.100.1")
        attempt(98, "192.0.2.200", START + NETWORK.longest)


def test_an_ipv6_network_is_a_64():
    def network(address: str | None) -> bytes:
        return keys_for("k" * 40, purpose="sign-in", account="a@x.example", address=address).network

    assert network("2001:db8:1:2::1") == network("2001:db8:1:2:ffff::9")
    assert network("2001:db8:1:2::1") != network("2001:db8:1:3::1")
    assert network("192.0.2.1") == network("192.0.2.254")
    assert network(None) == network("not an address")


def test_a_success_gives_the_network_its_attempt_back(app):
    keys = keys_for("k" * 40, purpose="sign-in", account="alice@people.example", address="192.0.2.7")
    with app.app_context():
        for _ in range(40):
            with opened(NobodyScope()) as session:
                count_attempt(session, keys, START)
                forgive(session, keys, START)
        with opened(NobodyScope()) as session:
            assert session.scalar(select(func.count()).select_from(SignInThrottle)) == 0


def test_the_table_tells_no_addresses(world, client):
    fail(client, world.alice.email)
    with world.app.app_context(), opened(NobodyScope()) as session:
        keys = session.scalars(select(SignInThrottle.key)).all()
    assert len(keys) == 2
    assert all(len(key) == 32 for key in keys)


def test_twenty_guesses_at_once_count_as_twenty(app):
    keys = keys_for("k" * 40, purpose="sign-in", account="alice@people.example", address="192.0.2.7")
    let_through, start = [], Barrier(4)

    def guess() -> None:
        start.wait()
        for _ in range(5):
            try:
                with app.app_context(), opened(NobodyScope()) as session:
                    count_attempt(session, keys, START)
                let_through.append(True)
            except TooManyTries:
                pass

    threads = [Thread(target=guess) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(let_through) == ACCOUNT.free


def test_a_forwarded_address_is_believed_only_behind_a_proxy_of_ours(world):
    def networks(settings: Settings) -> int:
        with running_app(settings) as app:
            client = app.test_client()
            for last in (1, 2):
                client.get("/sign-in")
                headers = {"X-Forwarded-For": f"203.0.{last}.9"}
                page = client.get("/sign-in").get_data(as_text=True)
                token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
                client.post(
                    "/sign-in", headers=headers, data={"csrf_token": token, "email": "x@y.example", "password": "p"}
                )
            with app.app_context(), opened(NobodyScope()) as session:
                return (session.scalar(select(func.count()).select_from(SignInThrottle)) or 0) - 1

    assert networks(world.settings) == 1
    assert networks(world.settings.model_copy(update={"trusted_proxies": 1})) == 3
