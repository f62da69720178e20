"""Terms of focal points: who is responsible for the chapter, from which day to which.

A new table, and `btree_gist`, by which an exclusion constraint can compare a chapter with `=`: a trusted extension, so
the owner of the database creates it without being superuser. Safe with the code that runs now, which writes no terms: a
member who joins between migration and deployment has none, and is given one on the page. No lock on an older table
beyond the foreign keys' short one. Going down drops the table with what was written.

Every present focal point and deputy gets a term from the day they joined. The focal point who joined first is the
primary one; the others are deputies. Terms of two years are our own choice; these are counted from today, so that no
term has ended before its member knows about it. No term is confirmed, so all members are asked once.
"""

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

from tenants import policies

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

DAYS = sa.text("daterange(starts_on, ends_on + 1)")


def upgrade() -> None:
    """Create the extension, the table, its wall and its grants, and the terms of present members."""
    op.execute("create extension if not exists btree_gist")
    op.create_table(
        "focal_point_terms",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("rank", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("appointed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("appointed_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("rank in ('primary', 'deputy')", name=op.f("ck_focal_point_terms_rank_known")),
        sa.CheckConstraint("length(organisation) <= 120", name=op.f("ck_focal_point_terms_organisation_length")),
        sa.CheckConstraint(
            "starts_on between date '2014-09-20' and date '2100-01-01'",
            name=op.f("ck_focal_point_terms_starts_on_reason"),
        ),
        sa.CheckConstraint(
            "ends_on between starts_on - 1 and date '2110-01-01'", name=op.f("ck_focal_point_terms_ends_on_reason")
        ),
        sa.CheckConstraint(
            "ends_on >= starts_on or ended_at is not null", name=op.f("ck_focal_point_terms_ended_before_a_day")
        ),
        sa.CheckConstraint(
            "confirmed_on is null or confirmed_on >= starts_on", name=op.f("ck_focal_point_terms_confirmed_after_start")
        ),
        sa.CheckConstraint("ended_by is null or ended_at is not null", name=op.f("ck_focal_point_terms_ended_by_when")),
        sa.ForeignKeyConstraint(
            ["chapter_id", "country"], ["chapters.id", "chapters.country"], name="fk_focal_point_terms_country"
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "membership_id"],
            ["memberships.chapter_id", "memberships.id"],
            name=op.f("fk_focal_point_terms_chapter_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f("fk_focal_point_terms_chapter_id")),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f("pk_focal_point_terms")),
        postgresql.ExcludeConstraint(
            (sa.column("chapter_id"), "="),
            (DAYS, "&&"),
            where=sa.text("rank = 'primary'"),
            name="ex_focal_point_terms_one_primary",
        ),
        postgresql.ExcludeConstraint(
            (sa.column("chapter_id"), "="),
            (sa.column("membership_id"), "="),
            (DAYS, "&&"),
            name="ex_focal_point_terms_one_a_person",
        ),
    )
    policies.raise_wall(
        op, "focal_point_terms", web="select, insert, update (ends_on, confirmed_on, ended_at, ended_by)"
    )
    policies.share_with_desk(
        op, "focal_point_terms", ["chapter_id", "id", "country", "rank", "starts_on", "ends_on", "confirmed_on"]
    )
    if not context.is_offline_mode():
        _give_terms()


def downgrade() -> None:
    """Drop the table, and the extension, which nothing else needs."""
    op.drop_table("focal_point_terms")
    op.execute("drop extension btree_gist")


def _give_terms() -> None:
    """Give every present focal point and deputy a term of two years from today, with the id of the membership."""
    with policies.each_chapter_bound(op.get_bind()) as run:
        run(
            """insert into focal_point_terms
                 (chapter_id, id, country, membership_id, organisation, rank, starts_on, ends_on, appointed_at)
               select m.chapter_id, m.id, c.country, m.id, '',
                      case when m.role = 'focal_point'
                             and row_number() over (partition by m.role order by m.joined_at, m.id) = 1
                           then 'primary' else 'deputy' end,
                      timezone(c.zone, m.joined_at)::date, (current_date + interval '2 years')::date - 1, m.joined_at
               from memberships m join chapters c on c.id = m.chapter_id
               where m.chapter_id = :chapter and m.role in ('focal_point', 'deputy') and m.left_at is null"""
        )
