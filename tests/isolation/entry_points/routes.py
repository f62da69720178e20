"""The route matrix: for every address and method, how to ask for it, and what each person gets.

A case says whom the page answers and how; everybody it does not name gets the answer of a page that does not exist. A
route of the application without a case fails test_routes.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
from flask import Flask
from isolation import lists
from isolation.calendar_cases import CALENDAR_CASES
from isolation.cases import (
    ANY_DESK,
    DESK_OF_RECIFE,
    EVERYBODY,
    LOG,
    MANAGE_PEOPLE,
    OURS,
    READ_CHAPTER,
    SEE_PEOPLE,
    SIGNED_IN,
    THEIRS,
    Case,
    _chosen,
    _entry,
    _event,
    _expense,
    _figure,
    _invited,
    _latest,
    _line,
    _onboarded,
    _source,
    activity,
    attendance,
    chapter,
    checklist_item,
    confirmed,
    invitation,
    invited,
    launch_event,
    membership,
    money,
    plan_line,
    plan_version,
    planned,
    report,
    target,
    term,
)
from isolation.life_cases import LIFE_CASES
from isolation.reminder_cases import REMINDER_CASES
from isolation.scene import Scene, Side, Who
from psycopg import sql
from werkzeug.test import TestResponse

from tenants import clock
from tenants.action_kit.evaluation.periods import Period

CASES: tuple[Case, ...] = (
    Case("chapter.home", "GET", READ_CHAPTER, chapter),
    Case("chapter.help", "GET", READ_CHAPTER, chapter),
    Case("chapter.due", "GET", READ_CHAPTER, chapter),
    Case("focal_point.show", "GET", READ_CHAPTER, chapter),
    Case("focal_point.confirm", "POST", MANAGE_PEOPLE, confirmed, answer=302, names_rows=True),  # it has ended
    Case("focal_point.renew", "POST", MANAGE_PEOPLE, term, answer=302, writes=True, names_rows=True),
    Case("focal_point.hand_over", "GET", MANAGE_PEOPLE, term, names_rows=True),
    Case("focal_point.hand_over", "POST", MANAGE_PEOPLE, term, _chosen, answer=422, names_rows=True),  # not primary
    Case("focal_point.appoint", "GET", MANAGE_PEOPLE, chapter),
    Case("focal_point.appoint", "POST", MANAGE_PEOPLE, chapter, _chosen, answer=422),  # somebody answers
    Case("focal_point.add_deputy", "GET", MANAGE_PEOPLE, chapter),
    Case("focal_point.add_deputy", "POST", MANAGE_PEOPLE, chapter, _chosen, answer=302, writes=True),
    Case("focal_point.end_term", "GET", MANAGE_PEOPLE, term, names_rows=True),
    Case("focal_point.end_term", "POST", MANAGE_PEOPLE, term, answer=302, names_rows=True),
    Case("activities.list_activities", "GET", READ_CHAPTER, chapter),
    Case("activities.tally_sheet", "GET", READ_CHAPTER, chapter),
    Case("activities.show_activity", "GET", READ_CHAPTER, activity, names_rows=True),
    Case("activities.log_activity", "GET", LOG, chapter),
    Case("activities.log_activity", "POST", LOG, chapter, _entry, answer=302, writes=True),
    Case("activities.revise_activity", "GET", LOG, activity, names_rows=True),
    Case("activities.revise_activity", "POST", LOG, activity, _entry, answer=302, writes=True, names_rows=True),
    Case("plan.show", "GET", READ_CHAPTER, chapter),
    Case("plan.add_line", "GET", LOG, chapter),
    Case("plan.add_line", "POST", LOG, chapter, _line, answer=302, writes=True),
    Case("plan.revise_line", "GET", LOG, plan_line, names_rows=True),
    Case("plan.revise_line", "POST", LOG, plan_line, _line, answer=302, writes=True, names_rows=True),
    Case("plan.remove_line", "POST", LOG, plan_line, answer=302, writes=True, names_rows=True),
    Case("plan.start", "POST", LOG, chapter, answer=302),
    Case("plan.submit", "POST", LOG, chapter, answer=302),
    Case("plan.approve", "POST", MANAGE_PEOPLE, plan_version, answer=302, writes=True, names_rows=True),
    Case("plan.give_back", "POST", MANAGE_PEOPLE, plan_version, _line, answer=302, writes=True, names_rows=True),
    Case("plan.finish_activity", "POST", LOG, planned, answer=302, names_rows=True),
    Case("plan.drop_activity", "POST", LOG, planned, answer=302, names_rows=True),
    Case("plan.reopen_activity", "POST", LOG, planned, answer=302, names_rows=True),
    Case("funding.show", "GET", READ_CHAPTER, chapter),
    Case("funding.add_source", "GET", LOG, chapter),
    Case("funding.add_source", "POST", LOG, chapter, _source, answer=302, writes=True),
    Case(
        "funding.move_source",
        "POST",
        LOG,
        money("source_id", "funding_sources"),
        lambda _: {"state": "received"},
        answer=302,
        writes=True,
        names_rows=True,
    ),
    Case("funding.add_line", "GET", LOG, chapter),
    Case("funding.add_line", "POST", LOG, chapter, lambda _: {"title": "A", "amount": "1"}, answer=302, writes=True),
    Case("funding.revise_budget", "GET", LOG, money("line_id", "budget_lines"), names_rows=True),
    Case(
        "funding.revise_budget",
        "POST",
        LOG,
        money("line_id", "budget_lines"),
        lambda _: {"seen": "1", "amount": "9", "reason": "More"},
        answer=302,
        writes=True,
        names_rows=True,
    ),
    Case("funding.record", "GET", LOG, chapter),
    Case("funding.record", "POST", LOG, chapter, _expense, answer=302, writes=True),
    *(
        Case(
            f"funding.{act}",
            "POST",
            LOG,
            money("transaction_id", "transactions"),
            answer=302,
            answers={Who.FACILITATOR: 302},  # who is told that the chapter decides
            writes=True,
            names_rows=True,
        )
        for act in ("approve", "refuse")
    ),
    # Nothing is written: what waits for a decision cannot be taken back.
    Case("funding.reverse", "POST", LOG, money("transaction_id", "transactions"), answer=302, names_rows=True),
    Case("funding.convert", "POST", LOG, chapter, answer=302, writes=True),
    *REMINDER_CASES,
    Case("launch.show", "GET", READ_CHAPTER, chapter),
    Case("launch.plan_event", "GET", LOG, chapter),
    Case("launch.plan_event", "POST", LOG, chapter, _event, answer=422),  # one is planned already
    Case("launch.revise_event", "GET", LOG, launch_event, names_rows=True),
    Case("launch.revise_event", "POST", LOG, launch_event, _event, answer=302, writes=True, names_rows=True),
    Case("launch.cancel", "POST", LOG, launch_event, answer=422, names_rows=True),  # people were counted
    Case("launch.add_item", "GET", LOG, launch_event, names_rows=True),
    Case(
        "launch.add_item",
        "POST",
        LOG,
        launch_event,
        lambda _: {"title": "Flowers", "due_on": "2026-02-01"},
        answer=302,
        writes=True,
        names_rows=True,
    ),
    Case("launch.finish_item", "POST", LOG, checklist_item, answer=302, names_rows=True),  # it was done before
    Case("launch.reopen_item", "POST", LOG, checklist_item, answer=302, writes=True, names_rows=True),
    Case("launch.count", "GET", LOG, attendance, names_rows=True),
    Case(
        "launch.count",
        "POST",
        LOG,
        attendance,
        lambda _: {"seen": "1", "people_women_25_59": "4"},
        answer=302,
        writes=True,
        names_rows=True,
    ),
    Case("trail.list_entries", "GET", (Who.FOCAL_POINT,), chapter),
    # Nothing is written: what was changed so long ago cannot be undone.
    Case("undo.take_back", "POST", READ_CHAPTER, money("change_id", "changes"), answer=302, names_rows=True),
    *CALENDAR_CASES,
    *LIFE_CASES,
    Case("people.list_people", "GET", SEE_PEOPLE, chapter),
    Case("people.invite", "GET", MANAGE_PEOPLE, chapter),
    Case("people.invite", "POST", MANAGE_PEOPLE, chapter, _invited, answer=302, writes=True),
    Case("people.send_again", "POST", MANAGE_PEOPLE, invitation, answer=302, writes=True, names_rows=True),
    Case("people.withdraw", "POST", MANAGE_PEOPLE, invitation, answer=302, writes=True, names_rows=True),
    Case("people.end_membership", "GET", MANAGE_PEOPLE, membership, names_rows=True),
    Case("people.end_membership", "POST", MANAGE_PEOPLE, membership, answer=302, writes=True, names_rows=True),
    Case("desk.overview", "GET", ANY_DESK),
    Case("desk.list_chapters", "GET", ANY_DESK),
    Case("desk.approvals", "GET", ANY_DESK),
    Case("desk.list_countries", "GET", ANY_DESK),
    Case("desk.list_messages", "GET", ANY_DESK),
    Case("desk.show_chapter", "GET", DESK_OF_RECIFE, lambda at, rows: {"chapter_id": rows.chapter_id}, names_rows=True),
    Case("desk.onboard_chapter", "GET", (Who.FACILITATOR, Who.OTHER_DESK)),
    Case("desk.onboard_chapter", "POST", (Who.FACILITATOR,), fields=_onboarded, answer=302, writes=True),
    Case("desk.figure", "GET", DESK_OF_RECIFE, _figure("chapter", lambda rows: rows.chapter_id), names_rows=True),
    Case("desk.figure", "GET", DESK_OF_RECIFE, _figure("country", lambda rows: rows.country), names_rows=True),
    Case("desk.latest_figure", "GET", DESK_OF_RECIFE, _latest("country", lambda rows: rows.country), names_rows=True),
    Case(
        "desk.figure",
        "GET",
        (Who.FACILITATOR,),
        _figure("world", lambda _: "world"),
        answers={Who.DESK_VIEWER: 403, Who.OTHER_DESK: 403},
    ),
    Case(
        "desk.figure",
        "GET",
        (Who.FACILITATOR,),
        _figure("area", lambda rows: {"BR": "americas", "RW": "east_southern_africa"}[rows.country]),
        answers={Who.DESK_VIEWER: 403},
    ),
    Case("evaluation.list_reports", "GET", READ_CHAPTER, chapter),
    Case(
        "evaluation.start",
        "POST",
        LOG,
        chapter,
        lambda _: {"period": Period.of(clock.now().date()).code},
        answer=302,
        writes=True,
    ),
    Case("evaluation.show_report", "GET", READ_CHAPTER, report),
    Case("evaluation.save", "POST", LOG, report, lambda _: {"seen": "0"}, answer=302, writes=True),
    Case("evaluation.submit", "POST", LOG, report, lambda _: {"seen": "0"}, answer=302, writes=True),
    Case("evaluation.submit_nil", "POST", LOG, report, lambda _: {"seen": "0"}, answer=422),
    Case("evaluation.keep", "GET", LOG, report),
    Case("evaluation.keep", "POST", LOG, report, answer=409),
    Case("evaluation.approve", "POST", (Who.FACILITATOR,), report, answer=409),
    Case("evaluation.give_back", "GET", (Who.FACILITATOR,), report),
    Case("evaluation.give_back", "POST", (Who.FACILITATOR,), report, answer=409),
    Case("evaluation.reopen", "GET", (Who.FACILITATOR,), report),
    Case("evaluation.reopen", "POST", (Who.FACILITATOR,), report, answer=409),
    Case("evaluation.excuse", "GET", (Who.FACILITATOR,), report),
    Case("evaluation.excuse", "POST", (Who.FACILITATOR,), report, answer=422),
    Case("targets.list_targets", "GET", READ_CHAPTER, chapter),
    Case("targets.show_target", "GET", READ_CHAPTER, target),
    Case(
        "targets.set_target",
        "POST",
        LOG,
        target,
        lambda _: {"seen": "2", "target": "900", "reason": "More people ask for us"},
        answer=302,
        writes=True,
    ),
    Case("accounts.me", "GET", SIGNED_IN),
    Case("accounts.change_language", "POST", SIGNED_IN, fields=lambda _: {"language": "ar"}, answer=302, writes=True),
    Case("accounts.change_password", "GET", SIGNED_IN),
    Case(
        "accounts.change_password", "POST", SIGNED_IN, fields=lambda _: {"current": "wrong", "password": ""}, answer=422
    ),
    Case(
        "accounts.end_one_session",
        "POST",
        (Who.FOCAL_POINT,),
        lambda at, rows: {"session_id": rows.session},
        answer=302,
        writes=True,
        names_rows=True,
    ),
    Case("accounts.end_other_sessions", "POST", SIGNED_IN, answer=302, writes=True),
    Case("accounts.sign_in", "GET", (Who.ANONYMOUS,), unasked=302),
    Case("accounts.sign_in", "POST", EVERYBODY, fields=lambda _: {"email": "", "password": "x"}, answer=422),
    Case("accounts.sign_out", "POST", EVERYBODY, answer=302, writes=True),
    Case("accounts.forgot", "GET", EVERYBODY),
    Case("accounts.forgot", "POST", EVERYBODY, fields=lambda _: {"email": ""}, answer=422),
    Case("accounts.reset", "GET", (), invited, unasked=410, anonymous=410),
    Case("accounts.reset", "POST", (), invited, unasked=410, anonymous=410),
    Case("accounts.accept_invitation", "GET", EVERYBODY, invited, by_link=True),
    Case("accounts.accept_invitation", "POST", EVERYBODY, invited, answer=422, by_link=True),
    Case("public.front", "GET", (Who.ANONYMOUS,), unasked=302),
    Case("public.help", "GET", EVERYBODY),
    Case("language.choose", "GET", EVERYBODY, lambda at, rows: {"code": "ar"}, answer=303),
    Case("public.gallery", "GET", EVERYBODY),
    Case("public.gallery_part", "GET", EVERYBODY, lambda at, rows: {"part": "states"}),
    Case("public.outbox", "GET", EVERYBODY),
    Case("public.outbox_mail", "GET", (), lambda at, rows: {"name": "20260101-none.eml"}, anonymous=404),
    Case("public.outbox_html", "GET", (), lambda at, rows: {"name": "20260101-none.eml"}, anonymous=404),
)

WITHOUT_CASE = {
    "static GET": "files of ours, the same for everybody; Flask reads them before anything of a chapter",
    "public.healthz GET": "states and ages, nothing of anybody; tests/health asks it with everything broken in turn",
}


def case_address(app: Flask, case: Case, at: Side, rows: Side) -> str:
    """Return the path of `case` at one chapter's address, naming the rows of one chapter."""
    with app.test_request_context():
        from flask import url_for

        return url_for(case.endpoint, **case.path(at, rows))  # type: ignore[arg-type]


