"""The mails of a run: one to each of many addresses, each at a moment of its own; and how they are counted."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from harness.mail_server import Arrival

CHAPTERS = 20
READERS_A_CHAPTER = 4  # the focal point and three deputies
INVITATIONS_A_SECOND = 4.0
LETTERS_A_SECOND = 0.5
LATE_SECONDS = 30.0


class Kind(StrEnum):
    """Which way a mail begins: a chapter's morning, a press of a button, a letter about an account."""

    DIGEST = "digest"
    INVITATION = "invitation"
    LETTER = "letter"


@dataclass(frozen=True)
class ExpectedMail:
    """A mail that must arrive once; `after` are the seconds of the run after which it may."""

    address: str
    kind: Kind
    chapter: int
    after: float


@dataclass(frozen=True)
class Count:
    """What the mail server has at the end: of `expected` mails, how many never came, came again, came late."""

    expected: int
    lost: int
    doubled: int
    late: int
    latest: float

    @property
    def is_right(self) -> bool:
        """Whether every mail came, and came once."""
        return not self.lost and not self.doubled


def expected_mails(
    seed: int, seconds: float, *, chapters: int = CHAPTERS, invitations: float = INVITATIONS_A_SECOND
) -> list[ExpectedMail]:
    """Return what is to be sent in a run of some seconds, by its moment; `invitations` is how many a second."""
    chance = random.Random(seed)
    mails = []
    for chapter in range(chapters):
        morning = chance.uniform(0, seconds)
        readers = [f"reader-{chapter}-{number}@people.example" for number in range(READERS_A_CHAPTER)]
        mails += [ExpectedMail(address, Kind.DIGEST, chapter, morning) for address in readers]
    for kind, a_second in ((Kind.INVITATION, invitations), (Kind.LETTER, LETTERS_A_SECOND)):
        for number in range(int(seconds * a_second)):
            address = f"{kind}-{number}@people.example"
            mails.append(ExpectedMail(address, kind, chance.randrange(chapters), chance.uniform(0, seconds)))
    return sorted(mails, key=lambda mail: mail.after)


def count(mails: Iterable[ExpectedMail], start_times: Mapping[str, float], arrivals: Iterable[Arrival]) -> Count:
    """Count by what the mail server has; `began` is when (time.time) each address could first have had its mail.

    A mail to anybody else, or a second one with whatever Message-ID, counts as doubled.
    """
    addresses = {mail.address for mail in mails}
    arrivals = sorted(arrivals, key=lambda arrival: -arrival.at)  # so that the first of several is kept below
    arrival_counts = Counter(arrival.recipient for arrival in arrivals)
    delays = {
        arrival.recipient: arrival.at - start_times[arrival.recipient]
        for arrival in arrivals
        if arrival.recipient in start_times
    }
    return Count(
        expected=len(addresses),
        lost=len(addresses - arrival_counts.keys()),
        doubled=sum(number - (address in addresses) for address, number in arrival_counts.items()),
        late=sum(seconds > LATE_SECONDS for seconds in delays.values()),
        latest=max(delays.values(), default=0.0),
    )
