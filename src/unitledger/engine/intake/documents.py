"""What each record asks of the books, as documents that planning will find.

A tenant asks for one contact, an invoice for one invoice, a payment for one payment an
allocation (the part is the invoice's record). What of a payment settles no invoice is one
more document without a part, so that the money is never out of sight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from unitledger.core.billing import Invoice, Payment, Place, Tenant
from unitledger.core.documents import DocumentKind, DocumentState
from unitledger.engine.intake.catalogue import Catalogue
from unitledger.engine.intake.copying import copy_rows, update_rows
from unitledger.engine.intake.decide import Version
from unitledger.engine.intake.rows import Ids, newest
from unitledger.store.base import new_public_id
from unitledger.store.journal import Document

COPIES = (
    "number",
    "dated_on",
    "amount",
    "currency",
    "location_id",
    "building_id",
    "unit_number",
    "tenant_record_id",
)
NEW_COLUMNS = (
    "operator_id",
    "public_id",
    "kind",
    "record_id",
    "part",
    "state",
    "problems",
    "wanted_version",
    "planned_version",
    "applied_version",
    "is_wanted",
    "incarnation",
)
UNALLOCATED = ""  # the part of a payment that settles no invoice
# What a person decided stays decided; anything else is planned anew.
STATE_AFTER_CHANGE = """
    state = CASE WHEN t.state IN ('skipped', 'out_of_scope') THEN t.state
        WHEN t.applied_version > 0 THEN 'changed' ELSE 'new' END
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """One document a version asks for: its part, and the copies for the report."""

    kind: DocumentKind
    part: str
    copies: tuple[Any, ...]
    is_wanted: bool = True


def write_documents(
    *, operator_id: int, versions: Sequence[Version], ids: Ids, catalogue: Catalogue
) -> None:
    current = newest(versions)
    new = [each for each in current if each.known.is_new]
    changed = [each for each in current if not each.known.is_new]
    _insert(
        operator_id,
        [(each, asked) for each in new for asked in _asked(each, ids, catalogue)],
    )
    if changed:
        _change(operator_id, changed, ids, catalogue)


def _asked(version: Version, ids: Ids, catalogue: Catalogue) -> list[Asked]:
    match version.record:
        case Tenant() as tenant:
            own = ids[tenant.key]
            copies = (tenant.number, None, None, None, None, None, None, own)
            return [Asked(DocumentKind.CONTACT, "", copies)]
        case Invoice() as invoice:
            copies = (
                invoice.number,
                *_money(invoice.issued_on, invoice.total, invoice.currency),
                *_place(invoice.place, catalogue),
                ids[invoice.tenant],
            )
            return [Asked(DocumentKind.INVOICE, "", copies, not invoice.is_void)]
        case Payment() as payment:
            return _asked_by_payment(payment, ids, catalogue)


def _asked_by_payment(payment: Payment, ids: Ids, catalogue: Catalogue) -> list[Asked]:
    parts = [(str(ids[each.invoice]), each.amount) for each in payment.allocations]
    rest = payment.amount - sum((amount for _, amount in parts), Decimal(0))
    if rest > 0:
        parts.append((UNALLOCATED, rest))
    return [
        Asked(
            DocumentKind.PAYMENT,
            part,
            (
                payment.number or payment.key.value,
                *_money(payment.paid_on, amount, payment.currency),
                *_place(payment.place, catalogue),
                ids[payment.tenant],
            ),
            not payment.is_void,
        )
        for part, amount in parts
    ]


def _money(day: date, amount: Decimal, currency: str) -> tuple[date, Decimal, str]:
    return day, amount, currency


def _place(place: Place, catalogue: Catalogue) -> tuple[int, int | None, str | None]:
    return catalogue.location_id(place), catalogue.building_id(place), place.unit


def _insert(operator_id: int, asked: Sequence[tuple[Version, Asked]]) -> None:
    copy_rows(
        Document,
        (*NEW_COLUMNS, *COPIES),
        (
            (
                operator_id,
                new_public_id(),
                str(each.kind),
                version.known.record_id,
                each.part,
                str(DocumentState.NEW),
                "[]",
                version.number,
                0,
                0,
                each.is_wanted,
                1,
                *each.copies,
            )
            for version, each in asked
        ),
    )


def _change(operator_id: int, versions: Sequence[Version], ids: Ids, catalogue: Catalogue) -> None:
    """Bring the documents of changed records to the new version, in every organisation."""
    by_record = {each.known.record_id: each for each in versions}
    asked = {
        record_id: {each.part: each for each in _asked(version, ids, catalogue)}
        for record_id, version in by_record.items()
    }
    updates, gone = [], []
    missing = {(record_id, part) for record_id, parts in asked.items() for part in parts}
    for document_id, record_id, part in _locked(operator_id, list(by_record)):
        missing.discard((record_id, part))
        number = by_record[record_id].number
        wanted = asked[record_id].get(part)
        if wanted is None:
            gone.append((document_id, number, False))
        else:
            updates.append((document_id, number, wanted.is_wanted, *wanted.copies))
    columns = ("wanted_version", "is_wanted")
    update_rows(Document, (*columns, *COPIES), updates, also=STATE_AFTER_CHANGE)
    update_rows(Document, columns, gone, also=STATE_AFTER_CHANGE)
    _insert(
        operator_id,
        [(by_record[record_id], asked[record_id][part]) for record_id, part in sorted(missing)],
    )


def _locked(operator_id: int, record_ids: Sequence[int]) -> list[tuple[int, int, str]]:
    """Locked in the order of their ids: whoever else locks documents so cannot deadlock with us."""
    rows = (
        Document.objects.select_for_update()
        .filter(operator_id=operator_id, record_id__in=record_ids)
        .order_by("id")
    )
    return list(rows.values_list("id", "record_id", "part"))
