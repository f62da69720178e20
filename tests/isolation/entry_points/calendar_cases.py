"""How to ask for the pages that say when a chapter works and where a person lives."""

from __future__ import annotations

from isolation.cases import MANAGE_PEOPLE, SIGNED_IN, Case, chapter

CALENDAR_CASES: tuple[Case, ...] = (
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
    Case("accounts.change_zone", "POST", SIGNED_IN, fields=lambda _: {"zone": "Asia/Tokyo"}, answer=302, writes=True),
)
