"""Hand a mail over to an SMTP relay in two steps: everything but the final dot, then the dot.

SMTP cannot guarantee that a mail arrives once (RFC 1047): if the answer to the dot is lost, both sides hold the mail.
The ledger is therefore written between the steps. A mail that fails before the dot was certainly not sent.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Iterable
from email.utils import parseaddr
from types import TracebackType
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit

from tenants.errors import SolidarityError
from tenants.mail.outgoing import Mail
from tenants.mail.statuses import is_passing_status

SPEAK_SECONDS = 20  # for every answer but the last
ANSWER_SECONDS = 100  # for the answer to the dot; shorter than the ledger's lease
LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
ACCEPTED_CODES, GO_AHEAD = (250, 251), 354
MAILBOX_FULL = 552
WANTS_SIGN_IN = frozenset({530, 535})


class RelayAway(SolidarityError):
    """The relay is unreachable, disconnected before the dot, or refuses the sign-in. The mail was not sent."""


class MailRefused(SolidarityError):
    """The relay refused this mail with an SMTP `code`.

    `for_good` means that a retry of this mail is useless. `is_passing` means that the mailbox may take another one.
    """

    def __init__(self, code: int, *, for_good: bool, is_passing: bool) -> None:
        super().__init__(f"the relay answered {code}")
        self.code = code
        self.for_good = for_good
        self.is_passing = is_passing


class AnswerNotHeard(SolidarityError):
    """The dot was sent, or may have been, and no answer was received."""


class Relay:
    """One connection to the relay at `url` (smtp://, smtp+starttls:// or smtps://, with user:password@ if needed).

    With the latter two only the request for TLS is sent unencrypted, and only a server with a valid certificate is
    used. `patience` is the timeout in seconds for connecting and signing in.
    """

    def __init__(self, url: str, *, sender: str, patience: float = SPEAK_SECONDS) -> None:
        self.address = urlsplit(url)
        if self.address.scheme not in PORTS:
            raise SolidarityError("SMTP_URL begins with smtp://, smtp+starttls:// or smtps://")
        self.sender = parseaddr(sender)[1]
        self.patience = patience
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    def connect(self) -> None:
        """Connect and sign in, unless connected. Raises RelayAway."""
        if self._smtp is not None:
            return
        try:
            self._smtp = _signed_in(self.address, self.patience)
        except (OSError, smtplib.SMTPException) as error:
            raise RelayAway(f"the mail relay cannot be used: {_error_text(error)}") from error

    def offer(self, mail: Mail) -> None:
        """Send everything but the dot. Raises RelayAway or MailRefused, and then nothing was sent."""
        self.connect()
        smtp = self._connected
        try:
            _socket(smtp).settimeout(SPEAK_SECONDS)
            self._announce(smtp, mail.recipient)
            smtp.send(LEADING_DOT.sub(b"..", mail.content))
        except MailRefused:
            self._forget_mail(smtp)
            raise
        except (OSError, smtplib.SMTPException) as error:
            self.drop()
            raise RelayAway(f"the mail relay broke off: {type(error).__name__}") from error

    def hand_over(self) -> None:
        """Send the dot and wait until the relay has accepted the mail. Raises MailRefused or AnswerNotHeard."""
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
        """Close the connection at once. A mail without its dot is then never sent."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def leave(self) -> None:
        """Send QUIT and disconnect."""
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):
                self._smtp.close()
            self._smtp = None

    def _announce(self, smtp: smtplib.SMTP, recipient: str) -> None:
        """Send the sender, the recipient and DATA, in one packet if the relay supports pipelining (RFC 2920)."""
        lines = (f"MAIL FROM:{smtplib.quoteaddr(self.sender)}", f"RCPT TO:{smtplib.quoteaddr(recipient)}", "DATA")
        if any(sign in line for line in lines for sign in "\r\n"):
            raise SolidarityError("an address must not hold a new line")
        if smtp.has_extn("pipelining"):
            smtp.send("".join(f"{line}\r\n" for line in lines))
            answers: Iterable[tuple[int, bytes]] = (replies := [smtp.getreply() for _ in lines])
            if replies[-1][0] == GO_AHEAD and any(code not in ACCEPTED_CODES for code, _ in replies[:-1]):
                self.drop()  # it waits for a mail without a recipient
        else:
            answers = (smtp.docmd(line) for line in lines)  # one by one, so that nothing is sent after a refusal
        for answer, expected_codes, final in zip(
            answers, (ACCEPTED_CODES, ACCEPTED_CODES, (GO_AHEAD,)), (False, True, False), strict=True
        ):
            self._expect(answer, *expected_codes, final=final)

    @property
    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            raise RelayAway("not connected")
        return self._smtp

    def _expect(self, answer: tuple[int, bytes], *expected_codes: int, final: bool = False) -> None:
        """Raise MailRefused for an unexpected answer. Only answers about this very mail may be `final`."""
        code, words = answer
        if code not in expected_codes:
            status = words.decode("ascii", "replace").partition(" ")[0]
            raise MailRefused(
                code,
                for_good=final and code >= 500 and code not in WANTS_SIGN_IN,
                is_passing=final and (code < 500 or code == MAILBOX_FULL or is_passing_status(status)),
            )

    def _forget_mail(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.rset()
        except (OSError, smtplib.SMTPException):
            self.drop()


def port_of(address: SplitResult) -> int:
    """Return the port of a relay's address, which defaults to that of the scheme."""
    return address.port or PORTS[address.scheme]


def _signed_in(address: SplitResult, patience: float) -> smtplib.SMTP:
    host, port = address.hostname or "127.0.0.1", port_of(address)
    if address.scheme == "smtps":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=patience, context=ssl.create_default_context())
    else:
        smtp = smtplib.SMTP(host, port, timeout=patience)
    try:
        # Without this every mail waits 40 ms, because the kernel delays the small packet of the dot.
        _socket(smtp).setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        smtp.ehlo_or_helo_if_needed()
        if address.scheme == "smtp+starttls":
            _go_under_cover(smtp)
        if address.username:
            smtp.login(unquote(address.username), unquote(address.password or ""))
    except BaseException:
        smtp.close()
        raise
    return smtp


def _go_under_cover(smtp: smtplib.SMTP) -> None:
    if not smtp.has_extn("starttls"):
        raise RelayAway("the mail relay cannot be used: it offers no STARTTLS, and nothing goes out in clear")
    smtp.starttls(context=ssl.create_default_context())
    smtp.ehlo()  # answers from before TLS are discarded: they could be forged


def _error_text(error: Exception) -> str:
    """Return why the relay cannot be used, in words that contain no password and no text of the other side."""
    words = type(error).__name__
    match error:
        case ssl.SSLCertVerificationError():
            words = f"its certificate does not hold ({error.verify_message.rstrip('.')})"
        case ssl.SSLError():
            words = f"it speaks no TLS that we understand ({error.reason})"
        case smtplib.SMTPServerDisconnected():
            words = "it hangs up"
        case smtplib.SMTPAuthenticationError():
            words = f"it refuses user or password ({error.smtp_code})"
        case smtplib.SMTPNotSupportedError():
            words = "it asks for no password that we could give"
        case smtplib.SMTPResponseException():
            words = f"it answers {error.smtp_code}"
        case TimeoutError():
            words = "it does not answer in time"
        case OSError():
            words = error.strerror or words
    return words


def _socket(smtp: smtplib.SMTP) -> socket.socket:
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected("the connection is closed")
    return smtp.sock
