"""The cases of UN Women's desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from isolation.entry_points.cases import ANY_DESK, DESK_OF_RECIFE, Case, Path
from isolation.entry_points.matrix_world import APPROVED_ON, Reader, Side

from tenants.action_kit.evaluation.periods import Period
from tenants.db import new_id


def _onboarded(side: Side) -> Mapping[str, str]:
    return {
        "form_key": str(new_id()),
        "country": side.country,
        "name": "Olinda",
        "campaign_name": "",
        "slug": "olinda",
        "zone": {"BR": "America/Recife", "RW": "Africa/Kigali"}[side.country],
        "working_week": "1",
        "currency": "BRL",
        "languages": "pt",
        "other_language": "",
    }


def _figure(level: str, place: Callable[[Side], object]) -> Path:
    return lambda at, rows: {**_latest(level, place)(at, rows), "period": Period(APPROVED_ON).code}


def _latest(level: str, place: Callable[[Side], object]) -> Path:
    return lambda at, rows: {"indicator": "participations", "level": level, "place": place(rows)}


DESK_CASES: tuple[Case, ...] = (
    Case("desk.overview", "GET", ANY_DESK),
    Case("desk.list_chapters", "GET", ANY_DESK),
    Case("desk.approvals", "GET", ANY_DESK),
    Case("desk.list_countries", "GET", ANY_DESK),
    Case("desk.list_messages", "GET", ANY_DESK),
    Case("desk.show_chapter", "GET", DESK_OF_RECIFE, lambda at, rows: {"chapter_id": rows.chapter_id}, names_rows=True),
    Case("desk.onboard_chapter", "GET", (Reader.FACILITATOR, Reader.OTHER_DESK)),
    Case("desk.onboard_chapter", "POST", (Reader.FACILITATOR,), fields=_onboarded, answer=302, writes=True),
    Case("desk.figure", "GET", DESK_OF_RECIFE, _figure("chapter", lambda rows: rows.chapter_id), names_rows=True),
    Case("desk.figure", "GET", DESK_OF_RECIFE, _figure("country", lambda rows: rows.country), names_rows=True),
    Case("desk.latest_figure", "GET", DESK_OF_RECIFE, _latest("country", lambda rows: rows.country), names_rows=True),
    Case(
        "desk.figure",
        "GET",
        (Reader.FACILITATOR,),
        _figure("world", lambda _: "world"),
        answers={Reader.DESK_VIEWER: 403, Reader.OTHER_DESK: 403},
    ),
    Case(
        "desk.figure",
        "GET",
        (Reader.FACILITATOR,),
        _figure("area", lambda rows: {"BR": "americas", "RW": "east_southern_africa"}[rows.country]),
        answers={Reader.DESK_VIEWER: 403},
    ),
)
