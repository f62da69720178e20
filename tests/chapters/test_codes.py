"""The lists of codes: all libraries know them, forms refuse others, and a stored code outside them breaks no page."""

from __future__ import annotations

from datetime import timedelta
from typing import LiteralString
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.dates import get_timezone_location
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from harness.databases import owner_connection
from harness.people import World, post

from tenants.action_kit.funding.currencies import is_currency
from tenants.chapters import names
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.chapters.codes import CURRENCIES, LANGUAGES, ZONES
from tenants.chapters.details import refuse_invalid_calendar, refuse_unknown_zone
from tenants.clock import now
from tenants.errors import Refused
from tenants.membership.services import change_zone

UNKNOWN_ZONES = [
    "Factory",
    "localtime",
    "posixrules",
    "Mars/Base",
    "../../etc/passwd",
    "America",
    "",
    "\x00",
    "z" * 5000,
]
CALENDAR = "/c/recife/calendar"
PAGES = ("", "plan", "activities", "launch", "reports", "funding", "targets", "people", "trail")
UNCHECKED = [
    *((table, "zone") for table in ("users", "memberships", "launch_events")),
    *((table, "language") for table in ("users", "memberships")),
    *(("chapters", column) for column in ("languages", "currency")),
]


def run_as_owner(world: World, *statements: LiteralString) -> list[str]:
    """Run statements without a wall; return the first column of the last one."""
    with owner_connection(world.settings, autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
        return [str(row[0]) for row in cursor] if cursor.description else []


def page_text(client: FlaskClient, address: str) -> str:
    """Open a page that must exist."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def test_every_zone_is_known_to_python_postgresql_and_babel(world: World) -> None:
    assert set(run_as_owner(world, "select name from pg_timezone_names")) >= ZONES
    for zone in ZONES:
        assert ZoneInfo(zone).key == zone
        for language in ("en", "ar"):
            assert get_timezone_location(zone, locale=language, return_city=True)
    assert not ZONES & set(UNKNOWN_ZONES)


def test_what_forms_offer_is_in_the_lists() -> None:
    english = Locale("en")
    assert set(english.languages) >= LANGUAGES
    assert set(english.currencies) >= CURRENCIES
    assert set(names.places()) <= ZONES
    for country in ALL_COUNTRIES:
        assert set(names.zones_of(country)) <= ZONES
        assert set(names.languages_of(country)) <= LANGUAGES
        assert names.currency_of(country) in CURRENCIES
    assert is_currency("HRK"), "in use in 2014"
    assert not is_currency("ZZZ")


@pytest.mark.parametrize("zone", UNKNOWN_ZONES)
def test_forms_and_services_refuse_an_unknown_zone(world: World, zone: str) -> None:
    with pytest.raises(Refused) as error:
        refuse_invalid_calendar(zone, [1])
    assert list(error.value.errors) == ["zone"]
    with pytest.raises(Refused):
        refuse_unknown_zone(zone)
    with world.app.test_request_context(), pytest.raises(Refused):
        change_zone(None, user_id=world.alice.user_id, zone=zone)  # type: ignore[arg-type]
    alice = world.browser_of(world.alice)
    assert post(alice, CALENDAR, zone=zone, working_week="1").status_code == 422
    assert post(alice, "/me/zone", form="/me", zone=zone).status_code == (422 if zone else 302)


@pytest.mark.parametrize("zone", ["Factory", "UTC"])
def test_a_chapter_with_an_unknown_zone_has_its_pages_and_can_choose_another(world: World, zone: LiteralString) -> None:
    """Migration 0033 stores UTC for a zone that is not in the list."""
    run_as_owner(
        world,
        "alter table chapters drop constraint ck_chapters_zone_known",
        f"update chapters set zone = '{zone}' where slug = 'recife'",
    )
    alice, bob = world.browser_of(world.alice), world.browser_of(world.bob)
    for page in PAGES:
        text = page_text(alice, f"/c/recife/{page}")
        assert "The time zone of this chapter is not known, so times are in UTC." in text, page
        assert "Choose a time zone</a>" in text, page
    assert "Choose a time zone" not in page_text(bob, "/c/recife/")
    assert ("Choose one" in page_text(alice, CALENDAR)) == (zone == "Factory")
    answer = post(alice, CALENDAR, zone="America/Recife", working_week=["1", "2"])
    assert answer.status_code == 302
    assert "is not known" not in page_text(alice, "/c/recife/")


def test_unknown_codes_of_people_events_and_money_break_no_page(world: World) -> None:
    day = (now() + timedelta(days=30)).date().isoformat()
    event = {"title": "Launch", "held_on": day, "start_time": "10:00", "zone": "America/Recife"}
    alice = world.browser_of(world.alice)
    assert post(alice, "/c/recife/launch/event", **event).status_code == 302
    [event_id] = run_as_owner(
        world,
        *(f"alter table {table} drop constraint ck_{table}_{column}_known" for table, column in UNCHECKED),
        "update users set zone = 'Factory', language = 'xx'",
        "update memberships set zone = 'Factory', language = 'xx'",
        "update launch_events set zone = 'Factory'",
        "update chapters set languages = '{xx}', currency = 'ZZZ'",
        "select id from launch_events",
    )
    for page in (*PAGES, "languages", "calendar"):
        assert page_text(alice, f"/c/recife/{page}")
    assert page_text(alice, "/me")
    assert "Choose one" in page_text(alice, f"/c/recife/launch/event/{event_id}/revision")


@pytest.mark.parametrize("code", ["", "ZZ", "zz_ZZ", "x", "\x00", "1e999999", "Ж", "A" * 5000])
def test_names_of_unknown_codes_are_the_codes_or_neutral(bare_app: Flask, code: str) -> None:
    with bare_app.test_request_context("/"):
        for language in ("en", "ar"):
            with force_locale(language):
                assert names.country_name(code) in {code, names.country_name("ZZ")}
                assert names.language_name(code) == code
                assert names.zone_name(code) == names.zone_name("UTC")
                assert len(names.weekdays_of(code)) == 7
        assert names.working_week_of(code) == (1, 2, 3, 4, 5)
