"""Settings > … > Xero > Rehearsal: the whole backfill in an emulator, and what it came to.

Every page of it carries the banner: nothing here is in Xero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger import wiring
from unitledger.core.documents import DocumentKind, DocumentState
from unitledger.core.problems import ProblemCode
from unitledger.engine.mapping.survey import current_connection
from unitledger.engine.rehearsal import asking
from unitledger.engine.rehearsal.asking import RehearsalError
from unitledger.store.connections import Connection, MappingVersion
from unitledger.store.rehearsals import RehearsalState
from unitledger.web import words
from unitledger.web.fixes import page_of
from unitledger.web.frame import framed, now
from unitledger.web.members import Member, for_bookkeepers, for_members
from unitledger.web.pages.runs import may_steer
from unitledger.web.scope import operator_scope

EVERYWHERE_ONLY = "Only somebody who sees every location can rehearse."
OPEN = (RehearsalState.ASKED, RehearsalState.RUNNING)
BASES = {
    "CASH": "Your return is on a cash basis: it counts an invoice in the period it is paid.",
    "FLATRATECASH": "Your return is a flat rate on what is received, not these sums.",
    "FLATRATEACCRUAL": "Your return is a flat rate on what is invoiced, not these sums.",
}


@dataclass(frozen=True, slots=True)
class ProfitLine:
    """One month: each account's amount in the order of the columns, and the profit."""

    month: date
    amounts: Sequence[Decimal]
    profit: Decimal
    share: int  # of the best month, for the bar


@dataclass(frozen=True, slots=True)
class TaxLine:
    month: date
    rate: str
    net: Decimal
    tax: Decimal


@require_GET
@never_cache
@for_members
def rehearsal(request: HttpRequest, member: Member) -> HttpResponse:
    with operator_scope(member.operator_id):
        connection = current_connection(member.operator_id, member.organisation_id)
        found = asking.newest(connection.organisation_id) if connection else None
        newest = _mapping_version(connection)
    is_gone = found is not None and asking.is_silent(found, now=now())
    context: dict[str, Any] = {
        "connection": connection,
        "found": found,
        "is_open": found is not None and found.state in OPEN and not is_gone,
        "is_gone": is_gone,
        "gone": asking.GONE,
        "is_possible": wiring.can_rehearse(),
        "may_rehearse": may_steer(member),
        "sees_all": member.sees_every_location,
        "newest_mapping": newest,
    }
    if found is not None and found.content is not None:
        context |= _told(found.content)
    return framed(request, member, "web/rehearsal.html", context)


@require_POST
@for_bookkeepers
def ask(request: HttpRequest, member: Member) -> HttpResponse:
    """A second click finds the rehearsal of the first."""
    connection = _connection(member)
    if connection is None:
        return redirect("xero")
    if not wiring.can_rehearse():
        messages.error(request, "The emulator is not installed here: install unitledger[demo].")
        return redirect("rehearsal")
    try:
        asking.ask(connection.organisation_id, by=member.actor, now=now())
    except RehearsalError as error:
        messages.error(request, str(error))
    return redirect("rehearsal")


@require_POST
@for_bookkeepers
def stop(request: HttpRequest, member: Member) -> HttpResponse:
    connection = _connection(member)
    if connection is not None:
        with operator_scope(member.operator_id):
            found = asking.newest(connection.organisation_id)
        if found is not None:
            asking.stop(found.pk, by=member.actor, now=now())
    return redirect("rehearsal")


def _connection(member: Member) -> Connection | None:
    if not may_steer(member):
        raise PermissionDenied(EVERYWHERE_ONLY)
    with operator_scope(member.operator_id):
        return current_connection(member.operator_id, member.organisation_id)


def _mapping_version(connection: Connection | None) -> int | None:
    if connection is None:
        return None
    found = MappingVersion.objects.filter(organisation_id=connection.organisation_id)
    return found.order_by("-version").values_list("version", flat=True).first()


def _told(content: Mapping[str, Any]) -> dict[str, Any]:
    """What was found, with its figures as figures."""
    accounts = sorted({name for each in content["profit"] for name in each["accounts"]})
    tie_out = content["tie_out"]
    return {
        "told": content,
        "ties": tie_out["ties"],
        "tie_out": tie_out,
        "tied_from": date.fromisoformat(tie_out["start_on"]),
        "tied_to": date.fromisoformat(tie_out["on"]),
        "currency": tie_out["currency"],
        "accounts": accounts,
        "profit": _profit(content["profit"], accounts),
        "profit_total": sum((Decimal(each["profit"]) for each in content["profit"]), Decimal(0)),
        "tax": [
            TaxLine(_month(each["month"]), each["rate"], Decimal(each["net"]), Decimal(each["tax"]))
            for each in content["tax"]
        ],
        "tax_total": sum((Decimal(each["tax"]) for each in content["tax"]), Decimal(0)),
        "basis": BASES.get(content.get("tax_basis") or "", ""),
        "states": _states(content["states"]),
        "reasons": [
            {
                **each,
                "noun": words.KINDS[DocumentKind(each["kind"])].lower(),
                "fix": page_of(ProblemCode(each["code"])) if each["code"] else None,
            }
            for each in content["reasons"]
        ],
        "left": sum(each["count"] for each in content["reasons"]),
    }


def _profit(months: Sequence[Mapping[str, Any]], accounts: Sequence[str]) -> list[ProfitLine]:
    best = max((abs(Decimal(each["profit"])) for each in months), default=Decimal(0))
    return [
        ProfitLine(
            month=_month(each["month"]),
            amounts=[Decimal(each["accounts"].get(name, "0")) for name in accounts],
            profit=Decimal(each["profit"]),
            share=int(100 * abs(Decimal(each["profit"])) / best) if best else 0,
        )
        for each in months
    ]


def _states(states: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "name": words.KINDS[DocumentKind(each["kind"])],
            "look": words.DOCUMENTS[DocumentState(each["state"])],
            "count": each["count"],
            "amount": Decimal(each["amount"]) if each["amount"] else None,
        }
        for each in states
    ]


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")
