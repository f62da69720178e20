"""The local mail sink: accepts every mail by SMTP and stores it as a file, so that no mail leaves the machine.

For trials, development and tests. `/outbox` shows the stored mail.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST_MAIL = 10_000_000  # bytes


class MailFiles:
    """Stores each mail as an `.eml` file in `folder`. The file names sort by time of arrival."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = itertools.count()

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Announce PIPELINING, as most relays do. This is safe because commands are read one after the other."""
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", *responses[-1:]]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Write the mail to a temporary file and rename it, so that readers never see half a mail."""
        content = envelope.content
        raw = content.encode() if isinstance(content, str) else content or b""
        timestamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        name = f"{timestamp}-{os.getpid()}-{next(self._count):06d}.eml"
        temporary_file = self.folder / f".{name}"
        temporary_file.write_bytes(raw)
        temporary_file.replace(self.folder / name)
        return "250 Stored"


async def serve(folder: Path, port: int) -> None:
    """Listen on the loopback address until SIGTERM or SIGINT."""
    handler = MailFiles(folder)
    loop = asyncio.get_running_loop()
    stop_event = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop_event.set)
    server = await loop.create_server(
        lambda: SMTP(
            handler,
            hostname="localhost",
            ident="Solidarity mail sink",
            enable_SMTPUTF8=True,
            data_size_limit=LARGEST_MAIL,
        ),
        host="127.0.0.1",
        port=port,
    )
    await stop_event.wait()
    server.close()


def run(folder: Path, port: int) -> None:
    """Run the sink in this process until SIGTERM or SIGINT."""
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve(folder, port))


if __name__ == "__main__":
    run(Path(sys.argv[1]), int(sys.argv[2]))
