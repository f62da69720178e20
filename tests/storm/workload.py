"""The mails of a run, one to each of many addresses, each at its own moment, and their count at the end."""

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
    """How a mail begins: a chapter's clock is due, a person invites another, or a letter about an account is queued."""

    DIGEST = "digest"
    INVITATION = "invitation"
    LETTER = "letter"


@dataclass(frozen=True)
class ExpectedMail:
    """A mail that must arrive exactly once, at the earliest `after` seconds from the beginning of the run."""

    address: str
    kind: Kind
    chapter: int
    after: float


@dataclass(frozen=True)
class Count:
    """The counts of the mail server at the end: expected, lost, doubled and late mails; `latest` in seconds."""

    expected: int
    lost: int
    doubled: int
    late: int
    latest: float

    @property
    def is_right(self) -> bool:
        """Whether every mail arrived exactly once."""
        return not self.lost and not self.doubled


def expected_mails(
    seed: int, seconds: float, *, chapters: int = CHAPTERS, invitations: float = INVITATIONS_A_SECOND
) -> list[ExpectedMail]:
    """Return the mails of a run of `seconds`, in order of time; `invitations` is their number per second."""
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
    """Count the arrivals. `start_times` has the earliest possible time (time.time()) of each address's mail.

    A mail to an unknown address, or a second mail with any Message-ID, counts as doubled.
    """
    addresses = {mail.address for mail in mails}
    arrivals = sorted(arrivals, key=lambda arrival: -arrival.at)  # so that the first of several wins below
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
