"""Links in mails that do one thing, once; and at most one pause for each person and obligation.

Safe with the code that runs now: a new table, and a tighter constraint on pauses, which nothing writes before this. It
is replaced under a short exclusive lock on reminder_pauses, a table without rows.
"""

import sqlalchemy as sa
from alembic import op

from tenants import policies

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

PER_SUBJECT = "chapter_id, membership_id, kind, subject_id, due_on"


def upgrade() -> None:
    """Create the table of used links, and allow a pause to be set again."""
    op.create_table(
        "link_uses",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind ~ '^[a-z_]{1,40}$'", name=op.f("ck_link_uses_kind_is_a_code")),
        sa.CheckConstraint("act in ('done', 'later', 'known')", name=op.f("ck_link_uses_act_known")),
        sa.ForeignKeyConstraint(
            ["chapter_id", "membership_id"],
            ["memberships.chapter_id", "memberships.id"],
            name=op.f("fk_link_uses_chapter_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f("fk_link_uses_chapter_id")),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f("pk_link_uses")),
        sa.UniqueConstraint("chapter_id", "delivery_id", "kind", "subject_id", "due_on", "act", name="uq_link_uses"),
    )
    policies.raise_wall(op, "link_uses", web="select, insert")
    _one_of(PER_SUBJECT)
    op.execute("grant update (until_on, asked_at, carried_by) on reminder_pauses to solidarity_web")


def downgrade() -> None:
    """Drop the used links, and allow several pauses again."""
    op.execute("revoke update (until_on, asked_at, carried_by) on reminder_pauses from solidarity_web")
    _one_of(f"{PER_SUBJECT}, asked_at")
    op.drop_table("link_uses")


def _one_of(columns: str) -> None:
    """Replace the unique constraint of the pauses. The table is empty, hence the ignored squawk rules."""
    op.execute("-- squawk-ignore ban-drop-constraint\nalter table reminder_pauses drop constraint uq_reminder_pauses")
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid, disallowed-unique-constraint\n"
        f"alter table reminder_pauses add constraint uq_reminder_pauses unique ({columns})"
    )
