"""The one style sheet of the site, joined from the files of `styles/` when the application is made.

Many small files to read, one to fetch: a component is found by the name of its file. Later layers win whatever the
selector, so the order of the files within a layer decides nothing that is meant.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "styles"
LAYERS = ("reset", "tokens", "base", "layout", "components", "utilities", "print")


@cache
def style_sheet() -> str:
    """Return the joined sheet, without comments, indents and empty lines."""
    text = "\n".join([f"@layer {', '.join(LAYERS)};", *(path.read_text(encoding="utf-8") for path in style_files())])
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "\n", text)


def style_files() -> list[Path]:
    """Return the files in the order of their layers; a layer is one file, or a folder of them by name."""
    found = (
        sorted((FOLDER / layer).glob("*.css")) if (FOLDER / layer).is_dir() else [FOLDER / f"{layer}.css"]
        for layer in LAYERS
    )
    return [path for layer in found for path in layer]
