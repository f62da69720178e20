"""Two chapters with one row in every chapter-owned table. Each text of a row carries the canary of its chapter.

The rows are written as the owner, directly into the tables, because the wall must also protect rows that a service
refuses to write. The table matrix fails for a chapter-owned table without a factory here.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
from isolation import lists
from isolation.step_rows import AT, BANDS, PLACES, SEXES, STEP_FACTORIES
from psycopg import sql
from psycopg.types.json import Jsonb

import tenants.models
from solidarity.settings import Settings
from tenants.db import Base, ChapterItself, ChapterOwned, new_id

assert tenants.models  # the metadata is complete only after every model is imported

Row = dict[str, Any]
# Counted for each table: the days of a table with few rows must stay within its constraints however many rows
# the property tests make of another.
_numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))


@dataclass
class SampleChapter:
    """One of the two chapters: its keys, its canary and its first row in every chapter-owned table."""

    name: str
    country: str
    chapter_id: UUID = field(default_factory=new_id)
    user_id: UUID = field(default_factory=new_id)
    canary: str = ""
    rows: dict[str, Row] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make a canary that cannot occur by chance, in lower case because slugs and email addresses hold it too."""
        self.canary = self.canary or f"zz-{self.name}-{new_id().hex[-12:]}"

    def marks(self) -> set[str]:
        """Return all texts that identify this chapter: its canary, its id and the ids of its rows."""
        ids = {str(row["id"]) for row in self.rows.values()}
        return {self.canary, str(self.chapter_id)} | ids


@dataclass(frozen=True)
class TwoChapters:
    """Both chapters, the name of the database to clone them from, and the settings of a clone to read."""

    amber: SampleChapter
    birch: SampleChapter
    template: str
    settings: Settings


def shown(text: str, chapter: SampleChapter) -> list[str]:
    """Return the marks of `chapter` in `text`. Ids are found with and without hyphens, in either case."""
    plain = text.lower().replace("\\x", "")
    return [mark for mark in chapter.marks() if mark in plain or mark.replace("-", "") in plain.replace("-", "")]


def make_two_chapters(owner: psycopg.Connection[Any]) -> tuple[SampleChapter, SampleChapter]:
    """Write both chapters, with one person each, and return them."""
    two_chapters = SampleChapter("amber", "BR"), SampleChapter("birch", "RW")
    for chapter in two_chapters:
        write_user(owner, chapter)
        for table in tables_in_order():
            chapter.rows[table] = fresh(chapter, table)
            insert(owner, table, chapter.rows[table])
    return two_chapters


def tables_in_order() -> list[str]:
    """Return the chapter-owned tables of the models, each after the tables that it references."""
    owned_tables = {
        mapper.local_table
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, ChapterOwned | ChapterItself)
    }
    return [table.name for table in Base.metadata.sorted_tables if table in owned_tables]


def fresh(chapter: SampleChapter, table: str) -> Row:
    """Return a new row of `chapter` for `table`, with new keys. It references the chapter's first rows."""
    values = FACTORIES[table](chapter, next(_numbers[table]))
    key = {"id": chapter.chapter_id} if table == lists.CHAPTERS else {"chapter_id": chapter.chapter_id, "id": new_id()}
    return key | values


def insert(connection: psycopg.Connection[Any] | psycopg.Cursor[Any], table: str, row: Row) -> None:
    """Insert `row` into `table` as the login of `connection`."""
    connection.execute(insertion(table, row), row)


def insertion(table: str, row: Row, tail: str = "") -> sql.Composed:
    """Return the INSERT of `row`'s columns, with placeholders, followed by `tail`."""
    return sql.SQL("insert into {} ({}) values ({}) {}").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(map(sql.Placeholder, row)),
        sql.SQL(tail),
    )


def write_user(owner: psycopg.Connection[Any], chapter: SampleChapter) -> None:
    """Write the user who owns the chapter's rows. No chapter owns this row, but it carries the canary too."""
    insert(
        owner,
        "users",
        {
            "id": chapter.user_id,
            "email": f"{chapter.canary}@user.example",
            "name": chapter.canary,
            "language": "en",
            "active": True,
            "fs_uniquifier": new_id().hex,
            "created_at": AT,
        },
    )


def _chapter(chapter: SampleChapter, number: int) -> Row:
    zone, area, currency = PLACES[chapter.country]
    return {
        "slug": f"{chapter.canary}-{number}",
        "name": f"{chapter.canary} Ω",
        "latin_name": chapter.canary,
        "campaign_name": chapter.canary,
        "sort_key": chapter.canary,
        "country": chapter.country,
        "area": area,
        "zone": zone,
        "working_week": [1, 2, 3, 4, 5],
        "currency": currency,
        "languages": ["en"],
        "state": "active",
        "active_since": AT,
        "is_invented": False,
        "created_at": AT,
    }


def _activity(chapter: SampleChapter, number: int) -> Row:
    return {
        "country": chapter.country,
        "form_key": new_id(),
        "logged_at": AT + timedelta(minutes=number),
        "logged_by": chapter.user_id,
        "withdrawn_at": AT,
        "withdrawn_by": chapter.user_id,
        "withdrawn_reason": chapter.canary,
    }


