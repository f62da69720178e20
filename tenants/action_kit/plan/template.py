"""A short template for a new plan, of our own design. Every line can be changed or removed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from tenants.action_kit.plan.models import LineKind


@dataclass(frozen=True)
class Suggested:
    """A line of the template. `days` is the time from the start of the plan to the due date of an activity."""

    kind: LineKind
    title: LazyString
    days: int | None = None


def suggested() -> Iterator[Suggested]:
    """Yield the lines in order, each under the last line of the kind above it."""
    yield Suggested(LineKind.OUTCOME, _l("More people here speak up for gender equality"))
    yield Suggested(LineKind.OUTPUT, _l("A team is in place to run the chapter"))
    yield Suggested(LineKind.ACTIVITY, _l("Gather a team and share out the roles"), 30)
    yield Suggested(LineKind.ACTIVITY, _l("Train those who will lead conversations"), 60)
    yield Suggested(LineKind.OUTPUT, _l("People talk about gender equality in public"))
    yield Suggested(LineKind.ACTIVITY, _l("Hold a public launch"), 90)
    yield Suggested(LineKind.ACTIVITY, _l("Hold a first round of conversations"), 120)
