"""What proxies say about a request is believed only from configured proxies.

The web server believes nobody (http/buffering_worker.py). Here headers from a peer outside PROXY_NETWORKS are removed,
and TRUSTED_PROXIES says how many entries of X-Forwarded-For and X-Forwarded-Proto are ours. The product is served at
the root of its host, so SCRIPT_NAME is empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from solidarity.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PROXY_HEADERS = frozenset({"HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_X_REQUEST_ID", "HTTP_X_SCRIPT_NAME"})
PREFIX = "HTTP_X_FORWARDED_"


class ProxyHeaders:
    """WSGI middleware that removes the headers of proxies from every request that no proxy of ours sends."""

    def __init__(self, wsgi_app: WSGIApplication, settings: Settings) -> None:
        self._wsgi_app = wsgi_app
        self._networks = settings.networks_of_proxies if settings.trusted_proxies else ()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if not self._is_proxy(environ.get("REMOTE_ADDR", "")):
            for name in [name for name in environ if name in PROXY_HEADERS or name.startswith(PREFIX)]:
                del environ[name]
        environ["SCRIPT_NAME"] = ""
        return self._wsgi_app(environ, start_response)

    def _is_proxy(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self._networks)


def believe_proxies(app: Flask, settings: Settings) -> None:
    """Take address and scheme of each request from the proxies of `settings`. Call it after all other middleware."""
    count = settings.trusted_proxies
    app.wsgi_app = ProxyHeaders(ProxyFix(app.wsgi_app, x_for=count, x_proto=count), settings)  # type: ignore[method-assign]
