"""The worker may delete form keys, which the daily upkeep forgets after some weeks.

Safe with the code that runs now: it deletes none. Going back, the keys stay.
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Grant it."""
    op.execute("grant delete on form_keys to solidarity_worker")


def downgrade() -> None:
    """Revoke it."""
    op.execute("revoke delete on form_keys from solidarity_worker")
