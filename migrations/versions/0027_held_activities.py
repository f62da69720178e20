"""A planned activity is held as often as the log says; people may not have been asked whether they came before.

The new columns have constant defaults or may be empty, so that no row is rewritten. What was marked as done keeps its
mark (`done_on`): no entry of the log is invented for it, and it is not counted as held. The checks are replaced under
short exclusive locks. Going back needs that nothing is planned more than once, and that people were always asked.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

PLANNED = ("plan_lines", "plan_version_lines")
TIMES = "times between 1 and case kind when 'activity' then 999 else 1 end"
ADD_UP_BEFORE = (
    "num_nonnulls(people, first_time, came_before, not_sure) in (0, 4) and (people is null or (people >= 0 "
    "and first_time >= 0 and came_before >= 0 and not_sure >= 0 and first_time + came_before + not_sure = people))"
)
ADD_UP = (
    "case num_nonnulls(first_time, came_before, not_sure) when 0 then people is null or people >= 0 "
    "when 3 then people is not null and first_time >= 0 and came_before >= 0 and not_sure >= 0 "
    "and first_time + came_before + not_sure = people else false end"
)
LINE_KEY = "fk_activity_revisions_chapter_id_plan_line_id"


def upgrade() -> None:
    """Add how often an activity is planned, and the link from the log to the plan."""
    for table in PLANNED:
        op.add_column(table, sa.Column("times", sa.Integer(), server_default="1", nullable=False))
        op.execute(f"-- squawk-ignore ban-drop-default\nalter table {table} alter column times drop default")
        _add("times_fit", TIMES, table=table)
        op.execute(f"grant select (times) on {table} to solidarity_desk")
    op.add_column("activity_revisions", sa.Column("plan_line_id", sa.Uuid(), nullable=True))
    op.execute(
        f"alter table activity_revisions add constraint {LINE_KEY} "
        "foreign key (chapter_id, plan_line_id) references plan_lines (chapter_id, id) not valid"
    )
    op.execute(
        f"-- squawk-ignore constraint-missing-not-valid\nalter table activity_revisions validate constraint {LINE_KEY}"
    )
    op.execute(  # in the transaction of the migration: no row is in the index yet, so it takes one scan of the table
        "-- squawk-ignore require-concurrent-index-creation\n"
        "create index ix_activity_revisions_planned on activity_revisions (chapter_id, plan_line_id) "
        "where is_current and plan_line_id is not null"
    )
    op.execute("grant select (plan_line_id) on activity_revisions to solidarity_desk")
    _replace(ADD_UP)


def downgrade() -> None:
    """Revert all of it."""
    _replace(ADD_UP_BEFORE)
    op.drop_column("activity_revisions", "plan_line_id")  # with its key, index and grant
    for table in PLANNED:
        op.drop_column(table, "times")


def _replace(condition: str) -> None:
    op.execute(
        "-- squawk-ignore ban-drop-constraint\n"
        "alter table activity_revisions drop constraint ck_activity_revisions_people_add_up"
    )
    _add("people_add_up", condition, table="activity_revisions")


def _add(name: str, condition: str, *, table: str) -> None:
    full = f"ck_{table}_{name}"
    op.execute(f"alter table {table} add constraint {full} check ({condition}) not valid")
    op.execute(f"-- squawk-ignore constraint-missing-not-valid\nalter table {table} validate constraint {full}")
