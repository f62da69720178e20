"""Look up whether a mail arrived for which the relay's answer was not received."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tenants.mail.models import Delivery
from tenants.mail.outgoing import Probe

HEADERS = 8_192  # bytes; ours are far shorter
SLACK = timedelta(minutes=1)


def delivery_lookup(folder: Path, message_id_of: Callable[[Delivery], str]) -> Probe:
    """Return a probe that searches for the Message-ID in the mails that our own mail sink has stored in `folder`."""

    def found(delivery: Delivery) -> bool:
        message_id = message_id_of(delivery).encode()
        since = (delivery.handed_at or datetime.min.replace(tzinfo=UTC)) - SLACK
        recent = (path for path in folder.glob("[!.]*.eml") if path.stat().st_mtime >= since.timestamp())
        return any(_begins_with(path, message_id) for path in recent)

    return found


def _begins_with(path: Path, message_id: bytes) -> bool:
    with path.open("rb") as file:
        return message_id in file.read(HEADERS)
