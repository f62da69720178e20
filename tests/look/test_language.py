"""The language of a page: who decides, where the switch leads, how numbers and days are written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale
from wtforms import Form, IntegerField, StringField, validators

from solidarity import language

DAY = date(2026, 2, 12)


@pytest.mark.parametrize(
    ("cookie", "wished", "spoken"),
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
def test_who_decides(bare_app: Flask, cookie: str | None, wished: str | None, spoken: str) -> None:
    client = bare_app.test_client()
    if cookie:
        client.set_cookie(language.COOKIE, cookie)
    headers = {"Accept-Language": wished} if wished else {}
    assert f'<html lang="{spoken}"' in client.get("/nowhere", headers=headers).text


def test_stored_language_stands_between_device_and_browser(bare_app: Flask) -> None:
    with bare_app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert language.device_language(else_="ar") == "ar"
    with bare_app.test_request_context("/", headers={"Cookie": f"{language.COOKIE}=en"}):
        assert language.device_language(else_="ar") == "en"


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
    "elsewhere",
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
def test_switch_sends_nobody_elsewhere(elsewhere: str | None) -> None:
    assert language.own_path(elsewhere) == "/"


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


@pytest.mark.parametrize(
    ("days", "english", "arabic"),
    [(0, "today", "اليوم"), (1, "tomorrow", "غدًا"), (4, "in 4 days", None), (-9, "9 days ago", None)],
)
def test_days_away(bare_app: Flask, days: int, english: str, arabic: str | None) -> None:
    with bare_app.test_request_context("/"):
        assert language.format_in_days(DAY + timedelta(days=days), DAY) == english
        with force_locale("ar"):
            said = language.format_in_days(DAY + timedelta(days=days), DAY)
    assert said == arabic or (arabic is None and str(abs(days)) in said)


@pytest.mark.parametrize(("number", "written"), [(41872, "41,872"), (-37, "\u221237"), (0, "0"), (31.4, "31.4")])
def test_numbers_have_separators_and_a_true_minus(bare_app: Flask, number: float, written: str) -> None:
    with bare_app.test_request_context("/"):
        assert language.format_number(number) == written


def test_countries_are_named_in_the_language(bare_app: Flask) -> None:
    with bare_app.test_request_context("/"):
        assert language.country_name("BR") == "Brazil"
        assert language.country_name("ZZZ") == "ZZZ"
        with force_locale("ar"):
            assert language.country_name("JO") == "الأردن"


def test_forms_speak_the_language_too(bare_app: Flask) -> None:
    from flask_wtf import FlaskForm

    class Count(FlaskForm):  # type: ignore[misc]  # the library has no types
        title = StringField("T", [validators.InputRequired()])
        count = IntegerField("C", [validators.NumberRange(0, 9)])
        note = StringField("N", [validators.Length(max=3)])

        class Meta:
            csrf = False

    typed = {"count": "many", "note": "long"}
    with bare_app.test_request_context("/", method="POST", data=typed, headers={"Accept-Language": "ar"}):
        bare_app.preprocess_request()
        form: Form = Count()
        form.validate()
        said = [str(error) for errors in form.errors.values() for error in errors]
    assert len(said) >= 3
    assert all(any("\u0600" <= letter <= "\u06ff" for letter in sentence) for sentence in said), said


def test_templates_have_the_filters(bare_app: Flask) -> None:
    with bare_app.test_request_context("/"):
        said = render_template_string(
            "{{ 1234|num }} {{ 0.93|percent }} {{ day|day_short }} {{ 'RW'|country }}", day=DAY
        )
    assert said == "1,234 93% 12 Feb Rwanda"
