"""New email addresses that wait for confirmation, and the former names of members.

Safe with the code that runs now: two new tables.
"""

import sqlalchemy as sa
from alembic import op

from tenants import policies

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

EMAIL_SHAPE = "email = lower(email) and length(email) between 3 and 254 and position('@' in email) > 1"


def upgrade() -> None:
    """Create both tables. Former names belong to chapters, waiting addresses to identities."""
    op.create_table(
        "address_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(EMAIL_SHAPE, name=op.f("ck_address_changes_email_shape")),
        sa.CheckConstraint("expires_at > requested_at", name=op.f("ck_address_changes_expires_later")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_address_changes_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_changes")),
    )
    op.create_index(op.f("ix_address_changes_user_id"), "address_changes", ["user_id"])
    op.create_table(
        "former_names",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("old_name", sa.Text(), nullable=False),
        sa.Column("new_name", sa.Text(), nullable=False),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(old_name) between 1 and 120", name=op.f("ck_former_names_old_name_length")),
        sa.CheckConstraint("length(new_name) between 1 and 120", name=op.f("ck_former_names_new_name_length")),
        sa.CheckConstraint("old_name <> new_name", name=op.f("ck_former_names_names_differ")),
        sa.ForeignKeyConstraint(
            ["chapter_id", "membership_id"],
            ["memberships.chapter_id", "memberships.id"],
            name=op.f("fk_former_names_chapter_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f("fk_former_names_chapter_id")),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f("pk_former_names")),
    )
    policies.open_to(op, "address_changes", web="select, insert, delete")
    policies.raise_wall(op, "former_names", web="select, insert")


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("former_names")
    op.drop_table("address_changes")
