"""The web server's worker: gunicorn's processes with the input and output of waitress.

A thread gets a request when its head and body have arrived, and is free again when the answer is in a buffer. So a slow
client costs a connection and no thread. gunicorn's own threads read from the client.
"""

from __future__ import annotations

import os
import time
from typing import Any

from gunicorn.workers.base import Worker  # type: ignore[import-untyped]
from waitress import create_server, wasyncore  # type: ignore[import-untyped]

LARGEST_HEAD = 64 * 1024  # bytes
LARGEST_BODY = 16 * 1024**2  # bytes; the application refuses less, with a page
IDLE_SECONDS = 30  # after which a connection without a request is closed


class BufferingWorker(Worker):  # type: ignore[misc]
    """One process of the web server. The command of the web server names this class."""

    def run(self) -> None:
        """Serve until gunicorn asks to stop, then finish the requests that have arrived."""
        self._connections: dict[int, Any] = {}
        self._server = create_server(
            self.wsgi,
            self._connections,
            sockets=[listener.sock for listener in self.sockets],
            threads=self.cfg.threads,
            connection_limit=self.cfg.worker_connections,
            channel_timeout=IDLE_SECONDS,
            cleanup_interval=5,
            channel_request_lookahead=1,  # so that it notices that a client has left
            max_request_header_size=LARGEST_HEAD,
            max_request_body_size=LARGEST_BODY,
            clear_untrusted_proxy_headers=False,  # http/proxies.py decides who is believed
            log_socket_errors=False,
            ident=None,
        )
        while self.alive and self.ppid == os.getppid():
            self._turn(1.0)
        self._server.del_channel(self._connections)  # accept no more
        deadline = time.monotonic() + self.cfg.graceful_timeout
        while self._is_busy() and time.monotonic() < deadline:
            self._turn(0.1)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Stop, and do not wait for the next event."""
        super().handle_exit(sig, frame)
        self._server.pull_trigger()

    def _turn(self, seconds: float) -> None:
        self.notify()
        wasyncore.loop(timeout=seconds, map=self._connections, use_poll=True, count=1)

    def _is_busy(self) -> bool:
        connections = self._server.active_channels.values()
        return any(connection.requests or connection.total_outbufs_len for connection in connections)
