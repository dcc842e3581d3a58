"""From app keys to a connected organisation, and back: what a person does once.

The steps are apart because a person stands between them: keys are saved; a consent is begun
and finished by the identity service's answer; the organisation is chosen where the consent
reaches several; then the connection is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db import connection as database
from django.db import transaction

from unitledger.core.exchange import (
    ConsentLost,
    ConsentRefused,
    IdentityUnavailable,
    ReachableOrganisation,
)
from unitledger.engine.access import consent_token, store_tokens
from unitledger.engine.auditing import SYSTEM, Actor, Subject, note
from unitledger.engine.going_live import opening
from unitledger.engine.tools import Tools, Vault
from unitledger.store.connections import (
    CallBudget,
    Connection,
    ConnectionState,
    Consent,
    ConsentRequest,
    ConsentState,
    LocationRoute,
    Organisation,
    XeroApp,
)
from unitledger.store.places import Location

CONSENT_REQUEST_LIFE = timedelta(minutes=10)
# A location's first route holds from here, so that its earlier records have an organisation
# too and are told apart as dated before the start.
BEGINNING = date(1900, 1, 1)
WRITING = (ConnectionState.ACTIVE, ConnectionState.HELD, ConnectionState.PAUSED)


class ConnectError(Exception):
    """Connecting could not go on. The message is for the person who tries."""


class KeysIncomplete(ConnectError):
    def __init__(self, name: str) -> None:
        super().__init__(f"The {name} is missing: copy it from your app's page at Xero.")


class Mismatch(StrEnum):
    """Why an answer from the consent page is not taken."""

    UNKNOWN = "We did not ask for this answer."
    USED = "This answer was taken already."
    EXPIRED = "The answer came more than ten minutes after it was asked for."
    OTHER_USER = "Another person asked for this answer."
    NO_CODE = "The answer carries no code."


class AnswerMismatch(ConnectError):
    """The answer does not belong to a question of ours; nothing was stored."""

    def __init__(self, mismatch: Mismatch) -> None:
        self.mismatch = mismatch
        super().__init__(f"{mismatch} Nothing changed. Connect to Xero again.")


class ConsentNotGiven(ConnectError):
    """The person, or Xero for them, said no."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(
            "You cancelled in Xero. Nothing changed. Connect whenever you like."
            if code == "access_denied"
            else f"Xero did not give its permission ({code}). Nothing changed. "
            "Compare the keys, the redirect URI and the scopes with your app's page at Xero."
        )


class NotReachable(ConnectError):
    def __init__(self) -> None:
        super().__init__(
            "This consent does not reach that organisation. Connect to Xero again and choose it."
        )


class OtherOrganisationConnected(ConnectError):
    """A location would change its books. Done only when a person says so."""

    def __init__(self, *, chosen: str, connected: str) -> None:
        super().__init__(
            f"You chose {chosen}; this connection writes to {connected}. We did not switch. "
            f"Disconnect from {connected} first: its documents stay there as they are."
        )


class DifferentOrganisation(ConnectError):
    """On reconnecting, another organisation came back than the one that was lost."""

    def __init__(self, *, chosen: str, connected: str) -> None:
        super().__init__(
            f"You chose {chosen}; this connection writes to {connected}. We did not switch, and "
            f"nothing changed. Reconnect and choose {connected}, or, to have both, use Connect "
            "another organisation on the Connections page."
        )


class LinkedElsewhere(ConnectError):
    """Two writers into one set of books could each miss what the other just wrote."""

    def __init__(self, *, chosen: str) -> None:
        super().__init__(
            f"{chosen} is connected already, by another operator on this installation. Two that "
            "write to one organisation could book things twice. Nothing changed. Have it "
            "disconnected there first."
        )


@dataclass(frozen=True)
class Granted:
    """A consent that was given, and the organisations it was given for.

    `organisations` holds those chosen in this very consent, or all it reaches where the
    identity service does not say. Which one is connected is for a person where there are several.
    """

    consent_id: int
    organisations: Sequence[ReachableOrganisation]


