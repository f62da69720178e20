"""What can go wrong in the domain, in words the web and the workers both understand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime


class SolidarityError(Exception):
    """Anything the domain refuses. Never a RuntimeError: werkzeug's proxies swallow those and pages turn empty."""


class ScopeError(SolidarityError):
    """A session was used without a scope, or a second scope was put over a first."""


class Refused(SolidarityError):
    """Input that breaks a rule of the domain; `errors` names the fields.

    `errors` maps a field's name to a sentence for people, already translated or lazily so.
    """

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {sentence}" for field, sentence in errors.items()))
        self.errors = errors


def refuse(problems: Mapping[str, str | None]) -> None:
    """Raise Refused with the problems there are, by field; None is no problem."""
    errors = {field: sentence for field, sentence in problems.items() if sentence is not None}
    if errors:
        raise Refused(errors)


class VersionConflict(SolidarityError):
    """Somebody saved first: the form was made from `seen`, the row is at `current` by now.

    Both are revision numbers or, for what has none, what the row said, as its form keeps it.
    """

    def __init__(self, *, seen: int | str, current: int | str) -> None:
        super().__init__(f"the form shows {seen}, the latest is {current}")
        self.seen = seen
        self.current = current


class AlreadyDecided(SolidarityError):
    """Somebody decided first. `decision` is a code such as `approved`; `by` is her name, where it is known."""

    def __init__(self, *, decision: str, by: str | None, at: datetime | None) -> None:
        super().__init__(f"already {decision}")
        self.decision = decision
        self.by = by
        self.at = at


class ChapterClosed(SolidarityError):
    """Somebody would change something in a chapter that is closed, since the day `closed_on` where it is."""

    def __init__(self, closed_on: date | None) -> None:
        super().__init__(f"closed on {closed_on}")
        self.closed_on = closed_on
