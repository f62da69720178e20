"""Two chapters with the same rows in every chapter-owned table, each text of which carries a canary.

The rows are written as the owner, straight into the tables: what a service refuses to write must stand behind the wall
all the same. A chapter-owned table without a factory here turns the table matrix red.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
from isolation import lists
from isolation.step_twins import AT, BANDS, PLACES, SEXES, STEP_FACTORIES
from psycopg import sql
from psycopg.types.json import Jsonb

import tenants.models
from tenants.db import Base, ChapterItself, ChapterOwned, new_id

assert tenants.models  # the metadata is whole only once every model is imported

Row = dict[str, Any]
_numbers = itertools.count(1)


@dataclass
class Twin:
    """One of the two chapters: its keys, its canary and its first row in every chapter-owned table."""

    name: str
    country: str
    chapter_id: UUID = field(default_factory=new_id)
    user_id: UUID = field(default_factory=new_id)
    canary: str = ""
    rows: dict[str, Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make a canary nobody could write by chance; lower case, so that it fits a slug and a mail address."""
        self.canary = self.canary or f"zz-{self.name}-{new_id().hex[-12:]}"

    def marks(self) -> set[str]:
        """Return everything that gives this chapter away when another sees it: canary, id, the ids of its rows."""
        ids = {str(row["id"]) for row in self.rows.values()}
        return {self.canary, str(self.chapter_id)} | ids


def shown(text: str, twin: Twin) -> list[str]:
    """Return the marks of `twin` found in `text`, whatever way an id is written."""
    plain = text.lower().replace("\\x", "")
    return [mark for mark in twin.marks() if mark in plain or mark.replace("-", "") in plain.replace("-", "")]


def make_twins(owner: psycopg.Connection[Any]) -> tuple[Twin, Twin]:
    """Write both chapters, with one person each, and return them."""
    twins = Twin("amber", "BR"), Twin("birch", "RW")
    for twin in twins:
        write_user(owner, twin)
        for table in tables_in_order():
            twin.rows[table] = fresh(twin, table)
            insert(owner, table, twin.rows[table])
    return twins


def tables_in_order() -> list[str]:
    """Return the chapter-owned tables, each after those it points at; found among the models, not in a list."""
    owned = {
        mapper.local_table
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, ChapterOwned | ChapterItself)
    }
    return [table.name for table in Base.metadata.sorted_tables if table in owned]


def fresh(twin: Twin, table: str) -> Row:
    """Return a row for `table` that `twin` could write now: new keys, pointing at the twin's first rows."""
    made = FACTORIES[table](twin, next(_numbers))
    key = {"id": twin.chapter_id} if table == lists.CHAPTERS else {"chapter_id": twin.chapter_id, "id": new_id()}
    return key | made


def insert(connection: psycopg.Connection[Any] | psycopg.Cursor[Any], table: str, row: Row) -> None:
    """Insert `row`, whoever is connected."""
    connection.execute(insertion(table, row), row)


def insertion(table: str, row: Row, tail: str = "") -> sql.Composed:
    """Return the INSERT of `row`'s columns, with placeholders; `tail` follows it."""
    return sql.SQL("insert into {} ({}) values ({}) {}").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(map(sql.Placeholder, row)),
        sql.SQL(tail),
    )


def write_user(owner: psycopg.Connection[Any], twin: Twin) -> None:
    """Write the person behind the twin's rows; identity is no chapter's, but hers carries the canary too."""
    insert(
        owner,
        "users",
        {
            "id": twin.user_id,
            "email": f"{twin.canary}@user.example",
            "name": twin.canary,
            "language": "en",
            "active": True,
            "fs_uniquifier": new_id().hex,
            "created_at": AT,
        },
    )


def _chapter(twin: Twin, number: int) -> Row:
    zone, area, currency = PLACES[twin.country]
    return {
        "slug": f"{twin.canary}-{number}",
        "name": twin.canary,
        "campaign_name": twin.canary,
        "sort_key": twin.canary,
        "country": twin.country,
        "area": area,
        "zone": f"{zone}-{twin.canary}",
        "working_week": [1, 2, 3, 4, 5],
        "currency": currency,
        "languages": [twin.canary],
        "state": "active",
        "active_since": AT,
        "is_invented": False,
        "created_at": AT,
    }


def _activity(twin: Twin, number: int) -> Row:
    return {
        "country": twin.country,
        "form_key": new_id(),
        "logged_at": AT + timedelta(minutes=number),
        "logged_by": twin.user_id,
    }


