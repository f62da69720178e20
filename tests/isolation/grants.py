"""What each login may do on each table. The catalogue must hold these grants, and no others."""

from __future__ import annotations

import re

from isolation.lists import BEHIND_THE_WALL, LOCAL, REFERENCE

_DESK_CHAPTER = (
    "id slug name campaign_name latin_name sort_key country area zone currency languages state active_since "
    "is_invented created_at"
)
_DESK_REVISION = (
    "chapter_id id activity_id country number is_current kind title held_on place people first_time came_before "
    "not_sure plan_line_id made_at"
)
_DESK_PLAN_LINE = "chapter_id id country kind position title starts_on due_on times"
_DESK_REPORT = (
    "chapter_id id country period_on due_on state is_expected sent submitted_at returned_at decided_at "
    "reopening_asked_at"
)

_DESK_TRANSACTION = (
    "chapter_id id country kind state amount_minor currency dated_on budget_line_id source_id reverses_id usd_minor "
    "rate_per_usd rate_starts_on recorded_at decided_at is_outside awaits_desk"
)

_DESK_TARGET = (
    "chapter_id id country indicator version year number baseline_numerator baseline_denominator baseline_on "
    "target_numerator target_denominator set_at"
)

# All grants. "select(a b)" grants two columns.
GRANTS: dict[str, dict[str, str]] = {
    "web": {
        "report_entries": "select insert update",
        "report_events": "select insert",
        "report_submissions": "select insert",
        "report_values": "select insert",
        "reports": "select insert update",
        "value_sources": "select insert",
        "changes": "select insert update(undone_at undone_by)",
        "checklist_items": "select insert delete update(due_on done_at done_by)",
        "launch_events": "select insert update(number title place host zone starts_at held_on dated_on expected_people "
        "cancelled_at)",
        "tally_counts": "select insert",
        "tally_revisions": "select insert update(is_current)",
        "chapters": "select insert update",
        "chapter_events": "select insert",
        "unreached_addresses": "select update(cleared_at cleared_by)",
        "activities": "select insert update(withdrawn_at withdrawn_by withdrawn_reason)",
        "activity_revisions": "select insert update(is_current)",
        "audit_entries": "select insert",
        "consumed_rungs": "select",
        "link_uses": "select insert",
        "reminder_pauses": "select insert delete update(until_on asked_at carried_by)",
        "focal_point_terms": "select insert update(ends_on confirmed_on ended_at ended_by)",
        "form_keys": "select insert update(location)",
        "head_counts": "select insert",
        "indicator_targets": "select insert",
        "invitations": "select insert update",
        "memberships": "select insert update",
        "notifications": "select insert",
        "plan_lines": "select insert update",
        "plan_version_lines": "select insert",
        "plan_versions": "select insert update(state decided_by decided_at is_outside reason awaits_desk)",
        "users": "select insert update",
        "address_changes": "select insert delete",
        "former_names": "select insert",
        "user_sessions": "select insert update delete",
        "sign_in_throttles": "select insert update delete",
        "desk_appointments": "select insert update",
        "desk_readers": "select insert update",
        "chapter_slugs": "select insert update(slug country)",
        "chapter_clocks": "select insert update delete",
        "compile_marks": "insert",
        "deliveries": "insert",
        "finished_work": "select",
        "alembic_version": "select",
        "exchange_rates": "select",
        "budget_lines": "select insert delete",
        "budget_revisions": "select insert delete update(is_current)",
        "funding_sources": "select insert delete update(state amount_minor number reason)",
        "transactions": "select insert update(state decided_at decided_by is_outside reason usd_minor rate_per_usd "
        "rate_starts_on awaits_desk)",
    },
    "worker": {
        "opened_periods": "select insert",
        "report_entries": "select",
        "report_events": "select",
        "report_submissions": "select",
        "report_values": "select",
        "reports": "select insert",
        "value_sources": "select",
        "checklist_items": "select",
        "launch_events": "select",
        "tally_counts": "select",
        "tally_revisions": "select",
        "changes": "select",
        "chapters": "select",
        "chapter_events": "select",
        "unreached_addresses": "select insert",
        "activities": "select",
        "activity_revisions": "select",
        "audit_entries": "select insert",
        "consumed_rungs": "select insert delete",
        "link_uses": "select",
        "reminder_pauses": "select update(carried_by)",
        "focal_point_terms": "select",
        "form_keys": "select delete",
        "former_names": "select",
        "head_counts": "select",
        "indicator_targets": "select",
        "invitations": "select",
        "memberships": "select",
        "notifications": "select insert update",
        "plan_lines": "select",
        "plan_version_lines": "select",
        "plan_versions": "select",
        "chapter_slugs": "select",
        "chapter_clocks": "select insert update",
        "compile_marks": "insert",
        "deliveries": "select insert update delete",
        "desk_appointments": "select",
        "desk_notifications": "select insert update",
        "desk_readers": "select update(next_at summary_on)",
        "finished_work": "select insert update",
        "alembic_version": "select",
        "exchange_rates": "select",
        "budget_lines": "select",
        "budget_revisions": "select",
        "funding_sources": "select",
        "transactions": "select",
    },
    "desk": {
        "compile_runs": "select",
        "compiled_reports": "select",
        "desk_notifications": "select",
        "opened_periods": "select",
        "report_submissions": "select(chapter_id id report_id country number is_nil submitted_at)",
        "report_values": "select(chapter_id id submission_id country period_on indicator version cell numerator "
        "denominator missing)",
        "reports": f"select({_DESK_REPORT})",
        "focal_point_terms": "select(chapter_id id country rank starts_on ends_on confirmed_on)",
        "value_sources": "select(chapter_id id value_id country kind source_id revision numerator)",
        "checklist_items": "select(chapter_id id event_id country position code title days_before due_on waits_for_id "
        "done_at)",
        "launch_events": "select(chapter_id id country number title zone starts_at held_on dated_on expected_people "
        "is_launch cancelled_at)",
        "tally_counts": "select(chapter_id id revision_id country sex age_band people)",
        "tally_revisions": "select(chapter_id id event_id country kind number is_current people made_at)",
        "chapters": f"select({_DESK_CHAPTER})",
        "chapter_events": "select(chapter_id id country kind reason at)",
        "unreached_addresses": "select(chapter_id id country since cleared_at)",
        "activities": "select(chapter_id id country logged_at)",
        "activity_revisions": f"select({_DESK_REVISION})",
        "head_counts": "select(chapter_id id revision_id country sex age_band people)",
        "indicator_targets": f"select({_DESK_TARGET})",
        "plan_lines": f"select({_DESK_PLAN_LINE} parent_id number done_on dropped_on removed_at)",
        "plan_version_lines": f"select({_DESK_PLAN_LINE} version_id line_id parent_line_id)",
        "plan_versions": ("select(chapter_id id country number state submitted_at awaits_desk decided_at is_outside)"),
        "chapter_slugs": "select",
        "figures": "select",
        "exchange_rates": "select",
        "budget_lines": "select(chapter_id id country currency added_at)",
        "budget_revisions": "select(chapter_id id line_id country number is_current amount_minor made_at)",
        "funding_sources": "select(chapter_id id country kind state amount_minor currency added_at)",
        "transactions": f"select({_DESK_TRANSACTION})",
    },
    "compiler": {
        "chapters": "select(id country area closed_on)",
        "compile_runs": "select insert update",
        "compiled_reports": "select insert delete",
        "opened_periods": "select",
        "report_submissions": "select(chapter_id id report_id number)",
        "report_values": "select(chapter_id submission_id indicator version cell numerator denominator)",
        "reports": "select(chapter_id id period_on state sent is_expected)",
        "figures": "select insert update delete",
        "compile_marks": "select insert delete",
        "finished_work": "select insert update",
    },
    "backup": {table: "select" for table in (*BEHIND_THE_WALL, *REFERENCE, *LOCAL) if table != "alembic_version"},
}


def granted(login: str, table: str) -> set[tuple[str, str | None]]:
    """Return what `login` may do on `table`: pairs of privilege and column, None for the whole table."""
    return {
        (privilege, column)
        for privilege, columns in re.findall(r"(\w+)(?:\(([^)]*)\))?", GRANTS[login].get(table, ""))
        for column in (columns.split() or [None])
    }


def readable_columns(login: str, table: str, columns: list[str]) -> list[str]:
    """Return those of `columns` that `login` may select."""
    pairs = granted(login, table)
    if ("select", None) in pairs:
        return columns
    return [column for column in columns if ("select", column) in pairs]
