"""Security and caching headers of every answer.

A view that needs another rule sets the header itself and wins; the mail frame of the outbox does.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from flask import Flask, request, url_for
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
TWO_YEARS = "max-age=63072000"
FOREVER = "public, max-age=31536000, immutable"
NEVER = "no-store"


def init_headers(app: Flask) -> None:
    """Set headers on every answer and give templates `static_url`, an address that changes with the file."""
    marks = _fingerprints(Path(app.static_folder or ""))

    def static_url(filename: str) -> str:
        """Return the address of a static file with its fingerprint."""
        return url_for("static", filename=filename, v=marks[filename])

    def set_headers(response: Response) -> Response:
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", TWO_YEARS)
        _set_caching(response, marks)
        return response

    app.jinja_env.globals.update(static_url=static_url)
    app.after_request(set_headers)


def _set_caching(response: Response, marks: dict[str, str]) -> None:
    """Keep fingerprinted files for good and nothing else: pages hold names, tokens and figures of one person."""
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", NEVER)
        response.headers.setdefault("Vary", "Cookie, Accept-Language")
    elif request.args.get("v") == marks.get((request.view_args or {}).get("filename", "")):
        response.headers["Cache-Control"] = FOREVER


def _fingerprints(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()[:12] for path in files}
