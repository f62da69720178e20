"""Let the web and the worker read the revision of the schema.

They compare the walls of the database with the migrations of their version, and a database that is newer, during a
deployment, with nothing. Safe with the code that runs now, which does not read it. No lock is held beyond the grant.
Going back takes the grant away.
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Grant the revision."""
    op.execute("grant select on alembic_version to solidarity_web, solidarity_worker")


def downgrade() -> None:
    """Revoke it."""
    op.execute("revoke select on alembic_version from solidarity_web, solidarity_worker")
