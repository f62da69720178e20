"""Numbers of people as people type them: digits of any script, and the thousands separators of the language."""

from __future__ import annotations

import re

from babel import Locale, numbers
from flask_babel import gettext as _
from wtforms import Field
from wtforms.widgets import TextInput

from solidarity.i18n.locale import current_locale, format_number
from tenants.action_kit.activities.models import MOST_PEOPLE_IN_A_CELL
from tenants.numerals import plain_number

LONGEST = 20  # digits and separators; more is no number of people


class NotPeople(ValueError):
    """What was typed is no number of people; the message says how to put it."""


class PeopleField(Field):
    """A box for a number of people. `data` is an int or, where it is empty, None; what was typed stays as it was."""

    widget = TextInput()

    @property
    def typed(self) -> str:
        """What stands in the box."""
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data)

    @property
    def is_filled(self) -> bool:
        """Whether anything stands in the box."""
        return bool(self.typed.strip())

    def _value(self) -> str:
        return self.typed

    def process_formdata(self, valuelist: list[str]) -> None:
        """Understand what was typed."""
        self.data = None
        if valuelist and valuelist[0].strip():
            self.data = read_people(valuelist[0], current_locale())


def read_people(text: str, locale: Locale) -> int:
    """Return the whole number that `text` says in `locale`; below zero too, which is for the domain to refuse.

    Raises NotPeople.
    """
    plain = plain_number(text, locale)
    if len(plain) > LONGEST:
        raise NotPeople(_("Enter no more than %(most)s people.", most=format_number(MOST_PEOPLE_IN_A_CELL)))
    if not re.fullmatch(r"-?[0-9](?:[0-9.,'’]*[0-9])?", plain):
        raise NotPeople(_("Enter a number, such as 12."))
    try:
        value = numbers.parse_decimal(plain, locale=locale, strict=True)
    except numbers.NumberFormatError as error:
        raise NotPeople(_("Enter a whole number, such as 12.")) from error
    if value.as_tuple().exponent != 0:  # 1.000 too: where a point means thousands, it would quietly become 1
        raise NotPeople(_("Enter a whole number, such as 12."))
    return int(value)
