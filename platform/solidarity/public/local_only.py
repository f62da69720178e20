"""Pages that are served only on the machine where Solidarity runs, for people who try or develop it."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import current_app, request

from solidarity.settings import Settings

OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
ON_THIS_MACHINE = "served on the machine itself alone, where everybody's files can be read anyway; else 404"


def is_own_machine() -> bool:
    """Whether the site is reachable from this machine only, and the request comes from it, under its local name.

    The name is checked because another site can point its own name at this machine and read answers (DNS rebinding).
    """
    settings: Settings = current_app.extensions["settings"]
    peer = ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104  (an address that no client has)
    asked_from_here = peer.is_loopback and urlsplit(f"//{request.host}").hostname in OWN_NAMES
    return settings.served_on_loopback and asked_from_here
