"""The template context of a digest: obligations in words, each with its due date and its actions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext, ngettext

from solidarity.i18n.locale import format_day_short, list_comma
from solidarity.labels.obligations.reminders import ACTION_WORDS, how_far, how_near
from solidarity.labels.obligations.wording import place_to_act, words_of
from tenants.chapters.models import Chapter
from tenants.mail.consumption import Reminder
from tenants.obligations.models import Obligation
from tenants.overview.steps import IN_ORDER
from tenants.people.models import DigestFrequency
from tenants.reminders.colleagues import ColleagueTask
from tenants.reminders.digest import Digest
from tenants.reminders.links import LIFETIME, LinkAction, LinkMaker, MailLink
from tenants.reminders.pauses import actions_on

MOST_ITEMS = 5  # keeps a digest under 20 kB; the rest is on the chapter's own page
MOST_WITH_COLLEAGUES = 7  # own tasks and those of colleagues together, for the same reason


@dataclass(frozen=True)
class Item:
    """An obligation in words. `headline` names it in the subject of a mail.

    `near` is the time to or since its due date, `far` the same for beside the date; `beside` is why a deputy is
    informed; `links` are labels and URLs of one-click actions.
    """

    due_on: date
    near: str
    far: str
    is_late: bool
    step: int
    headline: str
    title: str
    why: str
    beside: str | None
    button: str
    address: str
    links: list[tuple[str, str]]


@dataclass(frozen=True)
class ColleagueItem:
    """A task of colleagues in words: its title, the time to or since its due date, and their names."""

    near: str
    is_late: bool
    title: str
    names: str


@dataclass(frozen=True)
class ItemContext:
    """What items need: the URL builder, the maker of links, and the weeks after which a chapter is quiet."""

    address: Callable[..., str]
    links: LinkMaker
    quiet_weeks: int


def words_of_digest(digest: Digest, context: ItemContext, *, delivery_id: UUID, at: datetime) -> dict[str, Any]:
    """Return the template context of a digest in the current language: the first items, and how many more there are.

    Obligations that are new to the member come first, and the first gives the subject; those mentioned before follow.
    """
    chapter, reminders = digest.chapter, digest.reminders
    shown_reminders = reminders[:MOST_ITEMS]
    items = [_make_item(reminder, digest, context, delivery_id, at) for reminder in shown_reminders]
    colleague_tasks = digest.colleague_tasks[: MOST_WITH_COLLEAGUES - len(items)]
    days_late = [(digest.today - reminder.due.due_on).days for reminder in reminders]
    return {
        "chapter": chapter,
        "subject": _subject(items[0], other_count=len(reminders) - 1),
        "groups": [
            [item for item, reminder in zip(items, shown_reminders, strict=True) if reminder.is_new is is_new]
            for is_new in (True, False)
        ],
        "headline": _lead_sentence(days_late, chapter.name),
        "coming": sum(days < 0 for days in days_late) if any(days >= 0 for days in days_late) else 0,
        "more": len(reminders) - len(items),
        "only_beside": all(_is_beside(reminder, digest) for reminder in reminders),
        "colleague_items": [_make_colleague_item(task, digest, context) for task in colleague_tasks],
        "is_weekly": digest.member.digest_frequency == DigestFrequency.WEEKLY,
        "frequency": context.address("preferences.show", chapter=chapter.slug, _anchor="frequency"),
        "absence": context.address("preferences.show", chapter=chapter.slug, _anchor="absence"),
        "home": context.address("chapter.home", chapter=chapter.slug),
        "inbox": context.address("inbox.list_messages", chapter=chapter.slug, to="me"),
        "me": context.address("accounts.me"),
    }


def _subject(first: Item, *, other_count: int) -> str:
    if not other_count:
        return first.headline
    return str(
        ngettext(
            "%(headline)s, and %(num)s more", "%(headline)s, and %(num)s more", other_count, headline=first.headline
        )
    )


def _lead_sentence(days_late: Sequence[int], chapter: str) -> str:
    """Return the sentence that counts the overdue tasks, or those due, or else those coming up."""
    due = sum(days >= 0 for days in days_late)
    if not due:
        return str(
            ngettext(
                "One task is coming up in %(chapter)s.",
                "%(num)s tasks are coming up in %(chapter)s.",
                len(days_late),
                chapter=chapter,
            )
        )
    if due == sum(days > 0 for days in days_late):
        return str(
            ngettext(
                "One task is overdue in %(chapter)s.", "%(num)s tasks are overdue in %(chapter)s.", due, chapter=chapter
            )
        )
    return str(
        ngettext("One task is due in %(chapter)s.", "%(num)s tasks are due in %(chapter)s.", due, chapter=chapter)
    )


def _make_item(reminder: Reminder, digest: Digest, context: ItemContext, delivery_id: UUID, at: datetime) -> Item:
    due, chapter, today = reminder.due, digest.chapter, digest.today
    words = words_of(due, chapter, today=today, quiet_weeks=context.quiet_weeks)
    days_late = (today - due.due_on).days
    headline = words.headline
    if days_late < 0:
        headline = gettext(
            "%(headline)s, by %(day)s", headline=headline, day=format_day_short(due.due_on, chapter.country)
        )
    return Item(
        due_on=due.due_on,
        near=how_near(due.due_on, today=today, country=chapter.country),
        far=how_far(due.due_on, today=today, country=chapter.country),
        is_late=days_late > 0,
        step=IN_ORDER.index(due.kind.step) + 1,
        headline=headline,
        title=words.title,
        why=words.why,
        beside=_deputy_note(reminder, digest, days_late) if _is_beside(reminder, digest) else None,
        button=words.button,
        address=_address_of(due, chapter, context),
        links=_make_links(due, digest, context, delivery_id, at, done_label=words.one_click_button),
    )


def _deputy_note(reminder: Reminder, digest: Digest, days_late: int) -> str:
    """Return why a deputy is told of an obligation of another member."""
    owner = digest.colleagues.get(reminder.due.owner_id) if reminder.due.owner_id else None
    if owner is not None and owner.away_until is not None and owner.is_away(digest.today):
        day = format_day_short(owner.away_until, digest.chapter.country)
        return str(gettext("%(name)s is away until %(day)s, so we are telling you as well.", name=owner.name, day=day))
    return str(
        ngettext(
            "%(num)s day overdue, so we are telling you as well.",
            "%(num)s days overdue, so we are telling you as well.",
            days_late,
        )
    )


def _make_colleague_item(task: ColleagueTask, digest: Digest, context: ItemContext) -> ColleagueItem:
    due, chapter = task.due, digest.chapter
    names = sorted(digest.colleagues[owner].name for owner in task.owner_ids if owner in digest.colleagues)
    return ColleagueItem(
        near=how_near(due.due_on, today=digest.today, country=chapter.country),
        is_late=due.due_on < digest.today,
        title=words_of(due, chapter, today=digest.today, quiet_weeks=context.quiet_weeks).title,
        names=f"{list_comma()} ".join(names),
    )


def _is_beside(reminder: Reminder, digest: Digest) -> bool:
    return reminder.due.owner_id not in (None, digest.member.id)


def _address_of(due: Obligation, chapter: Chapter, context: ItemContext) -> str:
    endpoint, values = place_to_act(due, chapter)
    return context.address(endpoint, **values)


def _make_links(
    due: Obligation, digest: Digest, context: ItemContext, delivery_id: UUID, at: datetime, *, done_label: str
) -> list[tuple[str, str]]:
    return [
        (
            done_label if act is LinkAction.DONE else str(ACTION_WORDS[act]),
            context.address(
                "public.show_reply",
                token=context.links.sign(
                    MailLink(
                        chapter_id=digest.chapter.id,
                        delivery_id=delivery_id,
                        kind=due.kind,
                        subject_id=due.subject_id,
                        due_on=due.due_on,
                        act=act,
                        works_until=(at + LIFETIME).date(),
                    )
                ),
            ),
        )
        for act in actions_on(due, today=digest.today)
    ]
