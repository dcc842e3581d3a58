"""A tie-out as plain values, for `--json` and for exports. Money is text, exact to the cent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from unitledger.core.documents import DocumentKind
from unitledger.engine import links
from unitledger.engine.reconcile.figures import AccountLine, Figure, Line
from unitledger.engine.reconcile.tie_out import TieOut
from unitledger.engine.reconcile.values import ZERO, Difference
from unitledger.store.journal import Document


def to_content(result: TieOut, *, differences_max: int | None = None) -> dict[str, Any]:
    """The whole tie-out, or with the first differences only; their count is always true.

    `docs/how-to/month-end.md` explains the names.
    """
    shown = result.differences[:differences_max]
    records = _records(shown)
    return {
        "ties": result.ties,
        "operator": result.operator,
        "organisation": result.organisation,
        "currency": result.currency,
        "start_on": result.start_on.isoformat(),
        "on": result.on.isoformat(),
        "read_at": result.read_at.isoformat(),
        "calls": result.calls,
        "by_kind": [
            {"kind": str(kind), **_line(line), "unexplained": _money(result.unexplained(kind))}
            for kind, line in result.kinds.items()
        ],
        "by_location": [
            {
                "location": location,
                "invoices": _line(result.invoiced.get(location, Line())),
                "payments": _line(result.received.get(location, Line())),
            }
            for location in result.locations
        ],
        "by_month": [
            {
                "month": month,
                "invoices": _line(lines.get(DocumentKind.INVOICE, Line())),
                "payments": _line(lines.get(DocumentKind.PAYMENT, Line())),
            }
            for month, lines in result.months.items()
        ],
        "by_account": [_account(line) for line in result.accounts],
        "receivables": {
            "amounts_due": _money(result.control.amounts_due),
            "trial_balance": _money(result.control.trial_balance),
            "difference": _money(result.control.difference),
        },
        "differences_count": len(result.open_differences),
        "accepted_count": len(result.differences) - len(result.open_differences),
        "differences": [
            {**_difference(each, result), "record": records.get(each.document_id)} for each in shown
        ],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "source": _figure(line.source),
        "skipped": _figure(line.skipped),
        "out_of_scope": _figure(line.out_of_scope),
        "wanted": _figure(line.wanted),
        "books": _figure(line.books),
        "books_others": _figure(line.others),
        "difference": _figure(line.difference),
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {"count": figure.count, "amount": _money(figure.amount)}


def _account(line: AccountLine) -> dict[str, Any]:
    return {
        "code": line.code,
        "name": line.name,
        "source": _money(line.wanted),
        "books": _money(line.books),
        "books_others": _money(line.others),
        "difference": _money(line.difference),
        "trial_balance": _money(line.trial_balance),
        "unexplained": _money(line.unexplained),
    }


def _difference(difference: Difference, result: TieOut) -> dict[str, Any]:
    kind = difference.kind
    return {
        "rule": difference.rule,
        "kind": None if kind is None else str(kind),
        "document": difference.document,
        "number": difference.number,
        "says": difference.says,
        "remedy": difference.remedy,
        "source_amount": _money(difference.source_amount),
        "books_amount": _money(difference.books_amount),
        "difference": _money(difference.money),
        "dated_on": None if difference.dated_on is None else difference.dated_on.isoformat(),
        "location": difference.location,
        "xero_id": difference.xero_id,
        "link": _link(kind, difference.xero_id, result),
        "accepted": difference.is_accepted,
    }


def _records(differences: Sequence[Difference]) -> Mapping[int | None, str]:
    """By document: the public id of the record it is made from, which addresses name."""
    ids = [each.document_id for each in differences if each.document_id is not None]
    found = Document.objects.filter(id__in=ids).values_list("id", "record__public_id")
    return {document_id: str(public_id) for document_id, public_id in found}


def _link(kind: DocumentKind | None, xero_id: str | None, result: TieOut) -> str | None:
    return None if kind is None else links.into_xero(kind, xero_id, short_code=result.short_code)


def _money(amount: Decimal | None) -> str | None:
    # Adding nothing takes the sign off a zero.
    return None if amount is None else format(amount + ZERO, ".2f")
