"""One transaction: its page, the decision on an expense, its withdrawal, and a reversal."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import g, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from solidarity.access.binding import signed_in_person
from solidarity.access.declarations import requires
from solidarity.chapter.context import may
from solidarity.chapter.funding.amounts import Reader
from solidarity.chapter.funding.forms import KIND_WORDS, FundingReasonForm
from solidarity.chapter.funding.views import blueprint
from solidarity.chapter.requests import finish_decision
from solidarity.forms.base import text_of
from solidarity.forms.submission import Answer, actor_now, finish, one_click, submission
from solidarity.i18n.locale import format_day, format_list
from solidarity.lookup import or_404, own_row
from tenants.action_kit.funding import queries, services
from tenants.action_kit.funding.models import Transaction
from tenants.db import db
from tenants.people.permissions import Permission


@blueprint.get("/transactions/<uuid:transaction_id>")
@requires(Permission.READ_CHAPTER)
def show_transaction(chapter: str, transaction_id: UUID) -> str:
    """Show a transaction with its decision. Mails and lists of requests lead here."""
    return render_template(
        "funding/transaction.html",
        moved=or_404(queries.find_transaction(db.session(), transaction_id)),
        reader=Reader(g.chapter.currency, None),
        kind_words=KIND_WORDS,
        own_id=signed_in_person().user_id,
        may_edit=may(Permission.EDIT_FUNDING),
        may_approve=may(Permission.APPROVE_EXPENSE),
    )


@blueprint.post("/transactions/<uuid:transaction_id>/approval")
@requires(Permission.APPROVE_EXPENSE)
def approve(chapter: str, transaction_id: UUID) -> Response:
    """Approve a waiting expense."""
    expense, url = own_row(Transaction, transaction_id), _url_of(chapter, transaction_id)
    with one_click(url):
        services.approve_expense(db.session(), **actor_now(), transaction_id=expense.id, is_desk=g.is_desk)
    return finish_decision(_("Expense approved. It now counts in the totals."), url, subject_id=expense.id)


@blueprint.route("/transactions/<uuid:transaction_id>/refusal", methods=["GET", "POST"])
@requires(Permission.APPROVE_EXPENSE)
def refuse(chapter: str, transaction_id: UUID) -> Answer:
    """Refuse a waiting expense with a reason, which the chapter can read."""
    expense, url, form = own_row(Transaction, transaction_id), _url_of(chapter, transaction_id), FundingReasonForm()
    page = partial(_refusal_page, form, expense)
    if not form.is_submitted():
        return page()
    with submission(form, page), one_click(url, field_name="decision"):
        services.refuse_expense(
            db.session(), **actor_now(), transaction_id=expense.id, reason=text_of(form.reason), is_desk=g.is_desk
        )
    words = _("Expense refused. It is not counted anywhere.")
    return finish_decision(words, url, subject_id=expense.id)


@blueprint.post("/transactions/<uuid:transaction_id>/withdrawal")
@requires(Permission.EDIT_FUNDING)
def withdraw(chapter: str, transaction_id: UUID) -> Response:
    """Withdraw an own expense that waits for a decision."""
    expense, url = own_row(Transaction, transaction_id), _url_of(chapter, transaction_id)
    with one_click(url):
        services.withdraw_expense(db.session(), **actor_now(), transaction_id=expense.id)
    return finish(_("Expense withdrawn. It is not counted anywhere."), url)


@blueprint.post("/transactions/<uuid:transaction_id>/reversal")
@requires(Permission.EDIT_FUNDING)
def reverse(chapter: str, transaction_id: UUID) -> Response:
    """Reverse a transaction by adding a reversing entry."""
    transaction = own_row(Transaction, transaction_id)
    step_url = url_for(".show", chapter=chapter)
    with one_click(step_url):
        services.reverse_transaction(db.session(), **actor_now(), transaction_id=transaction.id)
    return finish(_("Reversed. A transaction of the same amount was added."), step_url)


def _refusal_page(form: FundingReasonForm, expense: Transaction) -> str:
    amount = Reader(g.chapter.currency, None).money(expense.amount_minor, expense.currency)
    about = format_list([expense.what, amount, format_day(expense.dated_on, g.chapter.country)])
    title = _("Refuse the expense")
    return render_template("funding/form.html", form=form, title=title, about=about, button=_("Refuse"))


def _url_of(chapter: str, transaction_id: UUID) -> str:
    return url_for(".show_transaction", chapter=chapter, transaction_id=transaction_id)
