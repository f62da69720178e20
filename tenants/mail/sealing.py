"""Keys for mail, each derived from SECRET_KEY for one purpose, so that no key can serve another purpose."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tenants.errors import SolidarityError


class BrokenSeal(SolidarityError):
    """A letter cannot be decrypted: it was changed, or SECRET_KEY has changed."""


def seal(secret_key: str, content: dict[str, str]) -> bytes:
    """Return `content`, encrypted and signed."""
    return _fernet(secret_key).encrypt(json.dumps(content).encode())


def unseal(secret_key: str, ciphertext: bytes) -> dict[str, str]:
    """Return the content that `seal` encrypted. Raises BrokenSeal."""
    try:
        content: dict[str, str] = json.loads(_fernet(secret_key).decrypt(ciphertext))
    except InvalidToken as error:
        raise BrokenSeal("the letter cannot be opened with this SECRET_KEY") from error
    return content


def mail_names(secret_key: str) -> Callable[[str], str]:
    """Return the function that makes the local part of a Message-ID. It is repeatable and tells outsiders nothing."""
    derived_key = _derived(secret_key, "message-id")
    return lambda key: hmac.new(derived_key, key.encode(), hashlib.sha256).hexdigest()[:32]


def _fernet(secret_key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derived(secret_key, "letters")))


def _derived(secret_key: str, purpose: str) -> bytes:
    return HKDF(hashes.SHA256(), length=32, salt=None, info=f"solidarity {purpose}".encode()).derive(
        secret_key.encode()
    )
