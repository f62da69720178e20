"""Codes about people in words: roles, and browsers as a person knows them."""

from __future__ import annotations

import re

from flask_babel import gettext as _

from tenants.people.permissions import DeskRole, Role

BROWSERS = ("Firefox", "Edg", "OPR", "SamsungBrowser", "Chrome", "Safari")  # the first that is named is the one
NAMES = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet"}
# Where a compound name begins so, as in Abdul Rahman, the first word alone names nobody.
HALF_NAMES = frozenset({"abd", "abdel", "abdul", "abou", "abu", "umm", "عبد", "أبو", "ابو", "أم", "ام"})
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")


def first_name(name: str) -> str:
    """Return the first word of a name, for a greeting; all of it where the first word is a title or half a name."""
    first = name.split(maxsplit=1)[0] if name.strip() else name
    return name if first.endswith(".") or first.lower() in HALF_NAMES else first


def role_names() -> dict[Role, str]:
    """Return what each role in a chapter is called, in the language of the page, in order of weight."""
    return {
        Role.FOCAL_POINT: _("Focal point"),
        Role.DEPUTY: _("Deputy focal point"),
        Role.COORDINATOR: _("Coordinator"),
        Role.FINANCE: _("Finance"),
        Role.ME_OFFICER: _("Monitoring and evaluation"),
        Role.MEMBER: _("Member"),
    }


def role_hints() -> dict[Role, str]:
    """Return what each role may do, in a sentence."""
    return {
        Role.FOCAL_POINT: _("Leads the chapter, logs activities, invites people and is UN Women’s contact."),
        Role.DEPUTY: _("Acts for the focal point, with the same permissions."),
        Role.COORDINATOR: _("Logs activities and reads the chapter's messages."),
        Role.FINANCE: _("Reads everything in the chapter, including messages."),
        Role.ME_OFFICER: _("Logs activities and reads the chapter's messages."),
        Role.MEMBER: _("Reads what the chapter does."),
    }


def desk_role_names() -> dict[DeskRole, str]:
    """Return what each role at UN Women is called, in the language of the page."""
    return {
        DeskRole.FACILITATOR: _("Facilitator"),
        DeskRole.REGIONAL_DESK: _("Regional desk"),
        DeskRole.COUNTRY_DESK: _("Country desk"),
        DeskRole.VIEWER: _("Viewer"),
    }


def agent_in_words(agent: str) -> str:
    """Return a browser's own description as "Firefox, Android", as far as it can be told."""
    browser = next((name for name in BROWSERS if f"{name}/" in agent), None)
    system = next((name for name in SYSTEMS if name in agent), None)
    parts = [NAMES.get(name, name) for name in (browser, system) if name]
    if parts:
        return ", ".join(parts)
    plain = re.sub(r"[^\x20-\x7e]", "", agent).strip()
    return plain[:40] or _("Unknown browser")
