"""The numbers of an indicator in words, for the chapter's pages as for the desk's."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_currency
from flask_babel import gettext as _

from solidarity.i18n.locale import current_locale, format_number
from tenants.action_kit.evaluation.indicators import Indicator


def number_text(indicator: Indicator, numerator: int, denominator: int | None = None) -> str:
    """Return a value in one cell of a table: of a ratio both numbers, of money the dollars."""
    if indicator.cents:
        dollars = format_currency(Decimal(numerator).scaleb(-2), "USD", locale=current_locale())
        return str(dollars).replace("-", "\u2212")
    if denominator is not None:
        return str(_("%(part)s of %(whole)s", part=format_number(numerator), whole=format_number(denominator)))
    return format_number(numerator)
