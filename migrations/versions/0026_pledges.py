"""Pledges of money are changed or cancelled with a reason; a chapter asks to reopen an approved report.

Only a gift in kind is received by its state. What a source of money has paid is in its transactions. A source that was
marked as received stays agreed: its payments count as they are recorded. The new columns have constant defaults, so that no row is rewritten. The checks are replaced
under short exclusive locks. Going back, a cancelled pledge is a pledge again, and no report may have been asked about.
"""

import sqlalchemy as sa
from alembic import context, op

from tenants import policies

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

STATES_BEFORE = "state in ('pledged', 'committed', 'received')"
CHECKS = {
    "state_known": "state in ('pledged', 'committed', 'received', 'cancelled')",
    "cash_received_in_ledger": "state <> 'received' or kind = 'in_kind'",
    "number_positive": "number >= 1",
    "reason_given": "length(reason) <= 500 and (reason <> '' or (state <> 'cancelled' and number = 1))",
}

EVENT_KINDS = "kind in ('submitted', 'returned', 'approved', 'reopened', 'excused', 'kept')"
EVENT_KINDS_AND_ASKED = "kind in ('submitted', 'returned', 'approved', 'reopened', 'excused', 'kept', 'asked')"
REASON = "length(reason) <= 1000 and (kind not in ('returned', 'reopened', 'excused', 'kept') or reason <> '')"
REASON_AND_ASKED = (
    "length(reason) <= 1000 and (kind not in ('returned', 'reopened', 'excused', 'kept', 'asked') or reason <> '')"
)


def upgrade() -> None:
    """Add the columns, move sources that are received by their state alone, and add the checks."""
    op.add_column("funding_sources", sa.Column("number", sa.Integer(), server_default="1", nullable=False))
    op.add_column("funding_sources", sa.Column("reason", sa.Text(), server_default="", nullable=False))
    _move_sources("state = 'committed'", "state = 'received' and kind <> 'in_kind'")
    for column in ("number", "reason"):
        op.execute(f"-- squawk-ignore ban-drop-default\nalter table funding_sources alter column {column} drop default")
    _drop("state_known")
    for name, condition in CHECKS.items():
        _add(name, condition)
    op.add_column("reports", sa.Column("reopening_asked_at", sa.DateTime(timezone=True), nullable=True))
    _add("asked_if_approved", "reopening_asked_at is null or state = 'approved'", table="reports")
    op.execute(  # in the transaction of the migration: no row is in the index yet, so it takes one scan of the table
        "-- squawk-ignore require-concurrent-index-creation\n"
        "create index ix_reports_to_reopen on reports (country, reopening_asked_at) where reopening_asked_at is not null"
    )
    op.execute("grant select (reopening_asked_at) on reports to solidarity_desk")
    _replace_event_checks(EVENT_KINDS_AND_ASKED, REASON_AND_ASKED)
    op.execute("grant update (amount_minor, number, reason) on funding_sources to solidarity_web")
    op.execute("grant select (currency) on chapters to solidarity_desk")  # the desk sums in it, as the chapter does


def downgrade() -> None:
    """Revert all of it."""
    _replace_event_checks(EVENT_KINDS, REASON)
    op.drop_column("reports", "reopening_asked_at")
    op.execute("revoke select (currency) on chapters from solidarity_desk")
    op.execute("revoke update (amount_minor, number, reason) on funding_sources from solidarity_web")
    for name in CHECKS:
        _drop(name)
    _move_sources("state = 'pledged'", "state = 'cancelled'")
    _add("state_known", STATES_BEFORE)
    op.drop_column("funding_sources", "reason")
    op.drop_column("funding_sources", "number")


def _replace_event_checks(kinds: str, reason: str) -> None:
    for name, condition in (("kind_known", kinds), ("reason_given", reason)):
        _drop(name, table="report_events")
        _add(name, condition, table="report_events")


def _move_sources(state: str, condition: str) -> None:
    if not context.is_offline_mode():
        with policies.each_chapter_bound(op.get_bind()) as run:
            run(f"update funding_sources set {state} where chapter_id = :chapter and {condition}")


def _drop(name: str, *, table: str = "funding_sources") -> None:
    op.execute(f"-- squawk-ignore ban-drop-constraint\nalter table {table} drop constraint ck_{table}_{name}")


def _add(name: str, condition: str, *, table: str = "funding_sources") -> None:
    full = f"ck_{table}_{name}"
    op.execute(f"alter table {table} add constraint {full} check ({condition}) not valid")
    op.execute(f"-- squawk-ignore constraint-missing-not-valid\nalter table {table} validate constraint {full}")
