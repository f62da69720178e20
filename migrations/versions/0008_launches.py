"""Launches: events, the checklist counted back from the day, and head counts.

New tables only: safe with the code that runs now, no lock on an older table beyond the foreign keys' short one. Going
down drops them with what was written.
"""

import sqlalchemy as sa
from alembic import op

from tenants import policies

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, their walls and their grants."""
    op.create_table(
        "launch_events",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("expected_people", sa.Integer(), nullable=True),
        sa.Column("is_launch", sa.Boolean(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "abs(held_on - timezone('UTC', starts_at)::date) <= 1", name=op.f("ck_launch_events_held_on_of_start")
        ),
        sa.CheckConstraint(
            "held_on between date '2014-09-20' and date '2100-01-01'", name=op.f("ck_launch_events_held_on_reason")
        ),
        sa.CheckConstraint(
            "expected_people is null or expected_people between 1 and 1000000",
            name=op.f("ck_launch_events_expected_reason"),
        ),
        sa.CheckConstraint("length(host) <= 120", name=op.f("ck_launch_events_host_length")),
        sa.CheckConstraint("length(place) <= 120", name=op.f("ck_launch_events_place_length")),
        sa.CheckConstraint("length(title) between 1 and 120", name=op.f("ck_launch_events_title_length")),
        sa.CheckConstraint("length(zone) between 1 and 64", name=op.f("ck_launch_events_zone_length")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_launch_events_number_positive")),
        sa.ForeignKeyConstraint(
            ["chapter_id", "country"], ["chapters.id", "chapters.country"], name="fk_launch_events_country"
        ),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f("fk_launch_events_chapter_id")),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f("pk_launch_events")),
    )
    op.create_index(
        "uq_launch_events_one_launch",
        "launch_events",
        ["chapter_id"],
        unique=True,
        postgresql_where=sa.text("is_launch and cancelled_at is null"),
    )
    op.create_table(
        "checklist_items",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("waits_for_id", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("code is null or code ~ '^[a-z_]{1,40}$'", name=op.f("ck_checklist_items_code_shape")),
        sa.CheckConstraint("days_before between 0 and 400", name=op.f("ck_checklist_items_days_before_reason")),
        sa.CheckConstraint("num_nonnulls(code, title) = 1", name=op.f("ck_checklist_items_ours_or_own")),
        sa.CheckConstraint("num_nonnulls(done_at, done_by) in (0, 2)", name=op.f("ck_checklist_items_done_whole")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_checklist_items_position_positive")),
        sa.CheckConstraint(
            "title is null or length(title) between 1 and 120", name=op.f("ck_checklist_items_title_length")
        ),
        sa.CheckConstraint(
            "waits_for_id is null or waits_for_id <> id", name=op.f("ck_checklist_items_waits_for_another")
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "country"], ["chapters.id", "chapters.country"], name="fk_checklist_items_country"
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "event_id"],
            ["launch_events.chapter_id", "launch_events.id"],
            name=op.f("fk_checklist_items_chapter_id_event_id"),
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "waits_for_id"],
            ["checklist_items.chapter_id", "checklist_items.id"],
            name=op.f("fk_checklist_items_chapter_id_waits_for_id"),
        ),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f("fk_checklist_items_chapter_id")),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f("pk_checklist_items")),
        sa.UniqueConstraint(
            "chapter_id", "event_id", "position", name=op.f("uq_checklist_items_chapter_id_event_id_position")
        ),
    )
    op.create_table(
        "tally_revisions",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind in ('attendance', 'signups')", name=op.f("ck_tally_revisions_kind_known")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_tally_revisions_number_positive")),
        sa.CheckConstraint("people between 0 and 20000000", name=op.f("ck_tally_revisions_people_reason")),
        sa.ForeignKeyConstraint(
            ["chapter_id", "country"], ["chapters.id", "chapters.country"], name="fk_tally_revisions_country"
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "event_id"],
            ["launch_events.chapter_id", "launch_events.id"],
            name=op.f("fk_tally_revisions_chapter_id_event_id"),
        ),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f("fk_tally_revisions_chapter_id")),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f("pk_tally_revisions")),
        sa.UniqueConstraint(
            "chapter_id", "event_id", "kind", "number", name=op.f("uq_tally_revisions_chapter_id_event_id_kind_number")
        ),
    )
    op.create_index(
        "uq_tally_revisions_current",
        "tally_revisions",
        ["chapter_id", "event_id", "kind"],
        unique=True,
        postgresql_where=sa.text("is_current"),
    )
    op.create_table(
        "tally_counts",
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("age_band", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "age_band in ('under_18', '18_24', '25_59', '60_plus', 'unknown')",
            name=op.f("ck_tally_counts_age_band_known"),
        ),
        sa.CheckConstraint("sex in ('women', 'men', 'other', 'unknown')", name=op.f("ck_tally_counts_sex_known")),
        sa.CheckConstraint("people between 1 and 1000000", name=op.f("ck_tally_counts_people_reason")),
        sa.ForeignKeyConstraint(
            ["chapter_id", "country"], ["chapters.id", "chapters.country"], name="fk_tally_counts_country"
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "revision_id"],
            ["tally_revisions.chapter_id", "tally_revisions.id"],
            name=op.f("fk_tally_counts_chapter_id_revision_id"),
        ),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f("fk_tally_counts_chapter_id")),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f("pk_tally_counts")),
        sa.UniqueConstraint(
            "chapter_id",
            "revision_id",
            "sex",
            "age_band",
            name=op.f("uq_tally_counts_chapter_id_revision_id_sex_age_band"),
        ),
    )

    policies.raise_wall(
        op,
        "launch_events",
        web="select, insert, "
        "update (number, title, place, host, zone, starts_at, held_on, expected_people, cancelled_at)",
    )
    policies.raise_wall(op, "checklist_items", web="select, insert, update (due_on, done_at, done_by)")
    policies.raise_wall(op, "tally_revisions", web="select, insert, update (is_current)")
    policies.raise_wall(op, "tally_counts", web="select, insert")
    policies.share_with_desk(
        op,
        "launch_events",
        [
            "chapter_id",
            "id",
            "country",
            "number",
            "title",
            "zone",
            "starts_at",
            "held_on",
            "expected_people",
            "is_launch",
            "cancelled_at",
        ],
    )
    policies.share_with_desk(
        op,
        "checklist_items",
        [
            "chapter_id",
            "id",
            "event_id",
            "country",
            "position",
            "code",
            "title",
            "days_before",
            "due_on",
            "waits_for_id",
            "done_at",
        ],
    )
    policies.share_with_desk(
        op,
        "tally_revisions",
        ["chapter_id", "id", "event_id", "country", "kind", "number", "is_current", "people", "made_at"],
    )
    policies.share_with_desk(
        op, "tally_counts", ["chapter_id", "id", "revision_id", "country", "sex", "age_band", "people"]
    )


def downgrade() -> None:
    """Drop the tables again."""
    op.drop_table("tally_counts")
    op.drop_table("tally_revisions")
    op.drop_table("checklist_items")
    op.drop_table("launch_events")
