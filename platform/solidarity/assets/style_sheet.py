"""The style sheet of the site, joined from the files of `styles/`.

There is one file for each component, and browsers fetch one sheet. A later layer wins over an earlier one whatever the
selectors, so no rule may depend on the order of the files within a layer.
"""

from __future__ import annotations

from pathlib import Path

from solidarity.assets.folders import STYLES

LAYERS = ("reset", "tokens", "base", "layout", "components", "utilities", "print")


def style_sheet() -> str:
    """Return the joined sheet, not minified; `solidarity.assets.npm` minifies it."""
    return "\n".join([f"@layer {', '.join(LAYERS)};", *(path.read_text(encoding="utf-8") for path in style_files())])


def style_files() -> list[Path]:
    """Return the files in the order of their layers. A layer is one file, or a folder of files sorted by name."""
    layers = (
        sorted((STYLES / layer).glob("*.css")) if (STYLES / layer).is_dir() else [STYLES / f"{layer}.css"]
        for layer in LAYERS
    )
    return [path for layer in layers for path in layer]
