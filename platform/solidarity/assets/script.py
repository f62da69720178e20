"""The one script of the site: htmx, then the files of `scripts/`, joined when the application is made.

As with the style sheet: many small files to read, one to fetch. Ours share one scope, so a name is written once.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "scripts"
ORDER = ("messages", "unsaved", "requests", "saving", "lists", "head_counts", "menus", "printing", "main")
HTMX = FOLDER / "lib" / "htmx.min.js"
COMMENT = re.compile(r"^\s*(//[^\n]*|/\*.*?\*/)$", re.MULTILINE | re.DOTALL)


@cache
def page_script() -> str:
    """Return the joined script; of ours without comments, indents and empty lines.

    Raises FileNotFoundError, which says what to do, when htmx was never fetched.
    """
    if not HTMX.exists():
        raise FileNotFoundError(f"{HTMX} is missing. `make run` fetches it, as does `python -m solidarity.assets.npm`.")
    ours = "\n".join(path.read_text(encoding="utf-8") for path in (FOLDER / f"{name}.js" for name in ORDER))
    ours = re.sub(r"\s*\n\s*", "\n", COMMENT.sub("", ours)).strip()
    return f'{HTMX.read_text(encoding="utf-8").strip()}\n(() => {{\n"use strict";\n{ours}\n}})();\n'
