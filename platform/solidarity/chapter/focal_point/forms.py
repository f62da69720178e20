"""The forms that choose the focal point and the deputies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from solidarity.forms.base import ServiceForm, text_of
from solidarity.forms.form_keys import KeyedForm
from solidarity.forms.parts import DayField
from solidarity.labels.people import role_names
from tenants.action_kit.focal_point.services import Choice
from tenants.people.models import Membership
from tenants.people.permissions import Role


class ChoiceForm(KeyedForm, ServiceForm):
    """The choice of a member, the organisation they represent, if any, and the last day of the term."""

    membership_id = SelectField(_l("Person"), [InputRequired(_l("Choose a member."))])
    organisation = StringField(_l("Organisation this person represents"))
    ends_on = DayField(_l("Last day"), validators=[Optional()])

    @classmethod
    def among(cls, members: Sequence[Membership]) -> Self:
        """Return the form with the members to choose from and none selected."""
        form = cls()
        form.offer(members)
        return form

    def offer(self, members: Sequence[Membership]) -> None:
        """Set the members to choose from."""
        roles = role_names()
        choices = [(str(member.id), f"{member.name} ({roles[Role(member.role)]})") for member in members]
        self.membership_id.choices = [("", _l("Choose")), *choices]

    def choice(self) -> Choice:
        """Return the choice. The form must be valid."""
        return Choice(UUID(self.membership_id.data), text_of(self.organisation), self.ends_on.data)


class HandoverForm(ChoiceForm):
    """The choice of a new focal point, and the role that the current one gets."""

    stays_as = RadioField(
        _l("What role will the current focal point have?"),
        [InputRequired(_l("Choose one."))],
        default=Role.DEPUTY.value,
    )

    def offer(self, members: Sequence[Membership]) -> None:
        """Set the members to choose from, and the two roles for the current focal point."""
        super().offer(members)
        self.stays_as.choices = [
            (Role.DEPUTY.value, _l("Stays as a deputy and acts for the focal point when needed")),
            (Role.MEMBER.value, _l("Stays as a member with read-only access")),
        ]
