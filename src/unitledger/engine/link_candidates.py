"""What of Xero's may be a record of ours: found in what the sweeps brought, and compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection as database

from unitledger.core.documents import DocumentKind

CANDIDATES_MAX = 20
NEAR = timedelta(days=31)
_DRAFTS = ("DRAFT", "SUBMITTED")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that both sides say. Where a binding one differs, they are not linked."""

    name: str
    ours: str | Decimal | date | None
    theirs: str | Decimal | date | None
    agrees: bool
    is_binding: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """An object in Xero that no record of ours is linked to."""

    xero_id: str
    status: str
    number: str | None
    name: str | None  # of the contact
    reference: str | None
    dated_on: date | None
    total: Decimal | None
    currency: str | None
    read_at: datetime
    checks: Sequence[Check]
    invoice_id: str | None = None
    account_id: str | None = None
    contact_id: str | None = None
    url: str | None = None

    @property
    def is_exact(self) -> bool:
        return all(each.agrees for each in self.checks)

    @property
    def may_be_linked(self) -> bool:
        return all(each.agrees for each in self.checks if each.is_binding)

    @property
    def differing(self) -> Sequence[Check]:
        return [each for each in self.checks if not each.agrees]

    @property
    def is_draft(self) -> bool:
        return self.status in _DRAFTS


@dataclass(frozen=True, slots=True)
class Ours:
    """The document's side of the comparison."""

    document_id: int
    organisation_id: int
    kind: DocumentKind
    number: str
    handle: str | None
    tenant: str | None
    dated_on: date | None
    amount: Decimal | None
    currency: str | None
    parent_xero_id: str | None
    parent_number: str | None


_OURS = """
    SELECT d.id, d.organisation_id, d.kind, d.number, d.handle, t.name, d.dated_on, d.amount,
           d.currency, p.xero_id, p.number
      FROM document d
      LEFT JOIN document p ON p.id = d.parent_id
      LEFT JOIN tenant t ON t.record_id = d.tenant_record_id
     WHERE d.operator_id = %(operator)s AND d.id = %(document)s
"""
_FREE = """
    SELECT x.xero_id, x.status, x.number, COALESCE(c.name, x.name), x.reference, x.dated_on,
           x.total, x.currency, x.read_at, x.invoice_id, x.account_id, x.contact_id, x.url,
           i.number
      FROM xero_object x
      LEFT JOIN xero_object c ON c.organisation_id = x.organisation_id AND c.kind = 'contact'
                             AND c.xero_id = x.contact_id AND x.kind = 'invoice'
      LEFT JOIN xero_object i ON i.organisation_id = x.organisation_id AND i.kind = 'invoice'
                             AND i.xero_id = x.invoice_id AND x.kind = 'payment'
     WHERE x.operator_id = %(operator)s AND x.organisation_id = %(organisation)s
       AND x.kind = %(kind)s AND x.is_receivable
       AND x.status NOT IN ('VOIDED', 'DELETED', 'ARCHIVED', 'GDPRREQUEST')
       AND NOT EXISTS (SELECT 1 FROM document o WHERE o.organisation_id = x.organisation_id
                        AND o.kind = x.kind AND o.xero_id = x.xero_id)
"""
# The likeliest first: the same number, then the same money near the day, then the same tenant.
_LIKELY = """
       AND (x.number = ANY(%(numbers)s)
            OR (x.total = %(amount)s AND x.dated_on BETWEEN %(from)s AND %(to)s)
            OR x.invoice_id = %(parent)s
            OR lower(x.name) = lower(%(tenant)s))
     ORDER BY x.number = ANY(%(numbers)s) DESC NULLS LAST,
              x.total = %(amount)s DESC NULLS LAST, x.invoice_id = %(parent)s DESC NULLS LAST,
              abs(x.dated_on - %(on)s::date) NULLS LAST, x.id
     LIMIT %(most)s
"""
_SEARCHED = """
       AND (x.number ILIKE %(search)s OR x.reference ILIKE %(search)s OR x.name ILIKE %(search)s
            OR c.name ILIKE %(search)s OR i.number ILIKE %(search)s)
     ORDER BY x.total = %(amount)s DESC NULLS LAST, x.dated_on DESC NULLS LAST, x.id
     LIMIT %(most)s
"""