def _revision(chapter: SampleChapter, number: int) -> Row:
    return {
        "activity_id": chapter.rows["activities"]["id"],
        "country": chapter.country,
        "number": number,
        "is_current": "activity_revisions" not in chapter.rows,
        "kind": "dialogue",
        "title": f"{chapter.canary} {number}",
        "held_on": date(2026, 1, 20),
        "place": chapter.canary,
        "narrative": chapter.canary,
        "people": 3,
        "first_time": 1,
        "came_before": 1,
        "not_sure": 1,
        "plan_line_id": None,
        "made_at": AT,
        "made_by": chapter.user_id,
    }


def _head_count(chapter: SampleChapter, number: int) -> Row:
    """Return cell 0 of 20 as the first row; further rows rotate through the other cells."""
    cell = 1 + number % 19 if "head_counts" in chapter.rows else 0
    return {
        "revision_id": chapter.rows["activity_revisions"]["id"],
        "country": chapter.country,
        "sex": SEXES[cell % 4],
        "age_band": BANDS[cell % 5],
        "people": 3,
    }


def _audit_entry(chapter: SampleChapter, number: int) -> Row:
    return {
        "at": AT,
        "actor_id": chapter.user_id,
        "is_desk": False,
        "action": f"{chapter.canary}.{number}",
        "subject_id": chapter.user_id,
        "details": Jsonb({"canary": chapter.canary}),
    }


def _change(chapter: SampleChapter, number: int) -> Row:
    return {
        "kind": "plan.line_revised",
        "subject_id": chapter.user_id,
        "about": f"{chapter.canary} {number}",
        "before": Jsonb({"title": chapter.canary}),
        "after": Jsonb({"title": chapter.canary}),
        "made_at": AT + timedelta(minutes=number),
        "made_by": chapter.user_id,
        "is_desk": False,
        "undoable_until": AT + timedelta(days=7, minutes=number),
    }


def _membership(chapter: SampleChapter, number: int) -> Row:
    """Return a current membership first; further rows are ended memberships of the same person."""
    return {
        "user_id": chapter.user_id,
        "role": "focal_point",
        "name": chapter.canary,
        "email": f"{chapter.canary}-{number}@member.example",
        "language": "en",
        "zone": None,
        "joined_at": AT,
        "left_at": AT if "memberships" in chapter.rows else None,
    }


def _invitation(chapter: SampleChapter, number: int) -> Row:
    return {
        "email": f"{chapter.canary}-{number}@invited.example",
        "name": chapter.canary,
        "role": "member",
        "language": "en",
        "invited_by": chapter.user_id,
        "invited_at": AT,
        "expires_at": AT + timedelta(days=7),
    }


def _consumed_rung(chapter: SampleChapter, number: int) -> Row:
    return {
        "membership_id": chapter.rows["memberships"]["id"],
        "kind": "quiet_chapter",
        "subject_id": chapter.chapter_id,
        "due_on": date(2026, 1, 1) + timedelta(days=number),
        "rung": 0,
        "consumed_at": AT,
    }


def _reminder_pause(chapter: SampleChapter, number: int) -> Row:
    return {
        "membership_id": chapter.rows["memberships"]["id"],
        "kind": "quiet_chapter",
        "subject_id": chapter.chapter_id,
        "due_on": date(2026, 1, 1) + timedelta(days=number),
        "until_on": None,
        "asked_at": AT,
    }


def _form_key(chapter: SampleChapter, number: int) -> Row:
    return {"digest": f"{number:064x}", "location": f"/c/{chapter.canary}", "used_at": AT}


def _link_use(chapter: SampleChapter, number: int) -> Row:
    return {
        "membership_id": chapter.rows["memberships"]["id"],
        "delivery_id": new_id(),
        "kind": "quiet_chapter",
        "subject_id": chapter.chapter_id,
        "due_on": date(2026, 1, 1) + timedelta(days=number),
        "act": "known",
        "used_at": AT,
    }


def _notification(chapter: SampleChapter, number: int) -> Row:
    return {
        "membership_id": chapter.rows["memberships"]["id"],
        "local_day": date(2026, 1, 1) + timedelta(days=number),
        "items": Jsonb([{"kind": "quiet_chapter", "canary": chapter.canary}]),
        "state": "sent",
        "made_at": AT,
        "delivery_id": new_id(),
    }


_UNDECIDED: Row = {"state": "approved", "reason": "", "decided_at": None, "decided_by": None}

# Columns that exclude others: a row in which the named column is set needs these values too.
INSTEAD: dict[str, Row] = {
    "notifications.invitation_id": {"membership_id": None, "local_day": None},
    "transactions.reverses_id": {"kind": "reversal", **_UNDECIDED},
    "transactions.source_id": {"budget_line_id": None, "kind": "income", **_UNDECIDED},
}

FACTORIES: dict[str, Callable[[SampleChapter, int], Row]] = {
    **STEP_FACTORIES,
    "chapters": _chapter,
    "activities": _activity,
    "activity_revisions": _revision,
    "audit_entries": _audit_entry,
    "changes": _change,
    "consumed_rungs": _consumed_rung,
    "form_keys": _form_key,
    "head_counts": _head_count,
    "invitations": _invitation,
    "link_uses": _link_use,
    "memberships": _membership,
    "notifications": _notification,
    "reminder_pauses": _reminder_pause,
}