def ask(scene: Scene, app: Flask, case: Case, who: Who, *, at: Side, rows: Side, forged: bool = False) -> TestResponse:
    """Send one request, as a browser of `who` would; `forged` adds the other chapter to query and body."""
    other = scene.other if at is scene.ours else scene.ours
    extra = forgeries(other) if forged else {}
    body = {**extra, **case.fields(at), "csrf_token": scene.tokens[who]} if case.method == "POST" else None
    address = case_address(app, case, at, rows)
    return scene.browser(app, who).open(address, method=case.method, query_string=extra, data=body)


def forgeries(other: Side) -> dict[str, str]:
    """Return every name under which a request could smuggle the other chapter in."""
    return {
        "chapter": other.slug,
        "slug": other.slug,
        "chapter_id": str(other.chapter_id),
        "app.chapter": str(other.chapter_id),
        "activity_id": str(other.activity),
        "activity": str(other.activity),
        "membership_id": str(other.membership),
        "invitation_id": str(other.invitation),
        "id": str(other.activity),
        "subject_id": str(other.chapter_id),
        "user_id": str(other.membership),
        "actor_id": str(other.membership),
        "place": str(other.chapter_id),
        "level": "chapter",
        "countries": other.country,
        "revision": "1",
        "token": other.token,
    }


