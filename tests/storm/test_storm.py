"""A storm over the product loses no mail and doubles none, by the counts of the mail server, not of the ledger."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harness.mail_server import Arrival
from storm.fault_injection import FREQUENCIES, planned_faults
from storm.product import storm_over_product
from storm.workload import LATE_SECONDS, Count, ExpectedMail, Kind, count, expected_mails

Record = Callable[[str, object], None]
SHORT, LONG = 20.0, 120.0


def test_a_short_storm_loses_no_mail_and_doubles_none(record_property: Record) -> None:
    storm(7, SHORT, record_property, chapters=6, invitations=3.0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 23])
def test_a_long_storm_loses_no_mail_and_doubles_none(seed: int, record_property: Record) -> None:
    storm(seed, LONG, record_property)


def storm(seed: int, seconds: float, record_property: Record, **size: float) -> None:
    """Run a storm and check its outcome. The delay of mails depends on the machine, so it is only printed."""
    outcome = storm_over_product(seed, seconds, **size)  # type: ignore[arg-type]
    record_property("figure", "\n".join(outcome.lines()))
    assert outcome.count.is_right, "\n".join(outcome.lines())
    assert sum(outcome.faults.values()) > seconds / 8
    assert len(outcome.refusals) > 3


def test_the_faults_of_a_seed_are_always_the_same_and_all_occur() -> None:
    assert planned_faults(7, 60) == planned_faults(7, 60) != planned_faults(8, 60)
    assert {fault.name for fault in planned_faults(7, 600)} == FREQUENCIES.keys()
    assert expected_mails(7, 60) == expected_mails(7, 60)


def test_the_count_finds_what_is_lost_doubled_and_late() -> None:
    mails = [ExpectedMail(name, Kind.LETTER, 0, 0.0) for name in ("once", "twice", "never", "late")]
    start_times = dict.fromkeys(("once", "twice", "never", "late"), 100.0)
    arrival_times = [
        ("once", 101.0),
        ("twice", 102.0),
        ("twice", 190.0),
        ("late", 101.0 + LATE_SECONDS),
        ("stranger", 103.0),
    ]
    arrivals = [Arrival(at, f"<{number}>", name) for number, (name, at) in enumerate(arrival_times)]
    assert count(mails, start_times, arrivals) == Count(expected=4, lost=1, doubled=2, late=1, latest=31.0)
    assert not count(mails, start_times, arrivals).is_right
    assert count(mails[:1], start_times, arrivals[:1]).is_right
