"""What the books hold, copied out of fauxero's rows: no sum in here is fauxero's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting.rows import Account, Contact, Invoice, Payment

if TYPE_CHECKING:
    from fauxero.world import World
    from tests.business import Business

GONE = frozenset({"VOIDED", "DELETED"})


@dataclass(frozen=True)
class Books:
    """One moment of one organisation's books."""

    contacts: dict[str, Contact]
    invoices: dict[str, Invoice]
    payments: dict[str, Payment]
    accounts: Sequence[Account]
    locked_to: str  # ISO day, or nothing
    unbalanced: Sequence[str]
    mails: int

    def ours_numbered(self, number: str) -> list[Invoice]:
        """Living sales invoices of a number that our app raised."""
        return [each for each in self._numbered(number) if each.created_by_app]

    def foreign_numbered(self, number: str) -> list[Invoice]:
        return [each for each in self._numbered(number) if not each.created_by_app]

    def _numbered(self, number: str) -> list[Invoice]:
        return [
            each
            for each in self.invoices.values()
            if each.number == number and each.is_sale and each.status not in GONE
        ]

    def ours_of(self, receipt: str, number: str) -> list[Payment]:
        """Living payments that our app made of a receipt on an invoice number."""
        return [
            each
            for each in self.payments.values()
            if each.status not in GONE
            and receipt_of(each) == receipt
            and self.invoices[each.invoice_id].number == number
        ]

    def contacts_of(self, tenant: str) -> list[Contact]:
        return [
            each
            for each in self.contacts.values()
            if (each.number or "").startswith(f"UL-{tenant}-")
        ]

    def paid_cents(self, invoice_id: str) -> int:
        return sum(
            cents(each.amount)
            for each in self.payments.values()
            if each.invoice_id == invoice_id and each.status not in GONE
        )


def read_books(business: Business) -> Books:
    def copy(world: World) -> Books:
        books = world.organisations[business.xero_id].books
        organisation = books.organisation
        locks = [organisation.period_locked_on, organisation.year_end_locked_on]
        audit = world.audit()[business.xero_id]
        unbalanced = [
            each.id for each in books.journals if sum(entry.amount for entry in each.entries) != 0
        ]
        return Books(
            contacts={each.id: each for each in books.contacts},
            invoices={each.id: each for each in books.invoices},
            payments={each.id: each for each in books.payments},
            accounts=list(books.accounts),
            locked_to=max((each.isoformat() for each in locks if each), default=""),
            unbalanced=[*unbalanced, *([audit] if audit else [])],
            mails=sum(1 for _ in books.outbox),
        )

    return business.server.run(copy)


def receipt_of(payment: Payment) -> str | None:
    """The source's receipt number, which begins the reference of a payment our app made."""
    if not payment.created_by_app or not payment.reference:
        return None
    return payment.reference.split(" ", 1)[0]


def cents(amount: Decimal) -> int:
    return int(amount.scaleb(2))
