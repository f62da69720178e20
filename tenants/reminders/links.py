"""The signed links of a digest's items: the mail, the action, the obligation, and the expiry.

A link holds ids, a code and days, but not its recipient, whom the mail's inbox copy knows. Whether its action is still
permitted is checked when it is used.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID
from zlib import crc32

from itsdangerous import BadSignature, HMACAlgorithm, Signer
from itsdangerous.encoding import base64_decode, base64_encode

from tenants.obligations.models import ObligationKind
from tenants.overview.obligation_kinds import KINDS
from tenants.people.links import BadLink

SALT = "solidarity.mail_link"
LONGEST_LINK = 200  # characters; ours have 97, because a mail with twenty of them must stay small
LIFETIME = timedelta(days=14)
FIRST_DAY = date(2000, 1, 1)  # days are counted from here, in two bytes
SHAPE = struct.Struct(">16s16s16sHHcH")
SIGNATURE_BYTES = 16


class LinkAction(StrEnum):
    """The action of a link: mark the obligation as done, be reminded later, or acknowledge it."""

    DONE = "done"
    LATER = "later"
    KNOWN = "known"


LETTERS = {LinkAction.DONE: b"d", LinkAction.LATER: b"l", LinkAction.KNOWN: b"k"}
# Two bytes for each kind, computed from its code, so that adding a kind changes no other.
SUMS = {kind: crc32(kind.code.encode()) & 0xFFFF for kind in KINDS}


@dataclass(frozen=True)
class MailLink:
    """The contents of a link. `works_until` is its last day, in UTC."""

    chapter_id: UUID
    delivery_id: UUID
    kind: ObligationKind
    subject_id: UUID
    due_on: date
    act: LinkAction
    works_until: date


class ShortSignature(HMACAlgorithm):
    """HMAC-SHA256, truncated to half its length. 128 bits cannot be guessed."""

    default_digest_method = staticmethod(sha256)

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        """Return the signature of `value`."""
        return super().get_signature(key, value)[:SIGNATURE_BYTES]


class LinkMaker:
    """Signs and reads links with one secret. Make it once, because it derives a key."""

    def __init__(self, secret_key: str) -> None:
        self._signer = Signer(
            secret_key, salt=SALT, key_derivation="hmac", digest_method=sha256, algorithm=ShortSignature()
        )

    def sign(self, link: MailLink) -> str:
        """Return the token of a link."""
        packed = SHAPE.pack(
            *(uuid.bytes for uuid in (link.chapter_id, link.delivery_id, link.subject_id)),
            (link.due_on - FIRST_DAY).days,
            (link.works_until - FIRST_DAY).days,
            LETTERS[link.act],
            SUMS[link.kind],
        )
        return self._signer.sign(base64_encode(packed)).decode()

    def read(self, token: str) -> MailLink:
        """Return the link of a token, even if it has expired. Raises BadLink if the signature is not ours."""
        if len(token) > LONGEST_LINK:
            raise BadLink("the link is too long")
        try:
            return _unpacked(base64_decode(self._signer.unsign(token.encode())))
        except (BadSignature, ValueError, StopIteration, struct.error) as error:
            raise BadLink("the link carries no signature of ours") from error


def _unpacked(packed: bytes) -> MailLink:
    *ids, due, until, letter, checksum = SHAPE.unpack(packed)
    chapter_id, delivery_id, subject_id = (UUID(bytes=raw_id) for raw_id in ids)
    return MailLink(
        chapter_id=chapter_id,
        delivery_id=delivery_id,
        kind=next(kind for kind, kind_sum in SUMS.items() if kind_sum == checksum),
        subject_id=subject_id,
        due_on=FIRST_DAY + timedelta(days=due),
        act=next(act for act, sign in LETTERS.items() if sign == letter),
        works_until=FIRST_DAY + timedelta(days=until),
    )
