"""Step 3: the chapter's funding sources, budget lines and transactions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from solidarity.access.binding import signed_in_person
from solidarity.access.declarations import requires
from solidarity.chapter.context import as_of, chapter_day, chapter_today, may
from solidarity.chapter.funding.amounts import (
    Reader,
    budget_rows,
    cash_and_kind,
    parts_of,
    share_of_budget,
    source_status,
)
from solidarity.chapter.funding.forms import (
    KIND_WORDS,
    SOURCE_WORDS,
    BudgetForm,
    BudgetLineForm,
    SourceForm,
    TransactionForm,
)
from solidarity.forms.base import ServiceForm, text_of
from solidarity.forms.conflicts import Conflict, conflict_between
from solidarity.forms.submission import Answer, actor_now, finish, one_click, submission
from solidarity.http.pagination import by_day, page_of
from solidarity.i18n.locale import current_locale
from solidarity.lookup import own_row
from tenants import clock
from tenants.action_kit.funding import budgets, queries, services
from tenants.action_kit.funding.models import BudgetLine, FundingSource, SourceKind, SourceState, TransactionState
from tenants.action_kit.funding.models import TransactionKind as Kind
from tenants.action_kit.funding.money import format_amount, format_money
from tenants.action_kit.funding.sources import SourceRow, list_sources
from tenants.db import db
from tenants.people.permissions import Permission

blueprint = Blueprint("funding", __name__, url_prefix="/c/<chapter>/funding")


@blueprint.get("")
@requires(Permission.READ_CHAPTER)
def show(chapter: str) -> str:
    """Show the amount still to find, with the sources, the budget and the transactions behind it."""
    transactions = partial(queries.list_transactions, db.session())
    page = page_of(transactions, by_day(lambda transaction: (transaction.row.dated_on, transaction.row.id)))
    moment = clock.now()
    totals, rate = queries.totals_with_rate(db.session(), currency=g.chapter.currency, day=chapter_day(moment))
    return render_template(
        "funding/show.html",
        totals=totals,
        headline=_headline(totals),
        parts=parts_of(totals),
        spent_share=share_of_budget(totals),
        reader=Reader(g.chapter.currency, rate),
        as_of=as_of(moment),
        **cash_and_kind(list_sources(db.session(), currency=g.chapter.currency)),
        **budget_rows(queries.list_lines(db.session()), g.chapter.currency),
        page=page,
        unconverted=queries.list_unconverted(db.session(), currency=g.chapter.currency) if totals.unconverted else [],
        source_words=SOURCE_WORDS,
        source_status=source_status,
        kind_words=KIND_WORDS,
        own_id=signed_in_person().user_id,
        may_edit=may(Permission.EDIT_FUNDING),
        may_approve=may(Permission.APPROVE_EXPENSE),
    )


@blueprint.route("/sources/new", methods=["GET", "POST"])
@requires(Permission.EDIT_FUNDING)
def add_source(chapter: str) -> Answer:
    """Add a source of funding."""
    form = SourceForm(data={"currency": g.chapter.currency})
    page = _form_page(form, _("Add a source"))
    if not form.is_submitted():
        return page()
    with submission(form, page):
        state, kind = SourceState(form.state.data), SourceKind(form.kind.data)
        is_paid = state is SourceState.RECEIVED and kind is not SourceKind.IN_KIND
        source = budgets.add_source(
            db.session(),
            **actor_now(),
            name=text_of(form.name),
            kind=kind,
            state=SourceState.COMMITTED if is_paid else state,
            amount_minor=form.minor_units,
            currency=text_of(form.currency),
        )
    if is_paid:
        return finish(_("Saved. Now record the payment."), _payment_url(chapter, source.id))
    return finish(_("Saved."), _next_url(chapter, source.id))


@blueprint.post("/sources/<uuid:source_id>/state")
@requires(Permission.EDIT_FUNDING)
def move_source(chapter: str, source_id: UUID) -> Response:
    """Advance the funding status of a source. An earlier status is refused."""
    source, state = own_row(FundingSource, source_id), request.form.get("state", "")
    if state not in set(SourceState) - {SourceState.CANCELLED}:
        abort(400)
    with one_click(_step_url(chapter)):
        budgets.move_source(db.session(), **actor_now(), source_id=source.id, state=SourceState(state))
    return finish(_("Saved."), _step_url(chapter))


@blueprint.post("/sources/<uuid:source_id>/removal")
@requires(Permission.EDIT_FUNDING)
def remove_source(chapter: str, source_id: UUID) -> Response:
    """Remove a source that was added by mistake. One that transactions name is refused."""
    source = own_row(FundingSource, source_id)
    with one_click(_step_url(chapter)):
        budgets.remove_source(db.session(), **actor_now(), source_id=source.id)
    return finish(_("The source was removed."), _step_url(chapter))


@blueprint.route("/budget/new", methods=["GET", "POST"])
@requires(Permission.EDIT_FUNDING)
def add_line(chapter: str) -> Answer:
    """Add a budget line with its budget."""
    form = BudgetLineForm()
    page = _form_page(form, _("Add a budget line"))
    if not form.is_submitted():
        return page()
    with submission(form, page):
        line = budgets.add_budget_line(
            db.session(), **actor_now(), title=text_of(form.title), amount_minor=form.minor_units
        )
    return finish(_("Saved."), _next_url(chapter, line.id))


@blueprint.route("/budget/<uuid:line_id>/revision", methods=["GET", "POST"])
@requires(Permission.EDIT_FUNDING)
def revise_budget(chapter: str, line_id: UUID) -> Answer:
    """Replace a budget by a new revision. If another person saved first, show both side by side."""
    line = own_row(BudgetLine, line_id)
    form = BudgetForm(line)
    page = partial(_budget_page, form, line)
    if not form.is_submitted():
        form.seen.data = str(queries.current_revision(db.session(), line_id).number)
        return page()
    with submission(form, page, conflict=partial(_budget_conflict, form, line)):
        budgets.revise_budget(
            db.session(),
            **actor_now(),
            line_id=line_id,
            seen=form.seen_number(),
            amount_minor=form.minor_units,
            reason=text_of(form.reason),
        )
    return finish(_("Saved."), _step_url(chapter))


@blueprint.post("/budget/<uuid:line_id>/removal")
@requires(Permission.EDIT_FUNDING)
def remove_line(chapter: str, line_id: UUID) -> Response:
    """Remove a budget line that was added by mistake. One that transactions name is refused."""
    line = own_row(BudgetLine, line_id)
    with one_click(_step_url(chapter)):
        budgets.remove_budget_line(db.session(), **actor_now(), line_id=line.id)
    return finish(_("The budget line was removed."), _step_url(chapter))


@blueprint.route("/transactions/new", methods=["GET", "POST"])
@requires(Permission.EDIT_FUNDING)
def record(chapter: str) -> Answer:
    """Record a transaction. The same form sent again counts once."""
    lines, sources = queries.list_lines(db.session()), list_sources(db.session(), currency=g.chapter.currency)
    form = TransactionForm(data=_first_values(sources))
    form.offer(lines, sources)
    has_cash = any(row.source.kind != SourceKind.IN_KIND for row in sources)
    page = _form_page(form, _("Record a transaction"), lacks_line=not lines, lacks_source=not has_cash)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        row = services.record_transaction(db.session(), **actor_now(), form_key=form.key(), entry=form.entry())
    if services.has_duplicate(db.session(), row):
        flash(
            _("Another transaction has the same day and amount. If it is the same, withdraw or reverse one."),
            "warning",
        )
    is_pending = row.state == TransactionState.PENDING
    words = _("Saved. It is waiting for approval and does not count yet.") if is_pending else _("Saved.")
    return finish(words, _step_url(chapter))


@blueprint.post("/conversions")
@requires(Permission.EDIT_FUNDING)
def convert(chapter: str) -> Response:
    """Convert the amounts that had no exchange rate and have one now."""
    count = services.convert_waiting(db.session(), **actor_now())
    if count:
        flash(ngettext("One amount was converted to dollars.", "%(num)s amounts were converted to dollars.", count))
    else:
        flash(_("There is no exchange rate for these dates yet."), "warning")
    return redirect(_step_url(chapter))


def _headline(totals: queries.Totals) -> str:
    """Return a sentence about the state of the funding."""
    if not totals.lines:
        return str(_("No budget yet"))
    if totals.to_find:
        return str(_("%(amount)s still to find", amount=_money(totals.to_find, g.chapter.currency)))
    return str(_("The whole budget is covered"))


def _form_page(form: ServiceForm, title: str, **context: object) -> Callable[[], str]:
    return partial(render_template, "funding/form.html", form=form, title=title, **context)


def _first_values(sources: list[SourceRow]) -> dict[str, object]:
    """Return the values that a new transaction starts with. The address may name its kind and its `side`."""
    kind, side = request.args.get("kind"), request.args.get("side", "")
    values: dict[str, object] = {"currency": g.chapter.currency, "dated_on": chapter_today(), "side": side}
    values["kind"] = kind if kind in KIND_WORDS else Kind.EXPENSE
    row = next((row for row in sources if str(row.source.id) == side), None)
    if row is not None and row.missing:
        values["currency"] = row.source.currency
        values["amount"] = format_amount(row.missing, row.source.currency, current_locale())
    return values


def _budget_page(form: BudgetForm, line: BudgetLine, *, conflict: Conflict | None = None) -> str:
    return render_template(
        "funding/budget.html",
        form=form,
        line=line,
        revisions=queries.budgets_of(db.session(), line.id),
        money=_money,
        conflict=conflict,
    )


def _budget_conflict(form: BudgetForm, line: BudgetLine) -> Conflict:
    saved_form = BudgetForm.of(line, queries.current_revision(db.session(), line.id))
    return conflict_between(form, saved_form, subject_id=line.id, actions=("budget.added", "budget.revised"))


def _step_url(chapter: str) -> str:
    return url_for(".show", chapter=chapter)


def _payment_url(chapter: str, source_id: UUID) -> str:
    return url_for(".record", chapter=chapter, kind=Kind.INCOME, side=source_id)


def _next_url(chapter: str, side: UUID) -> str:
    """Return the page after a line or a source was added: the transaction that it was added for, or the step."""
    kind = request.args.get("then")
    return url_for(".record", chapter=chapter, kind=kind, side=side) if kind in KIND_WORDS else _step_url(chapter)


def _money(minor: int, currency: str) -> str:
    return format_money(minor, currency, current_locale())
