"""XeroIdentity: `engine.ports.Identity` over Xero's identity service, or an emulator of it.

Secrets and tokens travel in headers and form bodies only: never in an address, a message or
an exception raised here.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import httpx2

from unitledger.books.xero.client import (
    DEFAULT_TIMEOUTS,
    Call,
    HttpClient,
    NoReply,
    Reply,
    Timeouts,
)
from unitledger.books.xero.wire import (
    Row,
    UnexpectedAnswer,
    is_guid,
    load,
    required_text,
    text,
)
from unitledger.core.exchange import (
    ConsentLost,
    ConsentRefused,
    IdentityUnavailable,
    ReachableOrganisation,
    TokenPair,
)

XERO_LOGIN_URL = "https://login.xero.com"
XERO_IDENTITY_URL = "https://identity.xero.com"
XERO_API_ROOT = "https://api.xero.com"

# What we ask a person to allow, and why. Xero: documented, the granular scopes that every app
# made since March 2026 has; certification asks for no more than is used.
SCOPES: Mapping[str, str] = {
    "openid": "to know that the sign-in was answered by Xero",
    "profile": "to show who connected the organisation",
    "email": "to show who connected the organisation",
    "offline_access": "to go on working when nobody is signed in",
    "accounting.invoices": "to write and read sales invoices",
    "accounting.payments": "to write and read payments on them",
    "accounting.contacts": "to write and read the tenants as contacts",
    "accounting.settings": "to read accounts, tax rates, tracking and lock dates, and to create "
    "the tracking categories and options you ask for",
    "accounting.reports.trialbalance.read": "to tie the books out to the cent",
}


class XeroIdentity:
    """The identity service, and the list of connections kept beside the accounting API."""

    def __init__(
        self,
        *,
        login_url: str,
        identity_url: str,
        api_root: str,
        app_name: str = "unitledger",
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._login_url = login_url.rstrip("/")
        self._identity_url = identity_url.rstrip("/")
        self._api_root = api_root.rstrip("/")
        self._http = HttpClient(
            identity_url, app_name=app_name, timeouts=timeouts, transport=transport
        )

    def close(self) -> None:
        self._http.close()

    def authorize_url(
        self, *, client_id: str, redirect_uri: str, scopes: Sequence[str], state: str
    ) -> str:
        """The address to send the person's browser to. `state` comes back; compare it."""
        parameters = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(scopes),
            "state": state,
        }
        # Spaces as %20: integrators report that a plus is not always taken for one.
        query = urlencode(parameters, quote_via=quote, safe="")
        return f"{self._login_url}/identity/connect/authorize?{query}"

    def exchange_code(
        self, *, client_id: str, client_secret: str, code: str, redirect_uri: str, now: datetime
    ) -> TokenPair:
        """Turn the code into tokens. A code works once, and within five minutes."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        reply = self._post("token", form, client_id=client_id, client_secret=client_secret)
        if reply.status != 200:
            raise _refused(reply)
        return _token_pair(reply, now=now)

    def refresh(
        self, *, client_id: str, client_secret: str, refresh_token: str, now: datetime
    ) -> TokenPair:
        """Renew the pair; save both tokens before using either.

        Raises ConsentLost where the person must consent again, and IdentityUnavailable where
        another try may work: the old refresh token stays good for 30 minutes (documented), so
        an answer that was lost can be asked for again with it.
        """
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        reply = self._post("token", form, client_id=client_id, client_secret=client_secret)
        if reply.status != 200:
            refusal = _refused(reply)
            if refusal.code == "invalid_grant":
                raise ConsentLost("Xero no longer takes this consent: connect again.")
            raise refusal
        return _token_pair(reply, now=now)

    def revoke(self, *, client_id: str, client_secret: str, refresh_token: str) -> None:
        """End the consent: all its tokens, and the person's connections to this app."""
        form = {"token": refresh_token}
        reply = self._post("revocation", form, client_id=client_id, client_secret=client_secret)
        if not 200 <= reply.status < 300:
            raise _refused(reply)

    def reachable(self, *, access_token: str) -> Sequence[ReachableOrganisation]:
        """Every organisation the person ever connected to this app, not only the newest."""
        reply = self._with_token("GET", "connections", access_token)
        if reply.status != 200:
            raise _refused(reply)
        try:
            found = load(reply.body)
            if not isinstance(found, list):
                raise UnexpectedAnswer(field="the connections", found=found)
            # An accountant's practice is listed beside organisations, and has no books.
            return tuple(
                _reachable(each) for each in found if each.get("tenantType") == "ORGANISATION"
            )
        except (UnexpectedAnswer, AttributeError) as error:
            raise IdentityUnavailable(f"The connections cannot be read: {error}.") from None

    def consent_event(self, *, access_token: str) -> str | None:
        """The `auth_event_id` of the act of consent that the token came from, if it says so.

        Documented: the access token is a JWT with an `authentication_event_id`. We read it and
        do not check its signature: the token came from the identity service itself.
        """
        parts = access_token.split(".")
        if len(parts) != 3:
            return None
        try:
            claims = load(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        except ValueError:
            return None
        event = claims.get("authentication_event_id") if isinstance(claims, Mapping) else None
        return event if isinstance(event, str) and event else None

    def disconnect(self, *, access_token: str, connection_id: str) -> None:
        """Take one organisation off the consent. One that is gone already is no error."""
        if not is_guid(connection_id):
            raise ValueError(f"{connection_id!r} is no connection's id")
        reply = self._with_token("DELETE", f"connections/{connection_id}", access_token)
        if reply.status != 404 and not 200 <= reply.status < 300:
            raise _refused(reply)

    def _post(
        self, endpoint: str, form: Mapping[str, str], *, client_id: str, client_secret: str
    ) -> Reply:
        pair = f"{quote_plus(client_id)}:{quote_plus(client_secret)}"
        headers = {
            "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        url = f"{self._identity_url}/connect/{endpoint}"
        return self._answered(Call("POST", url, headers, urlencode(form).encode()))

    def _with_token(self, method: str, path: str, access_token: str) -> Reply:
        headers = {"Authorization": f"Bearer {access_token}"}
        return self._answered(Call(method, f"{self._api_root}/{path}", headers))

    def _answered(self, call: Call) -> Reply:
        """Raises IdentityUnavailable for no answer, and for those that say "later"."""
        exchange = self._http.exchange(call)
        if isinstance(exchange, NoReply):
            raise IdentityUnavailable(exchange.message)
        if exchange.status >= 500 or exchange.status in (408, 429):
            raise IdentityUnavailable(f"The identity service answered {exchange.status}.")
        return exchange


def _token_pair(reply: Reply, *, now: datetime) -> TokenPair:
    try:
        found = _object(reply)
        seconds = found.get("expires_in")
        if type(seconds) is not int:
            raise UnexpectedAnswer(field="expires_in", found=seconds)
        return TokenPair(
            access_token=required_text(found, "access_token"),
            refresh_token=required_text(found, "refresh_token"),
            expires_at=now + timedelta(seconds=seconds),
            scopes=tuple((text(found, "scope") or "").split()),
        )
    except UnexpectedAnswer as error:
        # The message of a token field could hold the token: name the field only.
        raise IdentityUnavailable(
            f"The token answer cannot be read: {error.field} is missing or unreadable."
        ) from None


def _refused(reply: Reply) -> ConsentRefused:
    """Read OAuth's error word, or the accounting API's; the status where there is neither."""
    try:
        found = _object(reply)
    except UnexpectedAnswer:
        found = {}
    said: list[Any] = [
        found.get(each) for each in ("error", "error_description", "Title", "Detail")
    ]
    words = [each for each in said if isinstance(each, str) and each]
    code = words[0] if words else f"http_{reply.status}"
    return ConsentRefused(code[:100], ": ".join(words)[:500] or f"Xero answered {reply.status}.")


def _object(reply: Reply) -> Row:
    found = load(reply.body)
    if not isinstance(found, Mapping):
        raise UnexpectedAnswer(field="the answer", found="not an object")
    return found


def _reachable(row: Row) -> ReachableOrganisation:
    return ReachableOrganisation(
        connection_id=required_text(row, "id"),
        organisation_id=required_text(row, "tenantId"),
        name=required_text(row, "tenantName"),
        created_at=_iso_instant(row, "createdDateUtc"),
        auth_event_id=text(row, "authEventId"),
    )


def _iso_instant(row: Row, name: str) -> datetime | None:
    """Documented: UTC without a zone, with seven digits of a second, of which we keep six."""
    spelled = text(row, name)
    if spelled is None:
        return None
    whole, _, fraction = spelled.rstrip("Z").partition(".")
    try:
        at = datetime.fromisoformat(f"{whole}.{fraction[:6]:0<6}")
    except ValueError:
        raise UnexpectedAnswer(field=name, found=spelled) from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
