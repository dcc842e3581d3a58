"""Settings > Integration > Accounting Software > Xero > Authenticate."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger import wiring
from unitledger.core.exchange import (
    BooksUnavailable,
    ConsentLost,
    ConsentRefused,
    IdentityUnavailable,
)
from unitledger.engine import connecting
from unitledger.engine.budget import DayUsedUp
from unitledger.engine.connecting import ConnectError
from unitledger.engine.first_mapping import suggest_first_mapping
from unitledger.engine.mapping.refreshing import refresh
from unitledger.engine.mapping.survey import current_connection
from unitledger.engine.reading import stored_chart
from unitledger.store.audit import AuditEntry
from unitledger.store.connections import (
    Connection,
    ConnectionState,
    LocationRoute,
    MappingVersion,
    Organisation,
    XeroApp,
)
from unitledger.store.people import Operator
from unitledger.store.places import Location
from unitledger.web.frame import framed, now
from unitledger.web.members import (
    ORGANISATION_KEY,
    Member,
    for_administrators,
    for_members,
)
from unitledger.web.pages.synchronize_taxes import BASES
from unitledger.web.scope import operator_scope

CONSENT_KEY = "consent_id"
# What a consent was begun for: an organisation to reconnect (its row's id), or another one.
INTENT_KEY = "consent_intent"
ANOTHER = "another"
CLIENT_ID = re.compile(r"[0-9A-Za-z]{32}")
AWAY = "Xero could not be reached. Nothing changed. Try again in a minute."
REFUSED = {
    "invalid_client": "Xero does not accept this Client ID and Client Secret. The secret may have "
    "been replaced. Enter a new one.",
    "invalid_grant": "Xero no longer takes this answer: it is good for five minutes, once. "
    "Connect to Xero again.",
}


@require_GET
@never_cache
@for_members
def authenticate(request: HttpRequest, member: Member) -> HttpResponse:
    return _authenticate_page(request, member, {})


def _authenticate_page(
    request: HttpRequest, member: Member, typed: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    with operator_scope(member.operator_id):
        connection = current_connection(member.operator_id, member.organisation_id)
        chart = stored_chart(connection.organisation_id) if connection else None
        connected_by = _connected_by(connection)
        routes = list(LocationRoute.objects.values_list("location__name", "organisation_id"))
        mapping = MappingVersion.objects.order_by("-id").first()
    app = _app(member)
    context = {
        # Keys are no business of the web role: only whether there are any is shown.
        "app": app,
        "client_id": app.client_id if app else "",
        "routes": routes,
        "mapping": mapping,
        "redirect_uri": redirect_uri(request),
        "is_emulated": wiring.is_emulated(),
        "facts": chart.facts if chart else None,
        "basis": BASES.get(chart.facts.tax_basis or "") if chart else None,
        "connected_by": connected_by,
        **typed,
    }
    return framed(request, member, "web/xero.html", context, status=status)


def _connected_by(connection: Connection | None) -> AuditEntry | None:
    if connection is None:
        return None
    entries = AuditEntry.objects.filter(
        act="organisation_connected", subject_id=str(connection.public_id)
    )
    return entries.order_by("id").last()


@require_POST
@for_administrators
def save_keys(request: HttpRequest, member: Member) -> HttpResponse:
    client_id = request.POST.get("client_id", "").strip()
    if not CLIENT_ID.fullmatch(client_id):
        wrong = f"A Client ID has 32 letters and digits; this one has {len(client_id)}."
        if len(client_id) == 32:
            wrong = "A Client ID has letters and digits only. Copy it again from your app's page."
        typed = {"client_id": client_id, "id_error": wrong}
        return _authenticate_page(request, member, typed, status=422)
    try:
        connecting.save_app_keys(
            member.operator_id,
            client_id=request.POST.get("client_id", ""),
            client_secret=request.POST.get("client_secret", ""),
            vault=wiring.shared_tools().vault,
            by=member.actor,
        )
    except ConnectError as error:
        messages.error(request, str(error))
    else:
        messages.info(request, "Keys saved. One step is left: connect to Xero.")
    return redirect("xero")


@require_POST
@for_administrators
def connect(request: HttpRequest, member: Member) -> HttpResponse:
    app = _app(member)
    if app is None:
        messages.error(request, "Save the keys of your Xero app first.")
        return redirect("xero")
    request.session[INTENT_KEY] = _intent(request, member)
    address = connecting.begin_consent(
        app,
        user_id=member.user.pk,
        redirect_uri=redirect_uri(request),
        scopes=wiring.CONSENT_SCOPES,
        tools=wiring.shared_tools(),
    )
    return HttpResponseRedirect(address)


@require_GET
@never_cache
@for_administrators
def callback(request: HttpRequest, member: Member) -> HttpResponse:
    """Xero sends the person back here."""

    def finish() -> HttpResponse:
        granted = connecting.finish_consent(
            state=request.GET.get("state", ""),
            code=request.GET.get("code"),
            error=request.GET.get("error"),
            user_id=member.user.pk,
            tools=wiring.shared_tools(),
            by=member.actor,
        )
        request.session[CONSENT_KEY] = granted.consent_id
        return redirect("xero-organisation")

    return _guarded(request, finish)


@require_GET
@never_cache
@for_administrators
def choose(request: HttpRequest, member: Member) -> HttpResponse:
    """Which of the organisations, and from which day on. Never chosen for the person."""

    def show() -> HttpResponse:
        consent_id = _consent_id(request, member)
        offered = connecting.reachable(consent_id, tools=wiring.shared_tools())
        context = {
            "offered": offered,
            "start_on": _first_day(request, member).isoformat(),
            "is_another": request.session.get(INTENT_KEY) == ANOTHER,
        }
        return framed(request, member, "web/organisation.html", context)

    return _guarded(request, show)


@require_POST
@for_administrators
def connect_organisation(request: HttpRequest, member: Member) -> HttpResponse:
    try:
        start_on = date.fromisoformat(request.POST.get("start_on", ""))
    except ValueError:
        messages.error(request, "Give the start date as in 2026-11-01.")
        return redirect("xero-organisation")

    def connect_it() -> HttpResponse:
        consent_id = _consent_id(request, member)
        connection = connecting.connect_organisation(
            consent_id,
            xero_id=request.POST.get("organisation", ""),
            start_on=start_on,
            tools=wiring.shared_tools(),
            location_ids=connecting.free_locations(member.operator_id),
            only=_only(request, member),
            awaits_go_ahead=True,
            by=member.actor,
        )
        del request.session[CONSENT_KEY]
        request.session.pop(INTENT_KEY, None)
        request.session[ORGANISATION_KEY] = connection.organisation_id
        _read_at_once(connection)
        messages.info(request, f"Connected to {connection.organisation.name}.")
        return redirect("xero")

    return _guarded(request, connect_it)


def _read_at_once(connection: Connection) -> None:
    """So that the pages can tell country, currency and lock dates; it is connected anyway."""
    try:
        refresh(connection.pk, tools=wiring.shared_tools())
    except (BooksUnavailable, IdentityUnavailable, DayUsedUp):
        return  # Synchronize offers to read it


@require_POST
@for_administrators
def suggest(request: HttpRequest, member: Member) -> HttpResponse:
    """Save what the chart suggests as the next mapping version."""

    def suggest_it() -> HttpResponse:
        connection = _connection(member)
        operator = Operator.objects.get(id=member.operator_id)
        suggestion = suggest_first_mapping(
            connection.pk,
            contact_prefix=f"{operator.handle_key}-",
            tools=wiring.shared_tools(),
            locations=list(
                Location.objects.filter(operator_id=member.operator_id).values_list(
                    "name", flat=True
                )
            ),
            user_id=member.user.pk,
            by=member.actor,
        )
        for note in suggestion.notes:
            messages.info(request, note)
        return redirect("xero")

    return _guarded(request, suggest_it)


@require_POST
@for_administrators
def disconnect(request: HttpRequest, member: Member) -> HttpResponse:
    connection = _connection(member, request.POST.get("organisation", ""))
    told = connecting.disconnect(connection.pk, tools=wiring.shared_tools(), by=member.actor)
    name = connection.organisation.name
    messages.info(
        request,
        f"Disconnected from {name}. Nothing more is sent."
        if told
        else f"Disconnected from {name}; nothing more is sent. Xero could not be told: look under "
        "Settings, Connected apps in Xero.",
    )
    return redirect("xero")


def redirect_uri(request: HttpRequest) -> str:
    """Where Xero sends people back to. Xero takes http for `localhost` only, by that name."""
    address = request.build_absolute_uri(reverse("xero-callback"))
    parts = urlsplit(address)
    if parts.hostname in ("127.0.0.1", "::1"):
        netloc = f"localhost:{parts.port}" if parts.port else "localhost"
        return parts._replace(netloc=netloc).geturl()
    return address


def _guarded(request: HttpRequest, act: Callable[[], HttpResponse]) -> HttpResponse:
    """What a person can mend is said on the page they came from."""
    try:
        return act()
    except (ConnectError, ConsentLost) as trouble:
        messages.error(request, str(trouble))
    except ConsentRefused as refused:
        messages.error(request, REFUSED.get(refused.code, f"Xero refused: {refused}"))
    except (IdentityUnavailable, BooksUnavailable):
        messages.error(request, AWAY)
    except DayUsedUp as used_up:
        messages.error(request, str(used_up))
    return redirect("xero")


def _app(member: Member) -> XeroApp | None:
    return XeroApp.objects.filter(operator_id=member.operator_id).order_by("id").last()


def _connection(member: Member, named: str = "") -> Connection:
    """The named organisation's connection, else the one that the pages are about."""
    if named:
        working = Connection.objects.filter(operator_id=member.operator_id)
        working = working.exclude(state=ConnectionState.DISCONNECTED)
        found = working.filter(organisation__public_id=as_uuid(named))
        connection = found.select_related("organisation").last()
    else:
        connection = current_connection(member.operator_id, member.organisation_id)
    if connection is None:
        raise connecting.NotReachable
    return connection


