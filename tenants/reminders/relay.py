"""Handing a mail to an SMTP relay in two halves: everything but the final dot, then the dot.

SMTP cannot promise that a mail arrives once (RFC 1047): when the answer to the dot is lost, both sides own the mail. So
the ledger is written between the halves, and what went wrong before the dot was certainly not sent.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from email.utils import parseaddr
from types import TracebackType
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit

from tenants.errors import SolidarityError
from tenants.reminders.mail import Mail

SPEAK_SECONDS = 20  # for every answer but the last
ANSWER_SECONDS = 100  # for the answer to the dot; shorter than the ledger's lease
LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
WANTS_SIGN_IN = frozenset({530, 535})


class RelayAway(SolidarityError):
    """The relay cannot be reached, broke off before the dot, or does not let us in: the mail was not sent."""


class MailRefused(SolidarityError):
    """The relay refused this mail with an SMTP `code`; `for_good` when trying again is no use."""

    def __init__(self, code: int, *, for_good: bool) -> None:
        super().__init__(f"the relay answered {code}")
        self.code = code
        self.for_good = for_good


class AnswerNotHeard(SolidarityError):
    """The dot went out, or may have, and no answer came."""


class Relay:
    """One connection to the relay at `url` (smtp://, smtp+starttls:// or smtps://, with user:password@ if need be)."""

    def __init__(self, url: str, *, sender: str) -> None:
        self.address = urlsplit(url)
        if self.address.scheme not in PORTS:
            raise SolidarityError("SMTP_URL begins with smtp://, smtp+starttls:// or smtps://")
        self.sender = parseaddr(sender)[1]
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    def connect(self) -> None:
        """Connect and sign in, unless connected; raise RelayAway."""
        if self._smtp is not None:
            return
        try:
            self._smtp = _signed_in(self.address)
        except (OSError, smtplib.SMTPException) as error:
            raise RelayAway(f"the mail relay does not answer: {type(error).__name__}") from error

    def offer(self, mail: Mail) -> None:
        """Say everything but the dot; raise RelayAway or MailRefused, and then nothing was sent."""
        self.connect()
        smtp = self._connected
        try:
            _socket(smtp).settimeout(SPEAK_SECONDS)
            self._expect(smtp.mail(self.sender), 250)
            self._expect(smtp.rcpt(mail.recipient), 250, 251, final=True)
            self._expect(smtp.docmd("DATA"), 354)
            smtp.send(LEADING_DOT.sub(b"..", mail.content))
        except MailRefused:
            self._forget_mail(smtp)
            raise
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            raise RelayAway(f"the mail relay broke off: {type(error).__name__}") from error

    def hand_over(self) -> None:
        """Send the dot and return when the relay has taken the mail; raise MailRefused or AnswerNotHeard."""
        smtp = self._connected
        try:
            _socket(smtp).settimeout(ANSWER_SECONDS)
            smtp.send(b".\r\n")
            answer = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            raise AnswerNotHeard(type(error).__name__) from error
        self._expect(answer, 250, final=True)

    def drop(self) -> None:
        """Cut the connection; a mail without its dot is then never sent."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def leave(self) -> None:
        """Say goodbye and disconnect."""
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):
                self._smtp.close()
            self._smtp = None

    @property
    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            raise RelayAway("not connected")
        return self._smtp

    def _expect(self, answer: tuple[int, bytes], *wanted: int, final: bool = False) -> None:
        """Raise for an answer that is not wanted. Only what is said of this very mail may be `final`."""
        code = answer[0]
        if code not in wanted:
            raise MailRefused(code, for_good=final and code >= 500 and code not in WANTS_SIGN_IN)

    def _forget_mail(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.rset()
        except (OSError, smtplib.SMTPException):
            self.drop()


def _signed_in(address: SplitResult) -> smtplib.SMTP:
    host, port = address.hostname or "127.0.0.1", address.port or PORTS[address.scheme]
    if address.scheme == "smtps":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SPEAK_SECONDS, context=ssl.create_default_context())
    else:
        smtp = smtplib.SMTP(host, port, timeout=SPEAK_SECONDS)
    # Without this every mail waits 40 ms: the dot is small, and the kernel holds it back.
    _socket(smtp).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    smtp.ehlo_or_helo_if_needed()
    if address.scheme == "smtp+starttls":
        smtp.starttls(context=ssl.create_default_context())
    if address.username:
        smtp.login(unquote(address.username), unquote(address.password or ""))
    return smtp


def _socket(smtp: smtplib.SMTP) -> socket.socket:
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected("the connection is closed")
    return smtp.sock