def violations(scene: Scene, app: Flask, owner: psycopg.Connection[Any], case: Case) -> Iterator[str]:
    """Yield what is wrong with `case` for everybody whose request must change nothing and show nothing.

    Who may change something through it is tried elsewhere, in a clone of her own.
    """
    before = rows_of(owner, scene.ours), rows_of(owner, scene.other)
    for who in Who:
        for chapter_asked, rows, forged in _ways(scene, case, who):
            answer = ask(scene, app, case, who, at=chapter_asked, rows=rows, forged=forged)
            what = f"{who} asks for {chapter_asked.slug} with rows of {rows.slug}{', forged' if forged else ''}"
            expected = _status(scene, case, who, chapter_asked, rows)
            if answer.status_code != expected:
                yield f"{what}: {answer.status_code}, not {expected}"
            yield from (f"{what}: shows {mark}" for mark in shown_marks(scene, case, who, answer, plain=not forged))
    if before != (rows_of(owner, scene.ours), rows_of(owner, scene.other)):
        yield "something in a chapter has changed"


def shown_marks(scene: Scene, case: Case, who: Who, answer: TestResponse, *, plain: bool = True) -> list[str]:
    """Return what an answer shows of a chapter that `who` has nothing to do with, in its body or its headers.

    A request that itself names the other chapter may be given its ids back; the canaries never.
    """
    told = answer.get_data(as_text=True) + str(answer.headers)
    hidden: set[str] = set()
    in_recife = who == Who.OF_BOTH and "chapter" in case.path(scene.ours, scene.ours)
    if who in OURS or case.by_link or in_recife:
        hidden = {scene.other.shared, scene.other.private, *scene.other.counted(), *world_counted(scene)}
    elif who in THEIRS:
        hidden = {scene.ours.shared, scene.ours.private, *scene.ours.counted(), *world_counted(scene)}
    if case.endpoint.startswith("desk."):
        hidden |= {scene.ours.private, scene.other.private}
    if plain and who in OURS and answer.status_code < 400 and not case.names_rows:
        hidden |= scene.other.ids
    return [mark for mark in hidden if mark in told]


