"""If a sender is killed with SIGKILL at any point, its mail still arrives exactly once."""

from __future__ import annotations

import signal
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from harness.deliveries import QUIET_SINCE, QUIET_WEEKS, DeliveryStatus, delivery_status, expire_leases, only_delivery
from harness.mail_sink import Mailbox
from harness.people import World
from harness.processes import PYTHON, environment_of, eventually

from tenants.mail.delivery import MailSender, send_waiting
from tenants.mail.models import DeliveryState
from tenants.reminders.due import process_chapter

SENDER = Path(__file__).with_name("killed_sender.py")
POINTS = {
    "claimed, not committed": DeliveryState.PENDING,
    "claimed": DeliveryState.CLAIMED,
    "offered without its dot": DeliveryState.CLAIMED,
    "marked, not committed": DeliveryState.CLAIMED,
    "handing over, no dot": DeliveryState.HANDING_OVER,
    "dot answered, not written": DeliveryState.HANDING_OVER,
    "sent, not committed": DeliveryState.HANDING_OVER,
}
POINTS_AFTER_ARRIVAL = {"dot answered, not written", "sent, not committed"}


@pytest.mark.parametrize("point", POINTS)
def test_a_mail_arrives_once_though_its_sender_is_killed(
    world: World, mail_sender: MailSender, mailbox: Mailbox, point: str
) -> None:
    send_waiting(mail_sender, seconds=10)  # the invitations of the world's people, which lapse
    process_chapter(world.recife.id, at=QUIET_SINCE, quiet_weeks=QUIET_WEEKS)
    assert killed_at(point, world) == -signal.SIGKILL
    assert only_delivery().state == POINTS[point]
    assert len(mailbox.mails()) == (point in POINTS_AFTER_ARRIVAL)

    expire_leases()  # the lease of the killed sender ends

    def ended() -> bool:
        send_waiting(mail_sender, seconds=10)
        return only_delivery().state == DeliveryState.SENT

    eventually(ended, description="those who live send the mail")
    send_waiting(mail_sender, seconds=10)
    assert len(mailbox.mails()) == 1
    assert delivery_status(world.recife) == DeliveryStatus(DeliveryState.SENT, None, (DeliveryState.SENT, None))


def killed_at(point: str, world: World) -> int:
    """Run a sender over the world until it is killed, and return its exit code."""
    settings = world.app.extensions["settings"]
    command = [*PYTHON, str(SENDER), point, (QUIET_SINCE + timedelta(minutes=5)).isoformat()]
    return subprocess.run(command, env=environment_of(settings), check=False, timeout=60).returncode
