"""Workers killed with -9, their children killed, workers asleep past their lease: each mail arrives once."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter

import pytest
from faults.conftest import Launch
from faults.fleet import PREFORK, Fleet, children_of
from faults.guests import Guests, invite_guests
from faults.hostile_sink import HostileSink
from faults.hurry import MARKED, OFFERED, Hurry
from people import World

from tenants.mail.models import DeliveryState

GUESTS = 60
SEED = 7


def each_arrives_once(fleet: Fleet, sink: HostileSink, guests: Guests) -> None:
    """Wait for every mail; fail where one is missing, or came twice."""
    fleet.eventually(lambda: sink.to().keys() >= guests.keys(), what="every mail arrives")
    fleet.eventually(lambda: guests.states() == {DeliveryState.SENT}, what="the ledger knows")
    assert sink.to(*guests.keys()) == Counter(guests.keys())
    assert set(sink.ids().values()) == {1}


@pytest.mark.slow
def test_mails_arrive_once_though_workers_and_their_children_are_killed(
    world: World, fleet_of: Launch, sink: HostileSink
) -> None:
    guests, chance = invite_guests(world, GUESTS), random.Random(SEED)
    fleet = fleet_of(Hurry(lease=1.5, attempts=30), pool=PREFORK)
    sink.slowness = 0.1
    fleet.start("worker", "beat", "beat-2")
    fleet.eventually(lambda: sink.to(*guests.keys()).total() > 0, what="the first mail arrives")
    for _ in range(4):
        before = sink.to().total()
        assert fleet.kill_child("worker", chance)
        fleet.eventually(lambda: bool(children_of(fleet.running["worker"].pid)), what="it has children again")
        fleet.eventually(lambda: sink.to().total() > before, what="mail goes on")  # noqa: B023 - it is asked at once
    fleet.kill("worker")
    fleet.start("worker")
    each_arrives_once(fleet, sink, guests)


@pytest.mark.parametrize("point", [OFFERED, MARKED])
def test_a_worker_that_sleeps_past_its_lease_sends_no_second_mail(
    world: World, fleet_of: Launch, sink: HostileSink, point: str
) -> None:
    guests = invite_guests(world, 6)
    sleepy = Hurry(lease=1.0, grace=2.5, stops_at=point)
    fleet = fleet_of(Hurry(lease=1.0, grace=2.5))  # longer than the sink's patience
    fleet.start("sleepy", "beat", **sleepy.as_environment())
    fleet.wait_until_asleep("sleepy")
    fleet.start("worker")
    each_arrives_once(fleet, sink, guests)

    fleet.signal("sleepy", signal.SIGCONT)
    time.sleep(1)
    each_arrives_once(fleet, sink, guests)
    assert "Traceback" not in fleet.said("sleepy")
