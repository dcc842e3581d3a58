"""What tenants owe, by age, as of a day: invoices less what payments up to that day settle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db import connection as database


class Age(StrEnum):
    NOT_DUE = "not_due"
    TO_30 = "to_30"
    TO_60 = "to_60"
    TO_90 = "to_90"
    OLDER = "older"


# An invoice's own row with what is settled of it by a day. Void records of either kind are out.
_OPEN = """
    SELECT i.record_id, i.location_id, i.tenant_record_id, i.currency, i.issued_on, i.due_on,
           i.total - coalesce(p.paid, 0) AS owed
      FROM invoice i
      JOIN source_record r ON r.id = i.record_id AND NOT r.is_void
      LEFT JOIN (
           SELECT a.invoice_record_id, sum(a.amount) AS paid
             FROM allocation a
             JOIN payment p ON p.record_id = a.payment_id AND p.paid_on <= %(on)s::date
             JOIN source_record r ON r.id = p.record_id AND NOT r.is_void
            WHERE a.operator_id = %(operator)s
            GROUP BY a.invoice_record_id) AS p ON p.invoice_record_id = i.record_id
     WHERE i.operator_id = %(operator)s AND i.issued_on <= %(on)s::date
       AND (%(locations)s::bigint[] IS NULL OR i.location_id = ANY(%(locations)s::bigint[]))
       AND i.total <> coalesce(p.paid, 0)
"""
_AGEING = f"""
    SELECT o.name, date_trunc('month', i.issued_on)::date, i.currency,
           CASE WHEN i.due_on >= %(on)s::date THEN 'not_due'
                WHEN i.due_on >= %(on)s::date - 30 THEN 'to_30'
                WHEN i.due_on >= %(on)s::date - 60 THEN 'to_60'
                WHEN i.due_on >= %(on)s::date - 90 THEN 'to_90' ELSE 'older' END,
           count(*) FILTER (WHERE i.owed > 0), coalesce(sum(i.owed) FILTER (WHERE i.owed > 0), 0),
           count(*) FILTER (WHERE i.owed < 0), coalesce(sum(-i.owed) FILTER (WHERE i.owed < 0), 0)
      FROM ({_OPEN}) AS i
      JOIN location o ON o.id = i.location_id
     GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
_DEBTORS = f"""
    SELECT r.public_id, coalesce(t.name, ''), i.currency, count(*), sum(i.owed), min(i.due_on)
      FROM ({_OPEN}) AS i
      JOIN source_record r ON r.id = i.tenant_record_id
      LEFT JOIN tenant t ON t.record_id = i.tenant_record_id
     WHERE i.owed > 0
     GROUP BY 1, 2, 3 ORDER BY 5 DESC, 2, 1 LIMIT %(limit)s
"""
_EVERY_OPEN = f"""
    SELECT r.public_id, v.number, coalesce(t.name, ''), o.name, i.issued_on, i.due_on, v.total,
           i.owed, i.currency
      FROM ({_OPEN}) AS i
      JOIN invoice v ON v.record_id = i.record_id
      JOIN source_record r ON r.id = i.record_id
      JOIN location o ON o.id = i.location_id
      LEFT JOIN tenant t ON t.record_id = i.tenant_record_id
     ORDER BY i.due_on, v.number, i.record_id LIMIT %(limit)s
"""
OPEN_MAX = 200_000  # of a file; more is no ageing that anybody reads
_OF_INVOICES = f"SELECT i.record_id, i.owed FROM ({_OPEN} AND i.record_id = ANY(%(records)s)) i"
_OF_TENANT = f"""
    SELECT i.record_id, i.owed, i.due_on FROM ({_OPEN} AND i.tenant_record_id = %(tenant)s) AS i
"""
_OF_TENANTS = f"""
    SELECT i.tenant_record_id, sum(i.owed), min(i.due_on)
      FROM ({_OPEN} AND i.tenant_record_id = ANY(%(records)s)) AS i GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Owed:
    """Open invoices of one location, month and age; `overpaid` is kept apart, never netted."""

    location: str
    month_on: date
    currency: str
    age: Age
    invoices: int
    amount: Decimal
    overpaid_invoices: int
    overpaid: Decimal


@dataclass(frozen=True, slots=True)
class Debtor:
    public_id: str
    name: str
    currency: str
    invoices: int
    amount: Decimal
    oldest_due_on: date


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is owed in one currency as of a day."""

    currency: str
    on: date
    parts: Sequence[Owed]

    @property
    def amount(self) -> Decimal:
        return sum((each.amount for each in self.parts), Decimal(0))

    @property
    def invoices(self) -> int:
        return sum(each.invoices for each in self.parts)

    @property
    def overpaid(self) -> Decimal:
        return sum((each.overpaid for each in self.parts), Decimal(0))

    def by_age(self) -> Sequence[tuple[Age, int, Decimal]]:
        return [
            (
                age,
                sum(each.invoices for each in self.parts if each.age is age),
                sum((each.amount for each in self.parts if each.age is age), Decimal(0)),
            )
            for age in Age
        ]

    def by(self, what: Callable[[Owed], str]) -> Sequence[tuple[str, dict[Age, Decimal]]]:
        """Each of what it is split by, with its ages; in the order of its name."""
        found: dict[str, dict[Age, Decimal]] = {}
        for each in self.parts:
            ages = found.setdefault(what(each), dict.fromkeys(Age, Decimal(0)))
            ages[each.age] += each.amount
        return sorted(found.items())


