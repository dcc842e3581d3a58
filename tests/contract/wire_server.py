"""A server for one test: it reads each request whole and does with the connection as told."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType

Act = Callable[[socket.socket], bool]  # returns whether the connection stays open


class WireServer:
    """Serves the acts one after the other, one a request, and keeps the requests it saw."""

    def __init__(self, *acts: Act) -> None:
        self._acts = list(acts)
        self.requests: list[bytes] = []
        self.connection_count = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> WireServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Waking accept() with a connection: closing a listener does not end it everywhere.
        self._acts.clear()
        for each in self._open:
            with contextlib.suppress(OSError):  # closed already
                each.shutdown(socket.SHUT_RDWR)
        with socket.create_connection(self._listener.getsockname()):
            pass
        self._thread.join(timeout=5)
        for each in (self._listener, *self._open):
            each.close()

    def _accept(self) -> None:
        while self._acts:
            connection, _ = self._listener.accept()
            if not self._acts:
                connection.close()
                return
            self.connection_count += 1
            self._open.append(connection)
            self._serve(connection)

    def _serve(self, connection: socket.socket) -> None:
        while self._acts:
            request = _read_request(connection)
            if request is None:
                connection.close()
                return
            self.requests.append(request)
            if not self._acts.pop(0)(connection):
                connection.close()
                return


def answer(status: str, body: bytes = b"", *, headers: Sequence[str] = ()) -> Act:
    """Answer properly and keep the connection."""

    def act(connection: socket.socket) -> bool:
        connection.sendall(_head(status, len(body), headers) + body)
        return True

    return act


def answer_then_close(status: str, body: bytes) -> Act:
    """Answer as if the connection stayed, then close it while nobody uses it."""

    def act(connection: socket.socket) -> bool:
        connection.sendall(_head(status, len(body), ()) + body)
        return False

    return act


def cut(connection: socket.socket) -> bool:
    """Close without an answer."""
    return False


def answer_half(body: bytes) -> Act:
    """Promise the whole body, send half, close."""

    def act(connection: socket.socket) -> bool:
        connection.sendall(_head("200 OK", len(body), ()) + body[: len(body) // 2])
        return False

    return act


def stay_silent(connection: socket.socket) -> bool:
    """Say nothing for longer than the client of these tests waits."""
    time.sleep(0.6)
    return False


def trickle(connection: socket.socket) -> bool:
    """One byte at a time, each within the wait for the next, and no end in sight."""
    connection.sendall(_head("200 OK", 100, ()))
    for _ in range(20):
        try:
            connection.sendall(b" ")
        except OSError:
            return False
        time.sleep(0.05)
    return False


def _head(status: str, length: int, headers: Sequence[str]) -> bytes:
    lines = [
        f"HTTP/1.1 {status}",
        "Content-Type: application/json",
        f"Content-Length: {length}",
        *headers,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _read_request(connection: socket.socket) -> bytes | None:
    """Return one request with its body; None where the client went away."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65_536)
        if not more:
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while len(body) < length:
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body
