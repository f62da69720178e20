"""Addresses made from names, sorting of names, and what CLDR knows of every country."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from babel import Locale
from babel.numbers import get_territory_currencies
from flask_babel import force_locale
from harness.people import World
from hypothesis import given
from hypothesis import strategies as st
from time_machine import travel

from tenants.chapters import corrections, names
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.chapters.codes import LANGUAGES, ZONES
from tenants.chapters.country_names import UN_NAMES
from tenants.chapters.details import SLUG_SHAPE


@given(st.text(max_size=200))
def test_a_suggested_address_is_empty_or_an_address(name):
    slug = names.suggest_slug(name)
    assert slug == "" or (SLUG_SHAPE.fullmatch(slug) and len(slug) <= names.SLUG_LENGTH)


def test_an_address_keeps_the_latin_letters_and_transliterates_nothing():
    assert names.suggest_slug("ElesPorElas São Paulo / Zona 2") == "elesporelas-sao-paulo-zona-2"
    assert names.suggest_slug("هو لها القاهرة") == ""


def test_names_sort_without_marks_and_case():
    assert sorted(["zebra", "Ábaco", "abba", "Österbotten", "Straße"], key=names.sort_key) == [
        "Ábaco",
        "abba",
        "Österbotten",
        "Straße",
        "zebra",
    ]


def test_every_country_of_an_area_has_what_the_form_needs():
    for country in ALL_COUNTRIES:
        assert names.currency_of(country) in names.currencies(), country
        assert 5 <= len(names.working_week_of(country)) <= 6, country
        assert names.zones_of(country), country
        assert set(names.zones_of(country)) <= ZONES, country
        assert names.languages_of(country), country
        assert set(names.languages_of(country)) <= LANGUAGES, country
        assert names.country_name(country) != country


def test_weekends_are_those_of_the_country():
    assert names.working_week_of("BR") == (1, 2, 3, 4, 5)
    assert names.working_week_of("EG") == (1, 2, 3, 4, 7)
    assert names.working_week_of("IR") == (1, 2, 3, 4, 6, 7)
    assert names.working_week_of("BD") == names.working_week_of("PS") == (1, 2, 3, 4, 7)
    assert names.working_week_of("BN") == (1, 2, 3, 4, 6), "rests on Friday and Sunday"
    assert names.working_week_of("NP") == (1, 2, 3, 4, 5, 7)


def test_every_correction_differs_from_cldr_and_says_where_it_is_from():
    source = inspect.getsource(corrections)
    for country, week in corrections.WORKING_WEEKS.items():
        locale = Locale.parse(f"und_{country}")
        days = (locale.weekend_end - locale.weekend_start) % 7 + 1
        weekend = {(locale.weekend_start + step) % 7 + 1 for step in range(days)}
        assert set(week) != set(range(1, 8)) - weekend, country
    for country, (currency, since) in corrections.CURRENCIES.items():
        assert currency not in get_territory_currencies(country, start_date=since), country
    lines = [line for line in source.splitlines() if line.startswith('    "')]
    assert len(lines) == len(corrections.WORKING_WEEKS) + len(corrections.CURRENCIES)
    assert all("  # " in line for line in lines)


@pytest.mark.parametrize(("day", "currency"), [("2025-12-31", "BGN"), ("2026-01-01", "EUR"), ("2027-05-01", "EUR")])
def test_a_country_has_the_currency_of_the_day(day, currency):
    with travel(f"{day}T12:00:00+00:00", tick=False):
        assert names.currency_of("BG") == currency


def test_of_two_currencies_a_country_is_offered_its_own():
    assert names.currency_of("LS") == "LSL"
    assert names.currency_of("PA") == "PAB"
    assert names.currency_of("XK") == "EUR"


@pytest.mark.parametrize(
    ("country", "english", "arabic"),
    [
        ("KP", "Democratic People’s Republic of Korea", "جمهورية كوريا الشعبية الديمقراطية"),
        ("PS", "State of Palestine", "دولة فلسطين"),
        ("VN", "Viet Nam", "فييت نام"),
        ("TR", "Türkiye", "تركيا"),
        ("BR", "Brazil", "البرازيل"),
    ],
)
def test_countries_have_the_short_names_of_the_united_nations(bare_app, country, english, arabic):
    with bare_app.test_request_context("/"):
        assert names.country_name(country) == english
        with force_locale("ar"):
            assert names.country_name(country) == arabic
        with force_locale("de"):
            assert names.country_name("VN") == "Vietnam", "a language without a table of its own"


def test_every_entry_is_a_country_of_an_area_that_cldr_names_differently():
    for language, table in UN_NAMES.items():
        territories = Locale(language).territories
        assert set(table) <= set(ALL_COUNTRIES)
        assert not [code for code, name in table.items() if territories[code] == name]
        assert len(set(table.values())) == len(table)


def test_only_one_module_reads_the_country_names_of_cldr():
    modules = [path for folder in ("tenants", "platform/solidarity", "workers") for path in Path(folder).rglob("*.py")]
    assert [path.name for path in modules if ".territories" in path.read_text()] == ["names.py"]


@pytest.mark.parametrize(
    ("language", "city", "place"), [("en", "Cairo", "Cairo (Egypt)"), ("ar", "القاهرة", "القاهرة (مصر)")]
)
def test_a_time_zone_has_the_name_of_its_city_in_the_readers_language(
    world: World, language: str, city: str, place: str
) -> None:
    with world.app.test_request_context(), force_locale(language):
        assert names.zone_name("Africa/Cairo") == city
        assert names.zone_choices(["Africa/Cairo"], with_country=True) == [("Africa/Cairo", place)]
        assert names.zone_name("Etc/Unknown") == "UTC"