def as_uuid(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        raise Http404("There is no such organisation.") from None


def _intent(request: HttpRequest, member: Member) -> int | str | None:
    """Reconnecting is for one organisation; a first connection is for any."""
    if request.POST.get("another"):
        return ANOTHER
    named = request.POST.get("organisation", "")
    if named:
        found = Organisation.objects.filter(
            operator_id=member.operator_id, public_id=as_uuid(named)
        ).first()
        if found is None:
            raise Http404("There is no such organisation.")
        return found.pk
    current = current_connection(member.operator_id, member.organisation_id)
    return current.organisation_id if current else None


def _only(request: HttpRequest, member: Member) -> Organisation | None:
    intent = request.session.get(INTENT_KEY)
    if intent in (None, ANOTHER):
        return None
    return Organisation.objects.filter(operator_id=member.operator_id, id=intent).first()


def _first_day(request: HttpRequest, member: Member) -> date:
    """What the form begins with: the start date there was, else this month's first day."""
    only = _only(request, member)
    before = Connection.objects.filter(organisation=only).order_by("id").last() if only else None
    return before.start_on if before else now().date().replace(day=1)


def _consent_id(request: HttpRequest, member: Member) -> int:
    """The consent that this session has just been given, of this operator."""
    from unitledger.store.connections import Consent

    consent_id = int(request.session.get(CONSENT_KEY, 0))
    if not Consent.objects.filter(id=consent_id, operator_id=member.operator_id).exists():
        raise connecting.NotReachable
    return consent_id
