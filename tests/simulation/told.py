"""What the source has said, as the auditor noted it down: its own records, its own cents."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class ToldInvoice:
    number: str
    tenant: str
    lines: tuple[int, ...]  # cents each, tax included
    on: date
    is_void: bool = False

    @property
    def cents(self) -> int:
        return sum(self.lines)


@dataclass(frozen=True)
class ToldPayment:
    receipt: str
    tenant: str
    parts: tuple[tuple[str, int], ...]  # (invoice number, cents)
    on: date
    method: str
    is_void: bool = False

    def cents_on(self, invoice: str) -> int:
        """What the books should hold of it on one invoice; nought where nothing."""
        return 0 if self.is_void else dict(self.parts).get(invoice, 0)


@dataclass
class Told:
    """The newest word on every record."""

    tenants: dict[str, str] = field(default_factory=dict)  # key → name
    invoices: dict[str, ToldInvoice] = field(default_factory=dict)
    payments: dict[str, ToldPayment] = field(default_factory=dict)

    def open_cents(self, invoice: str) -> int:
        """What the source says is still owed on an invoice."""
        paid = sum(each.cents_on(invoice) for each in self.payments.values())
        return self.invoices[invoice].cents - paid

    def is_paid(self, invoice: str) -> bool:
        return any(each.cents_on(invoice) for each in self.payments.values())
