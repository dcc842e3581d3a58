"""Posting to an app's address: five seconds, no redirects, this machine only unless allowed."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from fauxero.tls.hosts import is_loopback
from fauxero.webhooks.desk import Problem
from fauxero.webhooks.records import ANSWER_SECONDS_MAX, Post, Reply

ANSWER_BYTES_MAX = 64 * 1024


def check_address(url: str, *, allowed_hosts: Collection[str]) -> str:
    """Return `url` if fauxero may post to it. Raises Problem.

    Xero takes https on port 443 only. fauxero takes http too, and any port, on this machine;
    whatever else it may reach has to be named, for it works with no network by intention.
    """
    parts = urlsplit(url.strip())
    try:
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise Problem(f"url: {error}") from None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        raise Problem("url: must begin with https:// (or http:// on this machine)")
    if any(character.isspace() or ord(character) < 32 for character in url.strip()):
        raise Problem("url: may hold no spaces")
    if is_loopback(host):
        return url.strip()
    if host not in allowed_hosts:
        raise Problem(f"url: {host} is another machine; name it in the setting webhook_hosts")
    if parts.scheme != "https":
        raise Problem("url: must begin with https://")
    return url.strip()


async def post(url: str, message: Post) -> Reply:
    """Send one post. Never raises: what went wrong is in the reply."""
    began = time.monotonic()
    try:
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            status, remarks = await _exchanged(urlsplit(url), message)
    except TimeoutError:
        return Reply(None, f"no answer within {ANSWER_SECONDS_MAX:g} s", _since(began))
    except (OSError, ValueError, asyncio.IncompleteReadError) as error:
        return Reply(None, f"{type(error).__name__}: {error}", _since(began))
    return Reply(status, None, _since(began), remarks)


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)


async def _exchanged(parts: SplitResult, message: Post) -> tuple[int, tuple[str, ...]]:
    is_tls = parts.scheme == "https"
    assert parts.hostname is not None
    reader, writer = await asyncio.open_connection(
        parts.hostname,
        parts.port or (443 if is_tls else 80),
        ssl=ssl.create_default_context() if is_tls else None,
    )
    try:
        writer.write(_request(parts, message))
        await writer.drain()
        return await _answer(reader)
    finally:
        writer.close()


def _request(parts: SplitResult, message: Post) -> bytes:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    head = (
        f"POST {target} HTTP/1.1\r\n"
        f"Host: {parts.netloc}\r\n"
        "Content-Type: application/json; charset=utf-8\r\n"
        f"Content-Length: {len(message.body)}\r\n"
        f"x-xero-signature: {message.signature}\r\n"
        "User-Agent: fauxero-webhooks\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode("ascii", "replace") + message.body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, tuple[str, ...]]:
    """Read the status and remark on what Xero asks not to be sent: a body, cookies."""
    version, status, *_ = (await reader.readline()).decode("latin-1").split(None, 2)
    if not version.startswith("HTTP/"):
        raise ValueError("the answer is not HTTP")
    headers: dict[str, str] = {}
    while (line := await reader.readline()).strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    remarks: list[str] = []
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        await reader.read(ANSWER_BYTES_MAX)
        remarks.append("the answer has a body; Xero asks for none")
    if "set-cookie" in headers:
        remarks.append("the answer sets a cookie; Xero asks for none")
    return int(status), tuple(remarks)
