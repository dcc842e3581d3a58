"""The BatchPayments resource: one movement of money that pays many invoices or many bills.

Evidence: base currency only, sales and bills not mixed, no credits, never edited but deleted as
a whole by body or by id, NZ fields of 12 and others of 18 characters are documented (Batch
payments; the OpenAPI file still says that deleting is impossible). Its payments draw the texts
of payments. Other wordings are unsure.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fauxero.accounting import fields, payments
from fauxero.accounting.base import (
    PAYMENTS_READ,
    PAYMENTS_WRITE,
    BaseResource,
    Findings,
    attempt,
    present,
)
from fauxero.accounting.listing import Selection, answer
from fauxero.accounting.locks import lock_problem
from fauxero.accounting.money import ZERO
from fauxero.accounting.money_rows import BatchPayment
from fauxero.accounting.payment_targets import account_of, invoice_of
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
from fauxero.accounting.where import DAY, FLAG, GUID, INSTANT, NUMBER, TEXT, Field

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

_FIELDS = {
    "batchpaymentid": Field(GUID, lambda row: row.id),
    "type": Field(TEXT, lambda row: row.type),
    "status": Field(TEXT, lambda row: row.status),
    "account.accountid": Field(GUID, lambda row: row.account_id),
    "reference": Field(TEXT, lambda row: row.reference),
    "date": Field(DAY, lambda row: row.on),
    "totalamount": Field(NUMBER, lambda row: row.total),
    "isreconciled": Field(FLAG, lambda row: row.is_reconciled),
    "updateddateutc": Field(INSTANT, lambda row: row.updated_at),
}

# Which text fields an organisation of each country has, and how long they may be. A field of
# another country is dropped; whether Xero refuses it is unsure.
_EVERYWHERE = {"Reference": 255}
_NEW_ZEALAND = {"Reference": 12, "Particulars": 12, "Code": 12}
_ELSEWHERE = {"Details": 18}
_BRITAIN = {"Narrative": 18}


def text_limits(country: str) -> dict[str, int]:
    if country == "NZ":
        return _NEW_ZEALAND
    return _EVERYWHERE | _ELSEWHERE | (_BRITAIN if country == "GB" else {})


class BatchPaymentsResource(BaseResource):
    name = "BatchPayments"
    element_name = "BatchPayment"
    id_field = "BatchPaymentID"
    methods = frozenset({"GET", "PUT", "POST"})
    read_scopes = PAYMENTS_READ
    write_scopes = PAYMENTS_WRITE
    date_companions: tuple[str, ...] = ("Date",)

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        """Not paged (documented)."""
        selection = Selection(books.batch_payments, books.batch_payments.in_order, _FIELDS, {})
        selection.apply(query)

        def show(row: BatchPayment) -> Element:
            return element_of(books, row)

        return answer(selection, query, paged=False, full=show, thin=show)

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None:
        row = books.batch_payments.get(key.lower())
        return element_of(books, row) if row else None

    def create(self, books: Books, element: Element, options: WriteOptions) -> Outcome:
        if fields.guid(element, "BatchPaymentID"):
            raise NotModelled("PUT with a BatchPaymentID is not modelled; use POST to delete")
        return attempt(
            books,
            element,
            lambda found: _create(books, element, options, found),
            id_field=self.id_field,
        )

    def create_or_update(
        self, books: Books, element: Element, options: WriteOptions, *, key: str | None = None
    ) -> Outcome:
        """POST deletes and does nothing else (documented)."""
        row_id = key.lower() if key else fields.guid(element, "BatchPaymentID")
        row = books.batch_payments.get(row_id or "")
        if row is None:
            raise NotFound
        return attempt(
            books,
            element,
            lambda found: _delete(books, row, element, found),
            id_field=self.id_field,
            key=row.id,
        )


def _create(books: Books, element: Element, options: WriteOptions, findings: Findings) -> Element:
    account = account_of(books, element, findings, code_is_account=False)
    on = fields.day(element, "Date") or books.today()
    parts = fields.many(element, "Payments") or []
    if not parts:
        findings.errors.append("A batch payment must contain at least one payment.")
    texts = _texts(books, element, findings)
    batch_id = books.ids.uuid()
    paid: list[tuple[Payment, Invoice]] = []
    for part in parts:
        made = _part(books, part, batch_id, account, element, options, findings)
        if made is not None:
            paid.append(made)
    sides = {invoice.is_sale for _, invoice in paid}
    if len(sides) > 1:
        findings.errors.append("A batch payment cannot mix sales invoices and bills.")
    findings.refuse_if_any()
    assert account is not None
    row = BatchPayment(
        id=batch_id,
        type="RECBATCH" if True in sides else "PAYBATCH",
        status="AUTHORISED",
        account_id=account.id,
        on=on,
        total=sum((payment.amount for payment, _ in paid), ZERO),
        updated_at=books.now(),
        **texts,
    )
    return element_of(books, books.batch_payments.put(row))


def _part(
    books: Books,
    part: Element,
    batch_id: str,
    account: Account | None,
    batch: Element,
    options: WriteOptions,
    findings: Findings,
) -> tuple[Payment, Invoice] | None:
    """Make one payment, at once, so that the next one of the same invoice sees what is left."""
    for name in ("CreditNote", "Prepayment", "Overpayment", "CreditNoteNumber"):
        if part.get(name) not in (None, "", {}):
            findings.errors.append("A batch payment can only be made against invoices.")
            return None
    invoice = invoice_of(books, part, findings)
    element = {"Amount": part.get("Amount"), "Date": batch.get("Date")}
    element["Reference"] = part.get("Reference")
    payment = payments.build(books, element, invoice, account, options, findings)
    if payment is None or invoice is None:
        return None
    payment = replace(payment, batch_id=batch_id)
    payments.store(books, payment)
    return payment, invoice


def _texts(books: Books, element: Element, findings: Findings) -> dict[str, Any]:
    texts: dict[str, Any] = {}
    for name, length_max in text_limits(books.organisation.country).items():
        text = fields.text(element, name) or None
        findings.too_long(name, text, length_max)
        texts[name.lower()] = text
    return texts


def _delete(books: Books, row: BatchPayment, element: Element, findings: Findings) -> Element:
    status = fields.choice(element, "Status", ("AUTHORISED", "DELETED"))
    if status != "DELETED" or row.status == "DELETED":
        findings.errors.append("Batch payments cannot be updated; only Status DELETED may be set.")
    elif row.is_reconciled and not books.switches.delete_reconciled_payments:
        findings.errors.append("The batch payment is reconciled and cannot be deleted.")
    locked = lock_problem(books, row.on) if books.switches.lock_payments_by_date else None
    if locked:
        findings.errors.append(locked)
    findings.refuse_if_any()
    for payment in payments_in(books, row):
        payments.take_back(books, payment)
    gone = replace(row, status="DELETED", updated_at=books.now())
    return element_of(books, books.batch_payments.put(gone))


def payments_in(books: Books, row: BatchPayment) -> list[Payment]:
    """Its payments while they are in force; none once the batch is deleted."""
    ids = books.payments_by_batch.ids(row.id)
    found = (books.payments[key] for key in ids)
    return [payment for payment in found if payment.status == "AUTHORISED"]


def element_of(books: Books, row: BatchPayment) -> Element:
    account = books.accounts[row.account_id]
    return present(
        Account=present(
            AccountID=account.id, CurrencyCode=account.currency or books.organisation.base_currency
        ),
        Reference=row.reference,
        Particulars=row.particulars,
        Code=row.code,
        Details=row.details,
        Narrative=row.narrative,
        BatchPaymentID=row.id,
        Date=row.on,
        Payments=[_part_element(books, payment) for payment in payments_in(books, row)],
        Type=row.type,
        Status=row.status,
        TotalAmount=row.total,
        UpdatedDateUTC=row.updated_at,
        IsReconciled=row.is_reconciled,
    )


def _part_element(books: Books, payment: Payment) -> Element:
    invoice = books.invoices[payment.invoice_id]
    amount: Decimal = payment.amount
    return present(
        Invoice={
            "InvoiceID": invoice.id,
            "CurrencyCode": invoice.currency,
            "Payments": [],
            "CreditNotes": [],
            "Prepayments": [],
            "Overpayments": [],
            "HasErrors": False,
            "IsDiscounted": False,
            "LineItems": [],
        },
        PaymentID=payment.id,
        Reference=payment.reference,
        Amount=amount,
        BankAmount=amount,
    )
