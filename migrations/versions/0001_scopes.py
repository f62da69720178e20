"""The two functions that set the scope of a transaction.

They execute `set local`, not set_config(), because only a statement travels to the nodes of a distributed database. All
three settings are written each time, so that no value of an earlier transaction remains.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BODY = """
    execute format('set local app.chapter = %L', {chapter});
    execute format('set local app."user" = %L', coalesce(actor::text, ''));
    execute format('set local app.countries = %L', {countries});
"""

LOGINS = "solidarity_web, solidarity_worker, solidarity_desk, solidarity_compiler, solidarity_backup"


def upgrade() -> None:
    """Create the functions; revoke privileges that no login needs."""
    op.execute("revoke all on schema public from public")
    op.execute(f"grant usage on schema public to {LOGINS}")
    chapter = BODY.format(chapter="coalesce(chapter::text, '')", countries="''")
    op.execute(
        "create function use_chapter(chapter uuid, actor uuid) returns void language plpgsql "
        f"set search_path = pg_catalog, pg_temp as $$ begin {chapter} end $$"
    )
    desk = BODY.format(chapter="''", countries="coalesce(countries, '')")
    op.execute(
        "create function use_countries(countries text, actor uuid) returns void language plpgsql "
        f"set search_path = pg_catalog, pg_temp as $$ begin {desk} end $$"
    )
    op.execute("revoke all on function use_chapter(uuid, uuid), use_countries(text, uuid) from public")
    op.execute("grant execute on function use_chapter(uuid, uuid) to solidarity_web, solidarity_worker")
    op.execute("grant execute on function use_countries(text, uuid) to solidarity_desk, solidarity_compiler")


def downgrade() -> None:
    """Drop them."""
    op.execute("drop function use_chapter(uuid, uuid)")
    op.execute("drop function use_countries(text, uuid)")
