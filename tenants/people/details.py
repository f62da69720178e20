"""Clean a person's address and name for storage."""

from __future__ import annotations

from unicodedata import category

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _

from tenants.errors import Refused

LONGEST_ADDRESS = 254
LONGEST_NAME = 120
JOINERS = "\u200c\u200d"  # without them Persian and Hindi names are misspelt


def clean_address(email: str) -> str:
    """Return an address in lower case, with its domain in ASCII because some relays accept nothing else.

    Raises Refused with the field `email`.
    """
    try:
        valid = validate_email(email.strip(), check_deliverability=False, allow_smtputf8=False)
        return (valid.ascii_email or valid.normalized).lower()
    except EmailNotValidError as error:
        raise Refused({"email": _("Enter an email address such as name@example.org.")}) from error


def clean_name(name: str) -> str:
    """Return a name without extra spaces. Raises Refused with the field `name` if it is empty, long or hides signs."""
    plain = " ".join(name.split())
    if not 1 <= len(plain) <= LONGEST_NAME or any(_is_hidden(sign) for sign in plain):
        raise Refused({"name": _("Enter a name of at most %(count)s characters.", count=LONGEST_NAME)})
    return plain


def _is_hidden(sign: str) -> bool:
    """Whether a sign is a control or changes the reading direction, with which a name could pass for another."""
    return category(sign) in {"Cc", "Cf", "Cs"} and sign not in JOINERS
