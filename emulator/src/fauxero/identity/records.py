"""What the identity server remembers: apps, users, consents, connections and tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

CODE_LIFE = timedelta(minutes=5)
ACCESS_LIFE = timedelta(seconds=1800)
ID_TOKEN_LIFE = timedelta(minutes=5)
REFRESH_IDLE_LIFE = timedelta(days=60)
REFRESH_GRACE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class App:
    """`kind` is web (has a secret), pkce (has none) or custom (one organisation, no user).

    `tier` is the price plan, which caps how many organisations may be connected at once.
    """

    id: str
    secret: str | None
    name: str
    kind: str
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...]
    organisation_id: str | None = None
    company_url: str = ""
    tier: str = "starter"
    is_certified: bool = False


@dataclass(frozen=True, slots=True)
class User:
    """A person with a Xero login. No organisations named means all of them."""

    id: str
    email: str
    name: str
    organisation_ids: tuple[str, ...] = ()

    def may_connect(self, organisation_id: str) -> bool:
        return not self.organisation_ids or organisation_id in self.organisation_ids


@dataclass(frozen=True, slots=True)
class Consent:
    """What one user allowed one app. Scopes pile up until the consent is revoked."""

    app_id: str
    user_id: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Connection:
    id: str
    app_id: str
    user_id: str
    organisation_id: str
    auth_event_id: str
    created_at: datetime
    updated_at: datetime
    is_connected: bool = True


@dataclass(frozen=True, slots=True)
class Code:
    code: str
    app_id: str
    user_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    auth_event_id: str
    expires_at: datetime
    challenge: str | None = None
    nonce: str | None = None


@dataclass(frozen=True, slots=True)
class RefreshToken:
    token: str
    app_id: str
    user_id: str
    scopes: tuple[str, ...]
    auth_event_id: str
    issued_at: datetime
    parent: str | None = None
    replaced_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """What a valid access token says."""

    app_id: str
    user_id: str
    scopes: frozenset[str]
    expires_at: datetime
    auth_event_id: str
