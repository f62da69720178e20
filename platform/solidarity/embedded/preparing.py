"""Preparing a database for `solidarity up`: migrations and, if it is empty, the demonstration."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import exists, select

from solidarity.database.engines import LOGINS, refuse_powerful_login, unpooled_engine
from solidarity.database.migrate import migrate
from solidarity.embedded.commands import PROGRESS_PREFIX
from solidarity.settings import Settings
from tenants.chapters.models import Chapter


def prepare(settings: Settings, sign_ins: Path, tell: Callable[[str], None]) -> None:
    """Migrate. If there is no chapter, create the demonstration and store its sign-ins in `sign_ins` (mode 0600).

    `tell` gets a line for each chapter. The file is created empty first, so that an interrupted demonstration is
    completed the next time. Raises LoginTooPowerful if a login could see past the wall, before anything is written
    with it.
    """
    migrate(settings)
    for login in LOGINS:
        refuse_powerful_login(login, unpooled_engine(settings, login))
    is_interrupted = sign_ins.exists() and not sign_ins.read_text(encoding="utf-8")
    if holds_chapter(settings) and not is_interrupted:
        return
    from solidarity.demonstration import simulate

    sign_ins.touch(mode=0o600)
    people = simulate(settings, chapters=settings.demo_chapters, tell=lambda line: tell(PROGRESS_PREFIX + line))
    sign_ins.write_text(json.dumps(people), encoding="utf-8")


def holds_chapter(settings: Settings) -> bool:
    """Whether the database holds any chapter. Uses the owner's login, which sees all chapters."""
    with unpooled_engine(settings, "owner").connect() as connection:
        return bool(connection.scalar(select(exists().where(Chapter.id.is_not(None)))))
