"""The one style sheet of the site, joined from the files of `styles/`.

Many small files to read, one to fetch: a component is found by the name of its file. Later layers win whatever the
selector, so the order of the files within a layer decides nothing that is meant.
"""

from __future__ import annotations

from pathlib import Path

from solidarity.assets.folders import STYLES

LAYERS = ("reset", "tokens", "base", "layout", "components", "utilities", "print")


def style_sheet() -> str:
    """Return the joined sheet as it was written; `front.py` minifies it."""
    return "\n".join([f"@layer {', '.join(LAYERS)};", *(path.read_text(encoding="utf-8") for path in style_files())])


def style_files() -> list[Path]:
    """Return the files in the order of their layers; a layer is one file, or a folder of them by name."""
    layers = (
        sorted((STYLES / layer).glob("*.css")) if (STYLES / layer).is_dir() else [STYLES / f"{layer}.css"]
        for layer in LAYERS
    )
    return [path for layer in layers for path in layer]