def save_app_keys(
    operator_id: int, *, client_id: str, client_secret: str, vault: Vault, by: Actor = SYSTEM
) -> XeroApp:
    """Keep the keys of the operator's own app; a new secret replaces the old one."""
    client_id, client_secret = client_id.strip(), client_secret.strip()
    if not client_id:
        raise KeysIncomplete("Client ID")
    if not client_secret:
        raise KeysIncomplete("Client Secret")
    with transaction.atomic():
        app, is_new = XeroApp.objects.update_or_create(
            operator_id=operator_id,
            client_id=client_id,
            defaults={"client_secret_sealed": vault.seal(client_secret)},
        )
        after = {"client_id": client_id, "is_new_app": is_new}
        note(
            operator_id,
            by,
            "xero_keys_saved",
            Subject("xero_app", client_id, "Xero app"),
            after=after,
        )
    return app


def begin_consent(
    app: XeroApp, *, user_id: int | None, redirect_uri: str, scopes: Sequence[str], tools: Tools
) -> str:
    """The address to send the person to; its answer is taken once, from the same user."""
    state = tools.ids.state_token()
    ConsentRequest.objects.create(
        operator_id=app.operator_id,
        user_id=user_id,
        app=app,
        state_token=state,
        redirect_uri=redirect_uri,
        expires_at=tools.clock.now() + CONSENT_REQUEST_LIFE,
    )
    return tools.identity.authorize_url(
        client_id=app.client_id, redirect_uri=redirect_uri, scopes=scopes, state=state
    )


def finish_consent(
    *,
    state: str,
    code: str | None,
    error: str | None,
    user_id: int | None,
    tools: Tools,
    by: Actor = SYSTEM,
) -> Granted:
    """Turn the consent page's answer into a stored consent.

    Raises `AnswerMismatch`, `ConsentNotGiven`; `ConsentRefused` and `IdentityUnavailable` pass
    through from the identity service.
    """
    request = _take_request(state, user_id=user_id, tools=tools)
    if error:
        raise ConsentNotGiven(error)
    if not code:
        raise AnswerMismatch(Mismatch.NO_CODE)
    now = tools.clock.now()
    pair = tools.identity.exchange_code(
        client_id=request.app.client_id,
        client_secret=tools.vault.open(request.app.client_secret_sealed),
        code=code,
        redirect_uri=request.redirect_uri,
        now=now,
    )
    consent = Consent(operator_id=request.operator_id, app_id=request.app_id, granted_at=now)
    store_tokens(consent, pair, vault=tools.vault, now=now)
    with transaction.atomic():
        consent.save()
        subject = Subject("consent", request.app.client_id, "Consent in Xero")
        note(request.operator_id, by, "consent_given", subject, after={"scopes": consent.scopes})
    return Granted(consent.pk, _chosen_in_consent(pair.access_token, tools=tools))


def reachable(consent_id: int, *, tools: Tools) -> Sequence[ReachableOrganisation]:
    """What a stored consent reaches now."""
    return _chosen_in_consent(consent_token(consent_id, tools=tools), tools=tools)


