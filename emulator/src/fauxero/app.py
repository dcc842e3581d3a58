"""fauxero's ASGI application: reads requests, carries out faults, writes answers and the log."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from fauxero import dispatch
from fauxero.faults import (
    COMMIT_LATE,
    CUT_AFTER,
    CUT_ANSWER,
    CUT_BEFORE,
    DELAY,
    DELAY_ANSWER,
    Fault,
    first,
    seconds,
)
from fauxero.http.api import host_of, release_key, reserve_key
from fauxero.http.exchange import Answer, Request, Trace, text_answer
from fauxero.http.routes import is_api
from fauxero.identity.endpoints import read_access
from fauxero.request_log import body_digest
from fauxero.storage import Storage
from fauxero.tls.hosts import is_loopback, is_xeros
from fauxero.webhooks.pump import Pump
from fauxero.world import Late, World

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# A body larger than this is not read on; Xero takes 10 MB.
READ_MAX = 11 * 1024 * 1024
TICK_SECONDS = 0.02
TRANSPORT = "fauxero.transport"


class ConnectionCut(Exception):
    """Raised where there is no socket to close: an in-process client sees this instead."""


def create_app(world: World, storage: Storage | None = None) -> Application:
    return Application(world, storage)


class Application:
    """One world behind ASGI. Requests are processed on the event loop, one at a time."""

    def __init__(self, world: World, storage: Storage | None) -> None:
        self.world = world
        self._storage = storage
        self._pump: asyncio.Task[None] | None = None
        self._webhooks = Pump(world, self._keep)
        world.wake = self._webhooks.wake

    def _keep(self) -> None:
        if self._storage is not None:
            self._storage.save(self.world)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        else:
            raise RuntimeError(f"fauxero does not speak {scope['type']}")

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = await _read(scope, receive)
        if request is None:
            return
        if request.elsewhere is not None:
            words = f"fauxero stands in for Xero only, not for {request.elsewhere}"
            await _write(text_answer(words, status=403), send)
            return
        if dispatch.is_control(request):
            await _write(self._processed(request, Trace()), send)
            return
        self.world.run_due()
        faults = self.world.faults.strike(request)
        if first(faults, CUT_BEFORE):
            self._log(request, Trace(reason="fault: cut before commit"), faults, None)
            await _cut(scope, receive)
        elif first(faults, COMMIT_LATE):
            self._accept_late(request, faults)
            await _cut(scope, receive)
        else:
            await self._answer(request, faults, scope, receive, send)

    async def _answer(
        self,
        request: Request,
        faults: tuple[Fault, ...],
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        with self._place(request) as has_place:
            is_reserved = False
            if (wait := seconds(faults, DELAY)) > 0:
                is_reserved = reserve_key(self.world, request)
                await self._wait(wait)
            trace = Trace()
            answer = self._processed(
                request, trace, faults=faults, has_place=has_place, is_reserved=is_reserved
            )
            is_cut = first(faults, CUT_AFTER) is not None
            self._log(request, trace, faults, None if is_cut else answer)
            if (wait := seconds(faults, DELAY_ANSWER)) > 0:
                await self._wait(wait)
        if is_cut:
            await _cut(scope, receive)
        elif first(faults, CUT_ANSWER):
            await _write_half(answer, send)
            await _cut(scope, receive)
        else:
            await _write(answer, send)

    def _place(self, request: Request) -> AbstractContextManager[bool]:
        """Take one of the places in flight, for a call whose app and organisation are known."""
        if not is_api(request.segments):
            return nullcontext(True)
        access = read_access(self.world, request, Trace())
        if isinstance(access, Answer):
            return nullcontext(True)
        host = host_of(self.world, request, access)
        if host is None:
            return nullcontext(True)
        return self.world.limiter.in_flight(access.app_id, host.id, host.limits)

    def _processed(self, request: Request, trace: Trace, **how: Any) -> Answer:
        """Process a request and keep its effects, before anyone hears of them."""
        answer = dispatch.answer(self.world, request, trace, **how)
        if how.get("is_reserved"):
            release_key(self.world, request, trace)
        self._keep()
        self._webhooks.wake()
        return answer

    def _accept_late(self, request: Request, faults: tuple[Fault, ...]) -> None:
        """Put a request aside; all its checks happen when the clock gets there."""
        is_reserved = reserve_key(self.world, request)
        rest = tuple(fault for fault in faults if fault.action != COMMIT_LATE)

        def process() -> None:
            trace = Trace()
            answer = self._processed(request, trace, faults=rest, is_reserved=is_reserved)
            trace.reason = trace.reason or "fault: processed late, nobody heard the answer"
            self._log(request, trace, faults, replace(answer, body=b""))

        due_at = self.world.clock.now() + timedelta(seconds=seconds(faults, COMMIT_LATE))
        self.world.late.append(Late(due_at, process))
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._run_late())

    async def _run_late(self) -> None:
        while self.world.late:
            await asyncio.sleep(TICK_SECONDS)
            self.world.run_due()

    async def _wait(self, wait: float) -> None:
        """Wait on the world's clock, which a test may move."""
        until = self.world.clock.now() + timedelta(seconds=wait)
        while (left := (until - self.world.clock.now()).total_seconds()) > 0:
            speed = self.world.clock.speed
            await asyncio.sleep(min(left / speed, TICK_SECONDS) if speed > 0 else TICK_SECONDS)

    def _log(
        self, request: Request, trace: Trace, faults: tuple[Fault, ...], answer: Answer | None
    ) -> None:
        self.world.log.add(
            at=self.world.clock.now(),
            method=request.method,
            path=request.path,
            query=request.query_string,
            status=answer.status if answer else None,
            app_id=trace.app_id,
            organisation_id=trace.organisation_id,
            counted=trace.counted,
            replayed=trace.replayed,
            reason=trace.reason,
            faults=tuple(fault.action for fault in faults),
            idempotency_key=request.header("idempotency-key"),
            elements=trace.elements,
            bytes_in=len(request.body),
            bytes_out=len(answer.body) if answer else 0,
            is_api=is_api(request.segments),
            body_digest=body_digest(request.method, request.body),
        )


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _read(scope: Scope, receive: Receive) -> Request | None:
    """Read a request whole; None when its client went away before its end."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None  # it broke off: half a body may well be whole JSON, and is not the request
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= READ_MAX:
            chunks.append(chunk)
        if not message.get("more_body"):
            break
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    path, elsewhere = _target(scope["path"])
    return Request(
        method=scope["method"].upper(),
        path=path,
        elsewhere=elsewhere,
        query_string=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=b"".join(chunks),
        scheme=scope.get("scheme", "http"),
    )


def _target(path: str) -> tuple[str, str | None]:
    """Read a path; from a client that takes fauxero for its proxy it is a whole address.

    Gives the path, and the host if it is neither Xero's nor fauxero's own.
    """
    scheme, has_scheme, rest = path.partition("://")
    if path.startswith("/") or not has_scheme or scheme.lower() not in ("http", "https"):
        return path, None
    host, _, below = rest.partition("/")
    name = urlsplit(f"//{host}").hostname or ""
    return f"/{below}", None if is_xeros(host) or is_loopback(name) else host


def _head(answer: Answer, length: int | None) -> Message:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    if answer.content_type is not None:
        headers.append((b"content-type", answer.content_type.encode()))
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    return {"type": "http.response.start", "status": answer.status, "headers": headers}


async def _write(answer: Answer, send: Send) -> None:
    await send(_head(answer, None if answer.status == 204 else len(answer.body)))
    await send({"type": "http.response.body", "body": answer.body})


async def _write_half(answer: Answer, send: Send) -> None:
    await send(_head(answer, max(2, len(answer.body))))
    half = answer.body[: len(answer.body) // 2]
    await send({"type": "http.response.body", "body": half, "more_body": True})


async def _cut(scope: Scope, receive: Receive) -> None:
    """Close the connection under the client and wait until it is closed."""
    transport = (scope.get("state") or {}).get(TRANSPORT)
    if transport is None:
        raise ConnectionCut("fauxero cut the connection")
    transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass
