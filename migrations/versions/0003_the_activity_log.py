"""The activity log.

New tables only: safe with the code that runs now, no lock on an older table beyond the foreign keys' short one.
"""

import sqlalchemy as sa
from alembic import op

from tenants import policies

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, their walls and their grants."""
    op.create_table(
        "activities",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("form_key", sa.Uuid(), nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("logged_by", sa.Uuid(), nullable=False),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chapter_id", "country"], ["chapters.id", "chapters.country"], name="fk_activities_country"
        ),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f("fk_activities_chapter_id")),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f("pk_activities")),
        sa.UniqueConstraint("chapter_id", "form_key", name=op.f("uq_activities_chapter_id_form_key")),
    )
    op.create_index("ix_activities_logged", "activities", ["chapter_id", "logged_at"], unique=False)
    op.create_table(
        "activity_revisions",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("narrative", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("first_time", sa.Integer(), nullable=True),
        sa.Column("came_before", sa.Integer(), nullable=True),
        sa.Column("not_sure", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "held_on between date '2014-09-20' and date '2100-01-01'", name=op.f("ck_activity_revisions_held_on_reason")
        ),
        sa.CheckConstraint(
            "kind in ('dialogue', 'workplace', 'training', 'stall', 'other')",
            name=op.f("ck_activity_revisions_kind_known"),
        ),
        sa.CheckConstraint("length(narrative) <= 4000", name=op.f("ck_activity_revisions_narrative_length")),
        sa.CheckConstraint("length(place) <= 120", name=op.f("ck_activity_revisions_place_length")),
        sa.CheckConstraint("length(title) between 1 and 120", name=op.f("ck_activity_revisions_title_length")),
        sa.CheckConstraint(
            "num_nonnulls(people, first_time, came_before, not_sure) in (0, 4) and (people is null or (people >= 0 and first_time >= 0 and came_before >= 0 and not_sure >= 0 and first_time + came_before + not_sure = people))",
            name=op.f("ck_activity_revisions_people_add_up"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_activity_revisions_number_positive")),
        sa.ForeignKeyConstraint(
            ["chapter_id", "activity_id"],
            ["activities.chapter_id", "activities.id"],
            name=op.f("fk_activity_revisions_chapter_id_activity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "country"], ["chapters.id", "chapters.country"], name="fk_activity_revisions_country"
        ),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f("fk_activity_revisions_chapter_id")),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f("pk_activity_revisions")),
        sa.UniqueConstraint(
            "chapter_id", "activity_id", "number", name=op.f("uq_activity_revisions_chapter_id_activity_id_number")
        ),
    )
    op.create_index(
        "ix_activity_revisions_held",
        "activity_revisions",
        ["chapter_id", "held_on", "activity_id"],
        unique=False,
        postgresql_where=sa.text("is_current"),
    )
    op.create_index(
        "uq_activity_revisions_current",
        "activity_revisions",
        ["chapter_id", "activity_id"],
        unique=True,
        postgresql_where=sa.text("is_current"),
    )
    op.create_table(
        "head_counts",
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("age_band", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "age_band in ('under_18', '18_24', '25_59', '60_plus', 'unknown')",
            name=op.f("ck_head_counts_age_band_known"),
        ),
        sa.CheckConstraint("sex in ('women', 'men', 'other', 'unknown')", name=op.f("ck_head_counts_sex_known")),
        sa.CheckConstraint("people between 1 and 1000000", name=op.f("ck_head_counts_people_reason")),
        sa.ForeignKeyConstraint(
            ["chapter_id", "country"], ["chapters.id", "chapters.country"], name="fk_head_counts_country"
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "revision_id"],
            ["activity_revisions.chapter_id", "activity_revisions.id"],
            name=op.f("fk_head_counts_chapter_id_revision_id"),
        ),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f("fk_head_counts_chapter_id")),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f("pk_head_counts")),
        sa.UniqueConstraint(
            "chapter_id",
            "revision_id",
            "sex",
            "age_band",
            name=op.f("uq_head_counts_chapter_id_revision_id_sex_age_band"),
        ),
    )

    policies.raise_wall(op, "activities", web="select, insert")
    policies.raise_wall(op, "activity_revisions", web="select, insert, update (is_current)")
    policies.raise_wall(op, "head_counts", web="select, insert")
    policies.share_with_desk(op, "activities", ["chapter_id", "id", "country", "logged_at"])
    policies.share_with_desk(
        op,
        "activity_revisions",
        [
            "chapter_id",
            "id",
            "activity_id",
            "country",
            "number",
            "is_current",
            "kind",
            "title",
            "held_on",
            "place",
            "people",
            "first_time",
            "came_before",
            "not_sure",
            "made_at",
        ],
        compiler=["chapter_id", "id", "activity_id", "country", "is_current", "people"],
    )
    policies.share_with_desk(
        op,
        "head_counts",
        ["chapter_id", "id", "revision_id", "country", "sex", "age_band", "people"],
        compiler=["chapter_id", "revision_id", "country", "sex", "age_band", "people"],
    )


def downgrade() -> None:
    """Drop the tables again."""
    op.drop_table("head_counts")
    op.drop_table("activity_revisions")
    op.drop_table("activities")
