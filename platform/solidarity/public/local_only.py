"""Pages for whoever tries or builds Solidarity on her own machine: elsewhere they are not there."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import current_app, request

from solidarity.settings import Settings

OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
ON_THIS_MACHINE = "served on the machine itself alone, where everybody's files can be read anyway; else 404"


def is_own_machine() -> bool:
    """Whether people reach us from this machine alone, and the caller sits at it and knows it by its own name.

    A page elsewhere can make a browser here call us by the page's own name, and would then read the answer.
    """
    settings: Settings = current_app.extensions["settings"]
    peer = ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104  (an address nobody has)
    asked_from_here = peer.is_loopback and urlsplit(f"//{request.host}").hostname in OWN_NAMES
    return settings.served_on_loopback and asked_from_here
