"""Parsing of amounts, and their conversion to dollars."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from babel import Locale
from babel.numbers import get_currency_precision
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from solidarity.cli.main import main
from tenants.action_kit.funding.currencies import decimals_of
from tenants.action_kit.funding.models import LEAST_RATE, MOST_WHOLE
from tenants.action_kit.funding.money import format_money, in_usd, parse_amount, typed_amount
from tenants.action_kit.funding.rates import WrongRates, read_rates
from tenants.chapters import names
from tenants.numerals import NotNumber

CURRENCIES = ("BRL", "JPY", "BHD", "USD", "RWF", "LBP", "IQD", "CLF")
amounts = st.integers(0, MOST_WHOLE) | st.integers(0, 2_000_000)
locales = st.sampled_from(["en", "pt", "fr", "es", "ar", "ru", "zh", "de"])
notations = st.sampled_from([",.", ".,", " ,", "’.", "٬٫"])  # thousands, then decimals
rates = st.decimals(LEAST_RATE, 10**6, places=6)


@pytest.mark.parametrize(
    ("text", "currency", "locale", "minor"),
    [
        ("1.234,50", "BRL", "pt", 123_450),
        ("1,234.50", "BRL", "en", 123_450),
        ("1.180,50", "BRL", "en", 118_050),
        ("1 234,5", "EUR", "fr", 123_450),
        ("1\u00a0200,00", "EUR", "en", 120_000),
        ("1,23", "BRL", "en", 123),
        ("١٬٢٣٤٫٥٠", "EGP", "ar", 123_450),
        ("1,234", "JPY", "en", 1_234),
        ("1,200.00", "JPY", "en", 1_200),
        ("1,00,000.50", "INR", "en", 10_000_050),
        ("1.234", "BRL", "pt", 123_400),
        ("1,234", "BRL", "en", 123_400),
        ("1.2340", "BHD", "en", 1_234),
        ("0.234", "BHD", "en", 234),
        ("1,200.500", "BHD", "en", 1_200_500),
        ("١٫٢٠٠", "JOD", "ar", 1_200),
        ("1 200", "JOD", "en", 1_200_000),
        ("12.50", "RSD", "en", 1_250),
        ("12.5", "LBP", "en", 1_250),
        ("\u200e1\u00ad2\u2060.5\ufeff", "IQD", "en", 12_500),
    ],
)
def test_an_amount_is_read_in_every_notation_with_one_meaning(text, currency, locale, minor):
    assert parse_amount(text, currency, Locale.parse(locale)) == minor


@pytest.mark.parametrize(
    ("text", "currency", "locale", "readings"),
    [
        ("1.200", "JOD", "en", ("1200", "1.20")),
        ("1,200", "JOD", "en", ("1200", "1.20")),
        ("1.234", "BHD", "ar", ("1234", "1.2340")),
        ("1,200", "TND", "fr", ("1200", "1,20")),
        ("1.234", "BRL", "en", ("1,234", "1.23")),
        ("1,234", "EUR", "pt", ("1.234", "1,23")),
        ("1.200", "JPY", "en", ("1,200", "1")),
    ],
)
def test_an_amount_with_two_meanings_is_refused_with_both(text, currency, locale, readings):
    parsed_locale = Locale.parse(locale)
    with pytest.raises(NotNumber) as error:
        parse_amount(text, currency, parsed_locale)
    assert (error.value.reason, error.value.readings) == ("unclear", readings)
    large_amount, small_amount = (parse_amount(reading, currency, parsed_locale) for reading in readings)
    assert large_amount > small_amount * 900


@pytest.mark.parametrize(
    ("text", "currency", "reason"),
    [
        ("1234.567", "BRL", "decimals"),
        ("1.5", "JPY", "decimals"),
        ("1.2345", "BHD", "decimals"),
        ("", "BRL", "nonsense"),
        ("-5", "BRL", "nonsense"),
        ("R$ 5", "BRL", "nonsense"),
        ("1e9", "BRL", "nonsense"),
        ("1,2345", "BRL", "nonsense"),
        ("NaN", "BRL", "nonsense"),
        ("9" * 25, "BRL", "size"),
        ("9" * 31, "BRL", "size"),
        ("10,000,000,000,001", "JPY", "size"),
    ],
)
def test_what_is_no_amount_is_refused(text, currency, reason):
    with pytest.raises(NotNumber) as error:
        parse_amount(text, currency, Locale.parse("en"))
    assert error.value.reason == reason


@given(amounts, st.sampled_from(CURRENCIES), locales)
def test_what_is_in_a_box_can_be_sent_again(minor, currency, locale):
    parsed_locale = Locale.parse(locale)
    assert parse_amount(typed_amount(minor, currency, parsed_locale), currency, parsed_locale) == minor


@given(
    amounts, st.sampled_from(CURRENCIES[:-1]), locales, st.sampled_from([",.", ".,", " ,", "’.", "٬٫"]), st.booleans()
)
def test_no_notation_of_any_country_is_read_as_another_amount(minor, currency, locale, signs, is_whole):
    decimals = decimals_of(currency)
    whole, fraction = divmod(minor, 10**decimals)
    text = f"{whole:,}".replace(",", signs[0])
    if fraction or (decimals and not is_whole):
        text += f"{signs[1]}{fraction:0{decimals}}"
    try:
        assert parse_amount(text, currency, Locale.parse(locale)) == minor
    except NotNumber as error:
        assert error.reason == "unclear"  # noqa: PT017  # both outcomes are right


def test_decimals_are_those_of_iso_4217_and_not_those_on_display():
    shown_rounded = "AFN ALL IRR KPW LAK LBP MGA MMK RSD SOS SYP YER"
    assert {decimals_of(code) for code in shown_rounded.split()} == {2}
    assert [decimals_of(code) for code in ("IQD", "JOD", "CLF", "JPY", "USD")] == [3, 3, 4, 0, 2]
    in_use = {code for code in names.currencies() if decimals_of(code) != get_currency_precision(code)}
    assert in_use == {*shown_rounded.split(), "IQD"}


@pytest.mark.parametrize(
    ("locale", "minor", "currency", "expected_text"),
    [
        ("en", 2_400_000, "BRL", "BRL\u00a024,000"),
        ("en", 2_400_050, "BRL", "BRL\u00a024,000.50"),
        ("en", 1_500, "JPY", "JPY\u00a01,500"),
        ("en", -2_400_000, "BRL", "BRL\u00a0\u221224,000"),
        ("ar", -2_400_000, "JOD", "\u200f\u200e\u22122,400\u00a0JOD\u200f"),
        ("ar", 2_400_000, "JOD", "\u200f2,400\u00a0JOD\u200f"),
        ("fr", 2_400_050, "XOF", "2\u202f400\u202f050\u00a0XOF"),
        ("pt", 2_400_050, "BRL", "BRL\u00a024.000,50"),
    ],
)
def test_the_code_stands_where_the_language_puts_it(locale, minor, currency, expected_text):
    assert format_money(minor, currency, Locale.parse(locale)) == expected_text


@given(amounts, amounts, rates, st.sampled_from(CURRENCIES))
def test_more_money_is_never_fewer_dollars(first_amount, second_amount, rate, currency):
    smaller_amount, larger_amount = sorted((first_amount, second_amount))
    assert in_usd(smaller_amount, currency, rate) <= in_usd(larger_amount, currency, rate)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=30), rates)
def test_each_part_is_off_by_half_a_cent_at_most(parts, rate):
    exact = Fraction(sum(parts)) / Fraction(rate)
    assert abs(sum(in_usd(part, "BRL", rate) for part in parts) - exact) <= Fraction(len(parts), 2)


def test_half_a_cent_goes_to_the_even_one():
    assert [in_usd(minor, "BRL", Decimal(2)) for minor in (1, 3, 5)] == [0, 2, 2]


def test_a_file_of_rates_is_taken_whole_or_not_at_all():
    good = ["currency,starts_on,per_usd\n", "BRL,2026-02-01,5.42\n"]
    assert len(read_rates(good)) == 1
    with pytest.raises(WrongRates) as wrong:
        read_rates([*good, "XX,2026-02-01,1\n", "BRL,yesterday,0\n", "BRL,2026-02-02\n", "USD,2026-02-01,1\n"])
    assert [line.partition(":")[0] for line in str(wrong.value).splitlines()] == [
        "Line 3",
        "Line 4",
        "Line 4",
        "Line 5",
        "Line 6",
    ]
    with pytest.raises(WrongRates, match="Line 1"):
        read_rates(["currency;starts_on;per_usd\n"])


def test_an_administrator_loads_rates_from_a_file_and_is_told_what_is_wrong(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", settings.database_url.get_secret_value())
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("currency,starts_on,per_usd\nBRL,2026-02-01,5.42\nRWF,2026-02-01,1400\n")
    bad.write_text("currency,starts_on,per_usd\nBRL,2026-03-01,5.5\nBRL,2026-03-02,-1\n")
    for _ in range(2):
        loaded = CliRunner().invoke(main, ["rates", "load", str(good)])
        assert (loaded.exit_code, loaded.output) == (0, "2 rates are stored.\n")
    result = CliRunner().invoke(main, ["rates", "load", str(bad)])
    assert result.exit_code == 1
    assert "Line 3" in result.output
    engine = create_engine(settings.database("owner"))
    with engine.connect() as owner:
        days = owner.scalars(text("select starts_on from exchange_rates where currency = 'BRL'")).all()
    engine.dispose()
    assert [day.isoformat() for day in days] == ["2026-02-01"]
