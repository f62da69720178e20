"""Secrets that are generated once and stored, each in a file that only its owner can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

RANDOM_BYTES = 36  # 48 characters of URL-safe text, which need no quoting inside a URL


def read_or_make(path: Path) -> str:
    """Return the secret in `path`. Create the file (mode 0600) with a new secret if it does not exist."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(RANDOM_BYTES))
        fresh.replace(path)
    return path.read_text(encoding="utf-8").strip()
