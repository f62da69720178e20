"""Step 3: where the money comes from, what it is for, what moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from solidarity.access.binding import requires, signed_in_person
from solidarity.chapter.context import as_of, chapter_day, may
from solidarity.chapter.funding.amounts import Reader, budget_rows, cash_and_kind, parts_of, share_of_budget
from solidarity.chapter.funding.forms import (
    KIND_WORDS,
    SOURCE_WORDS,
    SURE_WORDS,
    BudgetForm,
    LineForm,
    SourceForm,
    TransactionForm,
)
from solidarity.forms.base import ServiceForm, text_of
from solidarity.forms.conflicts import Conflict, conflict
from solidarity.forms.problems import warn_of
from solidarity.forms.undo_flash import flash_done
from solidarity.http.pagination import page_of
from solidarity.i18n.locale import current_locale
from tenants import clock
from tenants.action_kit.funding import budgets, queries, services
from tenants.action_kit.funding.entries import Entry
from tenants.action_kit.funding.models import BudgetLine, FundingSource, SourceKind, SourceState, Transaction
from tenants.action_kit.funding.models import TransactionKind as Kind
from tenants.action_kit.funding.money import format_amount, format_money
from tenants.action_kit.funding.queries import Moved
from tenants.db import db
from tenants.errors import Refused, VersionConflict
from tenants.people.permissions import Permission

Answer = str | Response | tuple[str, int]

funding = Blueprint("funding", __name__, url_prefix="/c/<chapter>/funding")


@funding.get("")
@requires(Permission.READ_CHAPTER)
def show(chapter: str) -> Answer:
    """Show what is still to find, and everything behind it."""
    page = page_of(partial(queries.list_transactions, db.session()), key=_place_in_list)
    if page.is_beyond:
        return redirect(url_for(".show", chapter=chapter))
    moment = clock.now()
    totals, rate = queries.totals_with_rate(db.session(), currency=g.chapter.currency, day=chapter_day(moment))
    return render_template(
        "funding/show.html",
        totals=totals,
        finding=_finding(totals),
        parts=parts_of(totals),
        spent_share=share_of_budget(totals),
        reader=Reader(g.chapter.currency, rate),
        as_of=as_of(moment),
        **cash_and_kind(queries.list_sources(db.session())),
        **budget_rows(queries.list_lines(db.session()), g.chapter.currency),
        page=page,
        unconverted=queries.list_unconverted(db.session()) if totals.unconverted else [],
        source_words=SOURCE_WORDS,
        sure_words=SURE_WORDS,
        kind_words=KIND_WORDS,
        own_id=signed_in_person().user_id,
        may_edit=may(Permission.EDIT_FUNDING),
        may_approve=may(Permission.APPROVE_EXPENSE),
    )


@funding.route("/sources/new", methods=["GET", "POST"])
@requires(Permission.EDIT_FUNDING)
def add_source(chapter: str) -> Answer:
    """Add somebody who gives."""
    form = SourceForm(data={"currency": g.chapter.currency})
    if request.method == "GET":
        return _form_page(form)
    valid = form.validate()
    amount = form.amount.minor(text_of(form.currency)) if "currency" not in form.errors else None
    if not valid or amount is None:
        return _form_page(form), 422
    return _save(
        chapter,
        form,
        partial(
            budgets.add_source,
            name=text_of(form.name),
            kind=SourceKind(form.kind.data),
            state=SourceState(form.state.data),
            amount_minor=amount,
            currency=text_of(form.currency),
        ),
    )


@funding.post("/sources/<uuid:source_id>/state")
@requires(Permission.EDIT_FUNDING)
def move_source(chapter: str, source_id: UUID) -> Response:
    """Say that a source is surer than before."""
    _here(FundingSource, source_id)
    state = request.form.get("state", "")
    if state not in set(SourceState):
        abort(400)
    act = partial(budgets.move_source, source_id=source_id, state=SourceState(state))
    return _one_click(chapter, act, _("Saved."))


@funding.route("/budget/new", methods=["GET", "POST"])
@requires(Permission.EDIT_FUNDING)
def add_line(chapter: str) -> Answer:
    """Add a budget line with its budget."""
    form = LineForm()
    if request.method == "GET":
        return _form_page(form)
    valid, amount = form.validate(), form.amount.minor(g.chapter.currency)
    if not valid or amount is None:
        return _form_page(form), 422
    return _save(chapter, form, partial(budgets.add_budget_line, title=text_of(form.title), amount_minor=amount))


@funding.route("/budget/<uuid:line_id>/revision", methods=["GET", "POST"])
@requires(Permission.EDIT_FUNDING)
def revise_budget(chapter: str, line_id: UUID) -> Answer:
    """Replace a budget by a new one; of two people at once the second sees the first's and keeps what she typed."""
    line = _here(BudgetLine, line_id)
    form = BudgetForm()
    if request.method == "GET":
        form.seen.data = str(queries.current_revision(db.session(), line_id).number)
        return _budget_page(form, line)
    seen, valid, amount = form.seen_number(), form.validate(), form.amount.minor(line.currency)
    if not valid or amount is None:
        return _budget_page(form, line), 422
    act = partial(budgets.revise_budget, line_id=line_id, seen=seen, amount_minor=amount, reason=text_of(form.reason))
    try:
        return _save(chapter, form, act, page=partial(_budget_page, form, line))
    except VersionConflict as first:
        form.seen.data = str(first.current)
        now = queries.current_revision(db.session(), line_id)
        saved = BudgetForm(
            formdata=None, data={"amount": format_amount(now.amount_minor, line.currency, current_locale())}
        )
        found = conflict(form, saved, subject_id=line_id, actions=("budget.added", "budget.revised"))
        return _budget_page(form, line, found=found), 409


