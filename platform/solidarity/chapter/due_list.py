"""The list of what is due next: one row for each subject, with its owners and the actions of the reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

from flask import current_app, g, url_for
from flask_babel import gettext as _

from solidarity.access.binding import principal
from solidarity.chapter.context import chapter_day, may, opens
from solidarity.chapter.reminder_options import ReminderOptions, reminding
from solidarity.i18n.locale import formatting_locale, list_comma
from solidarity.labels.obligations.wording import WORDS, place_of, place_to_act, words_of
from tenants.chapters.models import Chapter
from tenants.db import db
from tenants.obligations.models import Obligation, ObligationState, Responsible
from tenants.overview.steps import IN_ORDER, StepState, urgent_state
from tenants.people.permissions import Permission
from tenants.reminders.obligation_keys import ObligationKey
from tenants.reminders.queries import owners_and_pauses

LIMIT = 12
DAYS_A_WEEK = 7


@dataclass(frozen=True)
class Known:
    """The member who acknowledged the obligation, since when, and their email if the reader may manage people."""

    name: str
    since_on: date
    email: str | None


@dataclass(frozen=True)
class Due:
    """One row. `sign` is its own state, in the words of steps.

    `address` is None if the reader may not open the page, `button` if they may not act there.
    `press_address` is the URL that does it with one click, from a button with the verb `press`.
    """

    due_on: date
    state: ObligationState
    sign: StepState
    step: int
    title: str
    why: str
    owners: str
    address: str | None
    button: str | None
    press_address: str | None
    press: str
    reminding: ReminderOptions | None
    known: Known | None = None


@dataclass(frozen=True)
class DueList:
    """The first rows, grouped by their due dates, and how many `more` subjects there are.

    `waiting` are those whose date is over and which wait for UN Women, so that the chapter is not late.
    """

    late: list[Due]
    waiting: list[Due]
    soon: list[Due]
    later: list[Due]
    more: int


def due_list(obligations: Sequence[Obligation], *, today: date, limit: int = LIMIT) -> DueList:
    """Return what is due in this request's chapter, for its reader: at most `limit` subjects.

    Reads the owners' names and their reminder pauses in one statement, if any owners are shown.
    """
    by_subject: dict[tuple[str, UUID], list[Obligation]] = {}
    for due in obligations:
        by_subject.setdefault((due.kind.code, due.subject_id), []).append(due)
    subjects = list(by_subject.values())
    shown_obligations = [due for subject in subjects[:limit] for due in subject]
    names = _names(shown_obligations, today)
    own_obligations = [due for due in shown_obligations if names.reader is not None and due.owner_id == names.reader]
    options_by_key = reminding(own_obligations, membership_id=names.reader, today=today, pauses=names.asked)
    rows = [_row(subject, names, options_by_key, today=today) for subject in subjects[:limit]]
    until = _end_of_next_week(today)
    return DueList(
        late=[row for row in rows if row.state is ObligationState.LATE],
        waiting=[row for row in rows if row.state is ObligationState.WAITING and row.due_on < today],
        soon=[row for row in rows if today <= row.due_on <= until],
        later=[row for row in rows if row.due_on > until],
        more=len(subjects) - len(rows),
    )


@dataclass(frozen=True)
class _Names:
    """The owners: names by membership, the reader's membership and pauses, and the acknowledgements of others."""

    of: dict[UUID, str] = field(default_factory=dict)
    reader: UUID | None = None
    asked: dict[ObligationKey, date | None] = field(default_factory=dict)
    known: dict[ObligationKey, Known] = field(default_factory=dict)


