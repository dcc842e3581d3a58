"""What a payment is for and where its money goes: documents, amounts outstanding, accounts.

Evidence as in payments.py.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting import fields
from fauxero.accounting.base import Findings
from fauxero.accounting.money import cents
from fauxero.accounting.money_rows import CREDIT_NOTE, OVERPAYMENT, PREPAYMENT, Credit
from fauxero.accounting.resource import Element
from fauxero.accounting.rows import Account, Invoice

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

NOT_AUTHORISED = "Payments can only be made against Authorised documents"
TOO_MUCH = "Payment amount exceeds the amount outstanding on this document"


def check_target(target: Invoice | Credit, amount: Decimal | None, findings: Findings) -> None:
    outstanding = target.amount_due if isinstance(target, Invoice) else target.remaining
    if target.status != "AUTHORISED":
        findings.errors.append(NOT_AUTHORISED)
    if amount is not None and cents(amount) > outstanding:
        findings.errors.append(TOO_MUCH)


def target_of(books: Books, element: Element, findings: Findings) -> Invoice | Credit | None:
    """What is paid. Naming several is refused: which one Xero takes is unsure."""
    named = [kind for kind in _CREDITS if _names(element, kind)]
    if len(named) + _names(element, "Invoice") > 1:
        findings.errors.append("A payment can only be made against one document.")
        return None
    return (
        _credit(books, element, named[0], findings)
        if named
        else invoice_of(books, element, findings)
    )


_CREDITS = (CREDIT_NOTE, OVERPAYMENT, PREPAYMENT)


def _names(element: Element, kind: str) -> bool:
    block = fields.nested(element, kind) or {}
    named = (fields.guid(block, f"{kind}ID"), fields.text(block, f"{kind}Number"))
    return any(named) or bool(fields.text(element, f"{kind}Number"))


def _credit(books: Books, element: Element, kind: str, findings: Findings) -> Credit | None:
    """By id, or a credit note by its number. The text for an unknown id is in the OpenAPI file."""
    block = fields.nested(element, kind) or {}
    credit_id = fields.guid(block, f"{kind}ID")
    if credit_id is not None:
        found = books.credits.get(credit_id)
    else:
        number = fields.text(block, f"{kind}Number") or fields.text(element, f"{kind}Number")
        notes = books.credits.numbered(number or "")
        live = [row for row in notes if row.status not in ("VOIDED", "DELETED")]
        found = next(iter(live or notes), None)
    if found is None or found.kind != kind:
        what = f"{kind}ID" if credit_id else f"{kind}Number"
        words = "Credit Note" if kind == CREDIT_NOTE else kind
        findings.errors.append(f"An existing {words} with the specified {what} could not be found")
        return None
    return found


def invoice_of(books: Books, element: Element, findings: Findings) -> Invoice | None:
    """By InvoiceID or InvoiceNumber, in an Invoice block or (documented) plain InvoiceNumber."""
    block = fields.nested(element, "Invoice") or {}
    invoice_id = fields.guid(block, "InvoiceID")
    number = fields.text(block, "InvoiceNumber") or fields.text(element, "InvoiceNumber")
    if invoice_id is not None:
        found = books.invoices.get(invoice_id)
    else:
        found = _numbered(books, number or "")
    if found is None:
        # After the text the OpenAPI examples give for credit notes; unsure for invoices.
        what = "InvoiceID" if invoice_id else "InvoiceNumber"
        findings.errors.append(f"An existing Invoice with the specified {what} could not be found")
    return found


def _numbered(books: Books, number: str) -> Invoice | None:
    found = books.invoices_numbered(number)
    live = [invoice for invoice in found if invoice.status not in ("VOIDED", "DELETED")]
    return next(iter(live or found), None)


def account_of(
    books: Books, element: Element, findings: Findings, *, code_is_account: bool = True
) -> Account | None:
    """By AccountID or Code, in an Account block or (documented, for payments) as plain Code.

    The rule is documented; the three wordings are unsure.
    """
    block = fields.nested(element, "Account") or {}
    account_id = fields.guid(block, "AccountID")
    code = fields.text(block, "Code")
    if not code and code_is_account:  # a batch's Code is a text for the bank
        code = fields.text(element, "Code")
    if account_id is not None:
        account = books.accounts.get(account_id)
    else:
        account = books.account_by_code(code) if code else None
    if account is None:
        findings.errors.append("The account could not be found.")
        return None
    if account.status != "ACTIVE":
        findings.errors.append("The account has been archived or deleted.")
    elif account.type != "BANK" and not account.payments_enabled:
        findings.errors.append("The account must be a bank account or have payments to it enabled.")
    return account