def _revision(twin: Twin, number: int) -> Row:
    return {
        "activity_id": twin.rows["activities"]["id"],
        "country": twin.country,
        "number": number,
        "is_current": "activity_revisions" not in twin.rows,
        "kind": "dialogue",
        "title": f"{twin.canary} {number}",
        "held_on": date(2026, 1, 20),
        "place": twin.canary,
        "narrative": twin.canary,
        "people": 3,
        "first_time": 1,
        "came_before": 1,
        "not_sure": 1,
        "made_at": AT,
        "made_by": twin.user_id,
    }


def _head_count(twin: Twin, number: int) -> Row:
    """The first is cell 0 of 20, the others take turns in the rest."""
    cell = 1 + number % 19 if "head_counts" in twin.rows else 0
    return {
        "revision_id": twin.rows["activity_revisions"]["id"],
        "country": twin.country,
        "sex": SEXES[cell % 4],
        "age_band": BANDS[cell % 5],
        "people": 3,
    }


def _audit_entry(twin: Twin, number: int) -> Row:
    return {
        "at": AT,
        "actor_id": twin.user_id,
        "is_desk": False,
        "action": f"{twin.canary}.{number}",
        "subject_id": twin.user_id,
        "details": Jsonb({"canary": twin.canary}),
    }


def _change(twin: Twin, number: int) -> Row:
    return {
        "kind": "plan.line_revised",
        "subject_id": twin.user_id,
        "about": f"{twin.canary} {number}",
        "before": Jsonb({"title": twin.canary}),
        "after": Jsonb({"title": twin.canary}),
        "made_at": AT + timedelta(minutes=number),
        "made_by": twin.user_id,
        "is_desk": False,
        "undoable_until": AT + timedelta(days=7, minutes=number),
    }


def _membership(twin: Twin, number: int) -> Row:
    """The first is present; every further one is the same person's, who has left."""
    return {
        "user_id": twin.user_id,
        "role": "focal_point",
        "name": twin.canary,
        "email": f"{twin.canary}-{number}@member.example",
        "language": twin.canary,
        "zone": twin.canary,
        "joined_at": AT,
        "left_at": AT if "memberships" in twin.rows else None,
    }


def _invitation(twin: Twin, number: int) -> Row:
    return {
        "email": f"{twin.canary}-{number}@invited.example",
        "name": twin.canary,
        "role": "member",
        "language": twin.canary,
        "invited_by": twin.user_id,
        "invited_at": AT,
        "expires_at": AT + timedelta(days=7),
    }


def _consumed_rung(twin: Twin, number: int) -> Row:
    return {
        "membership_id": twin.rows["memberships"]["id"],
        "kind": "quiet_chapter",
        "subject_id": twin.chapter_id,
        "due_on": date(2026, 1, 1) + timedelta(days=number),
        "rung": 0,
        "consumed_at": AT,
    }


def _reminder_pause(twin: Twin, number: int) -> Row:
    return {
        "membership_id": twin.rows["memberships"]["id"],
        "kind": "quiet_chapter",
        "subject_id": twin.chapter_id,
        "due_on": date(2026, 1, 1) + timedelta(days=number),
        "until_on": None,
        "asked_at": AT,
    }


def _link_use(twin: Twin, number: int) -> Row:
    return {
        "membership_id": twin.rows["memberships"]["id"],
        "delivery_id": new_id(),
        "kind": "quiet_chapter",
        "subject_id": twin.chapter_id,
        "due_on": date(2026, 1, 1) + timedelta(days=number),
        "act": "known",
        "used_at": AT,
    }


def _notification(twin: Twin, number: int) -> Row:
    return {
        "membership_id": twin.rows["memberships"]["id"],
        "local_day": date(2026, 1, 1) + timedelta(days=number),
        "items": Jsonb([{"kind": "quiet_chapter", "canary": twin.canary}]),
        "state": "sent",
        "made_at": AT,
        "delivery_id": new_id(),
    }


# A row that points by the one column cannot point by the other: what else changes with it.
INSTEAD: dict[str, Row] = {
    "notifications.invitation_id": {"membership_id": None, "local_day": None},
    "transactions.reverses_id": {"kind": "reversal", "state": "approved"},
    "transactions.source_id": {"budget_line_id": None, "kind": "income", "state": "approved"},
}

FACTORIES: dict[str, Callable[[Twin, int], Row]] = {
    **STEP_FACTORIES,
    "chapters": _chapter,
    "activities": _activity,
    "activity_revisions": _revision,
    "audit_entries": _audit_entry,
    "changes": _change,
    "consumed_rungs": _consumed_rung,
    "head_counts": _head_count,
    "invitations": _invitation,
    "link_uses": _link_use,
    "memberships": _membership,
    "notifications": _notification,
    "reminder_pauses": _reminder_pause,
}
