"""The signed link of an invitation: which chapter, which invitation, and that we made it.

It carries no time. The invitation's row says until when it may be used, so that one sent again keeps its link.
"""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode

from tenants.errors import SolidarityError

SALT = "solidarity.invitation"
LONGEST_LINK = 200  # characters; ours have about 80


class BadLink(SolidarityError):
    """A link that we did not make, or that lost a part on its way."""


def sign_invitation(secret_key: str, *, chapter_id: UUID, invitation_id: UUID) -> str:
    """Return the token of an invitation's link, the same at every call."""
    ids = base64_encode(chapter_id.bytes + invitation_id.bytes).decode()
    return str(_signer(secret_key).dumps(ids))


def read_invitation_token(secret_key: str, token: str) -> tuple[UUID, UUID]:
    """Return the chapter and the invitation that a token names; raise BadLink if it is not one of ours."""
    if len(token) > LONGEST_LINK:
        raise BadLink("the link is too long")
    try:
        ids = base64_decode(_signer(secret_key).loads(token))
        return UUID(bytes=ids[:16]), UUID(bytes=ids[16:])
    except (BadSignature, ValueError, TypeError) as error:
        raise BadLink("the link carries no signature of ours") from error


def _signer(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt=SALT, signer_kwargs={"key_derivation": "hmac", "digest_method": sha256})
