"""A mail server that refuses, hangs or closes, whoever sends: each mail arrives once. The server counts."""

from __future__ import annotations

from collections import Counter

import pytest
from faults.conftest import Launch
from faults.guests import invite_guests
from faults.hostile_sink import HOSTILE, HostileSink
from mailroom import Fault
from people import World

from tenants.mail.models import DeliveryState


@pytest.mark.slow
def test_whatever_a_mail_server_does_each_mail_arrives_once(world: World, fleet_of: Launch, sink: HostileSink) -> None:
    guests = invite_guests(world, 2 * len(HOSTILE) + 2)
    sink.faults[:] = [*HOSTILE, Fault.NONE, *reversed(HOSTILE)]
    fleet = fleet_of()
    fleet.start("worker", "beat")
    fleet.eventually(lambda: sink.to().keys() >= guests.keys(), what="every mail arrives")
    fleet.eventually(lambda: guests.states() == {DeliveryState.SENT}, what="the ledger knows")
    assert sink.to(*guests.keys()) == Counter(guests.keys())
    assert set(sink.ids().values()) == {1}
    assert sink.failed == Counter(dict.fromkeys(HOSTILE, 2))
