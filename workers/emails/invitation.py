"""The words of an invitation: who invites, to what, as what, for whom, and whom to ask."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from solidarity.labels.people import role_hints, role_names
from tenants.chapters.models import Chapter
from tenants.mail.letters import Inviter
from tenants.people.models import Invitation
from tenants.people.permissions import Role


def words_of_invitation(chapter: Chapter, invitation: Invitation, inviter: Inviter | None) -> dict[str, Any]:
    """Return the subject, and the facts as pairs of a label and a text, in the current language."""
    role, names, comma = Role(invitation.role), role_names(), _(", ")
    facts = [
        (_("Your role"), f"{names[role]}. {role_hints()[role]}"),
        (_("For"), f"{invitation.name}{comma}{invitation.email}"),
    ]
    if inviter is None:
        return {"facts": facts, "subject": _("You are invited to join %(chapter)s on Solidarity", chapter=chapter.name)}
    affiliation = f"{names[inviter.role]}{comma}{chapter.name}" if inviter.role else _("UN Women")
    invited_by = (_("Invited by"), f"{inviter.name} ({affiliation})")
    questions = (_("Questions"), _("Write to %(name)s: %(email)s", name=inviter.name, email=inviter.email))
    subject = _("%(inviter)s invites you to join %(chapter)s on Solidarity", inviter=inviter.name, chapter=chapter.name)
    return {"facts": [invited_by, *facts, questions], "subject": subject}
