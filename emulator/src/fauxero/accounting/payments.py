"""The Payments resource: money received on invoices (and paid on bills), and taking it back.

Evidence: fields, account rule, PAID flip and that payments are only made and deleted are
documented (Payments); the two refusals are from the OpenAPI examples and reported, together
where the invoice was already paid.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting import fields
from fauxero.accounting.base import (
    PAYMENTS_READ,
    PAYMENTS_WRITE,
    BaseResource,
    Findings,
    attempt,
    present,
    refuse_unmodelled,
)
from fauxero.accounting.contacts import wire as contact_wire
from fauxero.accounting.invoices import posting
from fauxero.accounting.listing import Selection, answer
from fauxero.accounting.locks import lock_problem
from fauxero.accounting.money import cents
from fauxero.accounting.resource import (
    Element,
    ListPage,
    ListQuery,
    NotFound,
    NotModelled,
    Outcome,
    WriteOptions,
)
from fauxero.accounting.rows import Account, Invoice, Payment
from fauxero.accounting.where import DAY, FLAG, GUID, INSTANT, NUMBER, TEXT, Field, Fields

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

NOT_AUTHORISED = "Payments can only be made against Authorised documents"
TOO_MUCH = "Payment amount exceeds the amount outstanding on this document"

_ONE = Decimal("1.0")
_NOT_MODELLED = (
    "CreditNote",
    "CreditNoteNumber",
    "Prepayment",
    "Overpayment",
    "BatchPayment",
    "BatchPaymentID",
)


class PaymentsResource(BaseResource):
    name = "Payments"
    element_name = "Payment"
    id_field = "PaymentID"
    methods = frozenset({"GET", "PUT", "POST"})
    read_scopes = PAYMENTS_READ
    write_scopes = PAYMENTS_WRITE
    date_companions: tuple[str, ...] = ("UpdatedDateUTC",)

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        selection = Selection(
            books.payments,
            books.payments_in_order,
            _fields(books),
            {
                "status": lambda value: books.payments_by_status.of(value.upper()),
                "paymentid": lambda value: (value,) if value in books.payments else (),
                "invoice.invoiceid": books.payments_by_invoice.ids,
                "reference": books.payments_by_reference.ids,
                "date": books.payments_by_day.ids,
            },
        )
        selection.apply(query)

        def show(row: Payment) -> Element:
            return listed(books, row)

        return answer(selection, query, paged=query.page is not None, full=show, thin=show)

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None:
        payment = books.payments.get(key.lower())
        return full(books, payment) if payment else None

    def create(self, books: Books, element: Element, options: WriteOptions) -> Outcome:
        if fields.guid(element, "PaymentID"):
            raise NotModelled("PUT of a payment with a PaymentID is not modelled; use POST")
        return attempt(
            books,
            element,
            lambda found: _create(books, element, options, found),
            id_field=self.id_field,
        )

    def create_or_update(
        self, books: Books, element: Element, options: WriteOptions, *, key: str | None = None
    ) -> Outcome:
        payment_id = key.lower() if key else fields.guid(element, "PaymentID")
        if payment_id is None:
            return self.create(books, element, options)
        payment = books.payments.get(payment_id)
        if payment is None:
            raise NotFound
        return attempt(
            books,
            element,
            lambda found: _delete(books, payment, element, found),
            id_field=self.id_field,
            key=payment.id,
        )


# ---- making one


def _create(books: Books, element: Element, options: WriteOptions, findings: Findings) -> Element:
    refuse_unmodelled(element, *_NOT_MODELLED)
    invoice = _invoice(books, element, findings)
    account = _account(books, element, findings)
    amount = fields.number(element, "Amount")
    on = fields.day(element, "Date") or books.today()
    if amount is None or cents(amount) <= 0:
        # Rule documented (the amount is required and positive); wording unsure.
        findings.errors.append("Payment amount must be greater than zero.")
    if invoice is not None:
        _check_target(invoice, amount, findings)
        if on < invoice.on and not books.switches.allow_payment_before_invoice:
            findings.errors.append("The payment date cannot be before the document date.")
    if books.switches.lock_payments_by_date and (problem := lock_problem(books, on)):
        findings.errors.append(problem)
    findings.refuse_if_any()
    assert invoice is not None and account is not None and amount is not None
    payment = Payment(
        id=books.ids.uuid(),
        invoice_id=invoice.id,
        account_id=account.id,
        on=on,
        amount=cents(amount),
        type="ACCRECPAYMENT" if invoice.is_sale else "ACCPAYPAYMENT",
        status="AUTHORISED",
        updated_at=books.now(),
        reference=fields.text(element, "Reference") or None,
        is_reconciled=bool(fields.flag(element, "IsReconciled")),
        created_by_app=options.app_id,
    )
    posting.add_payment(books, payment)
    return full(books, payment)


def _check_target(invoice: Invoice, amount: Decimal | None, findings: Findings) -> None:
    if invoice.status != "AUTHORISED":
        findings.errors.append(NOT_AUTHORISED)
    if amount is not None and cents(amount) > invoice.amount_due:
        findings.errors.append(TOO_MUCH)


def _invoice(books: Books, element: Element, findings: Findings) -> Invoice | None:
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


def _account(books: Books, element: Element, findings: Findings) -> Account | None:
    """By AccountID or Code, in an Account block or (documented) as plain Code.

    The rule is documented; the three wordings are unsure.
    """
    block = fields.nested(element, "Account") or {}
    account_id = fields.guid(block, "AccountID")
    code = fields.text(block, "Code") or fields.text(element, "Code")
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


# ---- taking one back


def _delete(books: Books, payment: Payment, element: Element, findings: Findings) -> Element:
    """The only change a payment knows: POST {"Status": "DELETED"} (Xero: documented)."""
    status = fields.choice(element, "Status", ("AUTHORISED", "DELETED"))
    if status != "DELETED" or payment.status == "DELETED":
        # Rule documented; wording unsure.
        findings.errors.append("Payments cannot be updated; only Status DELETED may be set.")
    elif payment.is_reconciled and not books.switches.delete_reconciled_payments:
        # Unsure whether Xero refuses or un-reconciles; refusing is the safer reading.
        findings.errors.append("The payment is reconciled and cannot be deleted.")
    locked = lock_problem(books, payment.on) if books.switches.lock_payments_by_date else None
    if locked:
        findings.errors.append(locked)
    findings.refuse_if_any()
    posting.remove_payment(books, payment)
    return full(books, books.payments[payment.id])


# ---- looks


def full(books: Books, payment: Payment) -> Element:
    """The answer to a write and to a read of one: with account and invoice."""
    invoice = books.invoices[payment.invoice_id]
    account = books.accounts[payment.account_id]
    shown_account = present(AccountID=account.id, Code=account.code, Name=account.name)
    return _head(payment) | {
        "Account": shown_account,
        "Invoice": _invoice_block(books, invoice)
        | {"LineItems": [], "AmountDue": invoice.amount_due},
    }


def listed(books: Books, payment: Payment) -> Element:
    invoice = books.invoices[payment.invoice_id]
    account = books.accounts[payment.account_id]
    return _head(payment) | {
        "Account": present(AccountID=account.id, Code=account.code),
        "Invoice": _invoice_block(books, invoice),
    }


def _head(payment: Payment) -> Element:
    return present(
        PaymentID=payment.id,
        Date=payment.on,
        BankAmount=payment.amount,
        Amount=payment.amount,
        Reference=payment.reference or "",
        CurrencyRate=_ONE,
        PaymentType=payment.type,
        Status=payment.status,
        UpdatedDateUTC=payment.updated_at,
        HasAccount=True,
        IsReconciled=payment.is_reconciled,
        HasValidationErrors=False,
    )


def _invoice_block(books: Books, invoice: Invoice) -> Element:
    return {
        "Type": invoice.type,
        "InvoiceID": invoice.id,
        "InvoiceNumber": invoice.number or "",
        "Payments": [],
        "CreditNotes": [],
        "Prepayments": [],
        "Overpayments": [],
        "IsDiscounted": bool(invoice.total_discount),
        "InvoiceAddresses": [],
        "HasErrors": False,
        "InvoicePaymentServices": [],
        "Contact": contact_wire.on_document(books.contacts[invoice.contact_id]),
        "CurrencyCode": invoice.currency,
    }


def _fields(books: Books) -> Fields:
    invoices, accounts = books.invoices, books.accounts
    return {
        "paymentid": Field(GUID, lambda row: row.id),
        "paymenttype": Field(TEXT, lambda row: row.type),
        "status": Field(TEXT, lambda row: row.status),
        "date": Field(DAY, lambda row: row.on),
        "amount": Field(NUMBER, lambda row: row.amount),
        "reference": Field(TEXT, lambda row: row.reference),
        "isreconciled": Field(FLAG, lambda row: row.is_reconciled),
        "updateddateutc": Field(INSTANT, lambda row: row.updated_at),
        "invoice.invoiceid": Field(GUID, lambda row: row.invoice_id),
        "invoice.invoicenumber": Field(TEXT, lambda row: invoices[row.invoice_id].number),
        "invoice.contact.contactid": Field(GUID, lambda row: invoices[row.invoice_id].contact_id),
        "account.accountid": Field(GUID, lambda row: row.account_id),
        "account.code": Field(TEXT, lambda row: accounts[row.account_id].code),
    }


def reconciled(payment: Payment, is_reconciled: bool) -> Payment:
    return replace(payment, is_reconciled=is_reconciled)
