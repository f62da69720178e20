"""The text of a digest about each kind of obligation, about one and about many."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from harness.deliveries import QUIET_SINCE, make_obligation
from harness.mail_sink import Mailbox
from harness.people import World
from reminders.test_mails import HOSTILE, LARGEST, parts, sent, speak
from sqlalchemy.orm import Session

from solidarity.labels.obligations.wording import WORDS
from solidarity.labels.obligations.words import quarter_name
from tenants.action_kit.plan.obligations import PLANNED_ACTIVITY_DUE
from tenants.mail.delivery import MailSender, send_waiting
from tenants.obligations.models import Obligation, ObligationKind
from tenants.overview.obligation_kinds import KINDS
from workers.emails.digest import MOST_ITEMS

InChapter = Callable[..., AbstractContextManager[Session]]
Tell = Callable[[list[Obligation]], None]
DAY = QUIET_SINCE.date()


def of_every_kind(world: World) -> list[Obligation]:
    titles = {kind: "2026-07-01" if WORDS[kind].subject_name is quarter_name else HOSTILE for kind in KINDS}
    return [
        make_obligation(world, kind, DAY + timedelta(days=number), title=titles[kind])
        for number, kind in enumerate(KINDS)
    ]


def test_a_digest_of_several_things_says_how_many_and_lists_the_first(
    digest_of_recife: World, mail_sender: MailSender, mailbox: Mailbox, tell: Tell
) -> None:
    obligations = of_every_kind(digest_of_recife)
    tell(obligations)
    mail = sent(mail_sender, mailbox)
    plain, html = parts(mail)
    assert mail["Subject"] == f"ElesPorElas Recife: Choose a focal point, and {len(obligations) - 1} more"
    assert "One task is due in ElesPorElas Recife." in plain
    assert f"{len(obligations) - 1} more tasks are coming up." in plain
    assert plain.index("Choose a focal point") < plain.index(f"Confirm that {HOSTILE} is still the focal point")
    assert HOSTILE not in html
    assert f"See {len(obligations) - MOST_ITEMS} more tasks on the chapter’s page" in plain
    assert f"See {len(obligations) - MOST_ITEMS} more tasks on the chapter’s page" in html


@pytest.mark.parametrize("kind", KINDS, ids=repr)
def test_a_digest_of_one_thing_says_it_in_its_subject_and_where_to_act(
    digest_of_recife: World, mail_sender: MailSender, mailbox: Mailbox, tell: Tell, kind: ObligationKind
) -> None:
    tell([make_obligation(digest_of_recife, kind, DAY)])
    mail = sent(mail_sender, mailbox)
    assert re.match("ElesPorElas Recife: .{10}", mail["Subject"])
    assert "more task" not in parts(mail)[0]
    assert re.search(r": http\S+/c/recife/\S*", parts(mail)[0])


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_digest_stays_small_however_much_is_due(
    digest_of_recife: World,
    mail_sender: MailSender,
    mailbox: Mailbox,
    in_chapter: InChapter,
    tell: Tell,
    language: str,
) -> None:
    speak(in_chapter, digest_of_recife, language=language)
    long = {
        "en": "Ask the town hall for the great square and its stage",
        "ar": "طلب الساحة الكبيرة ومنصتها من البلدية قبل نهاية الشهر",
    }[language]
    tell([make_obligation(digest_of_recife, PLANNED_ACTIVITY_DUE, DAY, title=long) for _ in range(40)])
    send_waiting(mail_sender, seconds=10)
    (file,) = mailbox.folder.glob("[!.]*.eml")
    assert len(file.read_bytes()) < LARGEST
