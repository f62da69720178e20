"""Find the exchange rate of a day; load rates from a file. Without a rate an amount stays unconverted: never 1.0."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from sqlalchemy import Connection, Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants.action_kit.funding.currencies import is_currency
from tenants.action_kit.funding.models import LEAST_RATE, ExchangeRate
from tenants.action_kit.funding.money import USD, in_usd
from tenants.clock import last_day, now
from tenants.db import FIRST_DAY
from tenants.errors import SolidarityError

COLUMNS = ["currency", "starts_on", "per_usd"]
MOST_RATE = Decimal(10**12)


class WrongRates(SolidarityError):
    """The file of rates is invalid. The message names each wrong line, and nothing of the file is stored."""


@dataclass(frozen=True)
class Converted:
    """An amount in US cents, and the rate that it was converted with."""

    usd_minor: int
    rate_per_usd: Decimal
    rate_starts_on: date


def convert(session: Session, minor: int, currency: str, on: date) -> Converted | None:
    """Return an amount in dollars at the latest rate on or before the day `on`; None if there is no rate."""
    if currency == USD:
        return Converted(minor, Decimal(1), on)
    rate = session.scalars(latest_rate(currency, on)).one_or_none()
    if rate is None:
        return None
    return Converted(in_usd(minor, currency, rate.per_usd), rate.per_usd, rate.starts_on)


def latest_rate(currency: str, on: date) -> Select[ExchangeRate]:
    """Select the latest rate of a currency on or before the day `on`; dollars have none."""
    return (
        select(ExchangeRate)
        .where(ExchangeRate.currency == currency, ExchangeRate.starts_on <= on)
        .order_by(ExchangeRate.starts_on.desc())
        .limit(1)
    )


def load_rates(owner: Connection, lines: Iterable[str]) -> int:
    """Store the rates of a CSV file (columns currency, starts_on, per_usd) and return how many; raises WrongRates.

    A rate of the same currency and day is replaced. Transactions converted with it keep the former rate on their rows.
    """
    rates = read_rates(lines)
    for rate in rates:
        statement = insert(ExchangeRate).values(rate)
        owner.execute(
            statement.on_conflict_do_update(
                index_elements=["currency", "starts_on"], set_={"per_usd": statement.excluded.per_usd}
            )
        )
    return len(rates)


def read_rates(lines: Iterable[str]) -> list[dict[str, object]]:
    """Return the rates of a CSV file; raises WrongRates with a sentence for each problem."""
    reader = csv.DictReader(lines)
    if reader.fieldnames != COLUMNS:
        raise WrongRates(f"Line 1: the columns must be {','.join(COLUMNS)}.")
    rates: list[dict[str, object]] = []
    wrong: list[str] = []
    for row in reader:
        problems = list(_rate_problems(row))
        wrong += [f"Line {reader.line_num}: {problem}" for problem in problems]
        if not problems:
            day, rate = date.fromisoformat(row["starts_on"]), Decimal(row["per_usd"])
            rates.append({"currency": row["currency"], "starts_on": day, "per_usd": rate})
    if wrong:
        raise WrongRates("\n".join(wrong))
    return rates


def _rate_problems(row: dict[str, str]) -> Iterator[str]:
    if None in row or None in row.values():
        yield "there must be three values."
        return
    if row["currency"] == USD or not is_currency(row["currency"]):
        yield f"{row['currency']!r} is no currency to convert; use a code such as BRL."
    try:
        day = date.fromisoformat(row["starts_on"])
    except ValueError:
        yield f"{row['starts_on']!r} is no day; write it as 2026-02-01."
    else:
        if not FIRST_DAY <= day <= last_day(now().date()):
            yield f"{row['starts_on']!r} is not between {FIRST_DAY} and ten years from now."
    try:
        rate = Decimal(row["per_usd"])
    except InvalidOperation:
        yield f"{row['per_usd']!r} is no number; write it as 5.42."
        return
    if not rate.is_finite() or not LEAST_RATE <= rate < MOST_RATE or rate != round(rate, 6):
        yield f"{row['per_usd']!r} is no rate; it has at most 6 decimals and is at least {LEAST_RATE}."
