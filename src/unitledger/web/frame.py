"""What stands around every page: the connection light, the last run, the person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from unitledger import wiring
from unitledger.engine.progress import progress
from unitledger.engine.run_figures import percent
from unitledger.store.connections import Connection, ConnectionState
from unitledger.store.journal import Run, RunState
from unitledger.store.people import Theme
from unitledger.store.places import Location
from unitledger.web import words
from unitledger.web.locale import write_as
from unitledger.web.members import Member
from unitledger.web.navigation import navigation
from unitledger.web.scope import operator_scope
from unitledger.web.words import Look

FALLBACK_ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class Books:
    """The connection that the top bar shows."""

    connection: Connection | None
    is_emulated: bool
    choices: Sequence[Connection] = ()  # where there are several to choose from

    @property
    def light(self) -> Look:
        if self.connection is None:
            return words.NOT_CONNECTED
        if self.is_emulated and self.connection.state == ConnectionState.ACTIVE:
            return words.EMULATOR
        return words.CONNECTIONS[ConnectionState(self.connection.state)]

    @property
    def name(self) -> str | None:
        return self.connection.organisation.name if self.connection else None

    @property
    def currency(self) -> str | None:
        chart = self.connection.organisation.chart if self.connection else None
        return chart["facts"]["currency"] if chart else None


def current_books(organisation_id: int | None = None) -> Books:
    """Within an operator's scope: the chosen organisation's connection, else the newest; one that
    works before one that did."""
    connections = list(
        Connection.objects.select_related("organisation").order_by("-connected_at", "-id")
    )
    working = [each for each in connections if each.state != ConnectionState.DISCONNECTED]
    chosen = [each for each in working if each.organisation_id == organisation_id]
    return Books(
        connection=next(iter(chosen or working or connections), None),
        is_emulated=wiring.is_emulated(),
        choices=working if len(working) > 1 else (),
    )


def operator_zone() -> str:
    """Where the operator's days begin: its first location's zone. Within an operator's scope."""
    zone = Location.objects.order_by("id").values_list("zone", flat=True).first()
    return zone or FALLBACK_ZONE


def framed(
    request: HttpRequest,
    member: Member,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """Render a page inside the frame, with instants in the operator's zone."""
    with operator_scope(member.operator_id):
        books = current_books(member.organisation_id)
        last_run = Run.objects.order_by("-id").first()
        is_running = last_run is not None and last_run.state == RunState.RUNNING
        done = _percent(last_run) if last_run is not None and is_running else None
        zone = (context or {}).get("zone") or operator_zone()
    whole: dict[str, Any] = {
        "member": member,
        "books": books,
        "last_run": last_run,
        "is_running": is_running,
        "percent": done,
        "now": now(),
        "zone": zone,
        "navigation": navigation(member, request.path),
        "locale": write_as(member.operator.locale if member.operator else None),
        "theme": member.user.theme,
        "themes": [str(each) for each in Theme],
        **(context or {}),
    }
    with timezone.override(ZoneInfo(zone)):
        return render(request, template, whole, status=status)


def _percent(run: Run) -> int | None:
    """How far a run is by its calls; None where the rest is not known yet."""
    return percent(progress(run.organisation_id, now=now()))


def now() -> datetime:
    return wiring.shared_tools().clock.now()