@funding.route("/transactions/new", methods=["GET", "POST"])
@requires(Permission.EDIT_FUNDING)
def record(chapter: str) -> Answer:
    """Record what moved; the same form sent again counts once."""
    chosen = request.args.get("kind")
    start = {
        "currency": g.chapter.currency,
        "dated_on": chapter_day(clock.now()),
        "kind": chosen if chosen in KIND_WORDS else Kind.EXPENSE,
    }
    form = TransactionForm(data=start)
    form.offer(queries.list_lines(db.session()), queries.list_sources(db.session()))
    if request.method == "GET":
        return _form_page(form)
    key, valid = form.key(), form.validate()
    amount = form.amount.minor(text_of(form.currency)) if "currency" not in form.errors else None
    if not valid or amount is None:
        return _form_page(form), 422
    kind, side = Kind(form.kind.data), form.side_id()
    entry = Entry(
        kind=kind,
        amount_minor=amount,
        currency=text_of(form.currency),
        dated_on=form.dated_on.data or chapter_day(clock.now()),
        what=text_of(form.what),
        budget_line_id=side if kind is Kind.EXPENSE else None,
        source_id=None if kind is Kind.EXPENSE else side,
    )
    return _save(chapter, form, partial(services.record_transaction, form_key=key, entry=entry))


@funding.post("/transactions/<uuid:transaction_id>/approval")
@requires(Permission.APPROVE_EXPENSE)
def approve(chapter: str, transaction_id: UUID) -> Response:
    """Approve a waiting expense."""
    _here(Transaction, transaction_id)
    act = partial(services.approve_expense, transaction_id=transaction_id, is_desk=g.is_desk)
    return _one_click(chapter, act, _("Expense approved. It now counts in the totals."))


@funding.post("/transactions/<uuid:transaction_id>/refusal")
@requires(Permission.APPROVE_EXPENSE)
def refuse(chapter: str, transaction_id: UUID) -> Response:
    """Refuse a waiting expense."""
    _here(Transaction, transaction_id)
    act = partial(services.refuse_expense, transaction_id=transaction_id, is_desk=g.is_desk)
    return _one_click(chapter, act, _("Expense refused. It is not counted anywhere."))


@funding.post("/transactions/<uuid:transaction_id>/reversal")
@requires(Permission.EDIT_FUNDING)
def reverse(chapter: str, transaction_id: UUID) -> Response:
    """Take a transaction back by a reversing entry."""
    _here(Transaction, transaction_id)
    act = partial(services.reverse_transaction, transaction_id=transaction_id)
    return _one_click(chapter, act, _("Reversed. A transaction of the same amount was added."))


@funding.post("/conversions")
@requires(Permission.EDIT_FUNDING)
def convert(chapter: str) -> Response:
    """Convert what had no rate and has one now."""
    done = services.convert_waiting(db.session(), actor_id=signed_in_person().user_id, at=clock.now())
    if done:
        flash(ngettext("One amount was converted to dollars.", "%(num)s amounts were converted to dollars.", done))
    else:
        flash(_("There is no exchange rate for these dates yet."), "warning")
    return redirect(url_for(".show", chapter=chapter))


def _finding(totals: queries.Totals) -> str:
    """Say in one sentence where the money stands."""
    if not totals.lines:
        return str(_("No budget yet"))
    if totals.to_find:
        return str(_("%(amount)s still to find", amount=_money(totals.to_find, g.chapter.currency)))
    return str(_("The whole budget is covered"))


def _save(chapter: str, form: ServiceForm, act: Callable[..., Any], page: Callable[[], str] | None = None) -> Answer:
    """Do what a form asks and lead back to the step, or show at its fields what was refused."""
    try:
        act(db.session(), actor_id=signed_in_person().user_id, at=clock.now())
    except Refused as refused:
        form.show(refused)
        return (page() if page else _form_page(form)), 422
    flash_done(_("Saved."))
    return redirect(url_for(".show", chapter=chapter))


def _one_click(chapter: str, act: Callable[..., Any], done: str) -> Response:
    """Do what a button asks; AlreadyDecided is answered for all pages in one place."""
    try:
        act(db.session(), actor_id=signed_in_person().user_id, at=clock.now())
    except Refused as refused:
        warn_of(refused)
    else:
        flash_done(done)
    return redirect(url_for(".show", chapter=chapter))


def _form_page(form: ServiceForm) -> str:
    title = {
        SourceForm: _("Add a source"),
        LineForm: _("Add a budget line"),
        TransactionForm: _("Record a transaction"),
    }[type(form)]
    return render_template("funding/form.html", form=form, title=title)


def _budget_page(form: BudgetForm, line: BudgetLine, *, found: Conflict | None = None) -> str:
    return render_template(
        "funding/budget.html",
        form=form,
        line=line,
        revisions=queries.revisions_of(db.session(), line.id),
        money=_money,
        conflict=found,
    )


def _here(table: Any, row_id: UUID) -> Any:
    """Return a row of this chapter; of any other there is no such page."""
    row = db.session.scalars(select(table).where(table.id == row_id)).one_or_none()
    if row is None:
        abort(404)
    return row


def _money(minor: int, currency: str) -> str:
    return format_money(minor, currency, current_locale())


def _place_in_list(moved: Moved) -> tuple[date, UUID]:
    return moved.row.dated_on, moved.row.id
