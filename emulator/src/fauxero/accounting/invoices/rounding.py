"""RoundingAmount: the cents by which a document's total may differ from its lines.

Xero: documented in 2026 (Invoices), and missing from the OpenAPI file: -0.10 to 0.10, on
SUBMITTED and AUTHORISED documents, when SubTotal, TotalTax and Total are all given and agree.
It is posted to the rounding account. Wordings are unsure.
"""

from __future__ import annotations

from decimal import Decimal

from fauxero.accounting import fields
from fauxero.accounting.base import Findings
from fauxero.accounting.money import ZERO, cents
from fauxero.accounting.resource import Element
from fauxero.accounting.rows import Invoice

ROUNDING_MAX = Decimal("0.10")
_TOTALS = ("SubTotal", "TotalTax", "Total")


def rounding_sent(
    element: Element, before: Invoice | None, status: str, findings: Findings
) -> Decimal:
    """The rounding the document is to have. New lines without one bring it back to nothing."""
    given = fields.number(element, "RoundingAmount")
    if given is None:
        return before.rounding if before and not element.get("LineItems") else ZERO
    amount = cents(given)
    if not amount:
        return ZERO
    if abs(amount) > ROUNDING_MAX:
        findings.errors.append("The RoundingAmount must be between -0.10 and 0.10.")
    elif status not in ("SUBMITTED", "AUTHORISED"):
        findings.errors.append(
            "A RoundingAmount may be given for SUBMITTED and AUTHORISED documents only."
        )
    elif any(fields.number(element, name) is None for name in _TOTALS):
        findings.errors.append("A RoundingAmount needs SubTotal, TotalTax and Total.")
    return amount
