"""The forms of step 6: the texts and values that the chapter enters, and the reason for a decision."""

from __future__ import annotations

from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, SelectField, TextAreaField

from solidarity.forms.base import ServiceForm
from solidarity.forms.parts import SeenForm
from solidarity.forms.people_field import PeopleField
from tenants.action_kit.evaluation.indicators import TYPED_INDICATORS
from tenants.action_kit.evaluation.models import WORDS, Missing, Report, ReportEntry
from tenants.action_kit.reports.services import TypedValue

MISSING_WORDS = {
    Missing.NOT_REPORTED: _l("Not reported"),
    Missing.NOT_APPLICABLE: _l("Does not apply to us"),
    Missing.NOT_AVAILABLE: _l("Not known"),
}


def _reasons() -> list[tuple[str, str]]:
    return [(str(code), str(words)) for code, words in MISSING_WORDS.items()]


class ReasonForm(ServiceForm):
    """The reason why a report is returned, reopened, kept or not expected. `number` is the submission on the page."""

    reason = TextAreaField(_l("Reason"))
    number = HiddenField()


class ReportForm(SeenForm, ServiceForm):
    """The chapter's texts, and the values that cannot be filled in from its records."""

    what_changed = TextAreaField(_l("What changed?"))
    what_women_say = TextAreaField(_l("What do women say about it?"))
    what_was_hard = TextAreaField(_l("What was hard?"))
    what_next = TextAreaField(_l("What comes next?"))

    def boxes(self, code: str) -> tuple[PeopleField, PeopleField, Field]:
        """Return the fields of one indicator: numerator, denominator, and the reason for a missing number."""
        number, of = cast("PeopleField", self[code]), cast("PeopleField", self[f"{code}_of"])
        return number, of, self[f"{code}_missing"]

    def words(self) -> dict[str, str]:
        """Return the texts by field, with Unix line ends."""
        return {name: (self[name].data or "").replace("\r\n", "\n") for name in WORDS}

    def typed_values(self) -> dict[str, TypedValue]:
        """Return the typed values by the code of their indicator."""
        return {
            indicator.code: self._typed_value(indicator.code, ratio=indicator.is_ratio)
            for indicator in TYPED_INDICATORS
        }

    def _typed_value(self, code: str, *, ratio: bool) -> TypedValue:
        number, of, missing = self.boxes(code)
        if number.data is None:
            return TypedValue(None, missing=Missing(missing.data) if missing.data in set(Missing) else None)
        return TypedValue(number.data, of.data if ratio else None)

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse a denominator without a numerator, which would be lost silently."""
        is_valid = bool(super().validate(extra_validators))
        for indicator in TYPED_INDICATORS:
            number, of, _missing = self.boxes(indicator.code)
            if indicator.is_ratio and of.is_filled and not number.is_filled:
                number.errors = [*number.errors, _("Enter both numbers, or leave both empty.")]
                is_valid = False
        return is_valid


for _indicator in TYPED_INDICATORS:
    setattr(ReportForm, _indicator.code, PeopleField(_indicator.title, description=_indicator.unit))
    setattr(ReportForm, f"{_indicator.code}_of", PeopleField(_l("of how many")))
    setattr(
        ReportForm,
        f"{_indicator.code}_missing",
        SelectField(_l("Reason if there is no number"), choices=_reasons, validate_choice=False),
    )


def form_data(report: Report, entries: dict[str, ReportEntry]) -> dict[str, Any]:
    """Return the current texts and values of a report as the values of the form."""
    data: dict[str, Any] = {name: getattr(report, name) for name in WORDS}
    data["seen"] = str(report.edited)
    for code, entry in entries.items():
        data |= {code: entry.numerator, f"{code}_of": entry.denominator, f"{code}_missing": entry.missing}
    return data
