"""A sender process that kills itself with SIGKILL at a given point. Arguments: the point and the time."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

from time_machine import travel

from solidarity.app import create_app
from solidarity.settings import Settings
from tenants.mail import delivery, ledger
from tenants.mail.relay import Relay
from workers.reminders import make_mail_sender


def die(*_: Any, **__: Any) -> None:
    """Kill this process with SIGKILL, so that no cleanup can run."""
    os.kill(os.getpid(), signal.SIGKILL)


def then_die(step: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that runs `step` and kills the process before it returns."""

    def last(*args: Any, **kwargs: Any) -> None:
        step(*args, **kwargs)
        die()

    return last


POINTS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "claimed, not committed": (ledger, "claim", then_die(ledger.claim)),
    "claimed": (delivery, "deliver", die),
    "offered without its dot": (Relay, "offer", then_die(Relay.offer)),
    "marked, not committed": (ledger, "mark_handing_over", then_die(ledger.mark_handing_over)),
    "handing over, no dot": (Relay, "hand_over", die),
    "dot answered, not written": (Relay, "hand_over", then_die(Relay.hand_over)),
    "sent, not committed": (ledger, "end", then_die(ledger.end)),
}

if __name__ == "__main__":
    owner, name, deadly = POINTS[sys.argv[1]]
    setattr(owner, name, deadly)
    app = create_app(Settings())
    with app.app_context(), travel(datetime.fromisoformat(sys.argv[2]), tick=True):
        delivery.send_waiting(make_mail_sender(app), seconds=10)
