"""Amounts in the minor units of ISO 4217, for the currencies that CLDR shows in whole units.

Not safe with the code that runs now: it reads these amounts 100 times too large, and those in Iraqi dinars 1,000 times.
If a chapter uses one of these currencies, stop web and workers first. The checks are replaced under a short exclusive
lock on three tables of funding, and validated beside the readers. Going back rounds to whole units.
"""

from alembic import context, op

from tenants import policies

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# Every currency that CLDR 47 shows without decimals and ISO 4217 divides, those out of use included.
FACTORS = {
    100: "ADP AFN ALL BYR ESP IRR ITL KPW LAK LBP LUF MGA MGF MMK MRO RSD SLL SOS STD SYP TMM TRL YER ZMK ZWD",
    1000: "IQD",
}
LEAST = {"budget_revisions": 0, "funding_sources": 1, "transactions": 1}
BEFORE, NOW = 10_000_000_000_000, 10_000_000_000_000_000


def upgrade() -> None:
    """Allow larger numbers, and multiply the stored amounts."""
    for table, least in LEAST.items():
        _check(table, f"amount_minor between {least} and {NOW}")
    _rescale("{amount} * {factor}")


def downgrade() -> None:
    """Divide the stored amounts. An amount below one unit becomes one."""
    _rescale("greatest(1, round({amount}::numeric / {factor}))::bigint")
    for table, least in LEAST.items():
        _check(table, f"amount_minor between {least} and {BEFORE}")


def _rescale(product: str) -> None:
    """Compute every stored amount of these currencies anew, and those of changes that can be undone."""
    if context.is_offline_mode():
        return
    with policies.each_chapter_bound(op.get_bind()) as run:
        for factor, codes in FACTORS.items():
            listed = ", ".join(f"'{code}'" for code in codes.split())
            amount = product.format(amount="amount_minor", factor=factor)
            lines = f"select id from budget_lines where chapter_id = :chapter and currency in ({listed})"
            for table in ("funding_sources", "transactions"):
                run(
                    f"update {table} set amount_minor = {amount} where chapter_id = :chapter and currency in ({listed})"
                )
            run(
                f"update budget_revisions set amount_minor = {amount} "
                f"where chapter_id = :chapter and amount_minor > 0 and line_id in ({lines})"
            )
            for column in ("before", "after"):
                kept = product.format(amount=f"({column}->>'amount')::bigint", factor=factor)
                run(
                    f"update changes set {column} = jsonb_set({column}, '{{amount}}', to_jsonb({kept})) "
                    f"where chapter_id = :chapter and kind = 'budget.revised' "
                    f"and ({column}->>'amount')::bigint > 0 and subject_id in ({lines})"
                )


def _check(table: str, condition: str) -> None:
    """Replace a check: the only way to allow larger amounts, hence the ignored squawk rules."""
    name = f"ck_{table}_amount_reason"
    op.execute(f"-- squawk-ignore ban-drop-constraint\nalter table {table} drop constraint {name}")
    op.execute(f"alter table {table} add constraint {name} check ({condition}) not valid")
    op.execute(f"-- squawk-ignore constraint-missing-not-valid\nalter table {table} validate constraint {name}")
