"""Posting and mailing to addresses that people gave us; posts are bounded, and never lead into
a private network.

The name is resolved once, every address it has is checked, and the request goes to the address
that was checked: a name that answers differently the second time leads nowhere.
"""

from __future__ import annotations

import ipaddress
import smtplib
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

import httpx2
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from unitledger.engine.noticing.mailing import MailFailed

TIMEOUT_SECONDS = 10.0
ANSWER_KEPT = 500
ANSWER_READ_MAX = 20_000
CONSOLE = "console"
SMTP_PORTS = {"smtp": 587, "smtps": 465}
NO_MAIL = "No mail server is set up: UNITLEDGER_SMTP names it."


class AddressRefused(Exception):
    """Nothing is posted there. The text is for people."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of one attempt: a status, or why there is none."""

    status: int | None
    error: str | None
    answer: str
    milliseconds: int

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Poster:
    """Posts once, follows no redirect, and reads a bounded answer."""

    may_be_private: bool  # the installation's own setting: for trials and closed networks

    def check(self, url: str) -> None:
        """Raise `AddressRefused` where the address is none to post to."""
        parts = _parts(url, may_be_private=self.may_be_private)
        self._address(parts[1], parts[2])

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Posted:
        began = time.monotonic()
        try:
            status, answer = self._post(url, body, headers)
        except AddressRefused as refused:
            return Posted(None, str(refused), "", _since(began))
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as trouble:
            return Posted(None, _said(trouble), "", _since(began))
        return Posted(status, None, answer, _since(began))

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        scheme, host, port, rest = _parts(url, may_be_private=self.may_be_private)
        address = self._address(host, port)
        shown = f"[{address}]" if ":" in address else address
        named = host if port == _usual(scheme) else f"{host}:{port}"
        with (
            # No proxy of the environment: it would resolve the name again.
            httpx2.Client(
                timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False
            ) as client,
            client.stream(
                "POST",
                f"{scheme}://{shown}:{port}{rest}",
                content=body,
                headers={**headers, "Host": named},
                extensions={"sni_hostname": host},
            ) as response,
        ):
            kept = b""
            for part in response.iter_raw():
                kept += part
                if len(kept) > ANSWER_READ_MAX:
                    break
            return response.status_code, kept[:ANSWER_KEPT].decode("utf-8", "replace")

    def _address(self, host: str, port: int) -> str:
        """One of the host's addresses, all of which may be posted to."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise AddressRefused(f"{host} is not found.") from None
        addresses = [str(each[4][0]) for each in found]
        if not self.may_be_private:
            for address in addresses:
                if not _is_public(address):
                    raise AddressRefused(
                        f"{host} leads into a private network ({address}). "
                        "UNITLEDGER_WEBHOOKS_PRIVATE=1 allows it for a whole installation."
                    )
        return addresses[0]


def _parts(url: str, *, may_be_private: bool) -> tuple[str, str, int, str]:
    """Scheme, host, port, and path with query."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused("This is not an address.") from None
    allowed = ("https", "http") if may_be_private else ("https",)
    if parts.scheme not in allowed:
        raise AddressRefused(f"An address begins with {' or '.join(f'{s}://' for s in allowed)}.")
    if not parts.hostname or parts.username or parts.password:
        raise AddressRefused("An address names a host, and no user or password.")
    rest = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname, port or _usual(parts.scheme), rest


def _usual(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    ip = mapped or ip
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _said(trouble: Exception) -> str:
    match trouble:
        case httpx2.TimeoutException():
            return f"No answer within {TIMEOUT_SECONDS:.0f} seconds."
        case httpx2.ConnectError():
            return "No connection."
        case _:
            return f"{type(trouble).__name__}: {trouble}"[:ANSWER_KEPT]


@dataclass(frozen=True, slots=True)
class Mailer:
    """Sends plain mail by SMTP, or prints it; `server` as docs/reference/settings.md says."""

    server: str = field(repr=False)  # may hold a password
    sender: str

    @property
    def is_set_up(self) -> bool:
        return bool(self.server)

    def send(self, *, mail_id: str, recipients: Sequence[str], subject: str, text: str) -> None:
        """Raises `MailFailed`. Nobody sees who else got it."""
        if not self.server:
            raise MailFailed(NO_MAIL)
        domain = self.sender.rpartition("@")[2] or "localhost"
        mail = EmailMessage(
            subject,
            text,
            self.sender,
            bcc=list(recipients),
            headers={
                "To": "undisclosed-recipients:;",
                "Message-ID": f"<{mail_id}@{domain}>",
                "Auto-Submitted": "auto-generated",
            },
            connection=self._connection(),
        )
        try:
            mail.send()
        except (smtplib.SMTPException, OSError, ValueError) as trouble:
            raise MailFailed(f"{type(trouble).__name__}: {trouble}"[:ANSWER_KEPT]) from None

    def _connection(self) -> BaseEmailBackend:
        backends = "django.core.mail.backends"
        if self.server == CONSOLE:
            return get_connection(f"{backends}.console.EmailBackend", stream=sys.stderr)
        try:
            parts = urlsplit(self.server)
            port = parts.port or SMTP_PORTS[parts.scheme]
        except (ValueError, KeyError):
            raise MailFailed("UNITLEDGER_SMTP is no address of a mail server.") from None
        return get_connection(
            f"{backends}.smtp.EmailBackend",
            host=parts.hostname,
            port=port,
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            use_ssl=parts.scheme == "smtps",
            # A password goes over no open line; a server on this machine may have no TLS.
            use_tls=parts.scheme == "smtp" and bool(parts.username),
            timeout=TIMEOUT_SECONDS,
        )
