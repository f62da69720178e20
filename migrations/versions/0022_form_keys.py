"""The keys of forms that were saved, so that a form sent twice creates one row.

Safe with the code that runs now: a new table that nothing else refers to. Reversible: the keys are lost, and forms that
are open at that moment can be saved a second time.
"""

import sqlalchemy as sa
from alembic import op

from tenants import policies

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table behind the wall."""
    op.create_table(
        "form_keys",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name=op.f("ck_form_keys_digest_shape")),
        sa.CheckConstraint("location like '/c/%'", name=op.f("ck_form_keys_location_in_a_chapter")),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f("fk_form_keys_chapter_id")),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f("pk_form_keys")),
    )
    policies.raise_wall(op, "form_keys", web="select, insert, update (location)")


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("form_keys")
