"""Factories of rows in the tables of the six steps, for the `two_chapters` fixture."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tenants.db import new_id

if TYPE_CHECKING:
    from isolation.rows import SampleChapter

Row = dict[str, Any]
AT = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
PLACES = {"BR": ("America/Recife", "americas", "BRL"), "RW": ("Africa/Kigali", "east_southern_africa", "RWF")}
SEXES, BANDS = ("women", "men", "other", "unknown"), ("under_18", "18_24", "25_59", "60_plus", "unknown")


def _chapter_event(chapter: SampleChapter, number: int) -> Row:
    return {
        "country": chapter.country,
        "kind": "woken_up",
        "reason": f"{chapter.canary} {number}",
        "at": AT,
        "actor_id": chapter.user_id,
    }


def _unreached_address(chapter: SampleChapter, number: int) -> Row:
    """Return an open row first; further rows are corrected, because a member can have only one open row."""
    is_open = "unreached_addresses" not in chapter.rows
    return {
        "country": chapter.country,
        "membership_id": chapter.rows["memberships"]["id"],
        "since": AT,
        "cleared_at": None if is_open else AT,
        "cleared_by": None if is_open else chapter.user_id,
    }


def _former_name(chapter: SampleChapter, number: int) -> Row:
    return {
        "membership_id": chapter.rows["memberships"]["id"],
        "old_name": f"{chapter.canary} {number}",
        "new_name": chapter.canary,
    }


def _term(chapter: SampleChapter, number: int) -> Row:
    """Return a deputy's term of one day, in the past, that overlaps no other term."""
    day = date(2015, 1, 1) + timedelta(days=number)
    return {
        "membership_id": chapter.rows["memberships"]["id"],
        "country": chapter.country,
        "organisation": chapter.canary,
        "rank": "deputy",
        "starts_on": day,
        "ends_on": day,
        "confirmed_on": day,
        "appointed_at": AT,
        "appointed_by": chapter.user_id,
        "ended_at": AT,
        "ended_by": chapter.user_id,
    }


def _launch_event(chapter: SampleChapter, number: int) -> Row:
    """Return the launch first; further rows are other events."""
    return {
        "country": chapter.country,
        "number": 1,
        "title": f"{chapter.canary} {number}",
        "place": chapter.canary,
        "host": chapter.canary,
        "zone": "UTC",
        "starts_at": AT,
        "held_on": AT.date(),
        "dated_on": AT.date(),
        "expected_people": 300,
        "is_launch": "launch_events" not in chapter.rows,
        "made_at": AT,
        "made_by": chapter.user_id,
    }


def _checklist_item(chapter: SampleChapter, number: int) -> Row:
    first = chapter.rows.get("checklist_items")
    return {
        "event_id": chapter.rows["launch_events"]["id"],
        "country": chapter.country,
        "position": number,
        "title": f"{chapter.canary} {number}",
        "days_before": 1,
        "due_on": AT.date() - timedelta(days=1),
        "waits_for_id": first and first["id"],
        "done_at": AT,
        "done_by": chapter.user_id,
    }


def _tally_revision(chapter: SampleChapter, number: int) -> Row:
    return {
        "event_id": chapter.rows["launch_events"]["id"],
        "country": chapter.country,
        "kind": "attendance",
        "number": number,
        "is_current": "tally_revisions" not in chapter.rows,
        "people": 3,
        "made_at": AT,
        "made_by": chapter.user_id,
    }


def _tally_count(chapter: SampleChapter, number: int) -> Row:
    """Return cell 0 of 20 as the first row; further rows rotate through the other cells."""
    cell = 1 + number % 19 if "tally_counts" in chapter.rows else 0
    return {
        "revision_id": chapter.rows["tally_revisions"]["id"],
        "country": chapter.country,
        "sex": SEXES[cell % 4],
        "age_band": BANDS[cell % 5],
        "people": 3,
    }


def _plan_line(chapter: SampleChapter, number: int) -> Row:
    """Return an outcome first. Further rows are its children; a service would put outputs between them."""
    first = "plan_lines" not in chapter.rows
    outcome = {"kind": "outcome", "starts_on": None, "due_on": None} if first else {}
    values = {
        "parent_id": None if first else chapter.rows["plan_lines"]["id"],
        "responsible_id": chapter.rows["memberships"]["id"],
        "number": 1,
    }
    return _planned(chapter, number) | outcome | values


def _plan_version(chapter: SampleChapter, number: int) -> Row:
    return {
        "country": chapter.country,
        "number": number,
        "state": "returned",
        "submitted_by": chapter.user_id,
        "submitted_at": AT,
        "awaits_desk": False,
        "decided_by": new_id(),
        "decided_at": AT,
        "is_outside": True,
        "reason": chapter.canary,
    }


def _plan_version_line(chapter: SampleChapter, number: int) -> Row:
    line = chapter.rows["plan_lines"]["id"]
    return _planned(chapter, number) | {
        "version_id": chapter.rows["plan_versions"]["id"],
        "line_id": line,
        "parent_line_id": line,
    }


def _planned(chapter: SampleChapter, number: int) -> Row:
    return {
        "country": chapter.country,
        "kind": "activity",
        "position": number,
        "title": chapter.canary,
        "starts_on": date(2026, 3, 1),
        "due_on": date(2026, 4, 1),
        "times": 1,
        "risk": chapter.canary,
    }


