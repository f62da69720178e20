"""The rest of a chapter's life: dormant, awake again, closed; and addresses that no mail reaches."""

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
