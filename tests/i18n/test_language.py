"""The language of a page: how it is chosen, where the switch leads, and how numbers and days are formatted."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from flask import Flask, g, render_template_string, session
from flask_babel import force_locale
from flask_login import AnonymousUserMixin
from time_machine import travel
from wtforms import Form, IntegerField, StringField, validators

from solidarity.accounts.sessions import SignedIn
from solidarity.i18n import locale as language
from tenants.chapters.names import country_name
from tenants.db import new_id
from tenants.people.principal import Principal

DAY = date(2026, 2, 12)


@pytest.mark.parametrize(
    ("cookie", "accept_language", "expected_language"),
    [
        (None, None, "en"),
        (None, "ar-JO,ar;q=0.9,en;q=0.5", "ar"),
        (None, "xx", "en"),
        ("ar", "en", "ar"),
        ("en", "ar", "en"),
        ("xx", "ar", "ar"),
        ("../../etc", "en", "en"),
    ],
)
def test_who_decides(bare_app: Flask, cookie: str | None, accept_language: str | None, expected_language: str) -> None:
    client = bare_app.test_client()
    if cookie:
        client.set_cookie(language.COOKIE, cookie)
    headers = {"Accept-Language": accept_language} if accept_language else {}
    assert f'<html lang="{expected_language}"' in client.get("/nowhere", headers=headers).text


def reader(language_of_hers: str) -> Principal:
    return Principal(
        user_id=new_id(),
        email="fatima@people.example",
        name="Fatima",
        language=language_of_hers,
        zone=None,
        session_id=new_id(),
        memberships=(),
        desk_roles=(),
    )


def spoken_to(
    app: Flask,
    person: Principal | None,
    *,
    cookie: str = "",
    chapter: tuple[str, ...] = (),
    accept_language: str = "en",
) -> str:
    """Return the language of a page for a person with a cookie, in a chapter, with an Accept-Language header."""
    headers = {"Accept-Language": accept_language} | ({"Cookie": f"{language.COOKIE}={cookie}"} if cookie else {})
    with app.test_request_context("/", headers=headers):
        g._login_user = SignedIn(person, "") if person else AnonymousUserMixin()
        language.speak(*chapter)
        assert language.known_language() == language.choose_language()
        return language.choose_language()


def test_the_person_comes_before_the_chapter_and_the_chapter_before_the_browser(bare_app: Flask) -> None:
    assert spoken_to(bare_app, reader("ar"), chapter=("en",), accept_language="en") == "ar"
    assert spoken_to(bare_app, reader("en"), chapter=("ar",), accept_language="ar") == "en"
    assert spoken_to(bare_app, None, chapter=("rw", "ar", "en"), accept_language="en") == "ar"
    assert spoken_to(bare_app, None, chapter=("rw",), accept_language="ar") == "ar"
    assert spoken_to(bare_app, reader("pt"), chapter=("ar",), accept_language="en") == "ar"


def test_what_was_pressed_on_this_device_is_the_last_thing_the_person_said(bare_app: Flask) -> None:
    assert spoken_to(bare_app, reader("ar"), cookie="en", chapter=("ar",), accept_language="ar") == "en"
    assert spoken_to(bare_app, None, cookie="en", chapter=("ar",), accept_language="ar") == "en"


def test_what_one_person_pressed_does_not_speak_for_the_next_on_a_shared_phone(bare_app: Flask) -> None:
    fatima, bob = reader("en"), reader("en")
    with bare_app.test_request_context("/language/ar"):
        session["_user_id"] = SignedIn(fatima, "token").get_id()
        cookie = language.choose("ar").headers["Set-Cookie"].split(";")[0].partition("=")[2]
    assert spoken_to(bare_app, fatima, cookie=cookie) == "ar"
    assert spoken_to(bare_app, bob, cookie=cookie) == "en"
    assert spoken_to(bare_app, None, cookie=cookie) == "ar"


def test_switch_sets_the_cookie_and_goes_back(bare_app: Flask) -> None:
    answer = bare_app.test_client().get("/language/ar?next=/c/recife/activities?page%3D2")
    assert answer.status_code == 303
    assert answer.location == "/c/recife/activities?page=2"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("language=ar;")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_switch_knows_only_our_languages(bare_app: Flask) -> None:
    assert bare_app.test_client().get("/language/xx").status_code == 404


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "evil",
        "",
        None,
        "/ok\\..\\evil",
    ],
)
def test_switch_sends_nobody_elsewhere(target: str | None) -> None:
    assert language.own_path(target) == "/"


@pytest.mark.parametrize("path", ["/", "/c/recife/", "/c/recife/activities?after=2026-02-11", "/c/@x:1/"])
def test_switch_keeps_our_own_paths(path: str) -> None:
    assert language.own_path(path) == path


@pytest.mark.parametrize(
    ("code", "country", "short", "long"),
    [
        ("en", None, "12 Feb 2026", "Thursday, 12 February 2026"),
        ("ar", None, "12 فبراير 2026", "الخميس، 12 فبراير 2026"),
        ("ar", "JO", "12 شباط 2026", "الخميس، 12 شباط 2026"),
        ("ar", "ZZ", "12 فبراير 2026", "الخميس، 12 فبراير 2026"),
    ],
)
def test_days(bare_app: Flask, code: str, country: str | None, short: str, long: str) -> None:
    with bare_app.test_request_context("/"), force_locale(code):
        assert language.format_day(DAY, country) == short
        assert language.format_day_long(DAY, country) == long


def test_moments_are_told_in_their_zone(bare_app: Flask) -> None:
    with bare_app.test_request_context("/"):
        moment = datetime(2026, 2, 12, 23, 30, tzinfo=UTC)
        assert language.format_moment(moment) == "12 Feb 2026, 23:30"
        assert language.format_moment(moment, "Africa/Kigali") == "13 Feb 2026, 01:30"
        assert language.format_local_day(moment, "Africa/Kigali") == "13 Feb 2026"
        assert language.format_rate(Decimal("0.6797030")) == "0.679703"


def test_a_page_has_the_style_of_its_chapter_s_country(bare_app: Flask) -> None:
    with bare_app.test_request_context("/"):
        assert language.format_day(DAY) == "12 Feb 2026"
        g.page_country = "US"
        assert language.format_day(DAY) == "Feb 12, 2026"
        with force_locale("ar"):
            g.page_country = "JO"
            assert language.format_day(DAY) == "12 شباط 2026"
            assert language.format_quarter(date(2026, 1, 1)).endswith("آذار 2026")


def test_hours_and_lists(bare_app: Flask) -> None:
    with bare_app.test_request_context("/"):
        assert language.format_hour(time(18, 5)) == "18:05"
        assert language.format_list(["a", "b", 3]) == "a, b and 3"
        with force_locale("ar"):
            assert language.format_hour(time(6, 5)) == "06:05"
            assert language.format_list(["أ", "ب", "ج"]) == "أ وب وج"


def test_arabic_has_the_same_digits_everywhere(bare_app: Flask) -> None:
    """CLDR's digits for Arabic without a country, for a chapter of any country."""
    with bare_app.test_request_context("/"), force_locale("ar"):
        g.page_country = "EG"
        moment = datetime(2026, 2, 12, 23, 30, tzinfo=UTC)
        texts = [
            language.format_number(1234567),
            language.format_share(0.93),
            language.format_moment(moment),
            language.format_day_long(DAY),
            language.format_in_days(DAY + timedelta(days=4), DAY),
            language.format_quarter(DAY.replace(day=1, month=1)),
        ]
    assert any("1,234,567" in text for text in texts)
    assert not re.search("[\u0660-\u0669]", " ".join(texts))


