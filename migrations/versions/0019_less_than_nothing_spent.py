"""A figure may be negative: a reversal of an earlier quarter's transaction counts in the quarter of the reversal.

Safe with the code that runs now. The check is replaced under a short exclusive lock on figures and validated beside the
readers; going back needs that no quarter has more reversed than spent.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

OF_SOMEBODY = "numerator is null or reported + carried > 0"
OF_SOMEBODY_AND_MORE_THAN_NOTHING = "numerator is null or (numerator >= 0 and reported + carried > 0)"


def upgrade() -> None:
    """Allow negative figures, because the values that they sum may be negative."""
    _check(OF_SOMEBODY)


def downgrade() -> None:
    """Restore the former check."""
    _check(OF_SOMEBODY_AND_MORE_THAN_NOTHING)


def _check(condition: str) -> None:
    """Replace the check: the only way to allow more, hence the ignored squawk rules."""
    name = "ck_figures_value_of_somebody"
    op.execute(f"-- squawk-ignore ban-drop-constraint\nalter table figures drop constraint {name}")
    op.execute(f"alter table figures add constraint {name} check ({condition}) not valid")
    op.execute(f"-- squawk-ignore constraint-missing-not-valid\nalter table figures validate constraint {name}")
