from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tenants.mail.consumption import Reminder
from tenants.obligations.models import Obligation
from tenants.reminders.digest import Digest, read_digest


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[Obligation]], None]:
    """Return a function that sets the obligations in the digests of this test."""

    def say(obligations: list[Obligation]) -> None:
        def read(*args: Any, **kwargs: Any) -> Digest:
            reminders = [Reminder(due, 0, is_new=True) for due in obligations]
            return replace(read_digest(*args, **kwargs), reminders=reminders)

        monkeypatch.setattr("workers.emails.writing.read_digest", read)

    return say