def ageing(operator_id: int, *, on: date, location_ids: Sequence[int] = ()) -> Sequence[Ageing]:
    """By currency; that with most parts first."""
    rows = _rows(_AGEING, operator_id, on, location_ids)
    parts = [Owed(row[0], row[1], row[2], Age(row[3]), *row[4:]) for row in rows]
    found = [
        Ageing(currency, on, [each for each in parts if each.currency == currency])
        for currency in {each.currency for each in parts}
    ]
    return sorted(found, key=lambda each: (-len(each.parts), each.currency))


def debtors(
    operator_id: int, *, on: date, location_ids: Sequence[int] = (), limit: int = 50
) -> Sequence[Debtor]:
    """Who owes most."""
    rows = _rows(_DEBTORS, operator_id, on, location_ids, limit=limit)
    return [Debtor(str(row[0]), *row[1:]) for row in rows]


def owed_of_invoices(
    operator_id: int, record_ids: Iterable[int], *, on: date
) -> dict[int, Decimal]:
    """What is left of each; an invoice that is settled or void is not among them."""
    rows = _rows(_OF_INVOICES, operator_id, on, (), records=list(record_ids))
    return {row[0]: row[1] for row in rows}


def open_invoices(
    operator_id: int, tenant_record_id: int, *, on: date
) -> dict[int, tuple[Decimal, date]]:
    """One tenant's invoices that are not settled: what is left, and when it was due."""
    rows = _rows(_OF_TENANT, operator_id, on, (), tenant=tenant_record_id)
    return {row[0]: (row[1], row[2]) for row in rows}


def owed_by_tenants(
    operator_id: int, record_ids: Iterable[int], *, on: date, location_ids: Sequence[int] = ()
) -> dict[int, tuple[Decimal, date]]:
    """By tenant: the sum, less what was paid too much, and the oldest due date."""
    rows = _rows(_OF_TENANTS, operator_id, on, location_ids, records=list(record_ids))
    return {row[0]: (row[1], row[2]) for row in rows}


def _rows(
    statement: str, operator_id: int, on: date, location_ids: Sequence[int], **more: object
) -> list[tuple]:
    with database.cursor() as cursor:
        values = {
            "operator": operator_id,
            "on": on.isoformat(),
            "locations": list(location_ids) or None,
            **more,
        }
        cursor.execute(statement, values)
        return cursor.fetchall()


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    public_id: str
    number: str
    tenant: str
    location: str
    issued_on: date
    due_on: date
    total: Decimal
    owed: Decimal
    currency: str


def every_open_invoice(
    operator_id: int, *, on: date, location_ids: Sequence[int] = ()
) -> Sequence[OpenInvoice]:
    """What is left to pay, or paid too much, invoice by invoice; the longest due first."""
    rows = _rows(_EVERY_OPEN, operator_id, on, location_ids, limit=OPEN_MAX)
    return [OpenInvoice(str(row[0]), *row[1:]) for row in rows]
