"""A Latin name beside a chapter's own script, and the telephone number of a person with their consent to show it.

Safe with the code that runs now: three columns that may be empty. Web addresses of chapters may be corrected.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

LATIN = r"\u0001-\u036f\u1e00-\u1eff\u2000-\u206f"
CHECKS = {
    "chapters": {
        "latin_name_shape": (
            rf"length(latin_name) between 1 and 120 and latin_name ~ '^[{LATIN}]+$' and latin_name ~ '[A-Za-z\u00c0-\u024f]'"
        ),
        "latin_name_beside": f"latin_name is null or name ~ '[^{LATIN}]'",
    },
    "users": {
        "telephone_shape": r"telephone ~ '^\+[1-9][0-9]{6,14}$'",
        "consent_to_a_number": "telephone_shown_since is null or telephone is not null",
    },
}


def upgrade() -> None:
    """Add the columns with their checks, and the grants."""
    op.add_column("chapters", sa.Column("latin_name", sa.Text(), nullable=True))
    op.add_column("users", sa.Column("telephone", sa.Text(), nullable=True))
    op.add_column("users", sa.Column("telephone_shown_since", sa.DateTime(timezone=True), nullable=True))
    for table, checks in CHECKS.items():
        for name, condition in checks.items():
            _add(table, name, condition)
    op.execute("grant select (latin_name) on chapters to solidarity_desk")
    op.execute("grant update (slug, country) on chapter_slugs to solidarity_web")


def downgrade() -> None:
    """Revert all of it."""
    op.execute("revoke update (slug, country) on chapter_slugs from solidarity_web")
    op.execute("alter table chapters drop constraint ck_chapters_latin_name_beside")
    op.drop_column("chapters", "latin_name")  # with its check and grant
    op.drop_column("users", "telephone_shown_since")
    op.drop_column("users", "telephone")


def _add(table: str, name: str, condition: str) -> None:
    full = f"ck_{table}_{name}"
    op.execute(f"alter table {table} add constraint {full} check ({condition}) not valid")
    op.execute(f"-- squawk-ignore constraint-missing-not-valid\nalter table {table} validate constraint {full}")
