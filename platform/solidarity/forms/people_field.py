"""Fields for numbers of people, as they are typed in any script and notation."""

from __future__ import annotations

from collections.abc import Mapping

from babel import Locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.widgets import TextInput

from solidarity.i18n.locale import current_locale
from tenants.action_kit.activities.models import MOST_PEOPLE_IN_A_CELL
from tenants.numerals import NotNumber, lazy_number, read_number
from tenants.texts import code_text

NO_PEOPLE = {
    "nonsense": _l("Enter a number, such as 12."),
    "decimals": _l("Enter a whole number, such as 12."),
    "size": _l("Enter no more than %(most)s people.", most=lazy_number(MOST_PEOPLE_IN_A_CELL)),
}


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
        return bool(code_text(self.typed))

    def _value(self) -> str:
        return self.typed

    def process_formdata(self, valuelist: list[str]) -> None:
        """Parse the number in the language of the page. Raises NotPeople."""
        self.data = None
        if valuelist and code_text(valuelist[0]):
            self.data = read_people(valuelist[0], current_locale())


def read_people(text: str, locale: Locale) -> int:
    """Parse a whole number. Numbers below zero are returned too; services refuse them. Raises NotPeople."""
    try:
        return read_number(text, locale, 0)
    except NotNumber as error:
        raise NotPeople(number_problem(error, NO_PEOPLE)) from error


def number_problem(error: NotNumber, sentences: Mapping[str, str]) -> str:
    """Return why a number was not read: one of `sentences` by its reason, or both readings of an unclear number."""
    if error.reason != "unclear":
        return str(sentences[error.reason])
    first, second = error.readings
    sentence: str = _("This number can be read in two ways. Enter %(first)s or %(second)s.", first=first, second=second)
    return sentence
