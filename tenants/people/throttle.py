"""Throttle the guessing of passwords. Failures are counted by account and by network, and each one doubles the wait.

Nobody is locked out for good: the wait never exceeds fifteen minutes, and a new password by mail clears it. A network
waits two minutes at most, because a whole town may share one. The counts are in PostgreSQL, so that emptying the broker
resets nothing. The keys are keyed hashes, so that the table reveals no addresses. An attempt is counted before the
password is checked; otherwise fifty guesses at once would count as one.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network

from sqlalchemy import and_, case, delete, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from tenants.errors import SolidarityError
from tenants.people.details import normalized_address
from tenants.people.models import SignInThrottle
from tenants.texts import code_text

FIRST_WAIT = timedelta(seconds=15)


@dataclass(frozen=True)
class Throttle:
    """How many failures are free, the longest wait, and the time without a failure after which the count is reset."""

    free: int
    longest: timedelta
    forgotten: timedelta


ACCOUNT = Throttle(free=5, longest=timedelta(minutes=15), forgotten=timedelta(hours=24))
NETWORK = Throttle(free=30, longest=timedelta(minutes=2), forgotten=timedelta(hours=1))


class TooManyTries(SolidarityError):
    """Too many failures. The password was not checked. Try again after `wait`."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"too many failures, wait {wait}")
        self.wait = wait


@dataclass(frozen=True)
class Keys:
    """The keys under which an attempt is counted."""

    account: bytes
    network: bytes


def keys_for(secret_key: str, *, purpose: str, account: str, address: str | None) -> Keys:
    """Return the keys of an attempt. `purpose` separates sign-ins from requests for mail, `address` is an IP address.

    A network is a /24 of IPv4 or a /64 of IPv6, which is what one subscriber gets.
    """
    return Keys(
        account=_keyed(secret_key, f"{purpose}:account:{normalized_address(account) or code_text(account).lower()}"),
        network=_keyed(secret_key, f"{purpose}:network:{_network(address)}"),
    )


def count_attempt(session: Session, keys: Keys, at: datetime) -> None:
    """Count an attempt as failed, until `forgive` is called.

    Raises TooManyTries if the account or the network must wait. Then nothing is counted.
    """
    for key, throttle in ((keys.network, NETWORK), (keys.account, ACCOUNT)):
        if session.execute(_counting(key, throttle, at)).one_or_none() is None:
            blocked_until = session.scalar(select(SignInThrottle.blocked_until).where(SignInThrottle.key == key))
            raise TooManyTries(max((blocked_until or at) - at, timedelta(seconds=1)))


def forgive(session: Session, keys: Keys, at: datetime) -> None:
    """Clear the count of the account, whose owner has signed in, and subtract the attempt from the network's count.

    Also deletes old counts.
    """
    old = SignInThrottle.last_failed_at < at - ACCOUNT.forgotten
    is_single_failure = and_(SignInThrottle.key == keys.network, SignInThrottle.failures <= 1)
    session.execute(delete(SignInThrottle).where(or_(old, is_single_failure, SignInThrottle.key == keys.account)))
    session.execute(
        update(SignInThrottle)
        .where(SignInThrottle.key == keys.network)
        .values(failures=SignInThrottle.failures - 1, blocked_until=None)
    )


def clear_account(session: Session, keys: Keys) -> None:
    """Clear the count of the account only."""
    session.execute(delete(SignInThrottle).where(SignInThrottle.key == keys.account))


def _counting(key: bytes, throttle: Throttle, at: datetime) -> ReturningInsert[int]:
    """Return a statement that counts a failure and sets the wait after it, or does nothing during a wait."""
    row = SignInThrottle
    failures = case((row.last_failed_at < at - throttle.forgotten, literal(1)), else_=row.failures + 1)
    wait_seconds = func.power(2.0, func.least(failures - throttle.free, 10)) * FIRST_WAIT.total_seconds()
    wait = func.make_interval(0, 0, 0, 0, 0, 0, func.least(wait_seconds, throttle.longest.total_seconds()))
    return (
        insert(row)
        .values(key=key, failures=1, last_failed_at=at, blocked_until=None)
        .on_conflict_do_update(
            index_elements=[row.key],
            set_={
                "failures": failures,
                "last_failed_at": at,
                "blocked_until": case((failures >= throttle.free, literal(at) + wait), else_=None),
            },
            where=or_(row.blocked_until.is_(None), row.blocked_until <= at),
        )
        .returning(row.failures)
    )


def _keyed(secret_key: str, subject: str) -> bytes:
    return hmac.new(secret_key.encode(), f"throttle:{subject}".encode(), sha256).digest()


def _network(address: str | None) -> str:
    try:
        ip = ip_address(address or "")
    except ValueError:
        return "unknown"
    return str(ip_network((ip, 24 if ip.version == 4 else 64), strict=False))
