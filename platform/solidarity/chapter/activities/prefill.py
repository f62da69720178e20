"""What the form of an activity offers and fills in: from the plan, and from the last time."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import shorten
from uuid import UUID

from flask import request
from flask_babel import gettext as _

from solidarity.chapter.activities.forms import ActivityForm
from solidarity.i18n.locale import format_number
from solidarity.lookup import or_404, uuid_or_404
from tenants.action_kit.activities.models import TITLE_LENGTH, ActivityRevision
from tenants.action_kit.activities.queries import last_entry, revisions_of
from tenants.action_kit.plan.models import PlanLine
from tenants.action_kit.plan.queries import ActivityProgress, find_planned, open_activities
from tenants.db import db

MOST_OFFERS = 5  # planned activities with a link of their own; the field of the form has them all


@dataclass(frozen=True)
class Offers:
    """What can fill in the form with one tap: open planned activities, and the entry of the last time."""

    planned: list[ActivityProgress]
    last: ActivityRevision | None


def offers() -> Offers:
    """Return what the empty form offers."""
    return Offers(open_activities(db.session())[:MOST_OFFERS], last_entry(db.session()))


def offer_planned(form: ActivityForm, current_id: UUID | None = None) -> None:
    """Give the form its choices of planned activities: the open ones, and that of the entry, open or not.

    A form that was sent keeps its choice, also if the activity has taken place often enough in the meantime.
    """
    session, rows = db.session(), open_activities(db.session())
    chosen_ids = {line_id for line_id in (current_id, _sent_choice(form)) if line_id is not None}
    for line_id in chosen_ids - {row.line.id for row in rows}:
        progress = find_planned(session, line_id)
        rows = [*([progress] if progress else []), *rows]
    form.offer_planned({row.line.id: _name(row) for row in rows})


def offer_only(form: ActivityForm, line: PlanLine) -> None:
    """Give the form one planned activity, for a person who is responsible for it and logs nothing else."""
    form.offer_planned({line.id: line.title}, is_required=True)


def fill_in(form: ActivityForm, line: PlanLine | None) -> None:
    """Fill in an empty form: today, and what is known of a planned activity, or of the entry that `?like=` names."""
    form.held_on.data = form.today
    like_id = request.args.get("like")
    if line is not None:
        _fill_planned(form, line, last_entry(db.session(), plan_line_id=line.id))
    elif like_id:
        revisions = revisions_of(db.session(), uuid_or_404(like_id))
        _fill_like(form, or_404(revisions[0].revision if revisions else None))


def _fill_planned(form: ActivityForm, line: PlanLine, last: ActivityRevision | None) -> None:
    form.plan_line_id.data, form.title.data = str(line.id), shorten(line.title, TITLE_LENGTH, placeholder="…")
    if last is not None:
        form.kind.data, form.place.data = last.kind, last.place


def _fill_like(form: ActivityForm, last: ActivityRevision) -> None:
    """Fill in type, place and, if it is to take place again, the planned activity with its title."""
    form.kind.data, form.place.data = last.kind, last.place
    progress = None if last.plan_line_id is None else find_planned(db.session(), last.plan_line_id)
    if progress is not None and progress.is_open:
        _fill_planned(form, progress.line, last)


def _sent_choice(form: ActivityForm) -> UUID | None:
    try:
        return UUID(form.plan_line_id.data or "")
    except ValueError:
        return None


def _name(row: ActivityProgress) -> str:
    if row.line.times == 1:
        return row.line.title
    number, times = format_number(row.held), format_number(row.line.times)
    return str(_("%(title)s (%(held)s of %(times)s held)", title=row.line.title, held=number, times=times))
