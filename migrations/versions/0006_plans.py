"""Plans: the working copy, the versions sent for approval, and their lines.

New tables only: safe with the code that runs now, no lock on an older table beyond the foreign keys' short one.
"""

import sqlalchemy as sa
from alembic import op

from tenants import policies

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, their walls and their grants."""
    op.create_table(
        "plan_lines",
        *_keys("plan_lines"),
        *_what("plan_lines"),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("responsible_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("dropped_on", sa.Date(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(kind = 'outcome') = (parent_id is null)", name=op.f("ck_plan_lines_parent_by_kind")),
        sa.CheckConstraint("number >= 1 and position >= 1", name=op.f("ck_plan_lines_numbers_positive")),
        sa.CheckConstraint(
            "num_nonnulls(done_on, dropped_on) <= 1 and (kind = 'activity' or num_nonnulls(done_on, dropped_on) = 0)",
            name=op.f("ck_plan_lines_done_or_dropped"),
        ),
        _key("plan_lines", "parent_id", "plan_lines"),
        _key("plan_lines", "responsible_id", "memberships"),
    )
    op.create_table(
        "plan_versions",
        *_keys("plan_versions"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("awaits_desk", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_outside", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.UniqueConstraint("chapter_id", "number", name=op.f("uq_plan_versions_chapter_id_number")),
        sa.CheckConstraint(
            "state in ('submitted', 'approved', 'returned', 'superseded')", name=op.f("ck_plan_versions_state_known")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_plan_versions_number_positive")),
        sa.CheckConstraint(
            "num_nonnulls(decided_by, decided_at) = case when state = 'submitted' then 0 else 2 end",
            name=op.f("ck_plan_versions_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "decided_by is null or decided_by <> submitted_by", name=op.f("ck_plan_versions_decided_by_another")
        ),
        sa.CheckConstraint(
            "length(reason) <= 1000 and (state = 'returned') = (reason <> '')",
            name=op.f("ck_plan_versions_returned_with_reason"),
        ),
    )
    for state in ("submitted", "approved"):
        op.create_index(
            f"uq_plan_versions_{state}",
            "plan_versions",
            ["chapter_id"],
            unique=True,
            postgresql_where=sa.text(f"state = '{state}'"),
        )
    op.create_table(
        "plan_version_lines",
        *_keys("plan_version_lines"),
        *_what("plan_version_lines"),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("parent_line_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'outcome') = (parent_line_id is null)", name=op.f("ck_plan_version_lines_parent_by_kind")
        ),
        _key("plan_version_lines", "version_id", "plan_versions"),
        _key("plan_version_lines", "line_id", "plan_lines"),
        _key("plan_version_lines", "parent_line_id", "plan_lines"),
        sa.UniqueConstraint(
            "chapter_id", "version_id", "position", name=op.f("uq_plan_version_lines_chapter_id_version_id_position")
        ),
    )

    what = ["chapter_id", "id", "country", "kind", "position", "title", "starts_on", "due_on"]
    policies.raise_wall(op, "plan_lines", web="select, insert, update")
    policies.raise_wall(
        op, "plan_versions", web="select, insert, update (state, decided_by, decided_at, is_outside, reason)"
    )
    policies.raise_wall(op, "plan_version_lines", web="select, insert")
    policies.share_with_desk(op, "plan_lines", [*what, "parent_id", "number", "done_on", "dropped_on", "removed_at"])
    policies.share_with_desk(
        op,
        "plan_versions",
        ["chapter_id", "id", "country", "number", "state", "submitted_at", "awaits_desk", "decided_at", "is_outside"],
    )
    policies.share_with_desk(op, "plan_version_lines", [*what, "version_id", "line_id", "parent_line_id"])


def downgrade() -> None:
    """Drop the tables again."""
    op.drop_table("plan_version_lines")
    op.drop_table("plan_versions")
    op.drop_table("plan_lines")


def _keys(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f(f"fk_{table}_chapter_id")),
        sa.ForeignKeyConstraint(
            ["chapter_id", "country"], ["chapters.id", "chapters.country"], name=f"fk_{table}_country"
        ),
    ]


def _what(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("risk", sa.Text(), nullable=False),
        sa.CheckConstraint("kind in ('outcome', 'output', 'activity')", name=op.f(f"ck_{table}_kind_known")),
        sa.CheckConstraint("length(title) between 1 and 200", name=op.f(f"ck_{table}_title_length")),
        sa.CheckConstraint("length(risk) <= 1000", name=op.f(f"ck_{table}_risk_length")),
        sa.CheckConstraint(
            "case when kind = 'activity' then due_on is not null else num_nonnulls(starts_on, due_on) = 0 end",
            name=op.f(f"ck_{table}_days_of_activities"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(starts_on, due_on) < 2 or starts_on <= due_on", name=op.f(f"ck_{table}_starts_before_due")
        ),
    ]


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["chapter_id", column],
        [f"{target}.chapter_id", f"{target}.id"],
        name=op.f(f"fk_{table}_chapter_id_{column}"),
    )
