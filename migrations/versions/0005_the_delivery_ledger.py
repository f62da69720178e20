"""The delivery ledger.

New tables only: safe with the code that runs now, no lock on an older table beyond the foreign keys' short one.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from tenants import policies

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, their walls and their grants."""
    op.create_table(
        "chapter_clocks",
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chapter_id", name=op.f("pk_chapter_clocks")),
    )
    op.create_index(op.f("ix_chapter_clocks_next_at"), "chapter_clocks", ["next_at"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("chapter_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("local_day", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("smtp_code", sa.SmallInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(kind = 'digest') = (local_day is not null)", name=op.f("ck_deliveries_digest_has_a_day")),
        sa.CheckConstraint(
            "(kind = 'letter') = (chapter_id is null)", name=op.f("ck_deliveries_letter_has_no_chapter")
        ),
        sa.CheckConstraint("kind in ('digest', 'invitation', 'letter')", name=op.f("ck_deliveries_kind_known")),
        sa.CheckConstraint("reason ~ '^[a-z_]{1,40}$'", name=op.f("ck_deliveries_reason_is_a_code")),
        sa.CheckConstraint("sealed is null or kind = 'letter'", name=op.f("ck_deliveries_only_letters_sealed")),
        sa.CheckConstraint(
            "state <> 'sent' or (handed_at is not null and done_at is not null)",
            name=op.f("ck_deliveries_sent_is_dated"),
        ),
        sa.CheckConstraint(
            "state in ('pending', 'claimed', 'handing_over', 'sent', 'lapsed', 'held', 'uncertain', 'dead')",
            name=op.f("ck_deliveries_state_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("kind", "subject_id", "local_day", name=op.f("uq_deliveries_kind_subject_id_local_day")),
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["chapter_id", "next_at"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_deliveries_lease",
        "deliveries",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("state in ('claimed', 'handing_over', 'uncertain')"),
    )
    op.create_table(
        "finished_work",
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("who in ('worker', 'beat')", name=op.f("ck_finished_work_who_known")),
        sa.PrimaryKeyConstraint("who", name=op.f("pk_finished_work")),
    )
    op.create_table(
        "consumed_rungs",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("rung", sa.SmallInteger(), nullable=False),
        sa.Column("consumed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind ~ '^[a-z_]{1,40}$'", name=op.f("ck_consumed_rungs_kind_is_a_code")),
        sa.ForeignKeyConstraint(
            ["chapter_id", "membership_id"],
            ["memberships.chapter_id", "memberships.id"],
            name=op.f("fk_consumed_rungs_chapter_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f("fk_consumed_rungs_chapter_id")),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f("pk_consumed_rungs")),
        sa.UniqueConstraint(
            "chapter_id", "membership_id", "kind", "subject_id", "due_on", "rung", name="uq_consumed_rungs"
        ),
    )
    op.create_table(
        "notifications",
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("local_day", sa.Date(), nullable=True),
        sa.Column("items", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(membership_id is null) = (local_day is null)", name=op.f("ck_notifications_digest_has_a_day")
        ),
        sa.CheckConstraint(
            "num_nonnulls(membership_id, invitation_id) = 1", name=op.f("ck_notifications_one_recipient")
        ),
        sa.CheckConstraint("reason ~ '^[a-z_]{1,40}$'", name=op.f("ck_notifications_reason_is_a_code")),
        sa.CheckConstraint(
            "state in ('pending', 'claimed', 'handing_over', 'sent', 'lapsed', 'held', 'uncertain', 'dead')",
            name=op.f("ck_notifications_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "invitation_id"],
            ["invitations.chapter_id", "invitations.id"],
            name=op.f("fk_notifications_chapter_id_invitation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "membership_id"],
            ["memberships.chapter_id", "memberships.id"],
            name=op.f("fk_notifications_chapter_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f("fk_notifications_chapter_id")),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("chapter_id", "delivery_id", name=op.f("uq_notifications_chapter_id_delivery_id")),
        sa.UniqueConstraint(
            "chapter_id", "membership_id", "local_day", name=op.f("uq_notifications_chapter_id_membership_id_local_day")
        ),
    )
    op.create_index("ix_notifications_made", "notifications", ["chapter_id", "made_at"], unique=False)

    policies.open_to(op, "chapter_clocks", web="insert, update, select", worker="select, insert, update")
    policies.open_to(op, "deliveries", web="insert", worker="select, insert, update, delete")
    policies.open_to(
        op, "finished_work", web="select", worker="select, insert, update", compiler="select, insert, update"
    )
    policies.raise_wall(op, "consumed_rungs", web="select", worker="select, insert")
    policies.raise_wall(op, "notifications", web="select, insert", worker="select, insert, update")


def downgrade() -> None:
    """Drop the tables again."""
    op.drop_table("notifications")
    op.drop_table("consumed_rungs")
    op.drop_table("finished_work")
    op.drop_table("deliveries")
    op.drop_table("chapter_clocks")
