"""The address of an invoice's page on the web. It leads nowhere: fauxero has no such pages.

Xero: documented (Invoices): for sales invoices, not for drafts. Wording unsure.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from fauxero.accounting.base import ElementRefused
from fauxero.accounting.rows import Invoice

if TYPE_CHECKING:
    from fauxero.accounting.books import Books


def online_url(books: Books, invoice: Invoice) -> str:
    """Return the same address every time. Raises ElementRefused."""
    if not invoice.is_sale or not invoice.in_ledger:
        raise ElementRefused(
            "An online invoice is available for approved sales invoices only.",
            echo={"InvoiceID": invoice.id},
        )
    digest = hashlib.sha256(f"{books.organisation_id}/{invoice.id}".encode()).digest()
    return f"https://in.fauxero.invalid/{base64.urlsafe_b64encode(digest[:30]).decode()}"
