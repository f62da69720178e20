"""What a browser fetches once and keeps: style sheet, scripts, icon; each under an address that changes with it."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from solidarity.style_sheet import style_sheet

SHEET = "theme.css"
FOREVER = "public, max-age=31536000, immutable"


def init_assets(app: Flask) -> None:
    """Serve the joined style sheet beside the static files, and give templates `static_url`."""
    marks = _fingerprints(Path(app.static_folder or ""))
    send_file = app.view_functions["static"]

    def send(filename: str) -> AnyResponse:
        if filename == SHEET:
            sheet = Response(style_sheet(), mimetype="text/css")
            sheet.set_etag(marks[SHEET])
            answer: AnyResponse = sheet.make_conditional(request)
        else:
            answer = app.ensure_sync(send_file)(filename=filename)
        if request.args.get("v") == marks.get(filename):
            answer.headers["Cache-Control"] = FOREVER
        return answer

    def static_url(filename: str) -> str:
        """Return the address of a static file with its fingerprint."""
        return url_for("static", filename=filename, v=marks[filename])

    app.view_functions["static"] = send
    app.jinja_env.globals.update(static_url=static_url)


def _fingerprints(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    found = {path.relative_to(folder).as_posix(): _mark(path.read_bytes()) for path in files}
    return found | {SHEET: _mark(style_sheet().encode())}


def _mark(content: bytes) -> str:
    return sha256(content).hexdigest()[:12]
