"""Where every table, column and grant belongs. What is missing here turns the catalogue test red.

A table is chapter-owned (behind the wall), reference (the same for everybody, chapter-owned rows may point at it) or
local (platform and identity tables, which stay on one machine when chapters are spread over several). Whatever is not
behind the wall says in a sentence why.
"""

from __future__ import annotations

import re
from itertools import product

OWNER = "solidarity_owner"
LOGINS = ("web", "worker", "desk", "compiler", "backup")

CHAPTERS = "chapters"  # the chapter's own row: its id is the chapter_id of everything else

OWNED = (
    "activities",
    "activity_revisions",
    "audit_entries",
    "consumed_rungs",
    "head_counts",
    "invitations",
    "memberships",
    "notifications",
)
BEHIND_THE_WALL = (CHAPTERS, *OWNED)

REFERENCE = {
    "users": "one identity in the world, whatever chapters she is in; read by the web's login alone",
}
LOCAL = {
    "alembic_version": "the revision of the schema; only the owner reads it",
    "chapter_clocks": "found by range scan before any chapter is bound; an id and a time",
    "chapter_slugs": "where an address leads, before any chapter is bound; codes only",
    "compile_marks": "the compiler takes the marks of all chapters in one pass; ids and times",
    "deliveries": "the ledger is claimed across chapters; ids, states and times, a letter's text only sealed",
    "desk_appointments": "who works at UN Women, in no chapter; read by the web's login alone",
    "figures": "sums over chapters, which no chapter owns; codes and figures",
    "finished_work": "when a worker and beat last finished anything; two rows of times",
    "sign_in_throttles": "counted before anybody is known; keyed hashes and times",
    "user_sessions": "a browser's session, in no chapter; hashes, and read by the web's login alone",
}
IDENTITY = ("users", "user_sessions", "sign_in_throttles", "desk_appointments")

# Free text a platform table may hold: without it there would be no wall around words.
TEXT_OF_LOCAL = {
    "alembic_version.version_num": "a revision's number",
    "chapter_slugs.slug": "the address of a public page",
    "chapter_slugs.country": "an ISO code",
    "deliveries.kind": "held to a list by a check",
    "deliveries.state": "held to a list by a check",
    "deliveries.reason": "held to the shape of a code by a check",
    "figures.measure": "held to a list by a check",
    "figures.level": "held to a list by a check",
    "figures.place": "an id, an ISO code or an area's code, written by the compiler alone",
    "figures.sex": "held to a list by a check",
    "figures.age_band": "held to a list by a check",
    "finished_work.who": "held to a list by a check",
}

# Text columns of chapter-owned tables in which a canary cannot live.
CODED = {
    "chapters.country": "an ISO code, two letters",
    "chapters.area": "one of seven",
    "chapters.currency": "an ISO code, three letters",
    "chapters.state": "one of seven",
    "activities.country": "an ISO code, two letters",
    "activity_revisions.country": "an ISO code, two letters",
    "activity_revisions.kind": "one of five",
    "head_counts.country": "an ISO code, two letters",
    "head_counts.sex": "one of four",
    "head_counts.age_band": "one of five",
    "invitations.role": "one of six",
    "memberships.role": "one of six",
    "notifications.reason": "held to the shape of a code by a check",
    "notifications.state": "one of eight",
    "consumed_rungs.kind": "letters and underscores only",
}

# What says something about a person. UN Women's desk and the compiler are granted none of it.
PERSONAL = {
    "activities": ("logged_by",),
    "activity_revisions": ("made_by", "narrative"),
    "audit_entries": ("actor_id", "subject_id", "details"),
    "consumed_rungs": ("membership_id", "subject_id"),
    "invitations": ("email", "name", "language", "invited_by"),
    "memberships": ("user_id", "name", "email", "language", "zone", "role"),
    "notifications": ("membership_id", "invitation_id", "items"),
}

_DESK_CHAPTER = (
    "id slug name campaign_name sort_key country area zone languages state active_since is_invented created_at"
)
_DESK_REVISION = (
    "chapter_id id activity_id country number is_current kind title held_on place people first_time came_before "
    "not_sure made_at"
)

# Every grant there is. "select(a b)" grants two columns.
GRANTS: dict[str, dict[str, str]] = {
    "web": {
        "chapters": "select insert update",
        "activities": "select insert",
        "activity_revisions": "select insert update(is_current)",
        "audit_entries": "select insert",
        "consumed_rungs": "select",
        "head_counts": "select insert",
        "invitations": "select insert update",
        "memberships": "select insert update",
        "notifications": "select insert",
        "users": "select insert update",
        "user_sessions": "select insert update delete",
        "sign_in_throttles": "select insert update delete",
        "desk_appointments": "select insert update",
        "chapter_slugs": "select insert",
        "chapter_clocks": "select insert update",
        "compile_marks": "insert",
        "deliveries": "insert",
        "finished_work": "select",
    },
    "worker": {
        "chapters": "select",
        "activities": "select",
        "activity_revisions": "select",
        "audit_entries": "select insert",
        "consumed_rungs": "select insert",
        "head_counts": "select",
        "invitations": "select",
        "memberships": "select",
        "notifications": "select insert update",
        "chapter_slugs": "select",
        "chapter_clocks": "select insert update",
        "compile_marks": "insert",
        "deliveries": "select insert update delete",
        "finished_work": "select insert update",
    },
    "desk": {
        "chapters": f"select({_DESK_CHAPTER})",
        "activities": "select(chapter_id id country logged_at)",
        "activity_revisions": f"select({_DESK_REVISION})",
        "head_counts": "select(chapter_id id revision_id country sex age_band people)",
        "chapter_slugs": "select",
        "figures": "select",
    },
    "compiler": {
        "chapters": "select(id country area state)",
        "activity_revisions": "select(chapter_id id activity_id country is_current people)",
        "head_counts": "select(chapter_id revision_id country sex age_band people)",
        "figures": "select insert update delete",
        "compile_marks": "select insert delete",
        "finished_work": "select insert update",
    },
    "backup": {table: "select" for table in (*BEHIND_THE_WALL, *REFERENCE, *LOCAL) if table != "alembic_version"},
}

FUNCTIONS = {
    "use_chapter": ("web", "worker"),
    "use_countries": ("desk", "compiler"),
}

Grant = tuple[str, str, str, str | None]
"""Table, login, privilege, and the column where it is for one column."""


def granted(login: str, table: str) -> set[tuple[str, str | None]]:
    """Return what `login` may do on `table`: pairs of privilege and column, None for the whole table."""
    return {
        (privilege, column)
        for privilege, columns in re.findall(r"(\w+)(?:\(([^)]*)\))?", GRANTS[login].get(table, ""))
        for column in (columns.split() or [None])
    }


def every_grant() -> set[Grant]:
    """Return every grant that should exist on a table or a column."""
    tables = (*BEHIND_THE_WALL, *REFERENCE, *LOCAL)
    return {
        (table, f"solidarity_{login}", privilege, column)
        for login, table in product(LOGINS, tables)
        for privilege, column in granted(login, table)
    }


def readable_columns(login: str, table: str, columns: list[str]) -> list[str]:
    """Return which of a table's columns `login` may select."""
    pairs = granted(login, table)
    if ("select", None) in pairs:
        return columns
    return [column for column in columns if ("select", column) in pairs]
