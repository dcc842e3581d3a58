"""The orders in which a report can be read, and where a page of each ended.

Pages go by key and id, never by position: page 900 costs what page 2 costs, and a record
that arrives meanwhile moves no other from one page to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from unitledger.core.documents import DocumentKind


class SortBy(StrEnum):
    DATE = "date"
    NUMBER = "number"
    AMOUNT = "amount"
    TENANT = "tenant"


@dataclass(frozen=True, slots=True)
class Order:
    by: SortBy = SortBy.DATE
    is_descending: bool = True

    @property
    def direction(self) -> str:
        return "DESC" if self.is_descending else "ASC"

    @property
    def beyond(self) -> str:
        """How what comes later compares with what came before."""
        return "<" if self.is_descending else ">"


NEWEST_FIRST = Order()


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the last row's key and document. Without a key, by id alone."""

    key: date | Decimal | str | None
    document_id: int


_TENANT = (
    "COALESCE((SELECT lower(t.name) FROM tenant t WHERE t.record_id = d.tenant_record_id), '')"
)
_PARTS = """
    COALESCE((SELECT sum(p.amount) FROM document p
               WHERE p.record_id = d.record_id AND p.kind = d.kind AND p.is_wanted
                 AND p.organisation_id IS NOT DISTINCT FROM d.organisation_id), 0)
"""


def key_of(by: SortBy, kind: DocumentKind) -> str:
    """The SQL of the key of document `d`. Tenants have neither date nor money: all are equal."""
    match by:
        case SortBy.DATE:
            return "d.dated_on"
        case SortBy.NUMBER:
            return "d.number"
        case SortBy.TENANT:
            return _TENANT
        case SortBy.AMOUNT if kind is DocumentKind.PAYMENT:
            return _PARTS  # one row is the whole payment, whatever it settles
        case SortBy.AMOUNT:
            return "COALESCE(d.amount, 0)"
