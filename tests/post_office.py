"""A mail server on this machine: takes what is sent, and can refuse."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message


@dataclass
class PostOffice:
    url: str = ""
    is_refusing: bool = False
    recipients: list[list[str]] = field(default_factory=list)
    got: list[Message] = field(default_factory=list)


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """Speaks as much SMTP as a client that needs no password asks for."""
    kept = PostOffice()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 here")
            named: list[str] = []
            while line := self.rfile.readline().strip():
                word = line.upper()
                if word.startswith(b"RCPT"):
                    named.append(line.decode().partition("<")[2].rstrip(">"))
                if word == b"QUIT":
                    self._say("221 bye")
                    return
                if word == b"DATA":
                    self._take(named)
                    named = []
                elif word.startswith(b"MAIL") and kept.is_refusing:
                    self._say("450 not now")
                else:
                    self._say("250 well")

        def _take(self, named: list[str]) -> None:
            self._say("354 go on")
            lines: list[bytes] = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line)
            kept.got.append(message_from_bytes(b"".join(lines)))
            kept.recipients.append(named)
            self._say("250 taken")

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        kept.url = f"smtp://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield kept
        server.shutdown()
        thread.join()
