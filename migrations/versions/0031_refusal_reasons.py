"""An expense is refused with a reason.

The new column has a constant default, so that no row is rewritten. Expenses that were refused before have no reason.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

CHECK = "ck_transactions_reason_of_refusal"


def upgrade() -> None:
    """Add the column with its check, and let the web's login write it."""
    op.add_column("transactions", sa.Column("reason", sa.Text(), server_default="", nullable=False))
    op.execute(
        f"alter table transactions add constraint {CHECK} "
        "check (reason = '' or (state = 'refused' and length(reason) <= 1000)) not valid"
    )
    op.execute(f"-- squawk-ignore constraint-missing-not-valid\nalter table transactions validate constraint {CHECK}")
    op.execute("grant update (reason) on transactions to solidarity_web")


def downgrade() -> None:
    """Remove the column."""
    op.execute("revoke update (reason) on transactions from solidarity_web")
    op.drop_column("transactions", "reason")
