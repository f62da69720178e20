"""A client of /healthz."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy cannot reach our loopback address


@dataclass(frozen=True)
class Health:
    """The answer of /healthz: each part with "ok" or its problem."""

    parts: dict[str, str]

    @property
    def failing(self) -> list[str]:
        """The names of the parts that have a problem."""
        return [name for name, state in self.parts.items() if state != "ok"]

    @property
    def well(self) -> bool:
        """Whether every part is "ok"."""
        return not self.failing


def ask(address: str) -> Health | None:
    """Return the health of the Solidarity at `address`, such as http://127.0.0.1:8000, or None without an answer."""
    try:
        with _direct.open(f"{address}/healthz", timeout=5) as answer:
            return _read(answer.read())
    except urllib.error.HTTPError as error:
        return _read(error.read()) if error.code == 503 else None
    except OSError:
        return None


def _read(body: bytes) -> Health | None:
    try:
        parts = json.loads(body)
    except ValueError:
        return None
    return Health({str(name): str(state) for name, state in parts.items()}) if isinstance(parts, dict) else None
