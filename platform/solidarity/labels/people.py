"""Labels about people: names of roles, and names of browsers."""

from __future__ import annotations

import re

from flask_babel import gettext as _

from tenants.people.permissions import DeskRole, Role

BROWSERS = ("Firefox", "Edg", "OPR", "SamsungBrowser", "Chrome", "Safari")  # the first match is right
NAMES = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet"}
# The first word of a compound name such as Abdul Rahman is not a name by itself.
HALF_NAMES = frozenset({"abd", "abdel", "abdul", "abou", "abu", "umm", "عبد", "أبو", "ابو", "أم", "ام"})
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")


def first_name(name: str) -> str:
    """Return the first word of a name, for a greeting; the whole name if that word is a title or half a name."""
    first = name.split(maxsplit=1)[0] if name.strip() else name
    return name if first.endswith(".") or first.lower() in HALF_NAMES else first


def role_names() -> dict[Role, str]:
    """Return the names of roles in a chapter in the language of the page, in order of responsibility."""
    return {
        Role.FOCAL_POINT: _("Focal point"),
        Role.DEPUTY: _("Deputy focal point"),
        Role.COORDINATOR: _("Coordinator"),
        Role.FINANCE: _("Finance"),
        Role.ME_OFFICER: _("Monitoring and evaluation"),
        Role.MEMBER: _("Member"),
    }


def role_hints() -> dict[Role, str]:
    """Return a sentence about the permissions of each role."""
    return {
        Role.FOCAL_POINT: _("Leads the chapter, logs activities, invites people and is UN Women’s contact."),
        Role.DEPUTY: _("Acts for the focal point, with the same permissions."),
        Role.COORDINATOR: _("Logs activities, and edits the plan, funding, launch and reports."),
        Role.FINANCE: _("Keeps the funding of the chapter and approves expenses."),
        Role.ME_OFFICER: _("Logs activities, and edits and sends reports."),
        Role.MEMBER: _("Reads what the chapter does."),
    }


def desk_role_names() -> dict[DeskRole, str]:
    """Return the names of roles at UN Women in the language of the page."""
    return {
        DeskRole.FACILITATOR: _("Facilitator"),
        DeskRole.REGIONAL_DESK: _("Regional desk"),
        DeskRole.COUNTRY_DESK: _("Country desk"),
        DeskRole.VIEWER: _("Viewer"),
    }


def agent_in_words(agent: str) -> str:
    """Return a User-Agent as text such as "Firefox, Android"; for an unknown one, its first 40 ASCII characters."""
    browser = next((name for name in BROWSERS if f"{name}/" in agent), None)
    system = next((name for name in SYSTEMS if name in agent), None)
    parts = [NAMES.get(name, name) for name in (browser, system) if name]
    if parts:
        return ", ".join(parts)
    plain = re.sub(r"[^\x20-\x7e]", "", agent).strip()
    return plain[:40] or _("Unknown browser")
