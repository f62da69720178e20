"""Static files: style sheet, script and icon. Browsers cache them, and an address changes with its content."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import structlog
from flask import Flask, Response, abort, request, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.wrappers import Response as AnyResponse

from solidarity.assets.folders import BUILD_FOLDER, SCRIPT, SHEET
from solidarity.assets.style_sheet import style_sheet
from solidarity.http.compression import compress_once

log = structlog.get_logger(__name__)

TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOREVER = "public, max-age=31536000, immutable"


class PageSessions(SecureCookieSessionInterface):
    """Sessions for pages. Files are the same for every person, so they need no cookie and stay cached at sign-in."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the session with a page only. Flask would add the cookie and `Vary: Cookie` to files too."""
        if request.endpoint != "static":
            super().save_session(app, session, response)


def init_assets(app: Flask) -> None:
    """Serve the built files and the static files, and give templates `static_url` and `has_script`."""
    contents = _contents(Path(app.static_folder or ""))
    if SCRIPT not in contents:
        log.warning("script.not_built", build_with="python -m solidarity.assets.npm")
    marks = {name: sha256(content).hexdigest()[:12] for name, content in contents.items()}

    def static_url(filename: str) -> str:
        """Return the address of a static file with its fingerprint."""
        return url_for("static", filename=filename, v=marks[filename])

    app.session_interface = PageSessions()
    app.view_functions["static"] = lambda filename: _send(filename, contents, marks)
    app.jinja_env.globals.update(static_url=static_url, has_script=SCRIPT in contents)


def _send(filename: str, contents: Mapping[str, bytes], marks: Mapping[str, str]) -> AnyResponse:
    """Answer with a file from memory: 304 if the browser has it, 404 for an unknown name."""
    if filename not in contents:
        abort(404)
    kind = TYPES.get(Path(filename).suffix) or mimetypes.guess_type(filename)[0]
    answer = compress_once(Response(mimetype=kind), contents[filename])
    # Caches need a different ETag for each encoding.
    answer.set_etag(f"{marks[filename]}{answer.headers.get('Content-Encoding', '')}")
    if request.args.get("v") == marks[filename]:
        answer.headers["Cache-Control"] = FOREVER
    return answer.make_conditional(request)


def _contents(static: Path) -> dict[str, bytes]:
    """Return every file by its name. Without a build there is no script, and the style sheet is not minified."""
    return {SHEET: style_sheet().encode()} | _files(static) | _files(BUILD_FOLDER)


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
