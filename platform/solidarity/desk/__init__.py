"""What UN Women sees across chapters, under /desk/."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the pages of this audience to `app`."""
