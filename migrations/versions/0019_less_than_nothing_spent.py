"""A figure may be less than nothing: what a chapter takes back of an earlier quarter counts in the one it takes it back in.

Safe with the code that runs now. The check is exchanged under a short exclusive lock on figures and validated beside the
readers; going back needs that no quarter has got back more than was spent in it.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

OF_SOMEBODY = "numerator is null or reported + carried > 0"
OF_SOMEBODY_AND_MORE_THAN_NOTHING = "numerator is null or (numerator >= 0 and reported + carried > 0)"


def upgrade() -> None:
    """Let figures be negative, as the values they are the sums of may be."""
    _check(OF_SOMEBODY)


def downgrade() -> None:
    """Take it back."""
    _check(OF_SOMEBODY_AND_MORE_THAN_NOTHING)


def _check(condition: str) -> None:
    """Exchange the check. There is no other way to let it take more, hence what squawk ignores."""
    name = "ck_figures_value_of_somebody"
    op.execute(f"-- squawk-ignore ban-drop-constraint\nalter table figures drop constraint {name}")
    op.execute(f"alter table figures add constraint {name} check ({condition}) not valid")
    op.execute(f"-- squawk-ignore constraint-missing-not-valid\nalter table figures validate constraint {name}")
