"""The rest of a chapter's life: dormant, awake again, closed; and addresses that no mail reaches.

Safe with the code that runs now: a new table, and a grant to take a clock away. No lock on an older table beyond the
foreign keys' short one. Going down drops the table with what was written.
"""

import sqlalchemy as sa
from alembic import op

from tenants import policies

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create what chapters went through, and let the web stop a clock."""
    op.create_table(
        "chapter_events",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind in ('made_dormant', 'woken_up', 'closed')", name=op.f("ck_chapter_events_kind_known")),
        sa.CheckConstraint("length(reason) between 1 and 1000", name=op.f("ck_chapter_events_reason_length")),
        sa.ForeignKeyConstraint(
            ["chapter_id", "country"], ["chapters.id", "chapters.country"], name="fk_chapter_events_country"
        ),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f("fk_chapter_events_chapter_id")),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f("pk_chapter_events")),
    )
    policies.raise_wall(op, "chapter_events", web="select, insert")
    policies.share_with_desk(op, "chapter_events", ["chapter_id", "id", "country", "kind", "reason", "at"])
    op.execute("grant delete on chapter_clocks to solidarity_web")


def downgrade() -> None:
    """Drop the table again, and take the grant back."""
    op.execute("revoke delete on chapter_clocks from solidarity_web")
    op.drop_table("chapter_events")
