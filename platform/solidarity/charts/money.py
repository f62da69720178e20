"""Charts of money: what covers a budget, and how much of each line is spent. Their tables have the amounts."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from solidarity.charts.rows import spans


def money_bar(parts: Sequence[tuple[str, int]]) -> Markup:
    """Draw named fills (solid, mid, hatch, gap) side by side, as long as their amounts; none for zero or less."""
    amounts = [max(amount, 0) for _fill, amount in parts]
    rects = Markup("").join(
        Markup('<rect class="f-{}" x="{:.2f}%" y="0.5" width="{:.2f}%" height="31"/>').format(
            parts[index][0], start, width
        )
        for index, start, width in spans(amounts, gap=0.3)
    )
    return Markup('<svg class="moneybar bars" width="100%" height="32" aria-hidden="true">{}</svg>').format(rects)


def budget_bar(budget: int, expenses: int, greatest: int) -> Markup:
    """Draw a budget as an outline with its expenses inside. All bars of a column have the same `greatest`.

    Expenses above the budget extend past the outline.
    """
    if greatest <= 0:
        return Markup("")
    whole, fill_percent = (100 * max(amount, 0) / greatest for amount in (budget, expenses))
    return Markup(
        '<svg class="budgetbar bars" width="100%" height="14" aria-hidden="true">'
        '<rect class="f-open" x="0" y="0.5" width="{:.2f}%" height="13"/>'
        '<rect class="f-solid" x="0" y="4" width="{:.2f}%" height="6"/></svg>'
    ).format(whole, min(fill_percent, 100))
