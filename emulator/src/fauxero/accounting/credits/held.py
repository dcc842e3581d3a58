"""The Overpayments and Prepayments resources: read, allocate, refund; made as bank transactions.

Xero: documented (Overpayments; Prepayments): GET and allocations only; they are made through
BankTransactions and refunded through Payments. Their fields cannot be changed and no status can
be set through the API.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fauxero.accounting.base import PAYMENTS_READ, PAYMENTS_WRITE, BaseResource
from fauxero.accounting.credits.listing import read_list, read_one
from fauxero.accounting.money_rows import OVERPAYMENT, PREPAYMENT
from fauxero.accounting.resource import Element, ListPage, ListQuery

if TYPE_CHECKING:
    from fauxero.accounting.books import Books


class _HeldResource(BaseResource):
    kind = ""
    methods = frozenset({"GET"})
    read_scopes = PAYMENTS_READ
    write_scopes = PAYMENTS_WRITE
    date_companions: tuple[str, ...] = ("Date", "UpdatedDateUTC")

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        return read_list(books, query, self.kind)

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None:
        return read_one(books, key, self.kind, unit_decimals)


class OverpaymentsResource(_HeldResource):
    name = "Overpayments"
    element_name = "Overpayment"
    id_field = "OverpaymentID"
    kind = OVERPAYMENT


class PrepaymentsResource(_HeldResource):
    name = "Prepayments"
    element_name = "Prepayment"
    id_field = "PrepaymentID"
    kind = PREPAYMENT
