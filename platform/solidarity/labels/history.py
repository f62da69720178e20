"""The labels of acts in the history of a chapter, by the code that is recorded."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

ACT_WORDS = {
    "activity.logged": _l("Logged an activity"),
    "activity.revised": _l("Corrected an activity"),
    "address.changed": _l("Changed their email address"),
    "activity.withdrawn": _l("Removed an activity"),
    "address.corrected": _l("Corrected a member’s address"),
    "address.retried": _l("Asked to try an address again"),
    "address.unreached": _l("Found that a member’s address does not receive our emails"),
    "budget.added": _l("Added a budget line"),
    "budget.removed": _l("Removed a budget line"),
    "budget.revised": _l("Revised a budget"),
    "change.undone": _l("Undid a change"),
    "chapter.activated": _l("Activated the chapter when its first focal point joined"),
    "chapter.calendar_changed": _l("Changed the chapter’s working days"),
    "chapter.closed": _l("Closed the chapter"),
    "chapter.languages_changed": _l("Changed the chapter’s languages"),
    "chapter.made_dormant": _l("Made the chapter dormant"),
    "chapter.onboarded": _l("Set up the chapter"),
    "chapter.woken_up": _l("Reactivated the chapter"),
    "desk.entered": _l("Viewed the chapter’s pages"),
    "expense.approved": _l("Approved an expense"),
    "expense.refused": _l("Refused an expense"),
    "invitation.sent_again": _l("Sent an invitation again"),
    "invitation.withdrawn": _l("Withdrew an invitation"),
    "launch.cancelled": _l("Cancelled an event"),
    "launch.counted": _l("Counted people at an event"),
    "launch.item_added": _l("Added an item to a checklist"),
    "launch.item_done": _l("Marked a checklist item as done"),
    "launch.item_removed": _l("Removed an item from a checklist"),
    "launch.item_reopened": _l("Marked a checklist item as not done"),
    "launch.planned": _l("Planned an event"),
    "launch.revised": _l("Changed an event"),
    "mail.link_used": _l("Used a link in an email"),
    "person.invited": _l("Sent an invitation"),
    "person.joined": _l("Joined the chapter"),
    "person.left": _l("Ended a membership"),
    "person.renamed": _l("Changed their name"),
    "person.role_changed": _l("Changed a member’s role"),
    "plan.activity_dropped": _l("Marked a planned activity as not taking place"),
    "plan.activity_reopened": _l("Reopened a planned activity"),
    "plan.approved": _l("Approved the plan"),
    "plan.line_added": _l("Added a line to the plan"),
    "plan.line_removed": _l("Removed a line from the plan"),
    "plan.line_revised": _l("Changed a line in the plan"),
    "plan.returned": _l("Returned the plan"),
    "plan.started": _l("Started a plan from the template"),
    "plan.submitted": _l("Sent the plan for approval"),
    "reminder.acknowledged": _l("Stopped emails about an overdue task"),
    "reminder.lifted": _l("Asked to be reminded again"),
    "reminder.put_off": _l("Asked to be reminded in three days"),
    "report.approved": _l("Approved a report"),
    "report.asked": _l("Asked UN Women to reopen a report"),
    "report.excused": _l("Excused the chapter from a report"),
    "report.kept": _l("Kept a report as sent, although the log has changed"),
    "report.reopened": _l("Reopened an approved report"),
    "report.returned": _l("Returned a report"),
    "report.saved": _l("Saved a report’s draft"),
    "report.submitted": _l("Sent a report"),
    "request.to_chapter": _l(
        "Passed a pending decision from UN Women to the chapter, because someone there can now make it"
    ),
    "request.to_desk": _l("Passed a pending decision to UN Women, because nobody else in the chapter can make it"),
    "source.added": _l("Added a source of funding"),
    "source.cancelled": _l("Cancelled a pledge of money"),
    "source.moved": _l("Changed the status of a source"),
    "source.removed": _l("Removed a source of funding"),
    "source.revised": _l("Changed a pledge of money"),
    "target.moved": _l("Changed a target"),
    "target.set": _l("Set a target"),
    "term.begun": _l("Started a term"),
    "term.confirmed": _l("Confirmed the focal point"),
    "term.ended": _l("Ended a term"),
    "term.handed_over": _l("Handed over the role"),
    "term.renewed": _l("Renewed a term"),
    "transaction.recorded": _l("Recorded a transaction"),
    "transaction.reversed": _l("Reversed a transaction"),
    "transactions.converted": _l("Converted amounts to dollars"),
}
RETIRED_WORDS = {"plan.activity_finished": _l("Marked a planned activity as done")}  # in old entries
# An old entry may have a code that is no longer recorded.
OTHER_WORDS = _l("Other action")


def act_words(action: str) -> str:
    """Return the label of an act."""
    return str(ACT_WORDS.get(action) or RETIRED_WORDS.get(action, OTHER_WORDS))
