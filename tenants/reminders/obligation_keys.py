"""One obligation as somebody names it who would do something about it, and whether it is hers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple, Self
from uuid import UUID

from sqlalchemy.orm import Session

from tenants.obligations.models import Obligation
from tenants.overview.obligations import deputies


class ObligationKey(NamedTuple):
    """What an obligation is about and when it is due: moved to another day it is another one. `kind` is its code."""

    kind: str
    subject_id: UUID
    due_on: date

    @classmethod
    def of(cls, due: Obligation) -> Self:
        """Return which one an obligation is."""
        return cls(due.kind.code, due.subject_id, due.due_on)


def obligation_by_key(
    session: Session,
    obligations: Iterable[Obligation],
    obligation_key: ObligationKey,
    *,
    membership_id: UUID,
    today: date,
) -> tuple[Obligation | None, bool]:
    """Return the obligation among those the bound chapter owes, if it is one, and whether it is this member's to do.

    It is hers as one of its owners, and as a deputy beside whoever owns it.
    """
    matches = [due for due in obligations if ObligationKey.of(due) == obligation_key]
    member_obligation = next((due for due in matches if due.owner_id == membership_id), None)
    if member_obligation is not None:
        return member_obligation, True
    if not matches:
        return None, False
    is_owned = matches[0].owner_id is not None
    return matches[0], is_owned and membership_id in deputies(session, today=today)
