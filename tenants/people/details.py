"""Clean a person's address and name for storage."""

from __future__ import annotations

import re

from email_validator import EmailNotValidError, validate_email
from flask_babel import lazy_gettext as _

from tenants.errors import Refused
from tenants.texts import NEEDED_SIGNS, code_text, has_visible_text, one_line

LONGEST_ADDRESS = 254
LONGEST_NAME = 120
LINK = re.compile(r"@|:/|\bwww\.|[^\W_]\.[a-z]{2,}\b")  # "Dr.Smith" and "J.R. Silva" are names
FULL_WIDTH_AT = "\uff20"
# Joiners stay in a name: without them Persian and Hindi names are misspelt. With a direction mark it could pass for
# another name.
DIRECTION_MARKS = dict.fromkeys(map(ord, NEEDED_SIGNS - set("\u200c\u200d")))


def normalized_address(email: str) -> str | None:
    """Return an address as it is stored, compared and counted, or None if it is not valid.

    It is in lower case, without the invisible characters of a copied text. Its domain is in ASCII: browsers send
    "bücher.example" in either form, and some relays accept only ASCII.
    """
    try:
        visible = code_text(email).replace(FULL_WIDTH_AT, "@")
        valid = validate_email(visible, check_deliverability=False, allow_smtputf8=False)
        return (valid.ascii_email or valid.normalized).lower()
    except EmailNotValidError:
        return None


def clean_address(email: str) -> str:
    """Return an address as it is stored. Raises Refused with the field `email`."""
    address = normalized_address(email)
    if address is None:
        raise Refused({"email": _("Enter an email address such as name@example.org.")})
    return address


def clean_name(name: str) -> str:
    """Return a name as it is stored.

    Raises Refused with the field `name` if it is too long, if nobody can see it, or if a mail program would make a link
    of it: names are in mails to people who have not asked for any.
    """
    plain = one_line(name.translate(DIRECTION_MARKS))
    if len(plain) > LONGEST_NAME or not has_visible_text(plain):
        raise Refused({"name": _("Enter a name of at most %(count)s characters.", count=LONGEST_NAME)})
    if LINK.search(plain):
        raise Refused({"name": _("Enter a name without an address or a link.")})
    return plain
