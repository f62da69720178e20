"""Chapters and people.

New tables only: safe with the code that runs now, no lock on an older table beyond the foreign keys' short one.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from tenants import policies

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, their walls and their grants."""
    op.create_table(
        "chapter_slugs",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_chapter_slugs")),
        sa.UniqueConstraint("chapter_id", name=op.f("uq_chapter_slugs_chapter_id")),
    )
    op.create_table(
        "chapters",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("campaign_name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("working_week", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("active_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_invented", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state in ('active', 'dormant', 'closed')) = (active_since is not null)",
            name=op.f("ck_chapters_active_dated"),
        ),
        sa.CheckConstraint(
            "area in ('americas', 'arab_states', 'asia_pacific', 'east_southern_africa', 'west_central_africa', 'europe_central_asia', 'headquarters')",
            name=op.f("ck_chapters_area_known"),
        ),
        sa.CheckConstraint("country ~ '^[A-Z]{2}$'", name=op.f("ck_chapters_country_shape")),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_chapters_currency_shape")),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) between 3 and 60", name=op.f("ck_chapters_slug_shape")
        ),
        sa.CheckConstraint(
            "state in ('applied', 'drafting', 'agreed', 'signed', 'active', 'dormant', 'closed')",
            name=op.f("ck_chapters_state_known"),
        ),
        sa.CheckConstraint("cardinality(languages) between 1 and 12", name=op.f("ck_chapters_languages_some")),
        sa.CheckConstraint("cardinality(working_week) between 1 and 7", name=op.f("ck_chapters_working_week_some")),
        sa.CheckConstraint(
            "length(name) between 1 and 120 and length(campaign_name) between 1 and 120",
            name=op.f("ck_chapters_name_length"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chapters")),
        sa.UniqueConstraint("id", "country", name=op.f("uq_chapters_id_country")),
    )
    op.create_index("ix_chapters_sort_key", "chapters", ["sort_key", "id"], unique=False)
    op.create_index("ix_chapters_invented", "chapters", ["id"], unique=False, postgresql_where=sa.text("is_invented"))
    op.create_table(
        "sign_in_throttles",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("failures >= 1", name=op.f("ck_sign_in_throttles_failures_some")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_throttles")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "email = lower(email) and length(email) between 3 and 254 and position('@' in email) > 1",
            name=op.f("ck_users_email_shape"),
        ),
        sa.CheckConstraint("length(name) between 1 and 120", name=op.f("ck_users_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_users_fs_uniquifier")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("is_desk", sa.Boolean(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(action) between 1 and 60", name=op.f("ck_audit_entries_action_length")),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f("fk_audit_entries_chapter_id")),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_at", "audit_entries", ["chapter_id", "at"], unique=False)
    op.create_table(
        "desk_appointments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("countries", postgresql.ARRAY(sa.String(length=2)), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("stand_in_for", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "role in ('facilitator', 'regional_desk', 'country_desk', 'viewer')",
            name=op.f("ck_desk_appointments_role_known"),
        ),
        sa.CheckConstraint("cardinality(countries) >= 1", name=op.f("ck_desk_appointments_countries_some")),
        sa.CheckConstraint(
            "ends_on is null or ends_on >= starts_on", name=op.f("ck_desk_appointments_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["stand_in_for"], ["users.id"], name=op.f("fk_desk_appointments_stand_in_for")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_desk_appointments_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_appointments")),
    )
    op.create_index(op.f("ix_desk_appointments_user_id"), "desk_appointments", ["user_id"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "email = lower(email) and length(email) between 3 and 254 and position('@' in email) > 1",
            name=op.f("ck_invitations_email_shape"),
        ),
        sa.CheckConstraint(
            "role in ('focal_point', 'deputy', 'coordinator', 'finance', 'me_officer', 'member')",
            name=op.f("ck_invitations_role_known"),
        ),
        sa.CheckConstraint("accepted_at is null or withdrawn_at is null", name=op.f("ck_invitations_one_end")),
        sa.CheckConstraint("expires_at > invited_at", name=op.f("ck_invitations_expires_later")),
        sa.CheckConstraint("length(name) between 1 and 120", name=op.f("ck_invitations_name_length")),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f("fk_invitations_chapter_id")),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f("pk_invitations")),
    )
    op.create_index(
        "uq_invitations_open",
        "invitations",
        ["chapter_id", "email"],
        unique=True,
        postgresql_where=sa.text("accepted_at is null and withdrawn_at is null"),
    )
    op.create_table(
        "memberships",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "email = lower(email) and length(email) between 3 and 254 and position('@' in email) > 1",
            name=op.f("ck_memberships_email_shape"),
        ),
        sa.CheckConstraint(
            "role in ('focal_point', 'deputy', 'coordinator', 'finance', 'me_officer', 'member')",
            name=op.f("ck_memberships_role_known"),
        ),
        sa.CheckConstraint("left_at is null or left_at >= joined_at", name=op.f("ck_memberships_left_after_joined")),
        sa.CheckConstraint("length(name) between 1 and 120", name=op.f("ck_memberships_name_length")),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f("fk_memberships_chapter_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_memberships_user_id")),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f("pk_memberships")),
    )
    op.create_index("ix_memberships_user", "memberships", ["user_id"], unique=False)
    op.create_index(
        "uq_memberships_present",
        "memberships",
        ["chapter_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("left_at is null"),
    )
    op.create_table(
        "user_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(agent) <= 120", name=op.f("ck_user_sessions_agent_length")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_sessions_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_sessions_token_hash")),
    )
    op.create_index(op.f("ix_user_sessions_user_id"), "user_sessions", ["user_id"], unique=False)

    policies.raise_wall(op, "chapters", web="select, insert, update")
    policies.share_with_desk(
        op,
        "chapters",
        [
            "id",
            "slug",
            "name",
            "campaign_name",
            "sort_key",
            "country",
            "area",
            "zone",
            "languages",
            "state",
            "active_since",
            "is_invented",
            "created_at",
        ],
        compiler=["id", "country", "area", "state"],
    )
    policies.raise_wall(op, "audit_entries", web="select, insert", worker="select, insert")
    policies.raise_wall(op, "memberships", web="select, insert, update")
    op.execute(
        f"create policy own_memberships on memberships for select to solidarity_web using ({policies.OWN_MEMBERSHIPS})"
    )
    policies.raise_wall(op, "invitations", web="select, insert, update")
    policies.open_to(op, "chapter_slugs", web="select, insert", worker="select", desk="select")
    policies.open_to(op, "users", web="select, insert, update")
    policies.open_to(op, "user_sessions", web="select, insert, update, delete")
    policies.open_to(op, "sign_in_throttles", web="select, insert, update, delete")
    policies.open_to(op, "desk_appointments", web="select, insert, update")


def downgrade() -> None:
    """Drop the tables again."""
    op.drop_table("user_sessions")
    op.drop_table("memberships")
    op.drop_table("invitations")
    op.drop_table("desk_appointments")
    op.drop_table("audit_entries")
    op.drop_table("users")
    op.drop_table("sign_in_throttles")
    op.drop_table("chapters")
    op.drop_table("chapter_slugs")
