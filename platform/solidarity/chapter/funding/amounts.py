"""Amounts on the page of step 3: in the chapter's currency and, to help readers, in US dollars at one rate."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from solidarity.chapter.funding.forms import PARTLY_RECEIVED, SURE_WORDS
from solidarity.i18n.locale import current_locale
from tenants.action_kit.funding.models import ExchangeRate, SourceKind, SourceState, Transaction
from tenants.action_kit.funding.money import USD, format_amount, format_money, in_usd
from tenants.action_kit.funding.queries import LineRow, Totals
from tenants.action_kit.funding.sources import SourceRow


@dataclass(frozen=True)
class Reader:
    """Formats amounts with the chapter's `currency` and the rate of the day. Without a rate, no dollars are shown."""

    currency: str
    rate: ExchangeRate | None

    def amount(self, minor: int, currency: str | None = None) -> str:
        """Return an amount in minor units as text, with its currency only if it is not the chapter's."""
        if currency in (None, self.currency):
            return format_amount(minor, self.currency, current_locale())
        return format_money(minor, currency or self.currency, current_locale())

    def money(self, minor: int, currency: str | None = None) -> str:
        """Return an amount in minor units as text, with its currency."""
        return format_money(minor, currency or self.currency, current_locale())

    def of_transaction(self, transaction: Transaction, *, word: bool = False) -> str:
        """Return a transaction's amount as text, below zero for a refund or a reversal; with its currency if `word`."""
        amount = transaction.sign * transaction.amount_minor
        return self.money(amount, transaction.currency) if word else self.amount(amount, transaction.currency)

    def dollars_of_transaction(self, transaction: Transaction) -> str:
        """Return its US dollars as text, below zero for a refund or a reversal; empty if it is unconverted."""
        if transaction.usd_minor is None:
            return ""
        return self.money(transaction.sign * transaction.usd_minor, USD)

    def dollars(self, minor: int, currency: str | None = None, *, word: bool = False) -> str:
        """Return whole US dollars, with the currency if `word`; empty without a rate or for another currency."""
        if self.rate is None or currency not in (None, self.currency):
            return ""
        cents = in_usd(abs(minor), self.currency, self.rate.per_usd)
        whole = int((Decimal(cents) / 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)) * 100
        formatter = format_money if word else format_amount
        return formatter(whole if minor >= 0 else -whole, USD, current_locale())


def parts_of(totals: Totals) -> list[tuple[str, int]]:
    """Return the parts of a budget as fills of the bar with minor units: spent, in hand, to come, to find."""
    return [("solid", totals.spent), ("mid", totals.in_hand), ("hatch", totals.coming), ("gap", totals.to_find)]


def share_of_budget(totals: Totals) -> Decimal | None:
    """Return the spent share of the budget, above 1 if it is overspent; None without a budget."""
    return Decimal(totals.spent) / totals.needed if totals.needed else None


def budget_rows(lines: list[LineRow], currency: str) -> dict[str, Any]:
    """Return the budget lines, and the greatest amount in the chapter's currency as the common scale of their bars."""
    amounts = [max(row.budget.amount_minor, row.spent) for row in lines if row.line.currency == currency]
    return {"lines": lines, "greatest": max(amounts, default=0)}


def cash_and_kind(sources: list[SourceRow]) -> dict[str, list[SourceRow]]:
    """Return the sources of money and, separately, the contributions in kind."""
    kinds = {True: list[SourceRow](), False: list[SourceRow]()}
    for row in sources:
        kinds[row.source.kind == SourceKind.IN_KIND].append(row)
    return {"sources": kinds[False], "in_kind": kinds[True]}


def source_status(row: SourceRow) -> str:
    """Return the status of a source in words. What came decides whether money is received, and the pledge how much."""
    state = SourceState(row.source.state)
    if state is SourceState.CANCELLED or not row.receipts:
        return str(SURE_WORDS[state])
    return str(PARTLY_RECEIVED if row.missing else SURE_WORDS[SourceState.RECEIVED])