def _names(obligations: Sequence[Obligation], today: date) -> _Names:
    """Return the owners' names and pauses; nothing for a reader who may not see people."""
    owners = {due.owner_id for due in obligations if due.owner_id}
    person = principal()
    if person is None or not owners or not may(Permission.SEE_PEOPLE):
        return _Names()
    rows = owners_and_pauses(db.session(), owners, {ObligationKey.of(due) for due in obligations})
    reader = next((member.id for member, _pause in rows if member.user_id == person.user_id), None)
    names = _Names({member.id: member.name for member, _pause in rows}, reader)
    for member, pause in rows:
        if pause is None or (pause.until_on is not None and pause.until_on <= today):
            continue
        obligation_key = ObligationKey(pause.kind, pause.subject_id, pause.due_on)
        if member.id == reader:
            names.asked[obligation_key] = pause.until_on
        elif pause.until_on is None:  # a pause without an end is an acknowledgement
            email = member.email if may(Permission.MANAGE_PEOPLE) else None
            names.known[obligation_key] = Known(member.name, chapter_day(pause.asked_at), email)
    return names


def _row(
    subject: list[Obligation], names: _Names, options_by_key: dict[ObligationKey, ReminderOptions], *, today: date
) -> Due:
    due, chapter = _without_name(subject[0]), _chapter()
    quiet_weeks = current_app.extensions["settings"].quiet_weeks
    words = words_of(due, chapter, today=today, quiet_weeks=quiet_weeks)
    is_own = names.reader is not None and names.reader in [obligation.owner_id for obligation in subject]
    acts = is_own or _may_act_for_owner(due)
    address = address_of(due, chapter, acts=acts and not g.is_desk)
    press_address = press_address_of(due, chapter) if acts and not g.is_desk else None
    return Due(
        due_on=due.due_on,
        state=due.state(today),
        sign=urgent_state(due, today) or "none",
        step=IN_ORDER.index(due.kind.step) + 1,
        title=words.title,
        why=words.why,
        owners=_owners(subject, names),
        address=address,
        button=words.button if acts and address and not press_address else None,
        press_address=press_address,
        press=words.one_click_button,
        reminding=options_by_key.get(ObligationKey.of(due)),
        known=None if is_own else names.known.get(ObligationKey.of(due)),
    )


def _may_act_for_owner(due: Obligation) -> bool:
    """Whether the reader may do what another person owns. In the chapter, all who may decide on a request own it."""
    return may(due.kind.permission) and (g.is_desk or due.kind.responsible is not Responsible.EITHER)


def _without_name(due: Obligation) -> Obligation:
    """Remove the title if the reader may not see whom the obligation is about."""
    permission = due.kind.title_permission
    return due if permission is None or may(permission) else replace(due, title=None)


def _owners(subject: list[Obligation], names: _Names) -> str:
    """Return the owners as text, the reader first. UN Women is responsible for what has no owner in the chapter."""
    owners = [due.owner_id for due in subject if due.owner_id]
    if not owners:
        return str(_("UN Women desk"))
    other_names = sorted(names.of[owner] for owner in owners if owner in names.of and owner != names.reader)
    reader_words = [str(_("you"))] if names.reader in owners else []
    return f"{list_comma()} ".join([*reader_words, *other_names]) or str(_("the chapter"))


def address_of(due: Obligation, chapter: Chapter, *, acts: bool = False) -> str | None:
    """Return the URL of the page where the obligation is done; None if the reader may not open it.

    For a reader who `acts`, it is the form about the subject, if there is one.
    """
    endpoint, values = place_to_act(due, chapter) if acts else place_of(due, chapter)
    return url_for(endpoint, **values) if opens(endpoint) else None


def press_address_of(due: Obligation, chapter: Chapter) -> str | None:
    """Return the URL that does it with one click; None without one, or if its view does not admit the reader."""
    endpoint = WORDS[due.kind].one_click_page
    if endpoint is None or not opens(endpoint):
        return None
    return url_for(endpoint, chapter=chapter.slug, subject_id=due.subject_id)


def _end_of_next_week(today: date) -> date:
    """Return the last day of next week. The chapter's country sets the first weekday."""
    last_of_week = (formatting_locale(_chapter().country).first_week_day - 1) % DAYS_A_WEEK
    return today + timedelta(days=(last_of_week - today.weekday()) % DAYS_A_WEEK + DAYS_A_WEEK)


def _chapter() -> Chapter:
    chapter: Chapter = g.chapter
    return chapter
