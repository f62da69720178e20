"""Change or cancel what a source has pledged, with a reason."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import render_template, url_for
from flask_babel import gettext as _

from solidarity.access.declarations import requires
from solidarity.chapter.funding.forms import FundingReasonForm, PledgeForm
from solidarity.chapter.funding.views import blueprint
from solidarity.forms.base import text_of
from solidarity.forms.conflicts import Conflict, conflict_between
from solidarity.forms.submission import Answer, actor_now, finish, submission
from solidarity.lookup import own_row
from tenants.action_kit.funding import budgets
from tenants.action_kit.funding.models import FundingSource
from tenants.db import db
from tenants.people.permissions import Permission


@blueprint.route("/sources/<uuid:source_id>/pledge", methods=["GET", "POST"])
@requires(Permission.EDIT_FUNDING)
def revise_pledge(chapter: str, source_id: UUID) -> Answer:
    """Change the amount of a pledge. If another person saved first, show both side by side."""
    source = own_row(FundingSource, source_id)
    form = PledgeForm(source)
    page = partial(render_template, "funding/pledge.html", form=form, source=source, conflict=None)
    if not form.is_submitted():
        form = PledgeForm.of(source)
        form.seen.data = str(source.number)
        return page(form=form)
    with submission(form, page, conflict=partial(_pledge_conflict, form, source)):
        budgets.revise_pledge(
            db.session(),
            **actor_now(),
            source_id=source_id,
            seen=form.seen_number(),
            amount_minor=form.minor_units,
            reason=text_of(form.reason),
        )
    return finish(_("Saved."), url_for(".show", chapter=chapter))


@blueprint.route("/sources/<uuid:source_id>/cancellation", methods=["GET", "POST"])
@requires(Permission.EDIT_FUNDING)
def cancel_source(chapter: str, source_id: UUID) -> Answer:
    """Cancel what is missing of a pledge. What came stays."""
    source, form = own_row(FundingSource, source_id), FundingReasonForm()
    page = partial(render_template, "funding/form.html", form=form, title=_("Cancel the pledge"), about=source.name)
    if not form.is_submitted():
        return page()
    with submission(form, page):
        budgets.cancel_source(db.session(), **actor_now(), source_id=source_id, reason=text_of(form.reason))
    return finish(_("The pledge is cancelled. What was received still counts."), url_for(".show", chapter=chapter))


def _pledge_conflict(form: PledgeForm, source: FundingSource) -> Conflict:
    saved_form = PledgeForm.of(source)
    return conflict_between(form, saved_form, subject_id=source.id, actions=("source.added", "source.revised"))
