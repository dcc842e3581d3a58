"""One HTTP exchange: bytes out, bytes in, sent at most once.

Nothing here tries again. A client that does so by itself turns one lost answer into two
payments; whether a request may be repeated is the engine's to decide, from evidence.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2

# A connection idle for longer is closed rather than used again. The far side may close an
# idle connection at the moment we write on it; such a write has an unknown outcome and costs
# a look at the books. Busy runs reuse connections well within this time.
KEEPALIVE_SECONDS = 5.0
# Xero answers at most five at a time for an organisation; several organisations share a pool.
CONNECTIONS_MAX = 20
# A page of 1,000 invoices with many lines has a few MB. Beyond this it is not an answer.
ANSWER_BYTES_MAX = 128 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `read` bounds the wait for the next bytes, `answer` the whole answer."""

    connect: float = 10.0
    write: float = 30.0
    read: float = 60.0
    answer: float = 120.0


DEFAULT_TIMEOUTS = Timeouts()


@dataclass(frozen=True, slots=True)
class Call:
    """One request to make. Its headers carry the token and are therefore never shown."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer. Header names are looked up in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").split(";", 1)[0].strip().lower()


@dataclass(frozen=True, slots=True)
class NoReply:
    """No whole answer came. `may_have_arrived` is False only where nothing was written."""

    may_have_arrived: bool
    message: str
    bytes_read: int = 0


# The only failures that happen before the first byte of a request is written. All others,
# a write error too, may have left the whole request at the far side.
_BEFORE_WRITING = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
)


class HttpClient:
    """Makes calls, each once. Safe to use from several threads."""

    def __init__(
        self,
        base_url: str,
        *,
        app_name: str,
        timeouts: Timeouts,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._answer_seconds_max = timeouts.answer
        # The default transport makes no retries; no redirect is followed, because a request
        # that was redirected is a request sent twice.
        self._client = httpx2.Client(
            headers={"User-Agent": app_name, "Accept": "application/json"},
            cookies=_no_cookies(),
            follow_redirects=False,
            transport=transport,
            # A company's proxy serves for Xero, never for an emulator on this machine.
            trust_env=not _is_loopback(base_url),
            timeout=httpx2.Timeout(
                connect=timeouts.connect,
                read=timeouts.read,
                write=timeouts.write,
                pool=timeouts.connect,
            ),
            limits=httpx2.Limits(
                max_connections=CONNECTIONS_MAX, keepalive_expiry=KEEPALIVE_SECONDS
            ),
        )

    def exchange(self, call: Call) -> Reply | NoReply:
        """Send once and read the answer whole. Never raises for what the network does."""
        started = time.monotonic()
        got = 0
        try:
            with self._client.stream(
                call.method, call.url, headers=dict(call.headers), content=call.body
            ) as response:
                chunks = []
                for chunk in response.iter_bytes():
                    chunks.append(chunk)
                    got += len(chunk)
                    if got > ANSWER_BYTES_MAX:
                        return NoReply(True, f"The answer is longer than {got} bytes.", got)
                    if time.monotonic() - started > self._answer_seconds_max:
                        return NoReply(True, "The answer did not end in time.", got)
                return Reply(response.status_code, response.headers, b"".join(chunks))
        except _BEFORE_WRITING as error:
            return NoReply(False, f"No connection: {_named(error)}.")
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            return NoReply(True, f"No whole answer: {_named(error)}.", got)

    def close(self) -> None:
        self._client.close()


def _named(error: Exception) -> str:
    # The texts of these errors name addresses and reasons; headers and bodies are not in them.
    return f"{type(error).__name__} {error}".strip().rstrip(".")


def _no_cookies() -> CookieJar:
    """A jar that keeps nothing: one operator's answers must not colour another's requests."""
    return CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))


def _is_loopback(url: str) -> bool:
    host = httpx2.URL(url).host
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
