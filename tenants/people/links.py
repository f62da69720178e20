"""The signed link of an invitation. It names the chapter and the invitation, and the signature proves that we made it.

It carries no time. The invitation's row holds the expiry, so that an invitation that is sent again keeps its link.
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
    """A link that was not signed by us, or is incomplete."""


def sign_invitation(secret_key: str, *, chapter_id: UUID, invitation_id: UUID) -> str:
    """Return the token of an invitation's link. The same invitation always has the same token."""
    ids = base64_encode(chapter_id.bytes + invitation_id.bytes).decode()
    return str(_signer(secret_key).dumps(ids))


def read_invitation_token(secret_key: str, token: str) -> tuple[UUID, UUID]:
    """Return the chapter and the invitation that a token names. Raises BadLink if the signature is not ours."""
    if len(token) > LONGEST_LINK:
        raise BadLink("the link is too long")
    try:
        ids = base64_decode(_signer(secret_key).loads(token))
        return UUID(bytes=ids[:16]), UUID(bytes=ids[16:])
    except (BadSignature, ValueError, TypeError) as error:
        raise BadLink("the link carries no signature of ours") from error


def _signer(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt=SALT, signer_kwargs={"key_derivation": "hmac", "digest_method": sha256})
