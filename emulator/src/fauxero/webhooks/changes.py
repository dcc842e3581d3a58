"""Which change of the books is which event, if any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from fauxero.accounting.tables import Change

# What a payment, a credit or taking one back moves on a document.
_MOVED_BY_MONEY = (
    "amount_paid",
    "amount_credited",
    "allocated",
    "refunded",
    "status",
    "fully_paid_on",
    "updated_at",
)
_LIVE = ("AUTHORISED", "PAID")


@dataclass(frozen=True, slots=True)
class Happened:
    category: str
    type: str
    resource_id: str
    document_type: str | None = None
    document_status: str | None = None


def happened(changes: Sequence[Change], *, on_payment: bool) -> Iterator[Happened]:
    """Yield what Xero would tell an app of `changes`.

    Archiving counts as an update (documented). Whether a payment on an invoice does is not
    stated: `on_payment` says so.
    """
    for table, key, before, after in changes:
        category = _category(table, after)
        if category is None:
            continue
        if before is not None and not on_payment and _is_by_money(before, after):
            continue
        is_credit_note = category == "CREDITNOTE"
        yield Happened(
            category,
            "CREATE" if before is None else "UPDATE",
            key,
            after.type if is_credit_note else None,
            after.status if is_credit_note else None,
        )


def _category(table: str, row: Any) -> str | None:
    if row is None:
        return None
    match table:
        case "contacts":
            return "CONTACT"
        case "invoices":
            return "INVOICE"
        case "credits":
            return row.kind.upper()
    return None


def _is_by_money(before: Any, after: Any) -> bool:
    names = {field.name for field in fields(after)} & set(_MOVED_BY_MONEY)
    if "status" in names and not {before.status, after.status} <= set(_LIVE):
        return False
    return replace(after, **{name: getattr(before, name) for name in names}) == before
