"""Secrets that are made once and kept, each a file of its own that only its owner can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

RANDOM_BYTES = 36  # 48 characters of url-safe text, which need no quoting inside an address


def read_or_make(path: Path) -> str:
    """Return the secret in `path`; make it, 0600, when it is not there yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(RANDOM_BYTES))
        fresh.replace(path)
    return path.read_text(encoding="utf-8").strip()
