"""What happens around an approved period: requests are routed again, and a report that no longer agrees may stay.

Safe with the code that runs now: a grant more, and a check that takes one word more. The check is exchanged under a short
exclusive lock on report_events, a table of a few rows a report; going back needs that nobody has used the new word.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = "kind in ('submitted', 'returned', 'approved', 'reopened', 'excused')"
KINDS_AND_KEPT = "kind in ('submitted', 'returned', 'approved', 'reopened', 'excused', 'kept')"
REASON = "length(reason) <= 1000 and (kind not in ('returned', 'reopened', 'excused') or reason <> '')"
REASON_AND_KEPT = "length(reason) <= 1000 and (kind not in ('returned', 'reopened', 'excused', 'kept') or reason <> '')"


def upgrade() -> None:
    """Let the web move a request between chapter and desk, and a report keep what was sent, with a reason."""
    op.execute("grant update (awaits_desk) on transactions to solidarity_web")
    op.execute("grant update (awaits_desk) on plan_versions to solidarity_web")
    _check("kind_known", KINDS_AND_KEPT)
    _check("reason_given", REASON_AND_KEPT)


def downgrade() -> None:
    """Take both back."""
    _check("reason_given", REASON)
    _check("kind_known", KINDS)
    op.execute("revoke update (awaits_desk) on plan_versions from solidarity_web")
    op.execute("revoke update (awaits_desk) on transactions from solidarity_web")


def _check(name: str, condition: str) -> None:
    """Exchange a check of report_events. There is no other way to let it take a word more, hence what squawk ignores."""
    full = f"ck_report_events_{name}"
    op.execute(f"-- squawk-ignore ban-drop-constraint\nalter table report_events drop constraint {full}")
    op.execute(f"alter table report_events add constraint {full} check ({condition}) not valid")
    op.execute(f"-- squawk-ignore constraint-missing-not-valid\nalter table report_events validate constraint {full}")