def ours(operator_id: int, document_id: int) -> Ours | None:
    """None where there is no such document, or no organisation it belongs to yet."""
    with database.cursor() as cursor:
        cursor.execute(_OURS, {"operator": operator_id, "document": document_id})
        row = cursor.fetchone()
    if row is None or row[1] is None:
        return None
    return Ours(row[0], row[1], DocumentKind(row[2]), *row[3:])


def candidates(operator_id: int, about: Ours, *, search: str = "") -> Sequence[Candidate]:
    """What of Xero's may be this record: by likeness, or by what a person looks for."""
    escaped = search.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    on = about.dated_on
    arguments: dict[str, Any] = {
        "operator": operator_id,
        "organisation": about.organisation_id,
        "kind": str(about.kind),
        "numbers": [each for each in (about.handle, about.number) if each],
        "amount": about.amount,
        "from": on - NEAR if on else None,
        "to": on + NEAR if on else None,
        "on": on,
        "parent": about.parent_xero_id if about.kind is DocumentKind.PAYMENT else None,
        "tenant": about.tenant if about.kind is DocumentKind.CONTACT else None,
        "search": f"%{escaped}%",
        "most": CANDIDATES_MAX,
    }
    with database.cursor() as cursor:
        cursor.execute(_FREE + (_SEARCHED if escaped else _LIKELY), arguments)
        return [_candidate(about, row) for row in cursor.fetchall()]


def candidate(operator_id: int, about: Ours, xero_id: str) -> Candidate | None:
    """One object by its id; None where there is none, or it is linked already."""
    with database.cursor() as cursor:
        cursor.execute(
            f"{_FREE} AND x.xero_id = %(xero_id)s",
            {
                "operator": operator_id,
                "organisation": about.organisation_id,
                "kind": str(about.kind),
                "xero_id": xero_id,
            },
        )
        row = cursor.fetchone()
    return None if row is None else _candidate(about, row)


def _candidate(about: Ours, row: tuple[Any, ...]) -> Candidate:
    found = Candidate(
        xero_id=row[0],
        status=row[1],
        number=row[2],
        name=row[3],
        reference=row[4],
        dated_on=row[5],
        total=row[6],
        currency=row[7],
        read_at=row[8],
        invoice_id=row[9],
        account_id=row[10],
        contact_id=row[11],
        url=row[12],
        checks=(),
    )
    return replace(found, checks=_checks(about, found, row[13]))


def _checks(about: Ours, found: Candidate, invoice_number: str | None) -> Sequence[Check]:
    match about.kind:
        case DocumentKind.CONTACT:
            same_name = (about.tenant or "").casefold() == (found.name or "").casefold()
            return (Check("name", about.tenant, found.name, same_name),)
        case DocumentKind.INVOICE:
            return (
                *_money_checks(about, found),
                Check("date", about.dated_on, found.dated_on, about.dated_on == found.dated_on),
                Check(
                    "number",
                    about.handle or about.number,
                    found.number,
                    found.number in (about.handle, about.number),
                ),
                Check("tenant", about.tenant, found.name, _same_tenant(about, found)),
            )
        case DocumentKind.PAYMENT:
            same = about.parent_xero_id is not None and about.parent_xero_id == found.invoice_id
            return (
                *_money_checks(about, found),
                Check("invoice", about.parent_number, invoice_number, same, is_binding=True),
                Check("date", about.dated_on, found.dated_on, about.dated_on == found.dated_on),
            )


def _money_checks(about: Ours, found: Candidate) -> Sequence[Check]:
    same_currency = found.currency in (None, about.currency)
    return (
        Check("amount", about.amount, found.total, about.amount == found.total, is_binding=True),
        Check("currency", about.currency, found.currency, same_currency, is_binding=True),
    )


def _same_tenant(about: Ours, found: Candidate) -> bool:
    if about.parent_xero_id is not None:
        return about.parent_xero_id == found.contact_id
    return (about.tenant or "").casefold() == (found.name or "").casefold()
