"""The ladder: a rung knows the digest that carried it, and a person may ask not to be reminded for a while."""

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