def connect_organisation(
    consent_id: int,
    *,
    xero_id: str,
    start_on: date,
    tools: Tools,
    location_ids: Iterable[int] | None = None,
    only: Organisation | None = None,
    awaits_go_ahead: bool = False,
    by: Actor = SYSTEM,
) -> Connection:
    """Connect one organisation that the consent reaches, and route locations to it.

    No locations means all that exist; `only`: the one that is to be reconnected. Reconnecting
    the same organisation goes on with its row, so that its fence never runs backwards, and starts
    held: somebody else may have written meanwhile. `awaits_go_ahead`: a first connection sends
    nothing until a person has looked and said so. Raises `NotReachable`, `LinkedElsewhere`,
    `DifferentOrganisation`, `OtherOrganisationConnected`.
    """
    offered = tools.identity.reachable(access_token=consent_token(consent_id, tools=tools))
    found = next((each for each in offered if each.organisation_id == xero_id), None)
    if found is None:
        raise NotReachable
    if only is not None and only.xero_id != xero_id:
        raise DifferentOrganisation(chosen=found.name, connected=only.name)
    with transaction.atomic():
        consent = Consent.objects.get(id=consent_id)
        _check_not_elsewhere(found, operator_id=consent.operator_id)
        organisation, _ = Organisation.objects.update_or_create(
            operator_id=consent.operator_id, xero_id=xero_id, defaults={"name": found.name}
        )
        CallBudget.objects.get_or_create(
            organisation=organisation, defaults={"operator_id": consent.operator_id}
        )
        is_first = not Connection.objects.filter(organisation=organisation).exists()
        opening.open_at_first(organisation, now=tools.clock.now())
        connection = _connection(organisation, consent, found, start_on=start_on, tools=tools)
        if awaits_go_ahead and is_first:
            connection.awaits_go_ahead = True
            connection.save(update_fields=["awaits_go_ahead"])
        routes = route_locations(organisation, valid_from_on=start_on, location_ids=location_ids)
        note(
            consent.operator_id,
            by,
            "organisation_connected",
            _subject(connection),
            after={"start_on": start_on, "state": connection.state, "new_routes": routes},
        )
    return connection


def free_locations(operator_id: int) -> list[int]:
    """Locations that write to no books now: none of them changes its books by being routed."""
    free: list[int] = []
    for location in Location.objects.filter(operator_id=operator_id).order_by("id"):
        newest = LocationRoute.objects.filter(location=location).order_by("valid_from_on").last()
        if (
            newest is None
            or not Connection.objects.filter(
                organisation_id=newest.organisation_id, state__in=(*WRITING, ConnectionState.LOST)
            ).exists()
        ):
            free.append(location.pk)
    return free


def route_locations(
    organisation: Organisation,
    *,
    valid_from_on: date,
    location_ids: Iterable[int] | None = None,
) -> int:
    """Let locations post to the organisation; the number of routes made.

    Raises `OtherOrganisationConnected` where one of them writes to other books now.
    """
    locations = Location.objects.filter(operator_id=organisation.operator_id)
    if location_ids is not None:
        locations = locations.filter(id__in=list(location_ids))
    routes = [
        route
        for location in locations
        if (route := _route(location, organisation, valid_from_on)) is not None
    ]
    LocationRoute.objects.bulk_create(routes)
    return len(routes)


def disconnect(connection_id: int, *, tools: Tools, by: Actor = SYSTEM) -> bool:
    """Stop writing at once, then withdraw our permission at Xero. Whether Xero was told.

    Xero: documented, connections page: removing a connection needs a live token, and revoking
    first would leave the app on the customer's list. So: remove, revoke, forget.
    """
    connection = Connection.objects.select_related("consent__app", "organisation").get(
        id=connection_id
    )
    with transaction.atomic():
        stopped = Connection.objects.filter(id=connection_id).exclude(
            state=ConnectionState.DISCONNECTED
        )
        if stopped.update(state=ConnectionState.DISCONNECTED, reason=None, due_at=None):
            subject = _subject(connection)
            before = {"state": connection.state}
            note(connection.operator_id, by, "organisation_disconnected", subject, before=before)
    told = _withdraw(connection, tools=tools)
    others = Connection.objects.filter(consent_id=connection.consent_id, state__in=WRITING)
    if not others.exists():
        _forget(connection.consent)
    return told


def _take_request(state: str, *, user_id: int | None, tools: Tools) -> ConsentRequest:
    now = tools.clock.now()
    with transaction.atomic():
        request = (
            ConsentRequest.objects.select_related("app")
            .select_for_update(of=("self",))
            .filter(state_token=state)
            .first()
        )
        mismatch = _mismatch(request, user_id=user_id, now=now)
        if request is None or mismatch is not None:
            raise AnswerMismatch(mismatch or Mismatch.UNKNOWN)
        request.used_at = now
        request.save(update_fields=["used_at"])
    return request


