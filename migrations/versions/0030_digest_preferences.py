"""How often a member gets a digest, and until when they are away.

Safe with the code that runs now: a column with a constant default, and two that may be empty. The web may change
memberships already. Going back, everybody gets a digest a day and is there.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

CHECKS = {
    "digest_frequency_known": "digest_frequency in ('daily', 'weekly')",
    "away_for_a_while": (
        "num_nonnulls(away_since, away_until) in (0, 2) "
        "and (away_until is null or away_until - away_since between 0 and 90)"
    ),
}


def upgrade() -> None:
    """Add the columns with their checks."""
    op.add_column("memberships", sa.Column("digest_frequency", sa.Text(), server_default="daily", nullable=False))
    op.add_column("memberships", sa.Column("away_since", sa.Date(), nullable=True))
    op.add_column("memberships", sa.Column("away_until", sa.Date(), nullable=True))
    for name, condition in CHECKS.items():
        full = f"ck_memberships_{name}"
        op.execute(f"alter table memberships add constraint {full} check ({condition}) not valid")
        op.execute(f"-- squawk-ignore constraint-missing-not-valid\nalter table memberships validate constraint {full}")


def downgrade() -> None:
    """Drop the columns, with their checks."""
    op.drop_column("memberships", "away_until")  # with the check of both
    op.drop_column("memberships", "away_since")
    op.drop_column("memberships", "digest_frequency")
