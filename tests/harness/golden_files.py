"""Golden files: the expected output of a test, as it was last reviewed.

`GOLDEN=write` in the environment rewrites the files. Then review the changes in git.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def assert_golden(text: str, path: Path) -> None:
    """Fail if `text` is not the content of `path`. Parts that differ in each run must be replaced first (`steady`)."""
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    assert path.exists(), f"{path} is not there yet: run once with GOLDEN=write, and read it"
    assert text == path.read_text(encoding="utf-8")


def steady(text: str) -> str:
    """Return `text` with ids numbered in order of appearance, without trailing blanks, and with one final newline."""
    numbers: dict[str, str] = {}
    numbered_text = ID.sub(lambda match: numbers.setdefault(match[0], f"id-{len(numbers) + 1}"), text)
    return "\n".join(line.rstrip() for line in numbered_text.splitlines()).strip() + "\n"
