"""Refunds of payees, and the removal of what was added by mistake.

Safe with the code that runs now: two more kinds of transactions, which it does not write, two kinds of rows that may be
deleted as long as nothing refers to them, and three columns that may be empty. The checks are replaced under
a short exclusive lock and validated beside the readers. Going back needs that there is no refund.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

CHECKS = {
    "kind_known": (
        "kind in ('income', 'expense', 'opening', 'advance', 'reversal')",
        "kind in ('income', 'expense', 'opening', 'advance', 'refund', 'reversal', 'refund_reversal')",
    ),
    "side_of_kind": (
        "kind = 'reversal' or (kind = 'expense') = (budget_line_id is not null)",
        "reverses_id is not null or (kind in ('expense', 'refund')) = (budget_line_id is not null)",
    ),
    "reversal_of": (
        "(kind = 'reversal') = (reverses_id is not null)",
        "(kind in ('reversal', 'refund_reversal')) = (reverses_id is not null)",
    ),
}
WITHDRAWAL = ("withdrawn_at", "withdrawn_by", "withdrawn_reason")
DELETABLE = ("budget_lines", "budget_revisions")
OF_A_LINE = "kind <> 'refund_reversal' or budget_line_id is not null"


def upgrade() -> None:
    """Allow refunds and their reversals, budget lines to be removed, and activities to be withdrawn with a reason."""
    for name, (_, condition) in CHECKS.items():
        _replace(name, condition)
    _add("refund_of_a_line", OF_A_LINE)
    _add_withdrawal()
    for table in DELETABLE:
        op.execute(f"grant delete on {table} to solidarity_web")


def downgrade() -> None:
    """Revert all."""
    for table in DELETABLE:
        op.execute(f"revoke delete on {table} from solidarity_web")
    for column in WITHDRAWAL:  # with their checks and grants
        op.drop_column("activities", column)
    op.execute("alter table transactions drop constraint ck_transactions_refund_of_a_line")
    for name, (condition, _) in reversed(CHECKS.items()):
        _replace(name, condition)


def _add_withdrawal() -> None:
    op.add_column("activities", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("activities", sa.Column("withdrawn_by", sa.Uuid(), nullable=True))
    op.add_column("activities", sa.Column("withdrawn_reason", sa.Text(), nullable=True))
    whole = f"num_nonnulls({', '.join(WITHDRAWAL)}) in (0, 3)"
    _add("withdrawn_whole", whole, table="activities")
    _add("withdrawn_reason_length", "length(withdrawn_reason) between 1 and 500", table="activities")
    op.execute(f"grant update ({', '.join(WITHDRAWAL)}) on activities to solidarity_web")


def _replace(name: str, condition: str) -> None:
    """Replace a check of transactions: the only way to allow more, hence the ignored squawk rule."""
    op.execute(f"-- squawk-ignore ban-drop-constraint\nalter table transactions drop constraint ck_transactions_{name}")
    _add(name, condition)


def _add(name: str, condition: str, *, table: str = "transactions") -> None:
    full = f"ck_{table}_{name}"
    op.execute(f"alter table {table} add constraint {full} check ({condition}) not valid")
    op.execute(f"-- squawk-ignore constraint-missing-not-valid\nalter table {table} validate constraint {full}")
