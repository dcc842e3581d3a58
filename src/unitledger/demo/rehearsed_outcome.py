"""What became of the records of a rehearsal: states, reasons, the tie-out. Figures only."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from unitledger.core.documents import DocumentKind
from unitledger.engine.planning import loaded
from unitledger.engine.reasons import problems_of
from unitledger.engine.reconcile.content import to_content
from unitledger.engine.reconcile.tie_out import tie_out
from unitledger.engine.tools import Tools
from unitledger.store.connections import Connection
from unitledger.store.journal import Document, Run

XERO_CALLS_A_MINUTE = 60
IN_THE_BOOKS = ("synced", "out_of_scope")
REASONS_SHOWN = 20
DIFFERENCES_KEPT = 100
OF_A_DIFFERENCE = ("rule", "kind", "document", "says", "remedy", "source_amount", "books_amount")


def outcome_of(connection: Connection, *, tools: Tools) -> dict[str, Any]:
    calls = Run.objects.aggregate(calls=Sum("calls_used"))["calls"] or 0
    tied = tie_out(connection.organisation_id, tools=tools)
    return {
        "states": _states(),
        "reasons": _reasons(),
        "calls": calls,
        "minutes_in_xero": math.ceil(calls / XERO_CALLS_A_MINUTE),
        "tie_out": _without_ids(to_content(tied, differences_max=DIFFERENCES_KEPT)),
    }


def _without_ids(content: dict[str, Any]) -> dict[str, Any]:
    """Figures and sentences only: an id of the emulated books means nothing outside of them."""
    told = [{name: each[name] for name in OF_A_DIFFERENCE} for each in content["differences"]]
    return {**content, "differences": told}


def _states() -> list[dict[str, Any]]:
    found = Document.objects.values("kind", "state").annotate(
        count=Count("id"), amount=Sum("amount")
    )
    return [
        {
            "kind": each["kind"],
            "state": each["state"],
            "count": each["count"],
            "amount": _money(each["amount"], each["kind"]),
        }
        for each in found.order_by("kind", "state")
    ]


def _reasons() -> list[dict[str, Any]]:
    """What did not go, in the words of the first of each reason."""
    sums: dict[tuple[str, str], dict[str, Any]] = {}
    left = Document.objects.exclude(state__in=IN_THE_BOOKS).filter(is_wanted=True)
    for kind, problems, amount in left.values_list("kind", "problems", "amount").iterator():
        problem = next(iter(problems_of(loaded(problems) or [])), None)
        code = str(problem.code) if problem else ""
        known = sums.setdefault(
            (code, kind),
            {
                "code": code,
                "kind": kind,
                "sentence": problem.sentence if problem else "It was not sent.",
                "remedy": problem.remedy if problem else "",
                "count": 0,
                "sum": Decimal(0),
            },
        )
        known["count"] += 1
        known["sum"] += amount or Decimal(0)
    most_first = sorted(sums.values(), key=lambda each: -each["count"])[:REASONS_SHOWN]
    return [
        {**{name: value for name, value in each.items() if name != "sum"},
         "amount": _money(each["sum"], each["kind"])}
        for each in most_first
    ]  # fmt: skip


def _money(amount: Decimal | None, kind: str) -> str | None:
    return None if kind == DocumentKind.CONTACT else str(amount or Decimal(0))