@pytest.mark.parametrize(
    ("days", "english", "arabic"),
    [(0, "today", "اليوم"), (1, "tomorrow", "غدًا"), (4, "in 4 days", None), (-9, "9 days ago", None)],
)
def test_days_away(bare_app: Flask, days: int, english: str, arabic: str | None) -> None:
    with bare_app.test_request_context("/"):
        assert language.format_in_days(DAY + timedelta(days=days), DAY) == english
        with force_locale("ar"):
            text = language.format_in_days(DAY + timedelta(days=days), DAY)
    assert text == arabic or (arabic is None and str(abs(days)) in text)


@pytest.mark.parametrize(("number", "expected_text"), [(41872, "41,872"), (-37, "\u221237"), (0, "0"), (31.4, "31.4")])
def test_numbers_have_separators_and_a_true_minus(bare_app: Flask, number: float, expected_text: str) -> None:
    with bare_app.test_request_context("/"):
        assert language.format_number(number) == expected_text


def test_countries_are_named_in_the_language(bare_app: Flask) -> None:
    with bare_app.test_request_context("/"):
        assert country_name("BR") == "Brazil"
        assert country_name("ZZZ") == "ZZZ"
        with force_locale("ar"):
            assert country_name("JO") == "الأردن"


def test_forms_speak_the_language_too(bare_app: Flask) -> None:
    from flask_wtf import FlaskForm

    class Count(FlaskForm):  # type: ignore[misc]  # the library has no types
        title = StringField("T", [validators.InputRequired()])
        count = IntegerField("C", [validators.NumberRange(0, 9)])
        note = StringField("N", [validators.Length(max=3)])

        class Meta:
            csrf = False

    fields = {"count": "many", "note": "long"}
    with bare_app.test_request_context("/", method="POST", data=fields, headers={"Accept-Language": "ar"}):
        bare_app.preprocess_request()
        form: Form = Count()
        form.validate()
        messages = [str(error) for errors in form.errors.values() for error in errors]
    assert len(messages) >= 3
    assert all(any("\u0600" <= letter <= "\u06ff" for letter in sentence) for sentence in messages), messages


def test_templates_have_the_filters(bare_app: Flask) -> None:
    with travel(DAY), bare_app.test_request_context("/"):
        text = render_template_string(
            "{{ 1234|num }} {{ 0.93|percent }} {{ day|day_short }} {{ 'RW'|country }}", day=DAY
        )
    assert text == "1,234 93% 12 Feb Rwanda"


@pytest.mark.parametrize(("today", "text"), [("2026-02-11", "12 Feb"), ("2025-12-31", "12 Feb 2026")])
def test_a_day_of_another_year_has_its_year(bare_app: Flask, today: str, text: str) -> None:
    with travel(today), bare_app.test_request_context("/"):
        assert language.format_day_short(date(2026, 2, 12)) == text
