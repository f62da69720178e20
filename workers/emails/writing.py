"""Write a mail: from a delivery of the ledger to the bytes that a relay takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from babel import Locale
from flask import Flask
from flask_babel import force_locale, gettext
from jinja2 import FileSystemLoader
from sqlalchemy.orm import Session

from solidarity.i18n.catalogues import SOURCE_LANGUAGE, languages
from solidarity.labels.people import first_name
from solidarity.settings import Settings
from tenants import clock
from tenants.mail.desk_models import DESK_KINDS
from tenants.mail.letters import NO_MAIL, Letter, open_letter
from tenants.mail.message_ids import message_ids
from tenants.mail.models import Delivery, DeliveryState, MailKind, Reason
from tenants.mail.outgoing import Mail, NothingToSend
from tenants.mail.sealing import BrokenSeal
from tenants.overview.steps import step_states
from tenants.people.links import sign_invitation
from tenants.reminders.desk.mail import read_desk_mail
from tenants.reminders.digest import read_digest, read_invitation
from tenants.reminders.due import as_item
from tenants.reminders.links import LinkMaker
from workers.emails.desk import words_of_news
from workers.emails.digest import ItemContext, words_of_digest
from workers.emails.invitation import words_of_invitation
from workers.emails.message import header_value, mailbox, put_together

TEMPLATES = Path(__file__).parent


@dataclass(frozen=True)
class Recipient:
    """The recipient of a mail."""

    name: str
    email: str
    language: str


class Writer:
    """Writes mails with the settings, URLs and texts of the web application."""

    def __init__(self, flask_app: Flask) -> None:
        self.settings: Settings = flask_app.extensions["settings"]
        self.templates = flask_app.jinja_env.overlay(loader=FileSystemLoader(TEMPLATES), auto_reload=False)
        self.message_id = message_ids(secret_key=self._secret, mail_from=self.settings.mail_from)
        base = urlsplit(self.settings.base_url)
        self.addresses = flask_app.url_map.bind(base.netloc, base.path or "/", url_scheme=base.scheme)
        self.stationery = ItemContext(
            address=self.address,
            links=LinkMaker(self._secret),
            quiet_weeks=self.settings.quiet_weeks,
        )

    def write(self, session: Session, delivery: Delivery) -> Mail:
        """Return the mail of a delivery, built from current data; raises NothingToSend."""
        moment = clock.now()
        if delivery.kind == MailKind.DIGEST:
            return self._digest(session, delivery, moment)
        if delivery.kind == MailKind.INVITATION:
            return self._invitation(session, delivery, moment)
        if delivery.kind in DESK_KINDS:
            return self._desk_mail(session, delivery, moment)
        return self._letter(delivery, moment)

    def address(self, endpoint: str, **values: Any) -> str:
        """Return the full URL of a page; `_anchor` names an element of it, as in url_for."""
        anchor = values.pop("_anchor", None)  # an argument of Flask's url_for, which the URL map does not know
        return self.addresses.build(endpoint, values, force_external=True) + (f"#{anchor}" if anchor else "")

    @property
    def _secret(self) -> str:
        return self.settings.secret_key.get_secret_value()

    def _digest(self, session: Session, delivery: Delivery, moment: datetime) -> Mail:
        weeks = self.settings.quiet_weeks
        digest = read_digest(session, delivery, at=moment, quiet_weeks=weeks)
        steps = step_states(session, today=digest.today, obligations=digest.everything)
        member = Recipient(digest.member.name, digest.member.email, digest.member.language)
        with force_locale(_spoken(member.language)):
            words = words_of_digest(digest, self.stationery, delivery_id=delivery.id, at=moment)
            content = self._write("digest", delivery, member, moment, steps=steps, **words)
        items = [as_item(reminder) for reminder in digest.reminders]
        return Mail(member.email, content, items, digest.to_consume)

    def _invitation(self, session: Session, delivery: Delivery, moment: datetime) -> Mail:
        chapter, invitation, inviter = read_invitation(session, delivery, at=moment)
        token = sign_invitation(self._secret, chapter_id=chapter.id, invitation_id=invitation.id)
        link = self.address("accounts.accept_invitation", token=token)
        recipient = Recipient(invitation.name, invitation.email, invitation.language)
        with force_locale(_spoken(recipient.language)):
            words = {"invitation": invitation, **words_of_invitation(chapter, invitation, inviter)}
            content = self._write("invitation", delivery, recipient, moment, chapter=chapter, link=link, **words)
        return Mail(recipient.email, content)

    def _desk_mail(self, session: Session, delivery: Delivery, moment: datetime) -> Mail:
        reader, news = read_desk_mail(session, delivery, at=moment, quiet_weeks=self.settings.quiet_weeks)
        to = Recipient(reader.name, reader.email, reader.language)
        with force_locale(_spoken(to.language)):
            content = self._write(delivery.kind, delivery, to, moment, **words_of_news(news, self.address))
        return Mail(to.email, content, news.items)

    def _letter(self, delivery: Delivery, moment: datetime) -> Mail:
        letter = self._opened(delivery)
        if letter.letter == NO_MAIL:
            raise NothingToSend(DeliveryState.LAPSED, Reason.NOTHING_LEFT)
        person = Recipient(letter.name, letter.email, letter.language)
        with force_locale(_spoken(person.language)):
            content = self._write(letter.letter, delivery, person, moment, link=letter.link, chapter=None)
        return Mail(person.email, content)

    def _opened(self, delivery: Delivery) -> Letter:
        try:
            return open_letter(self._secret, delivery.sealed or b"")
        except BrokenSeal as error:
            raise NothingToSend(DeliveryState.DEAD, Reason.SEAL_BROKEN) from error

    def _write(self, name: str, delivery: Delivery, to: Recipient, moment: datetime, **words: Any) -> bytes:
        """Render the three templates of `name` in the current language, and build the mail."""
        locale = Locale.parse(_spoken(to.language))
        words |= {"name": first_name(to.name), "language": locale.language, "direction": locale.text_direction}
        subject, plain, html = (
            self.templates.get_template(f"{name}.{part}").render(words) for part in ("subject.txt", "txt", "html")
        )
        headers = {
            "From": self._sender(words.get("chapter")),
            "To": mailbox(to.name, _plain_address(to.email)),
            "Subject": header_value(subject),
            "Date": format_datetime(moment),
            "Message-ID": self.message_id(delivery),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",  # suppresses automatic replies
            "Content-Language": locale.language,
        }
        return put_together(headers, plain=plain.strip(), html=html)

    def _sender(self, chapter: Any) -> str:
        name, address = parseaddr(self.settings.mail_from)
        if chapter is not None:
            name = gettext("Solidarity for %(chapter)s", chapter=chapter.name)
        return mailbox(name, address)


def _spoken(language: str) -> str:
    """Return the language if the product has it, else English."""
    return language if language in languages() else SOURCE_LANGUAGE


def _plain_address(email: str) -> str:
    """Return an address that every relay takes; raises NothingToSend if it is not ASCII."""
    if not email.isascii():
        raise NothingToSend(DeliveryState.HELD, Reason.ADDRESS_BEYOND_ASCII)
    return email
