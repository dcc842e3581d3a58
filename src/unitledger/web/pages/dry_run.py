"""Books > Sync runs > Dry run: what would be sent, before anything is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger.core.documents import DocumentKind
from unitledger.core.effects import EffectKind
from unitledger.core.problems import ProblemCode
from unitledger.engine import dry_runs
from unitledger.jobs.tasks import make_dry_run
from unitledger.store.connections import Connection
from unitledger.store.dry_runs import DryRun, DryRunState
from unitledger.web import words
from unitledger.web.fixes import page_of
from unitledger.web.frame import framed, now
from unitledger.web.members import Member, for_bookkeepers, for_members
from unitledger.web.pages.runs import WORKING, may_steer
from unitledger.web.pages.steering import chosen_organisation
from unitledger.web.scope import operator_scope


@require_GET
@never_cache
@for_members
def dry_run(request: HttpRequest, member: Member) -> HttpResponse:
    with operator_scope(member.operator_id):
        connection = asked_connection(request)
        newest = (
            DryRun.objects.filter(organisation_id=connection.organisation_id)
            .order_by("-asked_at")
            .first()
        )
    is_made = newest is not None and newest.state == DryRunState.MADE
    since = newest.asked_at if newest and newest.state == DryRunState.ASKED else None
    context: dict[str, Any] = {
        "connection": connection,
        "organisation": connection.organisation,
        "dry_run": newest,
        "told": _told(newest.content) if newest and is_made and newest.content else None,
        "is_making": since is not None and now() - since < dry_runs.GIVEN_UP_AFTER,
        "is_working": connection.state in WORKING,
        "may_steer": may_steer(member),
    }
    return framed(request, member, "web/sync/dry_run.html", context)


@require_POST
@for_bookkeepers
def ask(request: HttpRequest, member: Member) -> HttpResponse:
    """Ask for a dry run. A second click waits for the first one's."""
    organisation_id = chosen_organisation(request, member)
    with transaction.atomic():
        asked, is_new = dry_runs.ask(organisation_id, by=member.actor, now=now())
        if is_new:
            make_dry_run.defer(dry_run_id=asked.pk)
    return redirect(f"{reverse('dry-run')}?organisation={request.POST['organisation']}")


def asked_connection(request: HttpRequest) -> Connection:
    """Within an operator's scope: of the organisation in the address, or the newest."""
    found = Connection.objects.select_related("organisation").order_by("-id")
    typed = request.GET.get("organisation", "")
    if typed:
        try:
            found = found.filter(organisation__public_id=UUID(typed))
        except ValueError:
            raise Http404("There is no such organisation.") from None
    connection = found.first()
    if connection is None:
        raise Http404("No organisation is connected yet.")
    return connection


def _told(content: Mapping[str, Any]) -> dict[str, Any]:
    """The kept result with the words and values of the page."""
    return {
        **content,
        "made_at": datetime.fromisoformat(content["made_at"]),
        "ends_at": datetime.fromisoformat(content["ends_at"]),
        "minutes": -(-content["seconds"] // 60),
        "kinds": [
            {**each, "name": words.EFFECT_KINDS[EffectKind(each["effect"])]}
            for each in content["kinds"]
        ],
        "accounts": [
            {**each, **{name: Decimal(each[name]) for name in ("net", "tax", "received")}}
            for each in content["accounts"]
        ],
        "held_back": [
            {
                **each,
                "nouns": words.NOUNS[DocumentKind(each["kind"])],
                "fix": page_of(ProblemCode(each["code"])),
            }
            for each in content["held_back"]
        ],
        "held_back_count": sum(each["count"] for each in content["held_back"]),
    }
