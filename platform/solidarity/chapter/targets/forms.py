"""The form of a target: its value, its baseline, and the reason for a change."""

from __future__ import annotations

from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, TextAreaField
from wtforms.validators import Optional

from solidarity.chapter.funding.forms import AmountField
from solidarity.forms.base import ServiceForm
from solidarity.forms.parts import DayField, SeenForm
from solidarity.forms.people_field import PeopleField
from solidarity.i18n.locale import current_locale
from tenants.action_kit.evaluation.indicators import Indicator
from tenants.action_kit.funding.money import USD, typed_amount
from tenants.action_kit.targets.models import IndicatorTarget
from tenants.action_kit.targets.services import Amount, Baseline, baseline_of, target_of
from tenants.texts import code_text

_TARGET, _BASELINE, _OF = _l("Target"), _l("Baseline: the value before you started"), _l("of how many")
_NOBODY_KNOWS = _l("Leave this empty if nobody has measured it.")


class _Target(SeenForm, ServiceForm):
    """A target with its baseline. Only ratios have the `_of` fields."""

    def order(self) -> list[Field]:
        """Return the fields in the order of the page."""
        names = ("target", "target_of", "baseline", "baseline_of", "baseline_on", "reason")
        return [self[name] for name in names if name in self]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, and that every box can be read."""
        super().validate(extra_validators)
        self.target_amount()
        self.known_baseline()
        return not any(field.errors for field in self)

    def target_amount(self) -> Amount | None:
        """Return the target; None if it is empty or unreadable. An unreadable one has its error at the field."""
        return self._amount("target")

    def known_baseline(self) -> Baseline | None:
        """Return the baseline with its date; None if both are empty. One without the other gets an error."""
        amount, day = self._amount("baseline"), self["baseline_on"]
        if self._is_filled("baseline") and day.data is None and not day.errors:
            day.errors = [*day.errors, _("Enter the date it was measured.")]
        if day.data is not None and not self._is_filled("baseline"):
            self["baseline"].errors = [*self["baseline"].errors, _("Enter the baseline, or clear the date.")]
        return Baseline(amount, day.data) if amount is not None and day.data is not None else None

    def _is_filled(self, name: str) -> bool:
        return bool(code_text((self[name].raw_data or [""])[0]))

    def _amount(self, name: str) -> Amount | None:
        raise NotImplementedError


class MoneyTargetForm(_Target):
    """A target in US dollars."""

    target = AmountField(_TARGET)
    baseline = AmountField(_BASELINE, description=_NOBODY_KNOWS)
    baseline_on = DayField(_l("Measured on"), validators=[Optional()])
    reason = TextAreaField(_l("Reason"))

    def _amount(self, name: str) -> Amount | None:
        if not self._is_filled(name):
            return None
        cents = cast("AmountField", self[name]).minor(USD)
        return None if cents is None else Amount(cents)


class NumberTargetForm(_Target):
    """A target that is a number or a ratio."""

    target = PeopleField(_TARGET)
    target_of = PeopleField(_OF)
    baseline = PeopleField(_BASELINE, description=_NOBODY_KNOWS)
    baseline_of = PeopleField(_OF)
    baseline_on = DayField(_l("Measured on"), validators=[Optional()])
    reason = TextAreaField(_l("Reason"))

    def _amount(self, name: str) -> Amount | None:
        number = cast("PeopleField", self[name])
        if f"{name}_of" not in self:
            return None if number.data is None else Amount(number.data)
        if self._is_filled(f"{name}_of") and not number.is_filled:
            number.errors = [*number.errors, _("Enter both numbers, or leave both empty.")]
        return None if number.data is None else Amount(number.data, self[f"{name}_of"].data)


def target_form(
    indicator: Indicator, row: IndicatorTarget | None, **options: Any
) -> MoneyTargetForm | NumberTargetForm:
    """Return the form of an indicator's target. It shows `row` if nothing was posted, or with `formdata=None`."""
    data = _data(indicator, row) if row is not None else {"seen": "0"}
    if indicator.cents:
        return MoneyTargetForm(data=data, **options)
    form = NumberTargetForm(data=data, **options)
    if not indicator.is_ratio:
        del form.target_of, form.baseline_of
    return form


def reason_of(form: _Target) -> str:
    """Return the reason for the change, as it was typed."""
    return form["reason"].data or ""


def _data(indicator: Indicator, row: IndicatorTarget) -> dict[str, Any]:
    target, baseline = target_of(row), baseline_of(row)
    data: dict[str, Any] = {"seen": str(row.number), **_boxes("target", indicator, target)}
    if baseline is not None:
        data |= {**_boxes("baseline", indicator, baseline.amount), "baseline_on": baseline.measured_on}
    return data


def _boxes(name: str, indicator: Indicator, amount: Amount) -> dict[str, Any]:
    if indicator.cents:
        return {name: typed_amount(amount.numerator, USD, current_locale())}
    return {name: amount.numerator, f"{name}_of": amount.denominator}
