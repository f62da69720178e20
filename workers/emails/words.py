"""The items of a digest: obligations in words, each with where to act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from solidarity.obligation_words import words_of
from tenants.action_kit.steps import IN_ORDER
from tenants.chapters.models import Chapter
from tenants.obligations.models import Obligation


@dataclass(frozen=True)
class Item:
    """One obligation in words. `headline` is the subject of a mail that tells of nothing else."""

    due_on: date
    step: int
    headline: str
    title: str
    why: str
    button: str
    address: str


def item_of(due: Obligation, chapter: Chapter, *, today: date, quiet_weeks: int, address: str) -> Item:
    """Return the words for one obligation; `address` is where to act."""
    words = words_of(due, chapter, today=today, quiet_weeks=quiet_weeks)
    return Item(
        due_on=due.due_on,
        step=IN_ORDER.index(due.step) + 1,
        headline=words.headline,
        title=words.title,
        why=words.why,
        button=words.button,
        address=address,
    )
