"""The ledger statements that run for every mail, as text, because building them takes longer than running them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    BindParameter,
    DateTime,
    Interval,
    SmallInteger,
    Text,
    TextClause,
    Uuid,
    bindparam,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.selectable import TypedReturnsRows

from tenants.mail.models import Delivery

# A loose index scan: one index step for each chapter, however many of its mails wait.
WAITING_CHAPTERS = text("""
    with recursive chapter(id) as (
        (select chapter_id from deliveries where state = 'pending' and chapter_id is not null order by 1 limit 1)
        union all
        select (select d.chapter_id from deliveries d
                where d.state = 'pending' and d.chapter_id > chapter.id order by 1 limit 1)
        from chapter where chapter.id is not null
    )
    select id from chapter where exists (
        select from deliveries d where d.chapter_id = chapter.id and d.state = 'pending' and d.next_at <= :at
    ) order by random() limit :most
""")


def _claiming(locked_rows: str, *parameters: BindParameter[Any]) -> TypedReturnsRows[tuple[Delivery]]:
    """Return the statement that claims the rows selected by `locked_rows`. They are chosen once, before any changes."""
    statement = text(f"""
        with locked_rows as materialized ({locked_rows})
        update deliveries set state = 'claimed', fence = fence + 1, attempts = attempts + 1,
               lease_until = clock_timestamp() + :lease
        from locked_rows where deliveries.id = locked_rows.id
        returning deliveries.*
    """)  # noqa: S608  (both are below)
    lease = bindparam("lease", type_=Interval)
    rows = select(Delivery).from_statement(statement.bindparams(lease, *parameters))
    return cast("TypedReturnsRows[tuple[Delivery]]", rows)


_FIRST_OF_THEM = """
    select id from deliveries where {here} and state = 'pending' and next_at <= :at
    order by {order} limit :most for update skip locked
"""
_OF_EACH = _FIRST_OF_THEM.format(here="chapter_id = one.chapter_id", order="next_at")
CLAIM = _claiming(
    f"select d.id from unnest(:chapters) as one (chapter_id), lateral ({_OF_EACH}) d",  # noqa: S608  (it is above)
    bindparam("chapters", type_=ARRAY(Uuid)),
)
CLAIM_NOBODYS = _claiming(_FIRST_OF_THEM.format(here="chapter_id is null", order="kind <> 'letter', next_at"))


@dataclass(frozen=True)
class DeliveryUpdate:
    """An update of a delivery and its inbox copy in one statement, for mail of a chapter and mail without one."""

    in_chapter: TextClause
    nobodys: TextClause


def _update_of(
    values: str, *, guard: str, copy_values: str, parameters: Sequence[BindParameter[Any]]
) -> DeliveryUpdate:
    """Return the update that sets `values` in a delivery if `guard` holds, and `copy_values` in its inbox copy."""

    def statement_for(copies: str, *extra_parameters: BindParameter[Any]) -> TextClause:
        chapter_condition = "and notifications.chapter_id = :chapter" if extra_parameters else ""
        statement = text(f"""
            with changed as (update deliveries set {values} where id = :id and fence = :fence and {guard} returning id),
                 inbox_copy as (
                   update {copies} set {copy_values} from changed
                   where {copies}.delivery_id = changed.id {chapter_condition}
                 )
            select id from changed
        """)  # noqa: S608  (all are below)
        return statement.bindparams(bindparam("id", type_=Uuid), *parameters, *extra_parameters)

    return DeliveryUpdate(
        statement_for("notifications", bindparam("chapter", type_=Uuid)), statement_for("desk_notifications")
    )


MARK = _update_of(
    "state = 'handing_over', handed_at = :at, body_hash = :body_hash, lease_until = clock_timestamp() + :lease",
    guard="state = 'claimed' and lease_until > clock_timestamp()",
    copy_values="state = 'handing_over', items = :items",
    parameters=(bindparam("lease", type_=Interval), bindparam("items", type_=JSONB)),
)
END = _update_of(
    "state = :state, reason = :reason, done_at = :at, smtp_code = :code, lease_until = null, sealed = null",
    guard="state = any(:states)",
    copy_values="state = :state, reason = :reason, done_at = :at",
    parameters=(
        bindparam("states", type_=ARRAY(Text)),
        bindparam("state", type_=Text),
        bindparam("reason", type_=Text),
        bindparam("at", type_=DateTime(timezone=True)),
        bindparam("code", type_=SmallInteger),
    ),
)
