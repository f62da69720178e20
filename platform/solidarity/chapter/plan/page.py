"""Texts and drawings of the page of the plan: its state, its versions, and its months."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import g
from flask_babel import gettext as _
from flask_babel import ngettext

from solidarity.chapter.context import chapter_day
from solidarity.charts.gantt import Timeline, timeline
from solidarity.i18n.locale import format_day, format_number
from tenants.action_kit.plan.models import LineKind, VersionState
from tenants.action_kit.plan.queries import NamedLine, NamedVersion, count_progress
from tenants.overview.steps import StepState

STATE_BAR_VERSIONS = 3  # versions that the state bar shows; the list below has them all
WHENS = {
    VersionState.SUBMITTED: "now",
    VersionState.RETURNED: "now-att",
    VersionState.APPROVED: "locked",
}


def plan_headline(rows: list[NamedLine], latest: NamedVersion | None) -> str:
    """Return a sentence about the state of the plan."""
    if not rows and latest is None:
        return str(_("There is no plan yet"))
    if latest is None:
        return str(_("The plan is a draft"))
    if latest.version.state == VersionState.SUBMITTED:
        return str(_("The plan is waiting for approval"))
    if latest.version.state == VersionState.RETURNED:
        return str(_("The plan was returned"))
    held_count, planned_count = count_progress(rows)
    sentence = ngettext(
        "%(done)s of %(num)s planned activity has taken place",
        "%(done)s of %(num)s planned activities have taken place",
        planned_count,
        done=format_number(held_count),
    )
    return str(sentence)


def lead(latest: NamedVersion | None, *, late: int, mark_count: int, is_changed: bool, edits: bool) -> str:
    """Return a sentence or two about what that state means. Only a reader who `edits` is told what to do."""
    if latest is None or latest.version.state in (VersionState.SUBMITTED, VersionState.RETURNED):
        return _lead_before_approval(latest.version.state if latest else None, edits=edits)
    lateness = ngettext("%(num)s activity is overdue.", "%(num)s activities are overdue.", late) if late else ""
    marks = ngettext(
        "%(num)s activity is marked as done, but is not in the log and is not counted.",
        "%(num)s activities are marked as done, but are not in the log and are not counted.",
        mark_count,
    )
    changed = _("The plan has changed since it was approved. The changes take effect once they are approved.")
    sentences = [str(lateness), str(marks) if mark_count else "", str(changed) if is_changed else ""]
    return " ".join(filter(None, sentences)) or str(_("Nothing is overdue."))


def _lead_before_approval(state: str | None, *, edits: bool) -> str:
    if state == VersionState.SUBMITTED:
        if edits:
            return str(_("You can keep editing. The version that was sent stays as it is until someone decides."))
        return str(_("The version that was sent stays as it is until someone decides."))
    if state == VersionState.RETURNED:
        if edits:
            return str(_("Make the requested changes, then send the plan again."))
        return str(_("The chapter makes the requested changes, and then sends the plan again."))
    if edits:
        return str(_("Change the plan as often as you like. Send it for approval when it is ready."))
    return str(_("The chapter has not sent the plan for approval yet."))


def state_bar(versions: list[NamedVersion]) -> list[dict[str, str]]:
    """Return the state bar: the latest versions in order, each with its people and dates, and the next one."""
    if not versions:
        return []
    stages = [
        _state_bar_stage(plan_version, is_latest=plan_version is versions[0])
        for plan_version in reversed(versions[:STATE_BAR_VERSIONS])
    ]
    word = _("Version %(number)s", number=format_number(versions[0].version.number + 1))
    note = _("Created when the plan is sent again.")
    return [*stages, {"when": "next", "word": str(word), "note": str(note)}]


def sentence_sent(plan_version: NamedVersion) -> str:
    """Return a sentence with the sender and the date of a version."""
    day = _day(plan_version.version.submitted_at)
    if plan_version.sent_by:
        return str(_("Sent by %(name)s on %(day)s.", name=plan_version.sent_by, day=day))
    return str(_("Sent on %(day)s.", day=day))


def sentence_decided(plan_version: NamedVersion) -> str:
    """Return a sentence with the decision on a version, its author and date; empty if it is not decided."""
    version = plan_version.version
    if version.decided_at is None:
        return ""
    day, name = _day(version.decided_at), plan_version.decided_by
    if version.state == VersionState.RETURNED:
        sentence = (
            _("Returned by %(name)s on %(day)s.", name=name, day=day) if name else _("Returned on %(day)s.", day=day)
        )
    else:
        sentence = (
            _("Approved by %(name)s on %(day)s.", name=name, day=day) if name else _("Approved on %(day)s.", day=day)
        )
    outside = _("Decided by UN Women, outside the chapter.") if version.is_outside else ""
    return f"{sentence} {outside}".strip()


def count_marked(rows: list[NamedLine]) -> int:
    """Return how many activities were marked as done, and did not take place according to the log."""
    return sum(
        row.line.done_on is not None and not row.is_complete for row in rows if row.line.kind == LineKind.ACTIVITY
    )


def months(rows: list[NamedLine], today: date) -> Timeline | None:
    """Return the months from the first activity to the last; None without activities."""
    days = [day for row in rows for day in (row.line.starts_on, row.line.due_on) if day is not None]
    return timeline(min(days), max(days), today) if days else None


def state_of(row: NamedLine, states: dict[UUID, StepState]) -> StepState:
    """Return the state of a line, given those of the obligations: `done` once the log has it as often as planned."""
    is_done = row.line.kind == LineKind.ACTIVITY and row.is_complete
    return "done" if is_done else states.get(row.line.id, "none")


def _state_bar_stage(plan_version: NamedVersion, *, is_latest: bool) -> dict[str, str]:
    state, number = VersionState(plan_version.version.state), format_number(plan_version.version.number)
    phase = WHENS.get(state, "past") if is_latest or state is VersionState.APPROVED else "past"
    words = {
        "now": _("Version %(number)s, waiting", number=number),
        "now-att": _("Version %(number)s, returned", number=number),
        "locked": _("Version %(number)s, in force", number=number),
    }
    word = words.get(phase) or _("Version %(number)s", number=number)
    return {
        "when": phase,
        "word": str(word),
        "note": f"{sentence_sent(plan_version)} {sentence_decided(plan_version)}".strip(),
    }


def _day(moment: Any) -> str:
    return format_day(chapter_day(moment), g.chapter.country)