def _mismatch(
    request: ConsentRequest | None, *, user_id: int | None, now: datetime
) -> Mismatch | None:
    if request is None:
        return Mismatch.UNKNOWN
    if request.user_id != user_id:
        return Mismatch.OTHER_USER
    if request.used_at is not None:
        return Mismatch.USED
    return Mismatch.EXPIRED if request.expires_at < now else None


def _chosen_in_consent(access_token: str, *, tools: Tools) -> Sequence[ReachableOrganisation]:
    offered = tools.identity.reachable(access_token=access_token)
    event = tools.identity.consent_event(access_token=access_token)
    chosen = [each for each in offered if event is not None and each.auth_event_id == event]
    return tuple(chosen or offered)


def _check_not_elsewhere(found: ReachableOrganisation, *, operator_id: int) -> None:
    """Inside a transaction: one at a time for each organisation, whoever asks."""
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [found.organisation_id])
    elsewhere = Connection.objects.filter(
        organisation__xero_id=found.organisation_id, state__in=WRITING
    ).exclude(operator_id=operator_id)
    if elsewhere.exists():
        raise LinkedElsewhere(chosen=found.name)


def _subject(connection: Connection) -> Subject:
    return Subject("connection", str(connection.public_id), connection.organisation.name)


def _connection(
    organisation: Organisation,
    consent: Consent,
    found: ReachableOrganisation,
    *,
    start_on: date,
    tools: Tools,
) -> Connection:
    """The organisation's row with the new consent, or a first one."""
    connection = (
        Connection.objects.select_for_update()
        .filter(organisation=organisation)
        .order_by("id")
        .last()
    )
    if connection is None:
        connection = Connection(operator_id=consent.operator_id, organisation=organisation)
    elif connection.state not in (ConnectionState.ACTIVE, ConnectionState.PAUSED):
        connection.state = ConnectionState.HELD
    now = tools.clock.now()
    connection.consent = consent
    connection.xero_connection_id = found.connection_id
    connection.reason = None
    connection.start_on = start_on
    connection.connected_at = now
    connection.due_at = now
    connection.save()
    return connection


def _route(
    location: Location, organisation: Organisation, valid_from_on: date
) -> LocationRoute | None:
    """The route to add, or None where the location posts there already."""
    newest = LocationRoute.objects.filter(location=location).order_by("valid_from_on").last()
    if newest is None:
        valid_from_on = BEGINNING
    elif newest.organisation_id == organisation.pk:
        return None
    else:
        writer = Connection.objects.filter(
            organisation_id=newest.organisation_id, state__in=WRITING
        ).select_related("organisation")
        if (other := writer.first()) is not None:
            raise OtherOrganisationConnected(
                chosen=organisation.name, connected=other.organisation.name
            )
    return LocationRoute(
        operator_id=location.operator_id,
        location=location,
        organisation=organisation,
        valid_from_on=valid_from_on,
    )


def _withdraw(connection: Connection, *, tools: Tools) -> bool:
    consent = connection.consent
    others = Connection.objects.filter(consent_id=consent.pk, state__in=WRITING)
    try:
        token = consent_token(consent.pk, tools=tools)
        tools.identity.disconnect(access_token=token, connection_id=connection.xero_connection_id)
        if not others.exists():
            consent.refresh_from_db()
            tools.identity.revoke(
                client_id=consent.app.client_id,
                client_secret=tools.vault.open(consent.app.client_secret_sealed),
                refresh_token=tools.vault.open(consent.refresh_token_sealed),
            )
    except (ConsentLost, ConsentRefused, IdentityUnavailable):
        return False  # nothing is sent any more either way; the person can look at Xero's list
    return True


def _forget(consent: Consent) -> None:
    Consent.objects.filter(id=consent.pk).update(
        state=ConsentState.LOST, access_token_sealed=b"", refresh_token_sealed=b""
    )
