"""The forms that invite a person to a chapter, and change the role of a member."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import EmailField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from solidarity.accounts.forms import ADDRESS
from solidarity.forms.base import ServiceForm
from solidarity.forms.form_keys import KeyedForm
from solidarity.i18n.locale import language_choices
from solidarity.labels.people import role_hints, role_names
from tenants.chapters.models import Chapter, ChapterState
from tenants.membership.roles import ROLES_WITHOUT_TERM
from tenants.people.details import LONGEST_NAME
from tenants.people.models import Membership
from tenants.people.permissions import Role


class RoleForm(ServiceForm):
    """The new role of a member."""

    role = RadioField(_("Role in the chapter"), [InputRequired(_("Choose a role."))])

    @classmethod
    def of(cls, member: Membership) -> RoleForm:
        """Return the form with the roles that have no term; the member's own is chosen."""
        form = cls(data={"role": member.role})
        names, hints = role_names(), role_hints()
        form.role.choices = [(role.value, f"{names[role]}: {hints[role]}") for role in ROLES_WITHOUT_TERM]
        return form


class InvitationForm(KeyedForm, ServiceForm):
    """The invited person, their role, and the language of the invitation."""

    name = StringField(
        _("Name"),
        [InputRequired(_("Enter a name.")), Length(max=LONGEST_NAME, message=_("Use at most %(max)d characters."))],
    )
    email = EmailField(_("Email address"), ADDRESS)
    role = RadioField(_("Role in the chapter"), [InputRequired(_("Choose a role."))])
    language = SelectField(_("Language of the invitation"), [InputRequired(_("Choose a language."))])

    @classmethod
    def offering(cls, chapter: Chapter, focal_point: str | None) -> InvitationForm:
        """Return the form with all roles and all our languages, the chapter's own first.

        A chapter that waits for its focal point is offered that role. `focal_point` is the name of the present one, or
        None: the form says that another one does not replace them.
        """
        form = cls(data={"role": Role.FOCAL_POINT.value} if chapter.state == ChapterState.SIGNED else None)
        hints = role_hints()
        form.role.choices = [(role.value, f"{name}: {hints[role]}") for role, name in role_names().items()]
        if focal_point is not None:
            sentence = _(
                "%(name)s is the focal point. Another focal point you invite stands in for them, like a deputy.",
                name=focal_point,
            )
            form.role.description = sentence
        choices = [(choice["code"], choice["name"]) for choice in language_choices()]
        order = {code: number for number, code in enumerate(chapter.languages)}
        form.language.choices = sorted(choices, key=lambda choice: order.get(choice[0], len(order)))
        return form
