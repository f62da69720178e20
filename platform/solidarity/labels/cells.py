"""The labels of cells and kinds of activity, the same everywhere."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from tenants.action_kit.activities.models import ActivityKind
from tenants.action_kit.cells import AgeBand, Sex

SEX_WORDS = {
    Sex.WOMEN: _l("Girls, women"),
    Sex.MEN: _l("Boys, men"),
    Sex.OTHER: _l("Another gender"),
    Sex.UNKNOWN: _l("Not asked"),
}
AGE_WORDS = {
    AgeBand.UNDER_18: _l("Under 18"),
    AgeBand.FROM_18_TO_24: _l("18 to 24"),
    AgeBand.FROM_25_TO_59: _l("25 to 59"),
    AgeBand.FROM_60: _l("60 and over"),
    AgeBand.UNKNOWN: _l("Age not known"),
}
KIND_WORDS = {
    ActivityKind.DIALOGUE: _l("School dialogue"),
    ActivityKind.WORKPLACE: _l("Workplace"),
    ActivityKind.TRAINING: _l("Training"),
    ActivityKind.STALL: _l("Public stall"),
    ActivityKind.OTHER: _l("Other"),
}
