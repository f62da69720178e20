"""The forms of funding. Amounts are parsed in the language of the page."""

from __future__ import annotations

from typing import Any, Self
from uuid import UUID

import wtforms
from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import TextInput

from solidarity.chapter.context import chapter_today
from solidarity.forms.base import ServiceForm, text_of
from solidarity.forms.form_keys import KeyedForm
from solidarity.forms.parts import DayField, SeenForm
from solidarity.forms.people_field import number_problem
from solidarity.i18n.locale import current_locale
from tenants.action_kit.funding.currencies import is_currency
from tenants.action_kit.funding.entries import (
    EMPTY_FIELD,
    TransactionEntry,
    refuse_invalid_transaction,
)
from tenants.action_kit.funding.models import (
    ON_A_LINE,
    BudgetLine,
    BudgetRevision,
    FundingSource,
    SourceKind,
    SourceState,
    TransactionKind,
)
from tenants.action_kit.funding.money import parse_amount, typed_amount
from tenants.action_kit.funding.queries import LineRow
from tenants.action_kit.funding.sources import SourceRow
from tenants.db import db
from tenants.numerals import NotNumber
from tenants.texts import code_text, one_line

SOURCE_WORDS = {
    SourceKind.OWN: _l("Own funds"),
    SourceKind.DONOR: _l("Donor"),
    SourceKind.SPONSOR: _l("Sponsor"),
    SourceKind.IN_KIND: _l("In-kind contribution"),
    SourceKind.UN_WOMEN: _l("UN Women"),
}
SURE_WORDS = {
    SourceState.PLEDGED: _l("Pledged"),
    SourceState.COMMITTED: _l("Agreed, not yet received"),
    SourceState.RECEIVED: _l("Received"),
    SourceState.CANCELLED: _l("Cancelled"),
}
PARTLY_RECEIVED: str = _l("Partly received")
KIND_WORDS = {
    TransactionKind.EXPENSE: _l("Expense"),
    TransactionKind.REFUND: _l("Refund from a payee"),
    TransactionKind.INCOME: _l("Income"),
    TransactionKind.OPENING: _l("Opening balance"),
    TransactionKind.ADVANCE: _l("Advance"),
}
NO_AMOUNT = {
    "nonsense": _l("Enter an amount, such as 1,200."),
    "decimals": _l("Use fewer decimal places for this currency."),
    "size": _l("This amount is too large. Enter a smaller one."),
}

_choice = wtforms.SelectChoice  # type: ignore[attr-defined]  # newer than the stubs of wtforms


class AmountField(Field):
    """A field for an amount. It keeps the typed text, which is parsed once the currency is known."""

    widget = TextInput()

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else self.data or ""

    def minor(self, currency: str) -> int | None:
        """Return the amount in minor units; None if it cannot be parsed, with the error at the field."""
        try:
            return parse_amount(self._value(), currency, current_locale())
        except NotNumber as error:
            self.errors = [*self.errors, number_problem(error, NO_AMOUNT)]
            return None


class _Money(ServiceForm):
    """A form with an amount. `minor_units` is set once the form is valid."""

    amount = AmountField(_l("Amount"))
    minor_units = 0

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, and parse the amount if its currency is known."""
        is_valid, currency = super().validate(extra_validators), self.currency_code()
        amount = self.amount.minor(currency) if currency else None
        self.minor_units = amount or 0
        return bool(is_valid) and amount is not None

    def currency_code(self) -> str | None:
        """Return the currency of the amount: the chapter's own."""
        return str(g.chapter.currency)


class _AnyMoney(_Money):
    currency = StringField(_l("Currency"), description=_l("Three-letter code, such as USD."))

    def validate_currency(self, field: StringField) -> None:
        """Accept a code in lower case or with spaces in it. Raises ValidationError if it is no currency."""
        field.data = code_text(text_of(field)).upper()
        if not is_currency(field.data):
            raise ValidationError(_("Enter three letters, such as USD."))

    def currency_code(self) -> str | None:
        """Return the currency that was typed; None if it is invalid."""
        return None if self.currency.errors else text_of(self.currency)


