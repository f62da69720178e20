"""The way back from an entry to the value of a report that it stands behind, from known parts of the URL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g, request, url_for

from solidarity.i18n.locale import format_list, format_quarter
from solidarity.labels.cells import AGE_WORDS, SEX_WORDS
from tenants.action_kit.cells import CELLS, AgeBand, Sex
from tenants.action_kit.evaluation.indicators import BY_CODE, Indicator
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports.assembly import cell_code

CELL_CODES = {cell_code(*cell) for cell in CELLS}


@dataclass(frozen=True)
class ReportedValue:
    """A value of the report of a period: that of an indicator, or of the box `cell` of its head count."""

    period: Period
    indicator: Indicator
    cell: str | None

    @classmethod
    def of_codes(cls, period: str, code: str, cell: str | None) -> ReportedValue | None:
        """Return the value that the codes of a URL name; None if there is no such value."""
        quarter, indicator = Period.from_code(period), BY_CODE.get(code)
        if quarter is None or indicator is None:
            return None
        is_known_cell = cell is None or (code == "participations" and cell in CELL_CODES)
        return cls(quarter, indicator, cell) if is_known_cell else None

    @property
    def title(self) -> str:
        """Return the name of the value, without its period."""
        if self.cell is None:
            return str(self.indicator.title)
        sex, age = self.cell.split(".")
        return format_list([str(self.indicator.title), str(SEX_WORDS[Sex(sex)]), str(AGE_WORDS[AgeBand(age)])])

    @property
    def name(self) -> str:
        """Return the name of the value and of its period."""
        return format_list([self.title, format_quarter(self.period.starts_on, g.chapter.country)])

    @property
    def url_args(self) -> dict[str, Any]:
        """Return the arguments with which a page of an entry leads back to the value."""
        args = {"value": self.indicator.code, "period": self.period.code}
        return args if self.cell is None else {**args, "cell": self.cell}

    @property
    def entries_url(self) -> str:
        """Return the URL of the entries behind the value."""
        return url_for(
            "evaluation.show_entries",
            chapter=g.chapter.slug,
            period=self.period.code,
            code=self.indicator.code,
            cell=self.cell,
        )


def value_left() -> ReportedValue | None:
    """Return the value from whose entries the reader came to this page, as its URL says."""
    args = request.args
    return ReportedValue.of_codes(args.get("period", ""), args.get("value", ""), args.get("cell"))
