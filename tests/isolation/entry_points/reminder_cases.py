"""The cases of messages, reminders and the links in mails."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from isolation.entry_points.cases import LOG, Case, Fields, Path
from isolation.entry_points.matrix_world import Reader, Side

from tenants import clock

MEMBERS = (Reader.FOCAL_POINT, Reader.MEMBER, Reader.OF_BOTH)
LINK_VISITORS = (Reader.ANONYMOUS, Reader.FOCAL_POINT)  # all holders of the link, unless another person is signed in
SOMEBODY_ELSE = {visitor: 403 for visitor in Reader if visitor not in LINK_VISITORS}


def _message(at: Side, rows: Side) -> Mapping[str, object]:
    return {"chapter": at.slug, "message_id": rows.message}


def _obligation_key(kind: str) -> Path:
    return lambda at, rows: {"chapter": at.slug, "subject_id": rows.obligations[kind][0]}


def _named(kind: str) -> Fields:
    return lambda side: {"kind": kind, "due_on": side.obligations[kind][1].isoformat()}


def _replied(_: Side, rows: Side) -> Mapping[str, object]:
    return {"token": rows.reply}


REMINDER_CASES: tuple[Case, ...] = (
    Case(
        "inbox.list_messages",
        "GET",
        MEMBERS,
        lambda at, _: {"chapter": at.slug},
    ),
    Case("inbox.show_message", "GET", (Reader.FOCAL_POINT,), _message, names_rows=True),
    Case(
        "reminders.put_off",
        "POST",
        LOG,
        _obligation_key("quiet_chapter"),
        _named("quiet_chapter"),
        answer=302,
        writes=True,
        names_rows=True,
    ),
    Case(
        "reminders.acknowledge",
        "POST",
        LOG,
        _obligation_key("confirm_focal_point"),
        _named("confirm_focal_point"),
        answer=302,
        writes=True,
        names_rows=True,
    ),
    Case(
        "reminders.resume",
        "POST",
        LOG,
        _obligation_key("quiet_chapter"),
        _named("quiet_chapter"),
        answer=302,  # there is no pause to end
        names_rows=True,
    ),
    Case("preferences.show", "GET", MEMBERS, lambda at, _: {"chapter": at.slug}),
    Case(
        "preferences.set_frequency",
        "POST",
        MEMBERS,
        lambda at, _: {"chapter": at.slug},
        lambda _: {"frequency": "weekly"},
        answer=302,
        writes=True,
    ),
    Case(
        "preferences.set_absence",
        "POST",
        MEMBERS,
        lambda at, _: {"chapter": at.slug},
        lambda _: {"until_on": (clock.now() + timedelta(days=9)).date().isoformat()},
        answer=302,
        writes=True,
    ),
    Case(
        "preferences.end_absence",
        "POST",
        MEMBERS,
        lambda at, _: {"chapter": at.slug},
        answer=302,  # nobody is away
    ),
    Case("public.show_reply", "GET", LINK_VISITORS, _replied, answers=SOMEBODY_ELSE, by_link=True),
    Case(
        "public.send_reply",
        "POST",
        LINK_VISITORS,
        _replied,
        answer=302,
        answers=SOMEBODY_ELSE,
        writes=True,
        by_link=True,
    ),
)