def world_counted(scene: Scene) -> tuple[str, ...]:
    """Return how the sum of both chapters may be written, which only UN Women's facilitator may see."""
    return replace(scene.ours, people=scene.ours.people + scene.other.people).counted()


def _ways(scene: Scene, case: Case, who: Who) -> Iterator[tuple[Side, Side, bool]]:
    """Yield the requests that must change nothing: (whose address, whose rows, forged)."""
    ours, other = scene.ours, scene.other
    if not case.writes or who not in case.allowed:
        yield ours, ours, False
        yield ours, ours, True
    if case.names_rows and "chapter" in case.path(ours, ours):
        yield ours, other, False
        yield other, ours, False
    by_address = "chapter" in case.path(ours, ours) and who not in {*THEIRS, Who.OF_BOTH, Who.FACILITATOR}
    if by_address or (case.names_rows and who in OURS):
        yield other, other, False


def _status(scene: Scene, case: Case, who: Who, at: Side, rows: Side) -> int:
    if at is rows is scene.ours:
        return case.expected(who)
    return case.expected(who) if who == Who.ANONYMOUS else 404


def rows_of(owner: psycopg.Connection[Any], side: Side) -> dict[str, str]:
    """Return a digest of everything a chapter has, table by table; UN Women's entering is left out."""
    digests = {}
    for table in (*lists.BEHIND_THE_WALL, "chapter_slugs", "chapter_clocks", "compile_marks", "deliveries"):
        key = "id" if table == lists.CHAPTERS else "chapter_id"
        entered = sql.SQL("and action <> 'desk.entered'") if table == "audit_entries" else sql.SQL("")
        query = sql.SQL("select md5(string_agg(x::text, ',' order by x::text)) from {} x where {} = %s {}")
        found = owner.execute(query.format(sql.Identifier(table), sql.Identifier(key), entered), [side.chapter_id])
        digests[table] = str(found.fetchone())
    return digests
