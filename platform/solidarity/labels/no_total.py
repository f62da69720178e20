"""The reasons why there is no total, shown in place of the number."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from tenants.figures.measures import RefusalReason

WHY_WORDS: Mapping[RefusalReason, LazyString] = {
    RefusalReason.QUALITATIVE: _l("These are written answers, so there is no total."),
    RefusalReason.NO_DENOMINATOR: _l("We do not know out of how many, so there is no total."),
    RefusalReason.PEOPLE_OVER_PERIODS: _l("The same person can come again in another period, so there is no total."),
    RefusalReason.PEOPLE_OVER_CHAPTERS: _l("Two chapters can know the same person, so there is no total."),
}
