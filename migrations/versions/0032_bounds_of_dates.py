"""Bounds for every date.

Safe with the code that runs now, which stores such days only if somebody types them: they are refused from here on.
Days that were typed out of bounds are moved to the nearest bound, one chapter after another. The checks take a short
exclusive lock on each table, and are validated beside readers and writers. Going back keeps the moved days.
"""

from alembic import context, op

from tenants import policies

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

FIRST, LAST = "date '2014-01-01'", "date '2100-01-01'"
DATES = {
    "activity_revisions": ("held_on",),
    "chapters": ("closed_on",),
    "checklist_items": ("due_on",),
    "compiled_reports": ("period_on",),
    "consumed_rungs": ("due_on",),
    "deliveries": ("local_day",),
    "desk_appointments": ("starts_on", "ends_on"),
    "desk_notifications": ("local_day",),
    "desk_readers": ("summary_on",),
    "exchange_rates": ("starts_on",),
    "figures": ("period_on",),
    "focal_point_terms": ("starts_on", "ends_on", "confirmed_on"),
    "indicator_targets": ("baseline_on",),
    "launch_events": ("held_on", "dated_on"),
    "link_uses": ("due_on",),
    "memberships": ("away_since", "away_until"),
    "notifications": ("local_day",),
    "opened_periods": ("period_on",),
    "plan_lines": ("starts_on", "due_on", "done_on", "dropped_on"),
    "plan_version_lines": ("starts_on", "due_on"),
    "reminder_pauses": ("due_on", "until_on"),
    "report_values": ("period_on",),
    "reports": ("period_on", "due_on"),
    "transactions": ("dated_on", "rate_starts_on"),
}
TYPED = {
    "checklist_items": ("due_on",),
    "indicator_targets": ("baseline_on",),
    "plan_lines": ("starts_on", "due_on"),
    "plan_version_lines": ("starts_on", "due_on"),
}
"""The dates that could be typed without bounds until now."""


def upgrade() -> None:
    """Move the days that are out of bounds, and add the checks."""
    _move_days()
    for table, columns in DATES.items():
        full = f"ck_{table}_days_in_bounds"
        condition = " and ".join(f"{column} between {FIRST} and {LAST}" for column in columns)
        op.execute(f"alter table {table} add constraint {full} check ({condition}) not valid")
        op.execute(f"-- squawk-ignore constraint-missing-not-valid\nalter table {table} validate constraint {full}")


def downgrade() -> None:
    """Drop the checks."""
    for table in DATES:
        op.execute(f"alter table {table} drop constraint ck_{table}_days_in_bounds")


def _move_days() -> None:
    if context.is_offline_mode():
        return
    with policies.each_chapter_bound(op.get_bind()) as run:
        for table, columns in TYPED.items():
            for column in columns:
                run(
                    f"update {table} set {column} = greatest({FIRST}, least({LAST}, {column})) "
                    f"where chapter_id = :chapter and {column} not between {FIRST} and {LAST}"
                )
