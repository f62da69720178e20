"""`solidarity remind`: writes or only shows the mails that are due at a given time, one JSON object per line.

Both use the functions that the worker's tick uses.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from solidarity.app import create_app
from solidarity.database.engines import opened_application
from solidarity.settings import Settings
from tenants.db import database_is_away, opened
from tenants.reminders.desk.due import MorningMail, plan_mail, put_reader_off, readers_due, write_mail
from tenants.reminders.due import DueClock, MorningDigest, clocks_due, plan_morning, put_off, write_morning
from tenants.scope import NobodyScope

CHAPTERS_AT_A_TIME = 500
MOST_READERS = 100_000  # all readers at UN Women; only their ids are in memory


class ReminderRun:
    """The mails that are due at a given time. After `lines` has ended, `failures` has a sentence for each failure."""

    def __init__(self, settings: Settings, *, at: datetime, is_dry: bool) -> None:
        self.settings = settings
        self.at = at
        self.is_dry = is_dry
        self.failures: list[str] = []

    def lines(self) -> Iterator[str]:
        """Yield a line for each mail: first those of each chapter, then those to UN Women.

        Each chapter has its own transaction, so that a caller who stops early leaves no chapter half done.
        """
        with opened_application(create_app(self.settings)):
            for chapter_id in self._chapters():
                yield from (json.dumps(_of_digest(digest)) for digest in self._digests(chapter_id))
            for user_id in self._readers():
                yield from (json.dumps(_of_desk_mail(mail)) for mail in self._desk_mails(user_id))

    def _chapters(self) -> Iterator[UUID]:
        """Yield the ids of the chapters whose digests are due, read in batches."""
        last: DueClock | None = None
        while True:
            with opened(NobodyScope(login="worker")) as session:
                clocks = clocks_due(session, at=self.at, limit=CHAPTERS_AT_A_TIME, last_clock=last)
            if not clocks:
                return
            yield from (due.chapter_id for due in clocks)
            last = clocks[-1]

    def _readers(self) -> Iterator[UUID]:
        with opened(NobodyScope(login="worker")) as session:
            readers = readers_due(session, at=self.at, limit=MOST_READERS)
        yield from readers

    def _digests(self, chapter_id: UUID) -> list[MorningDigest]:
        do = plan_morning if self.is_dry else write_morning
        try:
            return do(chapter_id, at=self.at, quiet_weeks=self.settings.quiet_weeks)
        except Exception as error:  # noqa: BLE001  (an error in one chapter must not stop the others)
            self.failures.append(f"The digests of chapter {chapter_id} could not be made: {type(error).__name__}.")
            if not self.is_dry and not database_is_away(error):
                put_off(chapter_id, at=self.at)
            return []

    def _desk_mails(self, user_id: UUID) -> list[MorningMail]:
        do = plan_mail if self.is_dry else write_mail
        try:
            return do(user_id, at=self.at, quiet_weeks=self.settings.quiet_weeks)
        except Exception as error:  # noqa: BLE001  (an error in one mail must not stop the others)
            self.failures.append(f"The mail to user {user_id} could not be made: {type(error).__name__}.")
            if not self.is_dry and not database_is_away(error):
                put_reader_off(user_id, at=self.at)
            return []


def _of_digest(digest: MorningDigest) -> dict[str, Any]:
    return {
        "mail": "digest",
        "chapter": digest.chapter.slug,
        "membership_id": str(digest.member.id),
        "language": digest.member.language,
        "local_day": digest.local_day.isoformat(),
        "send_at": digest.send_at.isoformat(),
        "items": [
            {**item, "is_new": reminder.is_new} for item, reminder in zip(digest.items, digest.reminders, strict=True)
        ],
    }


def _of_desk_mail(mail: MorningMail) -> dict[str, Any]:
    return {
        "mail": str(mail.kind),
        "user_id": str(mail.reader.user_id),
        "language": mail.reader.language,
        "countries": list(mail.news.countries),
        "local_day": mail.local_day.isoformat(),
        "send_at": mail.news.at.isoformat(),
        "items": mail.news.items,
    }
