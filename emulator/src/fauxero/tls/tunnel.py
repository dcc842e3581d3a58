"""fauxero's port as a forward proxy: `CONNECT api.xero.com:443` ends here, not at Xero.

Only Xero's host names are taken. Any other is refused: fauxero reaches no other machine, so a
program that is sent through it cannot reach the real Xero by mistake.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from collections.abc import Callable

from fauxero.tls.hosts import is_xeros

HEAD_MAX = 16 * 1024
_METHOD = b"CONNECT "

Context = Callable[[], ssl.SSLContext]
NewProtocol = Callable[[], asyncio.Protocol]


class _Early(asyncio.Protocol):
    """Keeps what comes with the end of the handshake, before anyone could be told of it."""

    def __init__(self) -> None:
        self.data = b""
        self.is_lost = False

    def data_received(self, data: bytes) -> None:
        self.data += data

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True


class Tunnel:
    """Watches the first bytes of a connection and takes it over if they ask for a tunnel."""

    def __init__(
        self, transport: asyncio.Transport, *, context: Context, inner: NewProtocol
    ) -> None:
        self._transport = transport
        self._context = context
        self._inner = inner
        self._head = b""
        self._is_settled = False
        self._task: asyncio.Task[None] | None = None

    def first(self, data: bytes) -> bytes | None:
        """Return the bytes for the server to read on with; None while they are the tunnel's."""
        if self._is_settled:
            return data if self._task is None else None
        self._head += data
        if not _METHOD.startswith(self._head[: len(_METHOD)].upper()):
            self._is_settled = True
            return self._head
        if b"\r\n\r\n" in self._head:
            self._is_settled = True
            self._task = asyncio.get_running_loop().create_task(self._open())
        elif len(self._head) > HEAD_MAX:
            self._refuse(431, "Request Header Fields Too Large", "")
        return None

    async def _open(self) -> None:
        words = self._head.partition(b"\r\n")[0].decode("latin-1").split()
        host = words[1] if len(words) == 3 else ""
        if not is_xeros(host):
            self._refuse(403, "Forbidden", f"fauxero stands in for Xero only, not for {host}\n")
            return
        try:
            context = self._context()
        except OSError as error:
            self._refuse(503, "Service Unavailable", f"fauxero has no certificates: {error}\n")
            return
        self._transport.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        early = _Early()
        try:
            inside = await asyncio.get_running_loop().start_tls(
                self._transport, early, context, server_side=True
            )
        except (OSError, ssl.SSLError) as error:
            # Most likely the client does not trust the authority: only a person can mend that.
            print(f"fauxero: {host}: {error}; see `fauxero ca`", file=sys.stderr)
            self._transport.close()
            return
        if inside is not None and not early.is_lost:
            protocol = self._inner()
            protocol.connection_made(inside)
            inside.set_protocol(protocol)
            if early.data:
                protocol.data_received(early.data)

    def _refuse(self, status: int, words: str, text: str) -> None:
        self._is_settled = True
        body = text.encode("latin-1", "replace")
        head = (
            f"HTTP/1.1 {status} {words}\r\nContent-Type: text/plain\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        self._transport.write(head.encode() + body)
        self._transport.close()
