"""One chapter as UN Women sees it: its six steps with what is due, its reports, and links into the chapter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from flask import render_template

from solidarity.access.binding import signed_in_person
from solidarity.access.declarations import requires
from solidarity.chapter.context import DAYS_AHEAD
from solidarity.desk.chapters.links import obligation_link, page_link
from solidarity.desk.chapters.step_states import obligations_by
from solidarity.desk.context import blueprint, visible_countries
from solidarity.desk.place_names import CHAPTER_STATE_WORDS, LIFE_WORDS, figure_url
from solidarity.http.pagination import by_day, page_of
from solidarity.i18n.locale import format_quarter
from solidarity.labels.obligations.wording import WORDS, name_of_subject
from solidarity.labels.steps import STEP_PAGES
from solidarity.lookup import or_404
from tenants import clock
from tenants.action_kit.evaluation.periods import Period
from tenants.chapters.models import ChapterState
from tenants.chapters.names import area_name, language_name
from tenants.chapters.queries import SharedChapter, find_shared, shared_events
from tenants.db import db, opened
from tenants.figures.models import Level
from tenants.obligations.models import Obligation, Step
from tenants.overview.report_states import SharedReport, reports_of
from tenants.overview.steps import IN_ORDER, StepState, states_of, urgent_state
from tenants.people.permissions import Permission
from tenants.people.queries import focal_point_invited_until
from tenants.scope import ChapterScope

MOST_OF_A_STEP = 6
MOST_CHANGES = 20


@dataclass(frozen=True)
class ExpectedItem:
    """One obligation as text. `sign` is its own state, in the words of steps, or None before it is due.

    `address` is the URL where it is done; None if the reader may not open it.
    """

    words: str
    name: str | None
    due_on: date
    sign: StepState | None
    address: str | None


@dataclass(frozen=True)
class StepRow:
    """A step: its state, its URL, its next obligations, and the number of further ones."""

    state: StepState
    address: str | None
    due_obligations: list[ExpectedItem]
    more: int


@blueprint.get("/chapters/<uuid:chapter_id>")
@requires(Permission.READ_DESK)
def show_chapter(chapter_id: UUID) -> str:
    """Show what a chapter shares: dates and states, but no owners and no texts of its reports."""
    chapter = or_404(find_shared(db.session(), countries=sorted(visible_countries().countries), chapter_id=chapter_id))
    reports = page_of(
        partial(reports_of, db.session(), chapter.id), by_day(lambda report: (report.period_on, report.id))
    )
    today = clock.local_day(clock.now(), chapter.zone)
    obligations = obligations_by([chapter.id], today=today, by=today + timedelta(days=DAYS_AHEAD))
    invited_until = _invited_until(chapter)
    states = states_of(db.session(), [chapter.id], today=today, obligations=obligations)[chapter.id]
    return render_template(
        "desk/chapter.html",
        shown=chapter,
        today=today,
        states=states,
        steps=[_step(chapter, step, state, obligations, today) for step, state in zip(IN_ORDER, states, strict=True)],
        late=sum(due.is_overdue_for_desk(today) for due in obligations),
        reports=reports,
        period_name=format_quarter,
        local_day=lambda moment: clock.local_day(moment, chapter.zone),
        report_url=partial(_report_url, chapter),
        area=area_name(chapter.area),
        languages=[language_name(code) for code in chapter.languages],
        state=CHAPTER_STATE_WORDS[ChapterState(chapter.state)],
        waits_for_focal_point=chapter.state == ChapterState.SIGNED and invited_until is None,
        invited_until=invited_until,
        figure_url=figure_url((Level.CHAPTER, str(chapter.id))),
        home_url=page_link(chapter, "chapter.home"),
        contacts_url=page_link(chapter, "people.list_people", _anchor="contacts-h"),
        may_invite=chapter.state != ChapterState.CLOSED and _may(chapter, Permission.MANAGE_PEOPLE),
        may_move=_may(chapter, Permission.MANAGE_CHAPTER),
        events=shared_events(db.session(), chapter.id, limit=MOST_CHANGES),
        event_words=LIFE_WORDS,
    )


def _invited_until(chapter: SharedChapter) -> datetime | None:
    """Return until when the first focal point can join. Read in the chapter, for a reader who may invite there."""
    if chapter.state != ChapterState.SIGNED or not _may(chapter, Permission.MANAGE_PEOPLE):
        return None
    with opened(ChapterScope(chapter.id, signed_in_person().user_id)) as session:
        return focal_point_invited_until(session, at=clock.now())


def _step(
    chapter: SharedChapter, step: Step, state: StepState, obligations: Sequence[Obligation], today: date
) -> StepRow:
    step_obligations = [due for due in obligations if due.kind.step is step]
    rows = [_expected_items(chapter, due, today) for due in step_obligations[:MOST_OF_A_STEP]]
    return StepRow(state, page_link(chapter, STEP_PAGES[step]), rows, len(step_obligations) - len(rows))


def _expected_items(chapter: SharedChapter, due: Obligation, today: date) -> ExpectedItem:
    """Return an obligation as text; in step 1 without the name of the person that it is about.

    What is not due yet is named as a task, and not as something missing.
    """
    is_due = due.awaits_desk or due.due_on <= today
    sign: StepState | None = "late" if due.is_overdue_for_desk(today) else urgent_state(due, today)
    return ExpectedItem(
        words=str(WORDS[due.kind].for_desk if is_due else WORDS[due.kind].title),
        name=None if due.kind.step is Step.FOCAL_POINT else name_of_subject(due, chapter),
        due_on=due.due_on,
        sign=sign,
        address=obligation_link(chapter, due),
    )


def _report_url(chapter: SharedChapter, report: SharedReport) -> str | None:
    return page_link(chapter, "evaluation.show_report", period=Period(report.period_on).code)


def _may(chapter: SharedChapter, permission: Permission) -> bool:
    return chapter.country in signed_in_person().desk_countries(permission)
