"""A remote relay: mail is only sent encrypted, and only to a server with a valid certificate."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from harness.deliveries import QUIET_SINCE, QUIET_WEEKS, only_delivery
from harness.mail_server import MailServer
from harness.mail_sink import point_mail_at
from harness.people import World
from pydantic import SecretStr
from structlog.testing import capture_logs
from time_machine import travel

from solidarity.cli.doctor import CheckResult, examine
from solidarity.embedded.processes import free_port
from tenants.mail.delivery import send_waiting
from tenants.mail.models import DeliveryState
from tenants.reminders.due import process_chapter
from workers.reminders import make_mail_sender

HOST = "127.0.0.1"
USER, PASSWORD = "chapters@un.example", "p@ss/word"
SIGNED_IN = "chapters%40un.example:p%40ss%2Fword"
SAID_IN_CLEAR = {b"EHLO", b"STARTTLS", b"QUIT", b"RSET"}


@dataclass
class Authority:
    """A certificate authority; `file` is its certificate, to be trusted."""

    folder: Path
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def file(self) -> Path:
        path = self.folder / "authority.pem"
        path.write_bytes(self.certificate("Our authority", self.key).public_bytes(Encoding.PEM))
        return path

    def certificate(self, name: str, key: ec.EllipticCurvePrivateKey, *hosts: str) -> x509.Certificate:
        subject, days = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]), timedelta(days=1)
        issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Our authority")])
        building = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.now(UTC) - 3_650 * days)  # tests travel in time
            .not_valid_after(datetime.now(UTC) + 3_650 * days)
            .add_extension(x509.BasicConstraints(ca=not hosts, path_length=None), critical=True)
        )
        if hosts:
            names = [x509.IPAddress(ip_address(host)) if host[0].isdigit() else x509.DNSName(host) for host in hosts]
            building = building.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return building.sign(self.key, hashes.SHA256())

    def context(self, *hosts: str) -> ssl.SSLContext:
        """Return the TLS context of a server with a certificate for `hosts`."""
        key = ec.generate_private_key(ec.SECP256R1())
        path = self.folder / f"{'-'.join(hosts)}.pem"
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(private + self.certificate("relay", key, *hosts).public_bytes(Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


@dataclass
class Taken:
    """What a relay has received: mails, credentials, and whether each mail came encrypted."""

    mails: list[bytes] = field(default_factory=list)
    signed_in: list[tuple[bytes, bytes]] = field(default_factory=list)
    under_cover: list[bool] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.mails.append(envelope.content)
        assert server.transport is not None
        self.under_cover.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 Stored"

    def authenticate(self, *arguments: Any) -> AuthResult:
        credentials = arguments[-1]
        assert isinstance(credentials, LoginPassword)
        self.signed_in.append((credentials.login, credentials.password))
        return AuthResult(success=credentials.password == PASSWORD.encode(), handled=False)


@contextmanager
def relay(*, context: ssl.SSLContext, at_once: bool = False) -> Iterator[tuple[int, Taken]]:
    """Run a relay that requires TLS and a sign-in; with `at_once` it has implicit TLS instead of STARTTLS."""
    intake, port = Taken(), free_port()
    tls_options = {"ssl_context": context} if at_once else {"tls_context": context, "require_starttls": True}
    server = Controller(
        intake, hostname=HOST, port=port, authenticator=intake.authenticate, auth_required=not at_once,
        auth_require_tls=not at_once,
        **tls_options,
    )  # fmt: skip
    server.start()
    try:
        yield port, intake
    finally:
        server.stop()


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """An authority that this process trusts, and no other."""
    trusted_authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted_authority.file))
    return trusted_authority


@dataclass
class Sent:
    """The outcome of sending: state and attempts in the ledger, the reason in the log, and the result of the doctor."""

    state: str
    attempts: int
    said: str
    doctor: CheckResult


Send = Callable[[str], Sent]


@pytest.fixture
def send(world: World) -> Iterator[Send]:
    """Return a function that sends Recife's digest to the relay at an address."""

    def sent(url: str) -> Sent:
        point_mail_at(world.app, port=1, outbox=None)
        settings = world.app.extensions["settings"].model_copy(update={"smtp_url": SecretStr(url)})
        world.app.extensions["settings"] = settings
        with capture_logs() as logs:
            send_waiting(make_mail_sender(world.app), seconds=10)
        reason = next((line["said"] for line in logs if line["event"] == "mail.relay_away"), "")
        doctor = next(result for result in examine(settings) if result.subject == "mail")
        assert PASSWORD not in f"{logs}{doctor}"
        return Sent(only_delivery().state, only_delivery().attempts, reason, doctor)

    with world.app.app_context(), travel(QUIET_SINCE, tick=True):
        process_chapter(world.recife.id, at=QUIET_SINCE, quiet_weeks=QUIET_WEEKS)
        yield sent


