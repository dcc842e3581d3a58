"""Net revenue as it was billed: by month, category, product and location.

By invoice date and net of tax. Void invoices do not count; a deposit is money held for the
tenant, no revenue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection as database

from unitledger.core.billing import ChargeType

_REVENUE = """
    SELECT date_trunc('month', i.issued_on)::date AS month_on, c.charge_type, c.name,
           o.name AS location, i.currency, count(DISTINCT i.record_id),
           sum(CASE WHEN i.prices_include_tax THEN l.amount - t.tax ELSE l.amount END), sum(t.tax)
      FROM invoice i
      JOIN source_record r ON r.id = i.record_id AND NOT r.is_void
      JOIN invoice_line l ON l.invoice_id = i.record_id
      JOIN charge c ON c.id = l.charge_id
      JOIN location o ON o.id = i.location_id
     CROSS JOIN LATERAL (SELECT coalesce(l.tax_amount, round(l.amount * l.tax_percent / CASE
            WHEN i.prices_include_tax THEN 100 + l.tax_percent ELSE 100 END, 2), 0)) AS t (tax)
     WHERE i.operator_id = %(operator)s
       AND i.issued_on >= %(first)s::date AND i.issued_on <= %(last)s::date
       AND (%(locations)s::bigint[] IS NULL OR i.location_id = ANY(%(locations)s::bigint[]))
       AND c.charge_type <> %(deposit)s
     GROUP BY 1, 2, 3, 4, 5
     ORDER BY 1, 2, 3, 4, 5
"""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one product came to at one location in one month, in one currency."""

    month_on: date
    category: ChargeType
    product: str
    location: str
    currency: str
    invoices: int
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Revenue:
    """The cells of one currency. Money of several cannot be added."""

    currency: str
    cells: Sequence[Cell]

    @property
    def months(self) -> Sequence[date]:
        return sorted({each.month_on for each in self.cells})

    @property
    def net(self) -> Decimal:
        return sum((each.net for each in self.cells), Decimal(0))

    @property
    def tax(self) -> Decimal:
        return sum((each.tax for each in self.cells), Decimal(0))

    def by(self, what: Callable[[Cell], str]) -> Sequence[tuple[str, dict[date, Decimal]]]:
        """Each of what it is split by, with its net revenue by month; the greatest first."""
        found: dict[str, dict[date, Decimal]] = {}
        for each in self.cells:
            months = found.setdefault(what(each), {})
            months[each.month_on] = months.get(each.month_on, Decimal(0)) + each.net
        return sorted(found.items(), key=lambda one: (-sum(one[1].values()), one[0]))


def revenue(
    operator_id: int, *, first: date, last: date, location_ids: Sequence[int] = ()
) -> Sequence[Revenue]:
    """From the first day to the last, both included, by currency; that with most cells first."""
    with database.cursor() as cursor:
        cursor.execute(
            _REVENUE,
            {
                "operator": operator_id,
                "first": first.isoformat(),
                "last": last.isoformat(),
                "locations": list(location_ids) or None,
                "deposit": str(ChargeType.DEPOSIT),
            },
        )
        rows = cursor.fetchall()
    cells = [Cell(row[0], ChargeType(row[1]), *row[2:]) for row in rows]
    currencies = {each.currency for each in cells}
    found = [
        Revenue(currency, [each for each in cells if each.currency == currency])
        for currency in currencies
    ]
    return sorted(found, key=lambda each: (-len(each.cells), each.currency))
