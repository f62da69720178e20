"""Amounts as the page of step 3 shows them: the chapter's currency, and dollars in small at one rate, for reading."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from solidarity.i18n.locale import current_locale
from tenants.action_kit.funding.models import ExchangeRate, SourceKind
from tenants.action_kit.funding.money import USD, format_amount, format_money, in_usd
from tenants.action_kit.funding.queries import LineRow, SourceRow, Totals


@dataclass(frozen=True)
class Reader:
    """The chapter's `currency` and the rate of the day; without a rate nothing is in dollars."""

    currency: str
    rate: ExchangeRate | None

    def amount(self, minor: int, currency: str | None = None) -> str:
        """Return an amount without its currency where it is the chapter's, with it where it is another."""
        if currency in (None, self.currency):
            return format_amount(minor, self.currency, current_locale())
        return format_money(minor, currency or self.currency, current_locale())

    def money(self, minor: int, currency: str | None = None) -> str:
        """Return an amount with its currency."""
        return format_money(minor, currency or self.currency, current_locale())

    def dollars(self, minor: int, currency: str | None = None, *, word: bool = False) -> str:
        """Return whole dollars, with their `word` or without; nothing without a rate or in another currency."""
        if self.rate is None or currency not in (None, self.currency):
            return ""
        cents = in_usd(abs(minor), self.currency, self.rate.per_usd)
        whole = int((Decimal(cents) / 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)) * 100
        formatter = format_money if word else format_amount
        return formatter(whole if minor >= 0 else -whole, USD, current_locale())


def parts_of(totals: Totals) -> list[tuple[str, int]]:
    """Return what a budget is covered by, as fills of the bar: spent, in hand, to come, to find."""
    return [("solid", totals.spent), ("mid", totals.in_hand), ("hatch", totals.coming), ("gap", totals.to_find)]


def share_of_budget(totals: Totals) -> Decimal | None:
    """Return how much of the budget is spent, between 0 and 1 or above; None without a budget."""
    return Decimal(totals.spent) / totals.needed if totals.needed else None


def budget_rows(lines: list[LineRow], currency: str) -> dict[str, Any]:
    """Return the budget lines and the longest amount among those in the chapter's currency, for bars to one scale."""
    amounts = [max(row.budget.amount_minor, row.spent) for row in lines if row.line.currency == currency]
    return {"lines": lines, "greatest": max(amounts, default=0)}


def cash_and_kind(sources: list[SourceRow]) -> dict[str, list[SourceRow]]:
    """Return sources of money, and gifts in kind apart from them."""
    kinds = {True: list[SourceRow](), False: list[SourceRow]()}
    for row in sources:
        kinds[row.source.kind == SourceKind.IN_KIND].append(row)
    return {"sources": kinds[False], "in_kind": kinds[True]}
