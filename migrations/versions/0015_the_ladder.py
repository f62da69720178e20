"""The ladder: a rung stores the digest that carried it, and a person may pause reminders for a while.

Safe with the code that runs now: a column that may be empty, a new table, a grant.
"""

import sqlalchemy as sa
from alembic import op

from tenants import policies

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and the pauses."""
    op.add_column("consumed_rungs", sa.Column("delivery_id", sa.Uuid(), nullable=True))
    op.execute("grant delete on consumed_rungs to solidarity_worker")
    op.create_table(
        "reminder_pauses",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("carried_by", sa.Uuid(), nullable=True),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind ~ '^[a-z_]{1,40}$'", name=op.f("ck_reminder_pauses_kind_is_a_code")),
        sa.CheckConstraint(
            "carried_by is null or until_on is not null", name=op.f("ck_reminder_pauses_carried_has_an_end")
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "membership_id"],
            ["memberships.chapter_id", "memberships.id"],
            name=op.f("fk_reminder_pauses_chapter_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f("fk_reminder_pauses_chapter_id")),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f("pk_reminder_pauses")),
        sa.UniqueConstraint(
            "chapter_id", "membership_id", "kind", "subject_id", "due_on", "asked_at", name="uq_reminder_pauses"
        ),
    )
    policies.raise_wall(op, "reminder_pauses", web="select, insert, delete", worker="select, update (carried_by)")


def downgrade() -> None:
    """Drop the pauses and the column."""
    op.drop_table("reminder_pauses")
    op.execute("revoke delete on consumed_rungs from solidarity_worker")
    op.drop_column("consumed_rungs", "delivery_id")
