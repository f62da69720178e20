"""The desk's policy searches its list of countries as text instead of making an array of it for each row.

Safe with the code that runs now: both texts let the same rows through. Each table is locked for a moment, nothing is
rewritten. A new database has the new text from the start, and this changes nothing.
"""

from alembic import op

from tenants import policies

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SHARED = (
    "activities",
    "activity_revisions",
    "budget_lines",
    "budget_revisions",
    "chapters",
    "checklist_items",
    "funding_sources",
    "head_counts",
    "indicator_targets",
    "launch_events",
    "plan_lines",
    "plan_version_lines",
    "plan_versions",
    "report_submissions",
    "report_values",
    "reports",
    "tally_counts",
    "tally_revisions",
    "transactions",
    "value_sources",
)


def upgrade() -> None:
    """Write the new text into every policy of the desk."""
    for table in SHARED:
        op.execute(f"alter policy desk_reads on {table} using ({policies.DESK_READS})")


def downgrade() -> None:
    """Write the former text back."""
    for table in SHARED:
        op.execute(f"alter policy desk_reads on {table} using ({policies.DESK_READS_BEFORE_0013})")
