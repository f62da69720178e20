"""Telephone numbers: as they are stored, and those that a person shows to the people of their chapters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import case, null, select
from sqlalchemy.orm import Session

from tenants.errors import Refused
from tenants.people.models import Membership, User
from tenants.people.permissions import Role
from tenants.people.terms import FocalPointTerm, Rank
from tenants.scope import bound_chapter
from tenants.texts import code_text

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
PUNCTUATION = re.compile(r"[-‐-―.()/\s]")
ROLE_OF_RANK = {Rank.PRIMARY: Role.FOCAL_POINT, Rank.DEPUTY: Role.DEPUTY}


@dataclass(frozen=True)
class ChapterContact:
    """A focal point or deputy whom one can write to. `telephone` is None unless the person shows it."""

    name: str
    email: str
    role: Role
    language: str
    telephone: str | None


def clean_telephone(text: str) -> str | None:
    """Return a number in the notation of E.164, or None if it is empty. Raises Refused with the field `telephone`."""
    digits = "".join(str(unicodedata.digit(sign, sign)) for sign in PUNCTUATION.sub("", code_text(text)))
    number = f"+{digits[2:]}" if digits.startswith("00") else digits.replace("＋", "+")
    if number and not E164.fullmatch(number):
        raise Refused({"telephone": _l("Enter the number with its country code, such as +250 788 123 456.")})
    return number or None


def set_telephone(session: Session, *, user_id: UUID, telephone: str, is_shown: bool, at: datetime) -> bool:
    """Store a person's number, and whether they show it. Return whether that changed for others.

    Raises Refused with the field `telephone` if it is no number, or is to be shown and missing.
    """
    user, number = session.get_one(User, user_id), clean_telephone(telephone)
    if is_shown and number is None:
        raise Refused({"telephone": _l("Enter a number, or do not show it.")})
    was_shown = user.telephone_shown_since is not None
    user.telephone = number
    user.telephone_shown_since = (user.telephone_shown_since or at) if is_shown else None
    session.flush()
    return was_shown != is_shown


def chapter_contacts(session: Session, *, today: date) -> Sequence[ChapterContact]:
    """Return the focal point and the deputies of the bound chapter on a day, the focal point first.

    Uses one statement and needs the web's login: numbers are in no chapter, so that they disappear from all at once.
    """
    shown_number = case((User.telephone_shown_since.is_not(None), User.telephone), else_=null())
    rows = session.execute(
        select(Membership.name, Membership.email, FocalPointTerm.rank, Membership.language, shown_number)
        .join(FocalPointTerm, FocalPointTerm.membership_id == Membership.id)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.chapter_id == bound_chapter(session),
            FocalPointTerm.chapter_id == bound_chapter(session),
            Membership.left_at.is_(None),
            FocalPointTerm.starts_on <= today,
            FocalPointTerm.ends_on >= today,
        )
        .order_by(FocalPointTerm.rank.desc(), Membership.name, Membership.id)
    )
    return [ChapterContact(name, email, ROLE_OF_RANK[Rank(rank)], *rest) for name, email, rank, *rest in rows]
