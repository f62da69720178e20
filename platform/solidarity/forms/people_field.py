"""Fields for numbers of people: digits of any script, and the thousands separators of the language."""

from __future__ import annotations

import re

from babel import Locale, numbers
from flask_babel import gettext as _
from wtforms import Field
from wtforms.widgets import TextInput

from solidarity.i18n.locale import current_locale, format_number
from tenants.action_kit.activities.models import MOST_PEOPLE_IN_A_CELL
from tenants.numerals import plain_number

LONGEST = 20  # digits and separators; longer input is no number of people


class NotPeople(ValueError):
    """The text is no number of people. The message shows the format."""


class PeopleField(Field):
    """A field for a number of people. `data` is an int, or None if it is empty. The typed text is kept."""

    widget = TextInput()

    @property
    def typed(self) -> str:
        """The text in the box."""
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data)

    @property
    def is_filled(self) -> bool:
        """Whether the box has any text."""
        return bool(self.typed.strip())

    def _value(self) -> str:
        return self.typed

    def process_formdata(self, valuelist: list[str]) -> None:
        """Parse the number in the language of the page. Raises NotPeople."""
        self.data = None
        if valuelist and valuelist[0].strip():
            self.data = read_people(valuelist[0], current_locale())


def read_people(text: str, locale: Locale) -> int:
    """Parse a whole number in `locale`. Numbers below zero are returned too; services refuse them.

    Raises NotPeople if it is no whole number or too long.
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
    if value.as_tuple().exponent != 0:  # refuse 1.000 too: if a point means thousands, it would silently become 1
        raise NotPeople(_("Enter a whole number, such as 12."))
    return int(value)
