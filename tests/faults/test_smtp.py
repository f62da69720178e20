"""A mail server that refuses, hangs or closes. Each mail arrives once, by the count of the server."""

from __future__ import annotations

from collections import Counter

import pytest
from faults.conftest import MakeWorkers
from harness.deliveries import invite_people
from harness.mail_server import TEMPORARY, Fault, MailServer
from harness.people import World

from tenants.mail.models import DeliveryState


@pytest.mark.slow
def test_whatever_a_mail_server_does_each_mail_arrives_once(
    world: World, make_workers: MakeWorkers, mail_server: MailServer
) -> None:
    invitations = invite_people(world, 2 * len(TEMPORARY) + 2)
    mail_server.faults[:] = [*TEMPORARY, Fault.NONE, *reversed(TEMPORARY)]
    workers = make_workers()
    workers.start("worker", "beat")
    workers.eventually(lambda: mail_server.to().keys() >= invitations.addresses, description="every mail arrives")
    workers.eventually(lambda: invitations.states() == {DeliveryState.SENT}, description="the ledger knows")
    assert mail_server.to(*invitations.addresses) == Counter(invitations.addresses)
    assert set(mail_server.ids().values()) == {1}
    assert mail_server.failed == Counter(dict.fromkeys(TEMPORARY, 2))
