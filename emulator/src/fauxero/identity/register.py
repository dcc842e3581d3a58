"""The identity server's state and the rules of consents, codes and tokens; no HTTP here."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from fauxero.clock import Clock
from fauxero.identity.records import (
    CODE_LIFE,
    REFRESH_GRACE,
    REFRESH_IDLE_LIFE,
    Access,
    App,
    Code,
    Connection,
    Consent,
    RefreshToken,
    User,
)
from fauxero.identity.scopes import NEW_APP
from fauxero.identity.signing import Keys
from fauxero.identity.tokens import Signer
from fauxero.ids import Ids
from fauxero.shelf import Shelf


class Refused(Exception):
    """An OAuth error; `str()` is its code, e.g. invalid_grant."""


class Register:
    """Apps, users, consents, connections, codes and refresh tokens of one world."""

    def __init__(self, *, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self.apps: Shelf[App] = Shelf("apps", App)
        self.users: Shelf[User] = Shelf("users", User)
        self.consents: Shelf[Consent] = Shelf("consents", Consent)
        self.connections: Shelf[Connection] = Shelf("connections", Connection)
        self.codes: Shelf[Code] = Shelf("codes", Code)
        self.refresh_tokens: Shelf[RefreshToken] = Shelf("refresh_tokens", RefreshToken)
        self.keys = Keys()
        self.signer = Signer(self.keys)

    @property
    def shelves(self) -> tuple[Shelf, ...]:
        return (
            self.apps,
            self.users,
            self.consents,
            self.connections,
            self.codes,
            self.refresh_tokens,
            self.keys.kept,
        )

    def _secret(self) -> str:
        parts = self._ids.uuid() + self._ids.uuid()
        return parts.replace("-", "")[:48]

    def add_app(
        self,
        *,
        name: str,
        kind: str = "web",
        redirect_uris: Iterable[str] = (),
        scopes: Sequence[str] = NEW_APP,
        organisation_id: str | None = None,
        **more: Any,
    ) -> App:
        """Register an app; `more` are further fields of App: company_url, tier, is_certified."""
        app_id = self._ids.uuid().replace("-", "").upper()
        app = App(
            id=app_id,
            secret=None if kind == "pkce" else self._secret(),
            name=name,
            kind=kind,
            redirect_uris=tuple(redirect_uris),
            scopes=tuple(scopes),
            organisation_id=organisation_id,
            **more,
        )
        return self.apps.put(app_id, app)

    def new_secret(self, app_id: str) -> str:
        """Replace an app's secret; the one before stops working."""
        secret = self._secret()
        self.apps.put(app_id, replace(self.apps[app_id], secret=secret))
        return secret

    def set_redirect_uris(self, app_id: str, redirect_uris: tuple[str, ...]) -> None:
        app = self.apps[app_id]
        if app.redirect_uris != redirect_uris:
            self.apps.put(app_id, replace(app, redirect_uris=redirect_uris))

    def scopes_of(self, app: App, user: User) -> tuple[str, ...]:
        consent = self.consents.get(f"{app.id}/{user.id}")
        return consent.scopes if consent else ()

    def add_user(self, *, email: str, name: str, organisation_ids: Iterable[str] = ()) -> User:
        """Return the user of an e-mail address, made if there is none."""
        found = self.user_named(email)
        if found is not None:
            return found
        user = User(self._ids.uuid(), email, name, tuple(organisation_ids))
        return self.users.put(user.id, user)

    def user_named(self, name: str) -> User | None:
        """By id or by e-mail address in any case."""
        for user in self.users:
            if user.id == name or user.email.lower() == name.lower():
                return user
        return None

    def authenticated_app(self, app_id: str, secret: str | None) -> App:
        app = self.apps.get(app_id)
        if app is None or app.secret != secret:
            raise Refused("invalid_client")
        if secret is None and app.kind != "pkce":  # no secret was generated yet: no way in
            raise Refused("invalid_client")
        return app

    # Consents and connections

    def grant(
        self, *, app: App, user: User, scopes: Sequence[str], organisation_ids: Sequence[str]
    ) -> str:
        """Record that a user allowed an app; return the authentication event's id."""
        event_id = self._ids.uuid()
        key = f"{app.id}/{user.id}"
        before = self.consents.get(key)
        kept = before.scopes if before else ()
        grown = tuple(dict.fromkeys((*kept, *scopes)))
        self.consents.put(key, Consent(app_id=app.id, user_id=user.id, scopes=grown))
        for organisation_id in organisation_ids:
            self._connect(app.id, user.id, organisation_id, event_id)
        return event_id

    def _connect(self, app_id: str, user_id: str, organisation_id: str, event_id: str) -> None:
        now = self._clock.now()
        for old in self.connections:
            if (old.app_id, old.user_id, old.organisation_id) == (app_id, user_id, organisation_id):
                renewed = replace(old, auth_event_id=event_id, updated_at=now, is_connected=True)
                self.connections.put(old.id, renewed)
                return
        new = Connection(
            id=self._ids.uuid(),
            app_id=app_id,
            user_id=user_id,
            organisation_id=organisation_id,
            auth_event_id=event_id,
            created_at=now,
            updated_at=now,
        )
        self.connections.put(new.id, new)

    def connections_of(self, app_id: str, user_id: str | None = None) -> list[Connection]:
        """The live connections of an app; of one user's consent where one is named."""
        return [
            link
            for link in self.connections
            if link.is_connected and link.app_id == app_id and user_id in (None, link.user_id)
        ]

    def is_connected(self, access: Access, organisation_id: str) -> bool:
        return any(
            link.is_connected
            and link.organisation_id == organisation_id
            and link.app_id == access.app_id
            and link.user_id == access.user_id
            for link in self.connections
        )

    def reaches(self, app_id: str, organisation_id: str) -> bool:
        """Whether anyone has an organisation connected to an app now."""
        return any(
            link.is_connected and (link.app_id, link.organisation_id) == (app_id, organisation_id)
            for link in self.connections
        )

    def disconnect(self, connection_id: str) -> None:
        link = self.connections[connection_id]
        self.connections.put(connection_id, replace(link, is_connected=False))

    # Codes and tokens

    def issue_code(
        self,
        *,
        app: App,
        user: User,
        redirect_uri: str,
        scopes: Sequence[str],
        auth_event_id: str,
        challenge: str | None = None,
        nonce: str | None = None,
    ) -> Code:
        code = Code(
            code=self._secret(),
            app_id=app.id,
            user_id=user.id,
            redirect_uri=redirect_uri,
            scopes=tuple(scopes),
            auth_event_id=auth_event_id,
            expires_at=self._clock.now() + CODE_LIFE,
            challenge=challenge,
            nonce=nonce,
        )
        return self.codes.put(code.code, code)

    def redeem_code(
        self, *, code: str, app: App, redirect_uri: str | None, verifier: str | None
    ) -> Code:
        """Take a code back, once. A wrong redirect address or verifier spends it as well."""
        found = self.codes.get(code)
        if found is None or found.app_id != app.id:
            raise Refused("invalid_grant")
        self.codes.drop(code)
        if found.expires_at <= self._clock.now() or found.redirect_uri != redirect_uri:
            raise Refused("invalid_grant")
        if not _verifies(found.challenge, verifier):
            raise Refused("invalid_grant")
        return found

    def issue_refresh_token(
        self,
        *,
        app_id: str,
        user_id: str,
        scopes: Sequence[str],
        auth_event_id: str,
        parent: str | None = None,
    ) -> RefreshToken:
        token = RefreshToken(
            token=self._secret(),
            app_id=app_id,
            user_id=user_id,
            scopes=tuple(scopes),
            auth_event_id=auth_event_id,
            issued_at=self._clock.now(),
            parent=parent,
        )
        return self.refresh_tokens.put(token.token, token)

    def rotate(self, *, token: str, app: App) -> RefreshToken:
        """Exchange a refresh token for its successor.

        Xero: documented. The one before the current may be tried again for 30 minutes, for an
        answer that was lost; using the successor ends that.
        """
        now = self._clock.now()
        old = self.refresh_tokens.get(token)
        if old is None or old.app_id != app.id or not _usable(old, now):
            raise Refused("invalid_grant")
        if old.replaced_at is None:
            self.refresh_tokens.put(token, replace(old, replaced_at=now))
        if old.parent is not None:
            self.refresh_tokens.drop(old.parent)
        return self.issue_refresh_token(
            app_id=old.app_id,
            user_id=old.user_id,
            scopes=old.scopes,  # refreshing never adds scopes, a new consent does
            auth_event_id=old.auth_event_id,
            parent=token,
        )

    def revoke(self, *, token: str, app: App) -> None:
        """End a refresh token and with it every connection its user has to the app."""
        found = self.refresh_tokens.get(token)
        if found is None or found.app_id != app.id:
            return  # RFC 7009: an unknown token is answered like a known one
        for link in self.connections_of(found.app_id, found.user_id):
            self.disconnect(link.id)
        for other in list(self.refresh_tokens):
            if (other.app_id, other.user_id) == (found.app_id, found.user_id):
                self.refresh_tokens.drop(other.token)
        self.consents.drop(f"{found.app_id}/{found.user_id}")

    def access_token(
        self, *, app_id: str, user_id: str, scopes: Sequence[str], auth_event_id: str
    ) -> str:
        return self.signer.access_token(
            app_id=app_id,
            user_id=user_id,
            scopes=scopes,
            auth_event_id=auth_event_id,
            jti=self._ids.uuid(),
            now=self._clock.now(),
        )


def _usable(token: RefreshToken, now: datetime) -> bool:
    if token.replaced_at is not None:
        return now < token.replaced_at + REFRESH_GRACE
    return now < token.issued_at + REFRESH_IDLE_LIFE


def _verifies(challenge: str | None, verifier: str | None) -> bool:
    """PKCE, S256 only; a code made without a challenge takes no verifier."""
    if challenge is None:
        return verifier is None
    if verifier is None or not 43 <= len(verifier) <= 128:
        return False
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge
