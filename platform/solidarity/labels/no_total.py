"""Why there is no total, for people; shown where the number would be."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from tenants.figures.measures import Why

WHY_WORDS: Mapping[Why, LazyString] = {
    Why.QUALITATIVE: _l("These are written answers, so there is no total."),
    Why.NO_DENOMINATOR: _l("We do not know out of how many, so there is no total."),
    Why.PEOPLE_OVER_PERIODS: _l("The same person can come again in another period, so there is no total."),
    Why.PEOPLE_OVER_CHAPTERS: _l("Two chapters can know the same person, so there is no total."),
}
