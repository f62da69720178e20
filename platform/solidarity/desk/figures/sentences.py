"""Figures as text: the value or why there is none, its coverage, and the rule for sums. Missing is not zero."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from solidarity.i18n.locale import format_moment, format_number, format_share
from solidarity.labels.no_total import WHY_WORDS
from solidarity.labels.numbers import number_text
from tenants.action_kit.evaluation.indicators import Filled, Indicator
from tenants.action_kit.evaluation.models import ValueSourceKind
from tenants.figures.measures import Accumulation, MeasureKind, Parts, Refusal, share
from tenants.figures.models import CompileRun

Total = Parts | Refusal | None

RULE_WORDS: Mapping[tuple[MeasureKind, Accumulation], LazyString] = {
    (MeasureKind.COUNT, Accumulation.FLOW): _l(
        "New in each period, so it is added across chapters and across periods."
    ),
    (MeasureKind.COUNT, Accumulation.CUMULATIVE): _l(
        "Counted since the start. A chapter’s latest value stands until its next one, "
        "so it is added across chapters and never across periods."
    ),
    (MeasureKind.COUNT, Accumulation.STOCK): _l(
        "The value on the last day of the period. A chapter’s latest value stays valid "
        "until its next one, so values are added up across chapters but never across "
        "periods. Closed chapters are not included."
    ),
    (MeasureKind.RATIO, Accumulation.FLOW): _l(
        "Both numbers are added up across chapters and across periods. The share is calculated from the two totals."
    ),
    (MeasureKind.UNIQUE_PEOPLE, Accumulation.FLOW): _l(
        "People are counted once per chapter and period, so the figure is not added across chapters or across periods."
    ),
}
FILLED_WORDS: Mapping[Filled, LazyString] = {
    Filled.LOG: _l("Filled in automatically from the chapter’s log. Nothing is entered twice."),
    Filled.TALLIES: _l("Filled in automatically from the counts at the chapter’s events."),
    Filled.FUNDING: _l("Filled in automatically from the chapter’s expenses."),
    Filled.CHAPTER: _l("Entered by the chapter in its report."),
}
SOURCE_WORDS: Mapping[ValueSourceKind, LazyString] = {
    ValueSourceKind.ACTIVITY: _l("Activity"),
    ValueSourceKind.ATTENDANCE: _l("People counted at an event"),
    ValueSourceKind.SIGNUPS: _l("Sign-ups counted at an event"),
    ValueSourceKind.TRANSACTION: _l("Expense"),
}


def is_reported(total: Total) -> bool:
    """Whether any chapter has a value, even if there is no sum."""
    return total is not None and total.reported + total.carried > 0


def value_text(indicator: Indicator, total: Total) -> str:
    """Return the text in a table: the value, or that there is no total, or that no chapter has reported."""
    if not is_reported(total):
        return str(_("Nobody has reported yet"))
    if isinstance(total, Parts) and total.numerator is not None:
        return number_text(indicator, total.numerator, total.denominator)
    return str(_("No total"))


def share_text(indicator: Indicator, total: Total) -> str:
    """Return the share of a ratio, shown large beside its two numbers; empty for other indicators."""
    part = share(total) if isinstance(total, Parts) and indicator.is_ratio else None
    return "" if part is None else format_share(float(part))


def no_total_reason(total: Total) -> str:
    """Return why there is no sum although a chapter has a value; empty if there is a sum."""
    return str(WHY_WORDS[total.reason]) if isinstance(total, Refusal) and is_reported(total) else ""


def coverage_text(total: Total) -> str:
    """Return how many of the expected chapters have reported, and for how many an earlier value is carried forward."""
    if total is None or not (total.expected or is_reported(total)):
        return str(_("No report is expected"))
    if not total.expected:
        return str(ngettext("%(num)s chapter carried forward", "%(num)s chapters carried forward", total.carried))
    numbers = {
        "reported": format_number(total.reported),
        "expected": format_number(total.expected),
        "carried": format_number(total.carried),
    }
    if total.carried:
        return str(
            ngettext(
                "%(reported)s of %(expected)s chapter reported, %(carried)s carried forward",
                "%(reported)s of %(expected)s chapters reported, %(carried)s carried forward",
                total.expected,
                **numbers,
            )
        )
    return str(
        ngettext(
            "%(reported)s of %(expected)s chapter reported",
            "%(reported)s of %(expected)s chapters reported",
            total.expected,
            **numbers,
        )
    )


def made_from(indicator: Indicator, total: Total) -> str:
    """Return how many reports a sum includes, and for how many chapters an earlier value is carried forward."""
    if not isinstance(total, Parts) or not is_reported(total) or indicator.is_ratio:
        return ""
    words = []
    if total.reported:
        words.append(
            ngettext(
                "The sum of %(num)s approved chapter report.",
                "The sum of %(num)s approved chapter reports.",
                total.reported,
            )
        )
    if total.carried:
        words.append(
            ngettext(
                "The earlier value of %(num)s chapter is carried forward until its next one.",
                "The earlier values of %(num)s chapters are carried forward until their next ones.",
                total.carried,
            )
        )
    return " ".join(str(sentence) for sentence in words)


def short_coverage(total: Parts | Refusal) -> str:
    """Return how many of the expected chapters have reported, for a narrow column with its own header."""
    return str(
        _(
            "%(part)s of %(whole)s",
            part=format_number(total.reported),
            whole=format_number(total.expected),
        )
    )


def reports_text(total: Parts | Refusal) -> str:
    """Return the coverage of several periods together: how many of the expected reports are included."""
    if not total.expected:
        return str(_("No report is expected"))
    return str(
        ngettext(
            "%(reported)s of %(expected)s report",
            "%(reported)s of %(expected)s reports",
            total.expected,
            reported=format_number(total.reported),
            expected=format_number(total.expected),
        )
    )


def evidence_text(coverage: str, moment: datetime | None) -> str:
    """Return the coverage, and when the figure was compiled, if it was."""
    if moment is None:
        return coverage
    return str(_("%(coverage)s, as of %(moment)s UTC", coverage=coverage, moment=format_moment(moment)))


def check_text(run: CompileRun | None) -> tuple[str, str]:
    """Return the state of the last check, and its result as text."""
    if run is None:
        return "none", str(_("The figures have not been checked yet."))
    moment = format_moment(run.ran_at)
    wrong = (run.differences or 0) + run.chapters
    if not wrong:
        return "done", str(_("Checked %(moment)s UTC: the figures match the reports.", moment=moment))
    return "late", str(
        ngettext(
            "Checked %(moment)s UTC: %(num)s difference from the reports.",
            "Checked %(moment)s UTC: %(num)s differences from the reports.",
            wrong,
            moment=moment,
        )
    )
