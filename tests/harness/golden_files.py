"""Golden files: what something looked like when somebody last read it, held against what it looks like now.

With `GOLDEN=write` in the environment the files are written anew; then read what git shows has changed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def assert_golden(text: str, path: Path) -> None:
    """Fail where `text` is not what `path` holds; what differs every time must be steady in it."""
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert path.exists(), f"{path} is not there yet: run once with GOLDEN=write, and read it"
    assert text == path.read_text(encoding="utf-8")


def steady(text: str) -> str:
    """Return `text` with its ids numbered in the order in which they come, one line break for all, and one end."""
    numbers: dict[str, str] = {}
    numbered_text = ID.sub(lambda match: numbers.setdefault(match[0], f"id-{len(numbers) + 1}"), text)
    return "\n".join(line.rstrip() for line in numbered_text.splitlines()).strip() + "\n"