def _report(chapter: SampleChapter, number: int) -> Row:
    """Return a report. Each number has its own quarter, counted from 2020."""
    return {
        "country": chapter.country,
        "period_on": date(2020 + number // 4, 1 + number % 4 * 3, 1),
        "due_on": date(2099, 12, 31),
        "state": "draft",
        "is_expected": False,
        "excused_reason": chapter.canary,
        "sent": 0,
        "edited": 0,
        **_report_words(chapter),
    }


def _report_words(chapter: SampleChapter) -> Row:
    return dict.fromkeys(("what_changed", "what_women_say", "what_was_hard", "what_next"), chapter.canary)


def _letters(number: int) -> str:
    """Write a number in letters, for codes that hold only letters."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def _report_entry(chapter: SampleChapter, number: int) -> Row:
    return {"report_id": chapter.rows["reports"]["id"], "indicator": f"of_{_letters(number)}", "numerator": 3}


def _report_submission(chapter: SampleChapter, number: int) -> Row:
    return {
        "report_id": chapter.rows["reports"]["id"],
        "country": chapter.country,
        "number": number,
        "is_nil": False,
        "submitted_by": chapter.user_id,
        "submitted_at": AT,
        **_report_words(chapter),
    }


def _report_value(chapter: SampleChapter, number: int) -> Row:
    return {
        "submission_id": chapter.rows["report_submissions"]["id"],
        "country": chapter.country,
        "period_on": date(2026, 1, 1),
        "indicator": f"of_{_letters(number)}",
        "version": 1,
        "cell": "all",
        "numerator": 3,
    }


def _value_source(chapter: SampleChapter, number: int) -> Row:
    return {
        "value_id": chapter.rows["report_values"]["id"],
        "country": chapter.country,
        "kind": "activity",
        "source_id": new_id(),
        "revision": number,
        "numerator": 3,
    }


def _report_event(chapter: SampleChapter, number: int) -> Row:
    return {
        "report_id": chapter.rows["reports"]["id"],
        "kind": "returned",
        "number": 1,
        "at": AT + timedelta(minutes=number),
        "actor_id": chapter.user_id,
        "is_desk": True,
        "reason": chapter.canary,
    }


def _target(chapter: SampleChapter, number: int) -> Row:
    return {
        "country": chapter.country,
        "indicator": f"of_{_letters(number)}",
        "version": 1,
        "year": 2026,
        "number": 2,
        "baseline_numerator": 3,
        "baseline_on": date(2025, 12, 31),
        "target_numerator": 9,
        "reason": chapter.canary,
        "set_by": chapter.user_id,
        "set_at": AT,
    }


def _source(chapter: SampleChapter, number: int) -> Row:
    return {
        "country": chapter.country,
        "name": f"{chapter.canary} {number}",
        "kind": "donor",
        "state": "committed",
        "amount_minor": 5_000_000,
        "currency": PLACES[chapter.country][2],
        "number": 2,
        "reason": chapter.canary,
        "added_at": AT,
        "added_by": chapter.user_id,
    }


def _budget_line(chapter: SampleChapter, number: int) -> Row:
    return {
        "country": chapter.country,
        "title": f"{chapter.canary} {number}",
        "currency": PLACES[chapter.country][2],
        "added_at": AT,
    }


def _budget_revision(chapter: SampleChapter, number: int) -> Row:
    return {
        "line_id": chapter.rows["budget_lines"]["id"],
        "country": chapter.country,
        "number": number,
        "is_current": "budget_revisions" not in chapter.rows,
        "amount_minor": 5_000_000,
        "reason": chapter.canary,
        "made_at": AT,
        "made_by": chapter.user_id,
    }


def _transaction(chapter: SampleChapter, number: int) -> Row:
    """Return a refused expense. It is not converted, because no rate is known."""
    return {
        "country": chapter.country,
        "kind": "expense",
        "state": "refused",
        "reason": chapter.canary,
        "decided_at": AT,
        "decided_by": chapter.user_id,
        "amount_minor": 1_000,
        "currency": PLACES[chapter.country][2],
        "dated_on": date(2026, 1, 20),
        "what": f"{chapter.canary} {number}",
        "budget_line_id": chapter.rows["budget_lines"]["id"],
        "form_key": new_id(),
        "recorded_at": AT,
        "recorded_by": chapter.user_id,
        "awaits_desk": False,
        "is_outside": False,
    }


STEP_FACTORIES: dict[str, Callable[[SampleChapter, int], Row]] = {
    "indicator_targets": _target,
    "report_entries": _report_entry,
    "report_events": _report_event,
    "report_submissions": _report_submission,
    "report_values": _report_value,
    "reports": _report,
    "value_sources": _value_source,
    "chapter_events": _chapter_event,
    "unreached_addresses": _unreached_address,
    "former_names": _former_name,
    "focal_point_terms": _term,
    "checklist_items": _checklist_item,
    "launch_events": _launch_event,
    "tally_counts": _tally_count,
    "tally_revisions": _tally_revision,
    "budget_lines": _budget_line,
    "budget_revisions": _budget_revision,
    "funding_sources": _source,
    "transactions": _transaction,
    "plan_lines": _plan_line,
    "plan_version_lines": _plan_version_line,
    "plan_versions": _plan_version,
}
