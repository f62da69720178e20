"""The cases of a chapter's other pages: home, people, calendar, languages, history, dormancy and closing."""

from __future__ import annotations

from collections.abc import Mapping

from isolation.entry_points.cases import MANAGE_PEOPLE, READ_CHAPTER, SEE_PEOPLE, Case, chapter, money, text_fields
from isolation.entry_points.matrix_world import Reader, Side

from tenants.db import new_id


def membership(at: Side, rows: Side) -> Mapping[str, object]:
    """Return the values that name a membership at a chapter's address."""
    return {"chapter": at.slug, "membership_id": rows.membership}


def colleague(at: Side, rows: Side) -> Mapping[str, object]:
    """Return the values that name the membership of a member without a term at a chapter's address."""
    return {"chapter": at.slug, "membership_id": rows.colleague}


def invitation(at: Side, rows: Side) -> Mapping[str, object]:
    """Return the values that name an invitation at a chapter's address."""
    return {"chapter": at.slug, "invitation_id": rows.invitation}


def _invited(_: Side) -> Mapping[str, str]:
    return {
        "form_key": str(new_id()),
        "name": "Nina",
        "email": "nina@people.example",
        "role": "member",
        "language": "en",
    }


def _corrected(side: Side) -> Mapping[str, str]:
    return {"country": side.country, "slug": side.slug, "currency": {"BR": "BRL", "RW": "RWF"}[side.country]}


CHAPTER_CASES: tuple[Case, ...] = (
    Case("chapter.home", "GET", READ_CHAPTER, chapter),
    Case("chapter.help", "GET", READ_CHAPTER, chapter),
    Case("chapter.due", "GET", READ_CHAPTER, chapter),
    Case("trail.list_entries", "GET", (Reader.FOCAL_POINT,), chapter),
    # Nothing is written: the change is too old to be undone.
    Case("undo.take_back", "POST", READ_CHAPTER, money("change_id", "changes"), answer=302, names_rows=True),
    Case("people.list_people", "GET", SEE_PEOPLE, chapter),
    Case("people.invite", "GET", MANAGE_PEOPLE, chapter),
    Case("people.invite", "POST", MANAGE_PEOPLE, chapter, _invited, answer=302, writes=True),
    Case("people.send_again", "POST", MANAGE_PEOPLE, invitation, answer=302, writes=True, names_rows=True),
    Case("people.withdraw", "POST", MANAGE_PEOPLE, invitation, answer=302, writes=True, names_rows=True),
    Case("people.end_membership", "GET", MANAGE_PEOPLE, membership, names_rows=True),
    Case("people.end_membership", "POST", MANAGE_PEOPLE, membership, answer=302, writes=True, names_rows=True),
    Case("people.change_role", "GET", MANAGE_PEOPLE, colleague, names_rows=True),
    Case(
        "people.change_role",
        "POST",
        MANAGE_PEOPLE,
        colleague,
        lambda _: {"role": "coordinator"},
        answer=302,
        writes=True,
        names_rows=True,
    ),
    Case("calendar.change", "GET", MANAGE_PEOPLE, chapter),
    Case(
        "calendar.change",
        "POST",
        MANAGE_PEOPLE,
        chapter,
        lambda _: {"zone": "America/Noronha", "working_week": "2"},
        answer=302,
        writes=True,
    ),
    Case("details.rename", "GET", MANAGE_PEOPLE, chapter),
    Case("details.rename", "POST", MANAGE_PEOPLE, chapter, lambda _: {"name": "Olinda"}, answer=302, writes=True),
    Case("details.correct", "GET", (Reader.FACILITATOR,), chapter),
    # Nothing is written: the chapter has members and amounts.
    Case("details.correct", "POST", (Reader.FACILITATOR,), chapter, _corrected, answer=302),
    Case("languages.change", "GET", MANAGE_PEOPLE, chapter),
    Case(
        "languages.change",
        "POST",
        MANAGE_PEOPLE,
        chapter,
        lambda side: {"seen": {"BR": "pt", "RW": "rw"}[side.country], "writing": "en"},
        answer=302,
        writes=True,
    ),
    Case("life.make_dormant", "GET", (Reader.FACILITATOR,), chapter),
    Case("life.make_dormant", "POST", (Reader.FACILITATOR,), chapter, text_fields, answer=302, writes=True),
    Case("life.reactivate", "GET", (Reader.FACILITATOR,), chapter, answer=302),  # the chapter is not dormant
    Case("life.reactivate", "POST", (Reader.FACILITATOR,), chapter, text_fields, answer=409),
    Case("life.close", "GET", (Reader.FACILITATOR,), chapter),
    Case("life.close", "POST", (Reader.FACILITATOR,), chapter, text_fields),  # asks for confirmation
    Case(
        "life.close",
        "POST",
        (Reader.FACILITATOR,),
        chapter,
        lambda _: {"reason": "It has ended", "sure": "yes"},
        answer=302,
        writes=True,
    ),
    Case("addresses.correct", "GET", MANAGE_PEOPLE, membership, names_rows=True),
    Case(
        "addresses.correct",
        "POST",
        MANAGE_PEOPLE,
        membership,
        lambda _: {"email": "new@people.example"},
        answer=302,
        writes=True,
        names_rows=True,
    ),
    Case("addresses.try_again", "POST", MANAGE_PEOPLE, membership, answer=302, writes=True, names_rows=True),
)
