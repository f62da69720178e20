"""The types shared by the ledger, the makers of mails, and the relay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from tenants.errors import SolidarityError
from tenants.mail.consumption import Consumption
from tenants.mail.models import Delivery, DeliveryState, Reason


@dataclass(frozen=True)
class Mail:
    """A mail ready to be handed over. `content` is its bytes with CRLF, `items` its contents for the inbox copy.

    `to_consume` is what a digest consumes when it is handed over.
    """

    recipient: str
    content: bytes
    items: list[dict[str, Any]] = field(default_factory=list)
    to_consume: Consumption | None = None


class NothingToSend(SolidarityError):
    """A delivery ends without a mail. `state` is lapsed, held or dead, `reason` is why."""

    def __init__(self, state: DeliveryState, reason: Reason) -> None:
        super().__init__(reason)
        self.state = state
        self.reason = reason


MakeMail = Callable[[Session, Delivery], Mail]
"""Makes the mail of a delivery from what is due now, in the session given; raises NothingToSend."""

Probe = Callable[[Delivery], bool]
"""Whether the relay has accepted a delivery's mail, for deliveries whose answer was not received."""
