"""A live permission to talk to one organisation, refreshed by one process at a time.

Every refresh makes the old refresh token worthless after half an hour (Xero: documented, OAuth
2.0 page; a shorter grace is not known). So the consent's row stays locked from the look at its
tokens until the new pair is stored, and nobody uses a pair that is not stored. A process killed
in between leaves the old pair, which Xero still takes within that half hour.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from unitledger.core.exchange import Access, ConsentLost, ConsentRefused, TokenPair
from unitledger.engine import crashpoints
from unitledger.engine.tools import Tools, Vault
from unitledger.store.connections import Connection, ConnectionState, Consent, ConsentState

# Long enough for a batch that is claimed now to be sent and answered.
MINIMUM_LIFE = timedelta(minutes=5)
LOST_REASON = "Xero no longer accepts our permission. Reconnect to Xero."
KEYS_REFUSED_REASON = (
    "Xero does not accept the Client ID and Client Secret ({code}). Enter them again and reconnect."
)
# The states a lost consent takes away; a disconnected one stays what it is.
_USING = (ConnectionState.ACTIVE, ConnectionState.HELD, ConnectionState.PAUSED)


def access(connection_id: int, *, tools: Tools, minimum: timedelta = MINIMUM_LIFE) -> Access:
    """An access token for the connection's organisation, good for at least `minimum`.

    Raises `ConsentLost` where a person must consent again (the consent and all its connections
    are marked), `IdentityUnavailable` where a later try may work. Opens a transaction of its own;
    not to be called inside one, since a rollback there would lose the new tokens.
    """
    connection = Connection.objects.select_related("organisation").get(id=connection_id)
    consent = _live(connection.consent_id, tools=tools, minimum=minimum)
    return Access(
        organisation_id=connection.organisation.xero_id,
        token=tools.vault.open(consent.access_token_sealed),
        expires_at=consent.access_expires_at,
    )


def consent_token(consent_id: int, *, tools: Tools, minimum: timedelta = MINIMUM_LIFE) -> str:
    """The same for a consent that may have no connection yet: its access token."""
    consent = _live(consent_id, tools=tools, minimum=minimum)
    return tools.vault.open(consent.access_token_sealed)


def store_tokens(consent: Consent, pair: TokenPair, *, vault: Vault, now: datetime) -> None:
    """Put a token pair on the consent; the caller saves the row."""
    consent.state = ConsentState.GRANTED
    consent.access_token_sealed = vault.seal(pair.access_token)
    consent.refresh_token_sealed = vault.seal(pair.refresh_token)
    consent.access_expires_at = pair.expires_at
    consent.refreshed_at = now
    consent.scopes = list(pair.scopes)


def lose_consent(consent: Consent, *, reason: str = LOST_REASON) -> None:
    """Mark the consent and the connections that rest on it as lost."""
    Consent.objects.filter(id=consent.pk).update(state=ConsentState.LOST)
    Connection.objects.filter(consent_id=consent.pk, state__in=_USING).update(
        state=ConnectionState.LOST, reason=reason
    )


def _live(consent_id: int, *, tools: Tools, minimum: timedelta) -> Consent:
    needed_until = tools.clock.now() + minimum
    consent = Consent.objects.get(id=consent_id)
    if _serves(consent, needed_until):
        return consent
    return _refresh_alone(consent_id, tools=tools, needed_until=needed_until)


def _serves(consent: Consent, needed_until: datetime) -> bool:
    return consent.state == ConsentState.GRANTED and consent.access_expires_at >= needed_until


def _refresh_alone(consent_id: int, *, tools: Tools, needed_until: datetime) -> Consent:
    # `durable`: inside another transaction the new pair could still be rolled back after the
    # old one has become worthless.
    with transaction.atomic(durable=True):
        consent = (
            Consent.objects.select_related("app").select_for_update(of=("self",)).get(id=consent_id)
        )
        if _serves(consent, needed_until):
            return consent  # another process refreshed while we waited for the lock
        lost = _refresh(consent, tools=tools)
    # Raised behind the transaction, which has to keep the mark.
    if lost is not None:
        raise lost
    return consent


def _refresh(consent: Consent, *, tools: Tools) -> ConsentLost | None:
    if consent.state == ConsentState.LOST:
        return ConsentLost(LOST_REASON)
    now = tools.clock.now()
    try:
        pair = tools.identity.refresh(
            client_id=consent.app.client_id,
            client_secret=tools.vault.open(consent.app.client_secret_sealed),
            refresh_token=tools.vault.open(consent.refresh_token_sealed),
            now=now,
        )
    except ConsentLost as error:
        lose_consent(consent)
        return error
    except ConsentRefused as error:
        # The keys, not the grant: a person has to act all the same.
        reason = KEYS_REFUSED_REASON.format(code=error.code)
        lose_consent(consent, reason=reason)
        return ConsentLost(reason)
    tools.reached(crashpoints.TOKEN_REFRESHED)
    store_tokens(consent, pair, vault=tools.vault, now=now)
    consent.save()
    return None
