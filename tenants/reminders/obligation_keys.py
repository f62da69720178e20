"""Identify one obligation for an action on it, and check whether it is the member's own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple, Self
from uuid import UUID

from sqlalchemy.orm import Session

from tenants.obligations.models import Obligation
from tenants.overview.obligations import deputies


class ObligationKey(NamedTuple):
    """The identity of an obligation. With another due date it is another obligation. `kind` is its code."""

    kind: str
    subject_id: UUID
    due_on: date

    @classmethod
    def of(cls, due: Obligation) -> Self:
        """Return the key of an obligation."""
        return cls(due.kind.code, due.subject_id, due.due_on)


def obligation_by_key(
    session: Session,
    obligations: Iterable[Obligation],
    obligation_key: ObligationKey,
    *,
    membership_id: UUID,
    today: date,
) -> tuple[Obligation | None, bool]:
    """Return the obligation with this key, or None, and whether this member may act on it.

    A member may act as one of its owners, or as a deputy if the obligation has an owner.
    """
    matches = [due for due in obligations if ObligationKey.of(due) == obligation_key]
    member_obligation = next((due for due in matches if due.owner_id == membership_id), None)
    if member_obligation is not None:
        return member_obligation, True
    if not matches:
        return None, False
    is_owned = matches[0].owner_id is not None
    return matches[0], is_owned and membership_id in deputies(session, today=today)
