"""The signed links of an invitation and of a new address. They name rows, and the signature proves that we made them.

They carry no time and nothing about a person. The row holds the expiry, so that an invitation that is sent again keeps
its link.
"""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode

from tenants.errors import SolidarityError

SALT = "solidarity.invitation"
ADDRESS_SALT = "solidarity.address"
LONGEST_LINK = 200  # characters; ours have about 80


class BadLink(SolidarityError):
    """A link that was not signed by us, or is incomplete."""


def sign_invitation(secret_key: str, *, chapter_id: UUID, invitation_id: UUID) -> str:
    """Return the token of an invitation's link. The same invitation always has the same token."""
    return _signed(secret_key, SALT, chapter_id, invitation_id)


def read_invitation_token(secret_key: str, token: str) -> tuple[UUID, UUID]:
    """Return the chapter and the invitation that a token names. Raises BadLink if the signature is not ours."""
    chapter_id, invitation_id = _ids_of(secret_key, SALT, token, count=2)
    return chapter_id, invitation_id


def sign_address_change(secret_key: str, change_id: UUID) -> str:
    """Return the token of the link that confirms a new address."""
    return _signed(secret_key, ADDRESS_SALT, change_id)


def read_address_token(secret_key: str, token: str) -> UUID:
    """Return the change of address that a token names. Raises BadLink if the signature is not ours."""
    return _ids_of(secret_key, ADDRESS_SALT, token, count=1)[0]


def _signed(secret_key: str, salt: str, *ids: UUID) -> str:
    return str(_signer(secret_key, salt).dumps(base64_encode(b"".join(row_id.bytes for row_id in ids)).decode()))


def _ids_of(secret_key: str, salt: str, token: str, *, count: int) -> list[UUID]:
    if len(token) > LONGEST_LINK:
        raise BadLink("the link is too long")
    try:
        ids = base64_decode(_signer(secret_key, salt).loads(token))
        return [UUID(bytes=ids[16 * number : 16 * (number + 1)]) for number in range(count)]
    except (BadSignature, ValueError, TypeError) as error:
        raise BadLink("the link carries no signature of ours") from error


def _signer(secret_key: str, salt: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt=salt, signer_kwargs={"key_derivation": "hmac", "digest_method": sha256})
