from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from unitledger.core.documents import DocumentKind, WantedContact
from unitledger.engine.reconcile.rules.base import PairRule
from unitledger.engine.reconcile.values import Difference, Pair, View

RENAMED = "Rename the contact in Xero, or correct the tenant's name at the source."


class ContactDiffers(PairRule):
    """The document stands on another contact in Xero, or the contact was renamed there.

    While this stands, one tenant's history is spread over two contacts, and statements to
    either are incomplete.
    """

    name = "contact_differs"
    remedy = "Move the document to the tenant's contact in Xero, or merge the two contacts."

    def check(self, pair: Pair, view: View) -> Iterator[Difference]:
        if not pair.is_live or pair.expected.is_pending or not pair.expected.is_wanted:
            return
        match pair.expected.kind:
            case DocumentKind.INVOICE:
                yield from self._of_invoice(pair)
            case DocumentKind.CONTACT:
                yield from self._name(pair)
            case DocumentKind.PAYMENT:
                pass  # a payment has its invoice's contact

    def _of_invoice(self, pair: Pair) -> Iterator[Difference]:
        assert pair.held is not None
        number = pair.expected.contact_number
        if number is None or pair.held.contact_id is None:
            return
        if pair.contact is None:
            says = f"No contact in Xero carries the tenant's number {number}."
            yield self.difference(pair, says)
        elif pair.contact.xero_id != pair.held.contact_id:
            says = f"It stands on another contact in Xero than {number}, the tenant's."
            yield self.difference(pair, says)

    def _name(self, pair: Pair) -> Iterator[Difference]:
        wanted, held = pair.expected.wanted, pair.held
        # An archived contact belongs to a tenant who left; nothing follows from its name.
        if held is None or not isinstance(wanted, WantedContact) or held.status != "ACTIVE":
            return
        # A tenant who shares a name carries the tenant's number behind it.
        numbered = f"{wanted.name} ({wanted.account_number})"
        if held.name not in (wanted.name, numbered):
            says = f"It is called {held.name} in Xero, and {wanted.name} here."
            yield replace(self.difference(pair, says), remedy=RENAMED)