@pytest.mark.parametrize(("scheme", "at_once"), [("smtp+starttls", False), ("smtps", True)])
def test_a_relay_that_is_who_it_should_be_takes_mail_under_cover(
    authority: Authority, send: Send, scheme: str, at_once: bool
) -> None:
    with relay(context=authority.context(HOST), at_once=at_once) as (port, intake):
        outcome = send(f"{scheme}://{SIGNED_IN}@{HOST}:{port}")
    assert outcome.state == DeliveryState.SENT
    assert outcome.doctor.well
    assert sum(b"alice@people.example" in mail for mail in intake.mails) == 1
    assert set(intake.under_cover) == {True}
    assert set(intake.signed_in) == {(USER.encode(), PASSWORD.encode())}


@pytest.mark.parametrize(("scheme", "at_once"), [("smtp+starttls", False), ("smtps", True)])
@pytest.mark.parametrize("wrong", ["host", "authority"])
def test_a_relay_that_is_not_who_it_should_be_hears_neither_mail_nor_password(
    authority: Authority, send: Send, tmp_path: Path, scheme: str, at_once: bool, wrong: str
) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    context = authority.context("mail.example") if wrong == "host" else Authority(folder).context(HOST)
    with relay(context=context, at_once=at_once) as (port, intake):
        outcome = send(f"{scheme}://{SIGNED_IN}@{HOST}:{port}")
    _refused(outcome, "its certificate does not hold")
    if wrong == "host":
        assert "not valid for '127.0.0.1'" in outcome.said
    assert intake == Taken()


def test_a_wrong_password_is_said_in_words(authority: Authority, send: Send) -> None:
    with relay(context=authority.context(HOST)) as (port, intake):
        outcome = send(f"smtp+starttls://{USER.replace('@', '%40')}:wrong@{HOST}:{port}")
    _refused(outcome, "it refuses user or password (535)")
    assert intake.mails == []


@pytest.mark.parametrize(
    ("offers", "answer", "words"),
    [
        ("HELP", b"220 go\r\n", "it offers no STARTTLS, and nothing goes out in clear"),
        ("STARTTLS", b"454 not now\r\n", "it answers 454"),
        ("STARTTLS", b"220 go\r\n", "it speaks no TLS that we understand"),
        ("STARTTLS", b"", "it hangs up"),
    ],
)
def test_a_relay_that_goes_on_in_clear_hears_neither_mail_nor_password(
    send: Send, mail_server: MailServer, offers: str, answer: bytes, words: str
) -> None:
    mail_server.offers, mail_server.starttls = offers, answer
    outcome = send(f"smtp+starttls://{SIGNED_IN}@{HOST}:{mail_server.port}")
    _refused(outcome, words)
    assert {
        line.split()[0].upper() for line in mail_server.received if line.isascii() and line.strip()
    } <= SAID_IN_CLEAR
    assert not any(word in line for line in mail_server.received for word in (b"AUTH", b"MAIL", b"alice"))


def test_a_relay_without_tls_is_refused_where_tls_comes_first(send: Send, mail_server: MailServer) -> None:
    outcome = send(f"smtps://{SIGNED_IN}@{HOST}:{mail_server.port}")
    _refused(outcome, "it speaks no TLS that we understand")
    assert not any(word in line for line in mail_server.received for word in (b"AUTH", b"MAIL", b"alice"))


def _refused(outcome: Sent, words: str) -> None:
    """Assert that no attempt was counted, and that log and doctor give the reason."""
    assert (outcome.state, outcome.attempts) == (DeliveryState.PENDING, 0)
    assert words in outcome.said
    assert not outcome.doctor.well
    assert words in outcome.doctor.words
