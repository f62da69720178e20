"""Workers killed with -9, their children killed, workers asleep past their lease: each mail arrives once."""

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
from harness.worker_processes import MARKED, OFFERED, PREFORK, ShortWaits, WorkerProcesses

from tenants.mail.models import DeliveryState

INVITED = 60
SEED = 7


def each_arrives_once(workers: WorkerProcesses, mail_server: MailServer, invited: Invitations) -> None:
    """Wait for every mail; fail where one is missing, or came twice."""
    workers.eventually(lambda: mail_server.to().keys() >= invited.addresses, what="every mail arrives")
    workers.eventually(lambda: invited.states() == {DeliveryState.SENT}, what="the ledger knows")
    assert mail_server.to(*invited.addresses) == Counter(invited.addresses)
    assert set(mail_server.ids().values()) == {1}


@pytest.mark.slow
def test_mails_arrive_once_though_workers_and_their_children_are_killed(
    world: World, make_workers: MakeWorkers, mail_server: MailServer
) -> None:
    invited, chance = invite_people(world, INVITED), random.Random(SEED)
    workers = make_workers(ShortWaits(lease=1.5, attempts=30), pool=PREFORK)
    mail_server.delay = 0.1
    workers.start("worker", "beat", "beat-2")
    workers.eventually(lambda: mail_server.to(*invited.addresses).total() > 0, what="the first mail arrives")
    for _ in range(4):
        before = mail_server.to().total()
        assert workers.kill_child("worker", chance)
        workers.eventually(lambda: bool(children_of(workers.running["worker"].pid)), what="it has children again")
        workers.eventually(lambda: mail_server.to().total() > before, what="mail goes on")  # noqa: B023 - it is asked at once
    workers.kill("worker")
    workers.start("worker")
    each_arrives_once(workers, mail_server, invited)


@pytest.mark.parametrize("point", [OFFERED, MARKED])
def test_a_worker_that_sleeps_past_its_lease_sends_no_second_mail(
    world: World, make_workers: MakeWorkers, mail_server: MailServer, point: str
) -> None:
    invited = invite_people(world, 6)
    stopping = ShortWaits(lease=1.0, grace=2.5, stops_at=point)
    workers = make_workers(ShortWaits(lease=1.0, grace=2.5))  # longer than the mail server's patience
    workers.start("stopping", "beat", **stopping.as_environment())
    workers.wait_until_stopped("stopping")
    workers.start("worker")
    each_arrives_once(workers, mail_server, invited)

    workers.signal("stopping", signal.SIGCONT)
    time.sleep(1)
    each_arrives_once(workers, mail_server, invited)
    assert "Traceback" not in workers.log("stopping")
