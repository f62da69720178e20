"""The forms for a line of the plan and for returning a plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from solidarity.forms.base import ServiceForm
from solidarity.forms.form_keys import KeyedForm
from solidarity.forms.parts import DayField, SeenForm
from solidarity.forms.people_field import PeopleField
from tenants.action_kit.plan.lines import LineEntry
from tenants.action_kit.plan.models import LineKind
from tenants.people.models import Membership


class PlanLineForm(SeenForm, ServiceForm):
    """A line of the plan. `seen` is the number it had when the page was made."""

    title = StringField(_l("Title"), [InputRequired(_l("Enter a title."))])
    starts_on = DayField(_l("Start date"), validators=[Optional()])
    due_on = DayField(_l("Due date"), validators=[Optional()])
    times = PeopleField(_l("How many times?"))
    responsible_id = SelectField(_l("Responsible"))
    risk = TextAreaField(_l("Risks"))

    @classmethod
    def of(
        cls,
        kind: LineKind,
        members: Sequence[Membership],
        entry: LineEntry | None = None,
        seen: int = 0,
        **options: Any,
    ) -> Self:
        """Return the form of a kind of line. It shows `entry` if nothing was posted, or with `formdata=None`."""
        initial_entry = entry or LineEntry("")
        form = cls(
            **options,
            data={
                "seen": str(seen),
                "title": initial_entry.title,
                "starts_on": initial_entry.starts_on,
                "due_on": initial_entry.due_on,
                "times": initial_entry.times,
                "responsible_id": str(initial_entry.responsible_id or ""),
                "risk": initial_entry.risk,
            },
        )
        form.responsible_id.choices = [
            ("", _l("Not assigned yet")),
            *((str(member.id), member.name) for member in members),
        ]
        if kind is not LineKind.ACTIVITY:
            del form.starts_on, form.due_on, form.times, form.responsible_id
        return form

    def entry(self) -> LineEntry:
        """Return what was typed."""
        member_id = self._chosen("responsible_id")
        return LineEntry(
            title=self.title.data or "",
            risk=self.risk.data or "",
            starts_on=self._chosen("starts_on"),
            due_on=self._chosen("due_on"),
            responsible_id=UUID(member_id) if member_id else None,
            times=self._times(),
        )

    def _times(self) -> int:
        """Return how often an activity is planned: once if nothing was typed."""
        times: int | None = self._chosen("times")
        return 1 if times is None else times

    def _chosen(self, name: str) -> Any:
        return self[name].data if name in self else None


class NewLineForm(KeyedForm, PlanLineForm):
    """A line that is added to the plan."""


class ReturnForm(ServiceForm):
    """The reason why a plan is returned."""

    reason = TextAreaField(_l("What should change?"))
