"""The errors of the domain, which both the web and the workers handle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime


class SolidarityError(Exception):
    """The base of all domain errors. Not a RuntimeError: werkzeug's proxies swallow those, and pages would be empty."""


class ScopeError(SolidarityError):
    """A session was used without a scope, or bound to a second scope."""


class Refused(SolidarityError):
    """Input that breaks a rule of the domain.

    `errors` maps a field's name to a sentence for people, translated or lazily translated.
    """

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {sentence}" for field, sentence in errors.items()))
        self.errors = errors


def refuse(problems: Mapping[str, str | None]) -> None:
    """Raise Refused with the problems that are not None, by field."""
    errors = {field: sentence for field, sentence in problems.items() if sentence is not None}
    if errors:
        raise Refused(errors)


class VersionConflict(SolidarityError):
    """Another person saved first. The form was made from `seen`, and the row is at `current` now.

    Both are revision numbers. For a row without revisions they are its old and new values in the notation of the form.
    """

    def __init__(self, *, seen: int | str, current: int | str) -> None:
        super().__init__(f"the form shows {seen}, the latest is {current}")
        self.seen = seen
        self.current = current


class AlreadyDecided(SolidarityError):
    """Another person decided first. `decision` is a code such as `approved`. `by` is their name, if it is known."""

    def __init__(self, *, decision: str, by: str | None, at: datetime | None) -> None:
        super().__init__(f"already {decision}")
        self.decision = decision
        self.by = by
        self.at = at


class ChapterClosed(SolidarityError):
    """A change was attempted in a chapter that is closed. `closed_on` is the day in the chapter's time zone."""

    def __init__(self, closed_on: date | None) -> None:
        super().__init__(f"closed on {closed_on}")
        self.closed_on = closed_on
