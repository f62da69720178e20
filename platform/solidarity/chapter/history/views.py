"""Who did what in the chapter, and on which days UN Women looked in."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from solidarity.access.binding import requires
from solidarity.http.pagination import page_of, read_moment
from tenants import audit, clock
from tenants.action_kit.activities.queries import titles_of
from tenants.audit import Act
from tenants.db import db
from tenants.people.permissions import Permission
from tenants.undoing.queries import changes_of

WORDS = {
    "activity.logged": _l("Logged an activity"),
    "activity.revised": _l("Corrected an activity"),
    "address.corrected": _l("Corrected a member’s address"),
    "address.retried": _l("Asked for an address to be tried again"),
    "address.unreached": _l("Found that no mail reaches a member’s address"),
    "budget.added": _l("Added a budget line"),
    "budget.revised": _l("Revised a budget"),
    "change.undone": _l("Took something back"),
    "chapter.activated": _l("Made the chapter active, because its first focal point had joined"),
    "chapter.calendar_changed": _l("Changed when the chapter works"),
    "chapter.closed": _l("Closed the chapter"),
    "chapter.languages_changed": _l("Changed the chapter’s languages"),
    "chapter.made_dormant": _l("Made the chapter dormant"),
    "chapter.onboarded": _l("Set up the chapter"),
    "chapter.woken_up": _l("Woke the chapter up"),
    "desk.entered": _l("Looked at the chapter’s pages"),
    "expense.approved": _l("Approved an expense"),
    "expense.refused": _l("Refused an expense"),
    "invitation.sent_again": _l("Sent an invitation again"),
    "invitation.withdrawn": _l("Took an invitation back"),
    "launch.cancelled": _l("Cancelled an event"),
    "launch.counted": _l("Counted people at an event"),
    "launch.item_added": _l("Added something to a checklist"),
    "launch.item_done": _l("Marked something on a checklist as done"),
    "launch.item_reopened": _l("Marked something on a checklist as not done"),
    "launch.planned": _l("Planned an event"),
    "launch.revised": _l("Changed an event"),
    "mail.link_used": _l("Pressed a link in a mail"),
    "person.invited": _l("Sent an invitation"),
    "person.joined": _l("Joined the chapter"),
    "person.left": _l("Ended a membership"),
    "plan.activity_dropped": _l("Said that a planned activity will not take place"),
    "plan.activity_finished": _l("Said that a planned activity took place"),
    "plan.activity_reopened": _l("Opened a planned activity again"),
    "plan.approved": _l("Approved the plan"),
    "plan.line_added": _l("Added a line to the plan"),
    "plan.line_removed": _l("Took a line out of the plan"),
    "plan.line_revised": _l("Changed a line of the plan"),
    "plan.returned": _l("Returned the plan"),
    "plan.started": _l("Began a plan from the template"),
    "plan.submitted": _l("Sent the plan for approval"),
    "reminder.acknowledged": _l("Asked for no more mail about something that is late"),
    "reminder.lifted": _l("Asked to be reminded again"),
    "reminder.put_off": _l("Asked to be reminded in three days"),
    "report.approved": _l("Approved a report"),
    "report.excused": _l("Excused the chapter from a report"),
    "report.kept": _l("Left a report as it was sent, although the log says something else"),
    "report.reopened": _l("Opened an approved report again"),
    "report.returned": _l("Returned a report"),
    "report.saved": _l("Saved a report’s draft"),
    "report.submitted": _l("Sent a report"),
    "request.to_chapter": _l("Now somebody in the chapter may decide on what waited for UN Women"),
    "request.to_desk": _l("Now UN Women decides on what waited in the chapter, because nobody else there may"),
    "source.added": _l("Added a source of money"),
    "source.moved": _l("Said how sure a source is"),
    "target.moved": _l("Moved a target"),
    "target.set": _l("Set a target"),
    "term.begun": _l("Began a term"),
    "term.confirmed": _l("Said that somebody is still the right person"),
    "term.ended": _l("Ended a term"),
    "term.handed_over": _l("Handed over"),
    "term.renewed": _l("Renewed a term"),
    "transaction.recorded": _l("Recorded money that moved"),
    "transaction.reversed": _l("Took back an entry of money"),
    "transactions.converted": _l("Converted amounts to dollars"),
}
# An old entry may hold a code that nothing records any more.
OTHER_WORDS = _l("Did something that has no description here")

trail = Blueprint("trail", __name__, url_prefix="/c/<chapter>")


@trail.get("/trail")
@requires(Permission.READ_TRAIL)
def list_entries(chapter: str) -> str | Response:
    """List what was done in the chapter, newest first; with `?by=desk` only by UN Women."""
    by = "desk" if request.args.get("by") == "desk" else None
    acts = partial(audit.trail, db.session(), is_desk=by is not None)
    page = page_of(acts, key=_place_in_list, read_time=read_moment, by=by)
    if page.is_beyond:
        return redirect(url_for(".list_entries", chapter=chapter, by=by))
    subjects = {act.entry.subject_id for act in page.rows if act.entry.subject_id is not None}
    return render_template(
        "trail/list.html",
        page=page,
        titles=titles_of(db.session(), subjects),
        words=WORDS,
        other_words=OTHER_WORDS,
        changes=changes_of(db.session(), [act.entry.id for act in page.rows]),
        moment=clock.now(),
        is_desk_only=by is not None,
    )


def words_of(action: str) -> str:
    """Return what an action is called on the trail."""
    return str(WORDS.get(action, OTHER_WORDS))


def _place_in_list(act: Act) -> tuple[datetime, UUID]:
    return act.entry.at.astimezone(UTC), act.entry.id
