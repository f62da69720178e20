"""Password hashing and the rules for new passwords.

Argon2id with 19 MiB, two passes and one lane (OWASP, Password Storage Cheat Sheet): 44 ms, and eight sign-ins at once
take 150 MB. Passwords are refused if they are short, common, or made of known facts about their owner (OWASP ASVS 5.0,
6.2.1, 6.2.4, 6.2.9, 6.2.11). There is no other rule, and no expiry.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from secrets import token_urlsafe

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from flask_babel import lazy_gettext as _

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
SHORTEST = 10
LONGEST = 128
FEWEST_SIGNS = 5  # "aaaaaaaaaaaa" is long, but easy to guess
SHORTEST_NAME_PART = 4  # letters; shorter parts of a name occur in many words
OUR_WORDS = ("solidarity", "heforshe")

_hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)


def hash_password(password: str) -> str:
    """Return the hash to store, including parameters and salt."""
    return _hasher.hash(composed(password))


def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether `password` matches `password_hash`.

    Without a hash the same work is done for a dummy hash, so that an unknown address takes as long as a known one.
    """
    try:
        return _hasher.verify(password_hash or nobodys_hash(), composed(password)) and password_hash is not None
    except (Argon2Error, InvalidHashError):
        return False


def needs_rehash(password_hash: str) -> bool:
    """Whether a hash was made with other parameters than the current ones."""
    return _hasher.check_needs_rehash(password_hash)


@cache
def nobodys_hash() -> str:
    """Return the hash of a password that no one has. Call it at the start, so that no answer waits for its making."""
    return hash_password(token_urlsafe(24))


def password_problem(password: str, *, email: str, name: str) -> str | None:
    """Return the problem with a new password, as a lazy sentence for its owner, or None."""
    folded_password = composed(password).casefold()
    problem: str | None = None
    if len(password) < SHORTEST:
        problem = _("Use at least %(count)s characters. A short sentence is easy to remember.", count=SHORTEST)
    elif len(password) > LONGEST:
        problem = _("Use at most %(count)s characters.", count=LONGEST)
    elif folded_password in _common() or len(set(folded_password)) < FEWEST_SIGNS:
        problem = _("This password is too easy to guess. Choose a different one.")
    elif any(word in folded_password for word in _telling(email, name)):
        problem = _("Do not use your name, your email address or the name of this site. They are easy to guess.")
    return problem


def composed(password: str) -> str:
    """Return the password in NFKC form, because keyboards differ in how they write the same accented letter.

    One that is too long stays as it is: it is refused, and normalising it could take long.
    """
    return unicodedata.normalize("NFKC", password) if len(password) <= LONGEST else password


def _telling(email: str, name: str) -> set[str]:
    parts = re.split(r"\W+", f"{name} {email.partition('@')[0]}".casefold())
    return {*OUR_WORDS, email.casefold(), *(part for part in parts if len(part) >= SHORTEST_NAME_PART)} - {""}


@cache
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST)
