"""The Payments resource: money for invoices and bills, credits paid back, and undoing both.

Evidence: fields, account rule, PAID flip and that payments are only made and deleted are
documented (Payments); the two refusals are from the OpenAPI examples and reported, together
where the invoice was already paid. Refunds of credit notes, overpayments and prepayments are
documented (Payments; Overpayments; Prepayments).
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
)
from fauxero.accounting.contacts import wire as contact_wire
from fauxero.accounting.credits import posting as credit_posting
from fauxero.accounting.invoices import posting as invoice_posting
from fauxero.accounting.listing import Selection, answer
from fauxero.accounting.locks import lock_problem
from fauxero.accounting.money import cents, shown
from fauxero.accounting.money_rows import CREDIT_NOTE, Credit
from fauxero.accounting.payment_targets import account_of, check_target, target_of
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

WITHIN_BATCH = "Payments within a batch cannot be deleted."  # reported

_ONE = Decimal("1.0")


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
    target = target_of(books, element, findings)
    account = account_of(books, element, findings)
    payment = build(books, element, target, account, options, findings)
    findings.refuse_if_any()
    assert payment is not None
    store(books, payment)
    return full(books, payment)


def build(
    books: Books,
    element: Element,
    target: Invoice | Credit | None,
    account: Account | None,
    options: WriteOptions,
    findings: Findings,
) -> Payment | None:
    """Return the payment an element asks for; None and errors in `findings` if it may not be."""
    amount = fields.number(element, "Amount")
    on = fields.day(element, "Date") or books.today()
    if amount is None or cents(amount) <= 0:
        # Rule documented (the amount is required and positive); wording unsure.
        findings.errors.append("Payment amount must be greater than zero.")
    if target is not None:
        check_target(target, amount, findings)
        if on < target.on and not books.switches.allow_payment_before_invoice:
            findings.errors.append("The payment date cannot be before the document date.")
    if books.switches.lock_payments_by_date and (problem := lock_problem(books, on)):
        findings.errors.append(problem)
    if findings.errors or target is None or account is None or amount is None:
        return None
    return Payment(
        id=books.ids.uuid(),
        invoice_id=target.id,
        account_id=account.id,
        on=on,
        amount=cents(amount),
        type=payment_type(target),
        status="AUTHORISED",
        updated_at=books.now(),
        reference=fields.text(element, "Reference") or None,
        is_reconciled=bool(fields.flag(element, "IsReconciled")),
        created_by_app=options.app_id,
    )


def store(books: Books, payment: Payment) -> None:
    if payment.invoice_id in books.invoices:
        invoice_posting.add_payment(books, payment)
    else:
        credit_posting.refund(books, payment)


def take_back(books: Books, payment: Payment) -> None:
    if payment.invoice_id in books.invoices:
        invoice_posting.remove_payment(books, payment)
    else:
        credit_posting.remove_refund(books, payment)


def payment_type(target: Invoice | Credit) -> str:
    """Xero: documented (Types and codes, payment types)."""
    if isinstance(target, Invoice):
        return f"{target.type}PAYMENT"
    if target.kind == CREDIT_NOTE:
        return "ARCREDITPAYMENT" if target.is_sale else "APCREDITPAYMENT"
    return f"{credit_posting.source_type(target)}PAYMENT"


# ---- taking one back


def _delete(books: Books, payment: Payment, element: Element, findings: Findings) -> Element:
    """The only change a payment knows: POST {"Status": "DELETED"} (Xero: documented)."""
    status = fields.choice(element, "Status", ("AUTHORISED", "DELETED"))
    if status != "DELETED" or payment.status == "DELETED":
        # Rule documented; wording unsure.
        findings.errors.append("Payments cannot be updated; only Status DELETED may be set.")
    elif payment.batch_id is not None:
        findings.errors.append(WITHIN_BATCH)
    elif payment.is_reconciled and not books.switches.delete_reconciled_payments:
        # Unsure whether Xero refuses or un-reconciles; refusing is the safer reading.
        findings.errors.append("The payment is reconciled and cannot be deleted.")
    locked = lock_problem(books, payment.on) if books.switches.lock_payments_by_date else None
    if locked:
        findings.errors.append(locked)
    findings.refuse_if_any()
    take_back(books, payment)
    return full(books, books.payments[payment.id])


# ---- looks


def full(books: Books, payment: Payment) -> Element:
    """The answer to a write and to a read of one: with account and document."""
    target = books.payable(payment.invoice_id)
    account = books.accounts[payment.account_id]
    shown_account = present(AccountID=account.id, Code=account.code, Name=account.name)
    due = target.amount_due if isinstance(target, Invoice) else target.remaining
    return _head(books, payment) | {
        "Account": shown_account,
        "Invoice": _target_block(books, target) | {"LineItems": [], "AmountDue": due},
    }


def listed(books: Books, payment: Payment) -> Element:
    account = books.accounts[payment.account_id]
    return _head(books, payment) | {
        "Account": present(AccountID=account.id, Code=account.code),
        "Invoice": _target_block(books, books.payable(payment.invoice_id)),
    }


def _head(books: Books, payment: Payment) -> Element:
    return present(
        PaymentID=payment.id,
        BatchPaymentID=payment.batch_id,
        BatchPayment=_batch_block(books, payment.batch_id),
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


def _batch_block(books: Books, batch_id: str | None) -> Element | None:
    """As in the OpenAPI example: the total and the flag are texts here."""
    if batch_id is None:
        return None
    batch = books.batch_payments[batch_id]
    return {
        "Account": {"AccountID": batch.account_id},
        "BatchPaymentID": batch.id,
        "Date": batch.on,
        "Type": batch.type,
        "Status": batch.status,
        "TotalAmount": shown(batch.total),
        "UpdatedDateUTC": batch.updated_at,
        "IsReconciled": "true" if batch.is_reconciled else "false",
    }


def _target_block(books: Books, target: Invoice | Credit) -> Element:
    """A refunded credit stands under Invoice too (OpenAPI example: Type ACCRECCREDIT)."""
    discount = isinstance(target, Invoice) and bool(target.total_discount)
    return {
        "Type": _target_type(target),
        "InvoiceID": target.id,
        "InvoiceNumber": target.number or "",
        "Payments": [],
        "CreditNotes": [],
        "Prepayments": [],
        "Overpayments": [],
        "IsDiscounted": discount,
        "InvoiceAddresses": [],
        "HasErrors": False,
        "InvoicePaymentServices": [],
        "Contact": contact_wire.on_document(books.contacts[target.contact_id]),
        "CurrencyCode": target.currency,
    }


def _target_type(target: Invoice | Credit) -> str:
    return target.type if isinstance(target, Invoice) else credit_posting.source_type(target)


def _fields(books: Books) -> Fields:
    accounts = books.accounts
    payable = books.payable
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
        "invoice.invoicenumber": Field(TEXT, lambda row: payable(row.invoice_id).number),
        "invoice.contact.contactid": Field(GUID, lambda row: payable(row.invoice_id).contact_id),
        "account.accountid": Field(GUID, lambda row: row.account_id),
        "account.code": Field(TEXT, lambda row: accounts[row.account_id].code),
    }


def reconciled(payment: Payment, is_reconciled: bool) -> Payment:
    return replace(payment, is_reconciled=is_reconciled)
