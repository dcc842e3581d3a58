"""A fixed stand-in for Xero in a process of its own: it answers from the request, at once.

It keeps no books and no rules. What it answers has the shape of fauxero's answers (they are
taken from a fauxero at the start), with the ids, numbers and references of the request put
in; lists give back what was written, by the page. Its limits' headers allow everything.
`GET /_stub/seconds` tells the processor time it has used.
"""

from __future__ import annotations

import asyncio
import bisect
import json
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

PAGE_SIZE = 1000
_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
    b"X-DayLimit-Remaining: 100000000\r\nX-MinLimit-Remaining: 100000000\r\n"
    b"X-AppMinLimit-Remaining: 100000000\r\nContent-Length: %d\r\n\r\n"
)
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_SINCE = re.compile(rb"(?i)\r\nif-modified-since: *([^\r]+)")
_ID = b"00000000-0000-4000-8%03d-%012x"
# What differs from one element of a request to the next, as our adapter writes it, and the
# names of these parts in `_shapes`.
_SENT = {
    "Contacts": re.compile(
        rb'"ContactNumber":"([^"]*)","AccountNumber":"([^"]*)","Name":"([^"]*)"',
    ),
    "Invoices": re.compile(
        rb'"Contact":{"ContactID":"([^"]*)"},"Type":"ACCREC","InvoiceNumber":"([^"]*)"'
        rb'[^[]*"Reference":"([^"]*)","Url":"([^"]*)"'
    ),
    "Payments": re.compile(rb'"Invoice":{"InvoiceID":"([^"]*)"}[^}]*}[^}]*"Reference":"([^"]*)"'),
}
_PARTS = {
    "Contacts": (b"id", b"number", b"account", b"name"),
    "Invoices": (b"id", b"contact", b"number", b"reference", b"url"),
    "Payments": (b"id", b"invoice", b"reference"),
}
_NUMBERS = {"Contacts": 1, "Invoices": 2, "Payments": 3}


@dataclass
class Written:
    """What was written of one kind: enough to show it again, and when it came."""

    facts: list[tuple[bytes, ...]] = field(default_factory=list)
    at: list[float] = field(default_factory=list)


@dataclass
class Answers:
    """The parts answers are made of: an element of each kind, and the lists that never change."""

    elements: Mapping[str, bytes]  # with places like %(number)s
    fixed: Mapping[str, bytes]
    written: dict[str, Written] = field(default_factory=dict)

    def reset(self) -> None:
        self.written = {name: Written() for name in _SENT}

    def write(self, name: str, body: bytes) -> bytes:
        mine = self.written[name]
        first, now = len(mine.facts), time.time()
        found = _SENT[name].findall(body)
        shown = [
            (_ID % (_NUMBERS[name], first + position), *facts)
            for position, facts in enumerate(found)
        ]
        mine.facts += shown
        mine.at += [now] * len(shown)
        return self._envelope(name, shown, now)

    def read(self, name: str, *, page: int, since: float) -> bytes:
        mine = self.written[name]
        begin = bisect.bisect_left(mine.at, since)
        count = len(mine.facts) - begin
        begin += (page - 1) * PAGE_SIZE
        pages = -(-count // PAGE_SIZE)
        shown = mine.facts[begin : begin + PAGE_SIZE]
        pagination = b'"pagination":{"page":%d,"pageSize":%d,"pageCount":%d,"itemCount":%d},' % (
            page,
            PAGE_SIZE,
            pages,
            count,
        )
        return self._envelope(name, shown, time.time(), pagination)

    def _envelope(
        self, name: str, shown: list[tuple[bytes, ...]], now: float, pagination: bytes = b""
    ) -> bytes:
        element, parts = self.elements[name], _PARTS[name]
        return b'{"Id":"0","Status":"OK","DateTimeUTC":"/Date(%d)/",%s"%s":[%s]}' % (
            int(now * 1000),
            pagination,
            name.encode(),
            b",".join([element % dict(zip(parts, facts, strict=True)) for facts in shown]),
        )


class _Connection(asyncio.Protocol):
    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        end = self._read.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._read[:end]
        said = _LENGTH.search(head)
        length = int(said[1]) if said else 0
        if len(self._read) < end + 4 + length:
            return
        body = self._read[end + 4 : end + 4 + length]
        self._read = self._read[end + 4 + length :]
        answer = self._answer(head, body)
        self._transport.write(_HEAD % len(answer) + answer)

    def _answer(self, head: bytes, body: bytes) -> bytes:
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        address = urlsplit(target)
        name = address.path.rsplit("/", 1)[1]
        if name == "seconds":
            return json.dumps(time.process_time()).encode()
        if name == "reset":
            self._answers.reset()
            return b"{}"
        if name in self._answers.fixed:
            return self._answers.fixed[name]
        if method == "PUT":
            return self._answers.write(name, body)
        page = int(parse_qs(address.query).get("page", ["1"])[0])
        said = _SINCE.search(head)
        since = datetime.fromisoformat(f"{said[1].decode()}+00:00").timestamp() if said else 0.0
        return self._answers.read(name, page=page, since=since)


async def _serve(answers: Answers) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(answers), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # The bench that started us holds our input open; its end is ours, however it ends.
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    server.close()


def main() -> None:
    from bench._shapes import shapes

    elements, fixed = shapes()
    answers = Answers(elements=elements, fixed=fixed)
    answers.reset()
    asyncio.run(_serve(answers))


if __name__ == "__main__":
    main()