class SourceForm(KeyedForm, _AnyMoney):
    """A source of funding."""

    name = StringField(_l("Name of the source"), [InputRequired(EMPTY_FIELD)])
    kind = RadioField(
        _l("Type"),
        choices=[_choice(value=kind, label=words) for kind, words in SOURCE_WORDS.items()],
        validators=[InputRequired(_l("Choose one."))],
    )
    state = RadioField(
        _l("Funding status"),
        choices=[
            _choice(value=state, label=words) for state, words in SURE_WORDS.items() if state != SourceState.CANCELLED
        ],
        description=_l("If money has been received, you record the payment on the next page."),
        validators=[InputRequired(_l("Choose one."))],
    )


class BudgetLineForm(KeyedForm, _Money):
    """A budget line with its first budget."""

    title = StringField(_l("What is it for?"), [InputRequired(EMPTY_FIELD)])


class BudgetForm(SeenForm, _Money):
    """A new budget of a line, made from the revision `seen`, in the currency of the line."""

    reason = StringField(_l("Reason for the change"), [InputRequired(EMPTY_FIELD)])

    def __init__(self, line: BudgetLine, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._line = line

    @classmethod
    def of(cls, line: BudgetLine, revision: BudgetRevision) -> Self:
        """Return a form filled with a revision of the budget. It ignores what was posted."""
        return cls(
            line, formdata=None, data={"amount": typed_amount(revision.amount_minor, line.currency, current_locale())}
        )

    def currency_code(self) -> str:
        """Return the currency of the line."""
        return self._line.currency


class PledgeForm(SeenForm, _Money):
    """A new amount of a pledge, made from its number `seen`, in the currency of the source."""

    reason = StringField(_l("Reason for the change"), [InputRequired(EMPTY_FIELD)])

    def __init__(self, source: FundingSource, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._source = source

    @classmethod
    def of(cls, source: FundingSource) -> Self:
        """Return a form filled with the pledge of a source. It ignores what was posted."""
        amount = typed_amount(source.amount_minor, source.currency, current_locale())
        return cls(source, formdata=None, data={"amount": amount})

    def currency_code(self) -> str:
        """Return the currency of the source."""
        return self._source.currency


class FundingReasonForm(ServiceForm):
    """The reason why nothing more is expected from a source, or why an expense is refused."""

    reason = TextAreaField(_l("Reason"))


class TransactionForm(KeyedForm, _AnyMoney):
    """A transaction."""

    kind = RadioField(
        _l("Type"),
        choices=[_choice(value=kind, label=words) for kind, words in KIND_WORDS.items()],
        description=_l("An expense counts once another person approves it. All other types count when you save them."),
        validators=[InputRequired(_l("Choose a type."))],
    )
    side = SelectField(_l("Budget line or source"), validate_choice=False)
    what = StringField(_l("Description"))
    dated_on = DayField(_l("Date"), validators=[InputRequired(_l("Enter the date."))])

    def offer(self, lines: list[LineRow], sources: list[SourceRow]) -> None:
        """Offer the chapter's budget lines, and its sources of cash, as two groups."""
        cash = [row.source for row in sources if row.source.kind != SourceKind.IN_KIND]
        groups = {
            _("Budget lines, for an expense or a refund"): [(row.line.id, row.line.title) for row in lines],
            _("Sources, for other money"): [(source.id, source.name) for source in cash],
        }
        self.side.choices = [
            _choice(value="", label=_("Choose one")),
            *(
                _choice(value=str(side), label=label, optgroup=group)
                for group, sides in groups.items()
                for side, label in sides
            ),
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields and the rules of the service, and show all errors at once."""
        super().validate(extra_validators)
        with self.show_refusals():
            refuse_invalid_transaction(db.session(), self.entry(), one_line(text_of(self.what)), today=chapter_today())
        return not self.errors

    def entry(self) -> TransactionEntry:
        """Return what was typed. An unreadable value has its error and is replaced by a harmless default."""
        kind = TransactionKind(self.kind.data) if self.kind.data in KIND_WORDS else TransactionKind.EXPENSE
        side = self._side_id()
        return TransactionEntry(
            kind=kind,
            amount_minor=1 if self.amount.errors or self.currency.errors else self.minor_units,
            currency=text_of(self.currency),
            dated_on=self.dated_on.data or chapter_today(),
            what=text_of(self.what),
            budget_line_id=side if kind in ON_A_LINE else None,
            source_id=None if kind in ON_A_LINE else side,
        )

    def _side_id(self) -> UUID | None:
        try:
            return UUID(self.side.data or "")
        except ValueError:
            return None
