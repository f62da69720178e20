"""The day on which the date of a launch event was set: nothing on its checklist is due before that day.

Safe with the code that runs now: a new column that may be null, which it stays for events from before. It takes a short
exclusive lock on launch_events. Going down drops the column.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and let the web change it and UN Women's desk read it."""
    op.add_column("launch_events", sa.Column("dated_on", sa.Date(), nullable=True))
    op.execute("grant update (dated_on) on launch_events to solidarity_web")
    op.execute("grant select (dated_on) on launch_events to solidarity_desk")


def downgrade() -> None:
    """Drop the column, and its grants with it."""
    op.drop_column("launch_events", "dated_on")
