"""Security and caching headers of every answer.

A header that a view sets itself is not replaced. The mail frame of the outbox uses this.
"""

from __future__ import annotations

from flask import Flask, request
from werkzeug.wrappers import Response

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "frame-src 'self'",
        "object-src 'none'",
    )
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
TWO_YEARS = "max-age=63072000; includeSubDomains"
NEVER = "no-store"


def init_headers(app: Flask) -> None:
    """Set headers on every answer, and give templates `saves_data()`."""
    app.jinja_env.globals.update(saves_data=saves_data)

    def set_headers(response: Response) -> Response:
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", TWO_YEARS)
        if request.endpoint != "static":  # pages hold names, tokens and figures for one person
            response.headers.setdefault("Cache-Control", NEVER)
            response.headers.setdefault("Vary", "Cookie, Accept-Language, Save-Data")
        return response

    app.after_request(set_headers)


def saves_data() -> bool:
    """Whether the browser asks for less data. Then charts that repeat a table (sparklines, maps) are left out."""
    return request.headers.get("Save-Data", "").strip().lower() == "on"
