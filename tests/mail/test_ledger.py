"""Claims of mails: fair to small chapters, lost with their lease, and never two for one mail."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from harness.deliveries import QUIET_SINCE, deliveries, expire_leases, only_delivery, update_delivery
from harness.mail_sink import Mailbox
from harness.people import World
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from tenants import clock
from tenants.db import new_id, opened
from tenants.mail import ledger
from tenants.mail.delivery import MAILS_A_CHAPTER, MailSender, send_waiting, tidy
from tenants.mail.ledger import MailClaim
from tenants.mail.models import Delivery, DeliveryState, MailKind, Reason
from tenants.mail.outgoing import Mail
from tenants.scope import NobodyScope

WORKER = NobodyScope(login="worker")


def claim_all(chapter_id: UUID | None, limit: int = 10) -> list[MailClaim]:
    with opened(WORKER) as session:
        return ledger.claim(session, [chapter_id], at=clock.now(), limit=limit)


def fill(chapter_id: UUID, mails: int) -> None:
    rows = [
        {
            "id": new_id(),
            "kind": MailKind.INVITATION,
            "chapter_id": chapter_id,
            "subject_id": new_id(),
            "next_at": QUIET_SINCE,
            "created_at": QUIET_SINCE,
        }
        for _ in range(mails)
    ]
    with opened(WORKER) as session:
        session.execute(insert(Delivery), rows)


def test_small_chapters_do_not_wait_behind_a_large_one(mail_sender: MailSender) -> None:
    large, small = new_id(), [new_id() for _ in range(40)]
    fill(large, 3_000)
    for small_id in small:
        fill(small_id, 1)
    claim_counts: Counter[UUID | None] = Counter()
    for _round in range(3):
        with opened(WORKER) as session:
            chapter_ids = ledger.chapters_waiting(session, at=clock.now(), limit=30)
        for chapter_id in chapter_ids:
            claim_counts.update(claim.chapter_id for claim in claim_all(chapter_id, MAILS_A_CHAPTER))
    assert all(claim_counts[small_id] == 1 for small_id in small)
    assert claim_counts[large] <= 3 * MAILS_A_CHAPTER


def test_no_chapter_is_passed_over_for_ever_beside_many_large_ones(mail_sender: MailSender) -> None:
    large, small = [new_id() for _ in range(30)], new_id()
    for large_id in large:
        fill(large_id, 250)
    fill(small, 1)
    for _round in range(40):  # the odds that it is not drawn in any round are one to some millions
        with opened(WORKER) as session:
            chapter_ids = ledger.chapters_waiting(session, at=clock.now(), limit=10)
        if small in chapter_ids:
            return
        for chapter_id in chapter_ids:
            claim_all(chapter_id, MAILS_A_CHAPTER)
    raise AssertionError("the small chapter was passed over")


def test_two_workers_never_claim_the_same_mail(mail_sender: MailSender) -> None:
    chapter_id = new_id()
    fill(chapter_id, 6)
    with opened(WORKER) as first_session, opened(WORKER) as second_session:
        second_session.execute(text("set local lock_timeout = '3s'"))  # it must not wait for the first
        first = ledger.claim(first_session, [chapter_id], at=clock.now(), limit=4)
        second = ledger.claim(second_session, [chapter_id], at=clock.now(), limit=4)
    assert len(first) == 4
    assert len(second) == 2
    assert not {claim.id for claim in first} & {claim.id for claim in second}


def test_a_worker_that_slept_through_its_lease_changes_nothing(
    digest_of_recife: World, mail_sender: MailSender
) -> None:
    (slow,) = (claim for claim in claim_all(digest_of_recife.recife.id) if claim.id == only_delivery().id)
    expire_leases()
    tidy(mail_sender)
    assert (only_delivery().state, only_delivery().reason) == (DeliveryState.PENDING, Reason.WORKER_LOST)
    (fast,) = (claim for claim in claim_all(digest_of_recife.recife.id) if claim.id == slow.id)
    with opened(slow.scope) as session:
        assert not ledger.mark_handing_over(session, slow, Mail("", b""), body_hash=b"", at=clock.now())
        ledger.end(session, slow, DeliveryState.SENT, at=clock.now(), reason=None)
        ledger.put_back(session, slow, at=clock.now(), reason=Reason.RELAY_REFUSED)
        ledger.release(session, slow)
    assert only_delivery().state == DeliveryState.CLAIMED
    with opened(fast.scope) as session:
        assert ledger.mark_handing_over(session, fast, Mail("", b""), body_hash=b"", at=clock.now())


def test_no_dot_is_sent_after_the_lease(digest_of_recife: World, mail_sender: MailSender, mailbox: Mailbox) -> None:
    def make_slowly(session: Session, delivery: Delivery) -> Mail:
        mail = mail_sender.make(session, delivery)
        if delivery.kind == MailKind.DIGEST:
            update_delivery(delivery.id, lease_until=clock.now() - timedelta(seconds=1))
        return mail

    send_waiting(replace(mail_sender, make=make_slowly), seconds=1)
    assert mailbox.mails() == []
    assert only_delivery().state != DeliveryState.SENT
    send_waiting(mail_sender, seconds=10)
    assert len(mailbox.mails()) == 1


def test_a_late_answer_still_tells_that_it_was_sent(digest_of_recife: World, mail_sender: MailSender) -> None:
    (claim,) = (claim for claim in claim_all(digest_of_recife.recife.id) if claim.id == only_delivery().id)
    with opened(claim.scope) as session:
        ledger.mark_handing_over(session, claim, Mail("", b""), body_hash=b"", at=clock.now())
        ledger.leave_uncertain(session, claim)
    with opened(claim.scope) as session:
        ledger.end(session, claim, DeliveryState.SENT, at=clock.now(), reason=None)
    assert only_delivery().state == DeliveryState.SENT


def test_a_mail_that_takes_its_workers_down_is_given_up(
    digest_of_recife: World, mail_sender: MailSender, mailbox: Mailbox
) -> None:
    update_delivery(only_delivery().id, attempts=ledger.MOST_ATTEMPTS)  # eight workers claimed it, and none came back
    send_waiting(mail_sender, seconds=10)
    assert (only_delivery().state, only_delivery().reason) == (DeliveryState.DEAD, Reason.TOO_MANY_ATTEMPTS)
    assert mailbox.mails() == []


def test_the_ledger_forgets_after_a_year_and_keeps_what_is_younger(
    digest_of_recife: World, mail_sender: MailSender
) -> None:
    send_waiting(mail_sender, seconds=10)
    rows = [row for row in deliveries(MailKind.INVITATION) if row.done_at]
    update_delivery(rows[0].id, done_at=clock.now() - ledger.RETENTION - timedelta(days=1))
    with opened(WORKER) as session:
        assert ledger.forget_old(session, at=clock.now()) == 1
    assert {row.id for row in deliveries(MailKind.INVITATION)} == {row.id for row in rows[1:]}
    assert only_delivery().state == DeliveryState.SENT
