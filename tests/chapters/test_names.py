"""Addresses made from names, sorting of names, and what CLDR knows of every country."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tenants.chapters import names
from tenants.chapters.areas import ALL_COUNTRIES
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
        assert set(names.zones_of(country)) <= names.zones(), country
        assert names.languages_of(country), country
        assert set(names.languages_of(country)) <= names.languages(), country
        assert names.country_name(country) != country


def test_weekends_are_those_of_the_country():
    assert names.working_week_of("BR") == (1, 2, 3, 4, 5)
    assert names.working_week_of("EG") == (1, 2, 3, 4, 7)
    assert names.working_week_of("IR") == (1, 2, 3, 4, 6, 7)


def test_of_two_currencies_a_country_is_offered_its_own():
    assert names.currency_of("LS") == "LSL"
    assert names.currency_of("PA") == "PAB"
    assert names.currency_of("XK") == "EUR"
