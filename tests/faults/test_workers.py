"""Workers and their children are killed, and workers are stopped past their lease. Each mail arrives once."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter

import pytest
from faults.conftest import MakeWorkers
from harness.deliveries import Invitations, invite_people
from harness.mail_server import MailServer
from harness.people import World
from harness.processes import children_of
from harness.worker_processes import HANDOVER_POINT, OFFER_POINT, PREFORK, ShortWaits, WorkerProcesses

from tenants.mail.models import DeliveryState

INVITATION_COUNT = 60
SEED = 7


def each_arrives_once(workers: WorkerProcesses, mail_server: MailServer, invitations: Invitations) -> None:
    """Wait for all mails. Fail if one is missing, or arrived twice."""
    workers.eventually(lambda: mail_server.to().keys() >= invitations.addresses, description="every mail arrives")
    workers.eventually(lambda: invitations.states() == {DeliveryState.SENT}, description="the ledger knows")
    assert mail_server.to(*invitations.addresses) == Counter(invitations.addresses)
    assert set(mail_server.ids().values()) == {1}


@pytest.mark.slow
def test_mails_arrive_once_though_workers_and_their_children_are_killed(
    world: World, make_workers: MakeWorkers, mail_server: MailServer
) -> None:
    invitations, chance = invite_people(world, INVITATION_COUNT), random.Random(SEED)
    workers = make_workers(ShortWaits(lease=1.5, attempts=30), pool=PREFORK)
    mail_server.delay = 0.1
    workers.start("worker", "beat", "beat-2")
    workers.eventually(lambda: mail_server.to(*invitations.addresses).total() > 0, description="the first mail arrives")
    for _ in range(4):
        before = mail_server.to().total()
        assert workers.kill_child("worker", chance)
        workers.eventually(
            lambda: bool(children_of(workers.running["worker"].pid)), description="it has children again"
        )
        workers.eventually(lambda: mail_server.to().total() > before, description="mail goes on")  # noqa: B023 - called in this iteration
    workers.kill("worker")
    workers.start("worker")
    each_arrives_once(workers, mail_server, invitations)


@pytest.mark.parametrize("point", [OFFER_POINT, HANDOVER_POINT])
def test_a_worker_that_sleeps_past_its_lease_sends_no_second_mail(
    world: World, make_workers: MakeWorkers, mail_server: MailServer, point: str
) -> None:
    invitations = invite_people(world, 6)
    stopping = ShortWaits(lease=1.0, grace=2.5, stops_at=point)
    workers = make_workers(ShortWaits(lease=1.0, grace=2.5))  # longer than the mail server's patience
    workers.start("stopping", "beat", **stopping.as_environment())
    workers.wait_until_stopped("stopping")
    workers.start("worker")
    each_arrives_once(workers, mail_server, invitations)

    workers.signal("stopping", signal.SIGCONT)
    time.sleep(1)
    each_arrives_once(workers, mail_server, invitations)
    assert "Traceback" not in workers.log("stopping")
