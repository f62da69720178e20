"""Password hashing and the rules for new passwords.

Argon2id with 19 MiB, two passes and one lane (OWASP, Password Storage Cheat Sheet): 44 ms, and eight sign-ins at once
take 150 MB. Passwords are refused if they are short, made of known facts about their owner, or easy to guess as zxcvbn
estimates it from common passwords, words and patterns (OWASP ASVS 5.0, 6.2.1, 6.2.4, 6.2.9, 6.2.11). There is no other
rule, and no expiry.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
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
LEAST_SCORE = 3  # of zxcvbn's 0 to 4: more than 100 million guesses
CHARACTERS_ESTIMATED = 24  # from the start; the time of an estimate grows much faster than the length
SHORTEST_NAME_PART = 4  # letters; shorter parts of a name occur in many words
OUR_WORDS = ("solidarity", "heforshe")
STRENGTHS = (_("very weak"), _("weak"), _("not strong enough"))
PERSONAL: str = _(
    "Do not use your name, your email address, or the name of your chapter or of this site. They are easy to guess."
)
REASONS = {
    "dictionary": _("It is made of common words or passwords."),
    "repeat": _("It repeats the same characters."),
    "sequence": _("Its characters are in the order of the alphabet or of numbers."),
    "spatial": _("Its characters are neighbours on the keyboard."),
    "regex": _("It contains a year or a date."),
    "date": _("It contains a year or a date."),
}
"""Why a password is easy to guess, by the pattern that zxcvbn matches."""

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


def password_problem(password: str, *, email: str, name: str, chapters: Iterable[str] = ()) -> str | None:
    """Return the problem with a new password, as a lazy sentence for its owner, or None.

    `chapters` are names or slugs of the owner's chapters.
    """
    personal_words = _long_words(name, email.partition("@")[0], *chapters) | {*OUR_WORDS, email.casefold()} - {""}
    folded_password = composed(password).casefold()
    problem: str | None = None
    if len(password) < SHORTEST:
        problem = _("Use at least %(count)s characters. A short sentence is easy to remember.", count=SHORTEST)
    elif len(password) > LONGEST:
        problem = _("Use at most %(count)s characters.", count=LONGEST)
    elif any(word in folded_password for word in personal_words):
        problem = PERSONAL
    else:
        problem = _guessing_problem(composed(password), personal_words | _long_words(email))
    return problem


def composed(password: str) -> str:
    """Return the password in NFKC form, because keyboards differ in how they write the same accented letter.

    One that is too long stays as it is: it is refused, and normalising it could take long.
    """
    return unicodedata.normalize("NFKC", password) if len(password) <= LONGEST else password


def _long_words(*texts: str) -> set[str]:
    return {word for text in texts for word in re.split(r"[\W_]+", text.casefold()) if len(word) >= SHORTEST_NAME_PART}


def _guessing_problem(password: str, personal_words: set[str]) -> str | None:
    """Return why a password is easy to guess, with its strength in words, or None.

    The library's own entry point would keep the words of a person in a dictionary that all threads share.
    """
    from zxcvbn import matching, scoring, time_estimates

    dictionaries = {**matching.RANKED_DICTIONARIES, "personal": matching.build_ranked_dict(sorted(personal_words))}
    start = password[:CHARACTERS_ESTIMATED]
    estimate = scoring.most_guessable_match_sequence(start, matching.omnimatch(start, dictionaries))
    score: int = time_estimates.estimate_attack_times(estimate["guesses"])["score"]
    if score >= LEAST_SCORE:
        return None
    parts = [part for part in estimate["sequence"] if part["pattern"] in REASONS]
    longest = max(parts, key=lambda part: len(part["token"]), default={"pattern": "dictionary"})
    if longest.get("dictionary_name") == "personal":
        return PERSONAL
    problem: str = _(
        "This password is too easy to guess (%(strength)s). %(reason)s Choose a different one.",
        strength=STRENGTHS[score],
        reason=REASONS[longest["pattern"]],
    )
    return problem
