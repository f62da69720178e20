"""The values of an indicator as text, for the pages of chapters and of the desk."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_currency
from flask_babel import gettext as _

from solidarity.i18n.locale import current_locale, format_number
from tenants.action_kit.evaluation.indicators import Indicator
from tenants.numerals import with_minus_sign


def number_text(indicator: Indicator, numerator: int, denominator: int | None = None) -> str:
    """Return a value as text: both numbers for a ratio, dollars for an indicator in cents."""
    if indicator.cents:
        dollars = format_currency(Decimal(numerator).scaleb(-2), "USD", locale=current_locale())
        return with_minus_sign(str(dollars), current_locale())
    if denominator is not None:
        return str(_("%(part)s of %(whole)s", part=format_number(numerator), whole=format_number(denominator)))
    return format_number(numerator)
