"""What a bookkeeper does with credits, bank accounts and journals in Xero's own pages.

As in bookkeeper.py: plain keyword arguments in, plain data out, ActRefused with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fauxero.accounting import fields
from fauxero.accounting.banking import posting as banking_posting
from fauxero.accounting.banking import wire as banking_wire
from fauxero.accounting.banking.batches import BatchPaymentsResource
from fauxero.accounting.banking.batches import element_of as batch_element
from fauxero.accounting.banking.resource import BankTransactionsResource
from fauxero.accounting.banking.transfers import BankTransfersResource
from fauxero.accounting.base import ElementRefused
from fauxero.accounting.bookkeeping import (
    OPTIONS,
    ActRefused,
    done,
    exact_amount,
    find_credit,
    find_invoice,
    line_element,
)
from fauxero.accounting.credits import allocations, posting, wire
from fauxero.accounting.credits.allocations import AllocationsResource
from fauxero.accounting.credits.resource import CreditNotesResource
from fauxero.accounting.general_ledger.manual import ManualJournalsResource
from fauxero.accounting.locks import lock_problem
from fauxero.accounting.money import ONE, ZERO, cents
from fauxero.accounting.money_rows import CREDIT_NOTE, BankTransaction, Credit
from fauxero.accounting.payments import PaymentsResource
from fauxero.accounting.resource import Element, NotFound
from fauxero.accounting.rows import Account, Line

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

Lines = Sequence[Mapping[str, Any]]


def _contact_block(contact_id: str | None, contact_name: str | None) -> Element:
    return {"ContactID": contact_id} if contact_id else {"Name": contact_name}


# ---- credits


def raise_credit_note(
    books: Books,
    *,
    lines: Lines,
    contact_id: str | None = None,
    contact_name: str | None = None,
    date: str | None = None,
    number: str | None = None,
    reference: str | None = None,
    status: str = "AUTHORISED",
    line_amount_types: str = "Exclusive",
    type: str = "ACCRECCREDIT",
) -> Element:
    """`lines` as in raise_invoice."""
    element: Element = {
        "Type": type,
        "Contact": _contact_block(contact_id, contact_name),
        "Date": date,
        "CreditNoteNumber": number,
        "Reference": reference,
        "Status": status,
        "LineAmountTypes": line_amount_types,
        "LineItems": [line_element(line) for line in lines],
    }
    return done(CreditNotesResource().create(books, element, OPTIONS))


def void_credit(books: Books, *, credit_id: str) -> Element:
    """Void an unused credit note, overpayment or prepayment; the money goes with the last two."""
    credit = find_credit(books, credit_id)
    if credit.kind == CREDIT_NOTE:
        status = {"Status": "VOIDED"}
        return done(CreditNotesResource().create_or_update(books, status, OPTIONS, key=credit.id))
    if credit.status != "AUTHORISED" or credit.allocated or credit.refunded:
        raise ActRefused("Only an unused one can be voided; remove what it was used for first")
    _refuse_locked(books, credit)
    row_id = books.bank_transactions.by_credit.first(credit.id)
    with books.transaction():
        if row_id is None:
            posting.void(books, credit)
        else:
            banking_posting.delete(books, books.bank_transactions[row_id])
    return wire.full(books, books.credits[credit.id], 4)


def _refuse_locked(books: Books, row: Credit | BankTransaction) -> None:
    if problem := lock_problem(books, row.on):
        raise ActRefused(problem)


def allocate_credit(
    books: Books, *, credit_id: str, invoice_id: str, amount: Any = None
) -> Element:
    """Set a credit against an invoice; without `amount`, as much as fits."""
    credit, invoice = find_credit(books, credit_id), find_invoice(books, invoice_id)
    fits = min(credit.remaining, invoice.amount_due)
    element: Element = {
        "Invoice": {"InvoiceID": invoice.id},
        "Amount": fits if amount is None else exact_amount(amount),
    }
    return done(AllocationsResource(credit.kind).create(books, credit.id, element, OPTIONS))


def remove_allocation(books: Books, *, allocation_id: str) -> Element:
    found = books.allocations.get(allocation_id.lower())
    if found is None or found.is_deleted:
        raise NotFound(f"no allocation {allocation_id}")
    try:
        with books.transaction():
            return allocations.remove(books, found)
    except ElementRefused as refusal:
        raise ActRefused(str(refusal)) from None


def refund_credit(
    books: Books,
    *,
    credit_id: str,
    account_code: str = "090",
    amount: Any = None,
    date: str | None = None,
    reference: str | None = None,
) -> Element:
    """Pay a credit back; without `amount`, all that is left."""
    credit = find_credit(books, credit_id)
    element: Element = {
        credit.kind: {f"{credit.kind}ID": credit.id},
        "Account": {"Code": account_code},
        "Amount": credit.remaining if amount is None else exact_amount(amount),
        "Date": date,
        "Reference": reference,
    }
    return done(PaymentsResource().create(books, element, OPTIONS))


def overpay_invoice(
    books: Books,
    *,
    invoice_id: str,
    amount: Any,
    account_code: str = "090",
    date: str | None = None,
    reference: str | None = None,
) -> Element:
    """Receive more than is due: a payment of all that is due, and an overpayment of the rest.

    Only Xero's pages can do this in one go (reported); the API needs two calls.
    """
    invoice = find_invoice(books, invoice_id)
    rest = cents(exact_amount(amount)) - invoice.amount_due
    if not invoice.is_sale or rest <= 0:
        raise ActRefused("The amount is no more than is due on a sales invoice")
    element: Element = {
        "Invoice": {"InvoiceID": invoice.id},
        "Account": {"Code": account_code},
        "Amount": invoice.amount_due,
        "Date": date,
        "Reference": reference,
    }
    with books.transaction():
        payment = done(PaymentsResource().create(books, element, OPTIONS))
        account_id = payment["Account"]["AccountID"]
        credit = _overpaid(books, invoice.contact_id, rest, payment["Date"], reference)
        posting.receive(books, credit, account_id)
    return {"Payment": payment, "Overpayment": wire.full(books, credit, 4)}


def _overpaid(
    books: Books, contact_id: str, rest: Decimal, on: Any, reference: str | None
) -> Credit:
    line = Line(
        id=books.ids.uuid(),
        description="Overpayment",
        quantity=ONE,
        unit_amount=rest,
        line_amount=rest,
        tax_type="NONE",
        tax_amount=ZERO,
        account_id=books.system_account_id("DEBTORS"),
    )
    return Credit(
        id=books.ids.uuid(),
        type="AROVERPAYMENT",
        status="AUTHORISED",
        contact_id=contact_id,
        number=None,
        on=on,
        line_amount_types="NoTax",
        lines=(line,),
        sub_total=rest,
        total_tax=ZERO,
        total=rest,
        currency=books.organisation.base_currency,
        updated_at=books.now(),
        reference=reference,
    )


# ---- money


def receive_money(
    books: Books,
    *,
    lines: Lines,
    contact_id: str | None = None,
    contact_name: str | None = None,
    account_code: str = "090",
    date: str | None = None,
    reference: str | None = None,
    line_amount_types: str | None = None,
    type: str = "RECEIVE",
) -> Element:
    """`type` may be RECEIVE-OVERPAYMENT or RECEIVE-PREPAYMENT too."""
    element: Element = {
        "Type": type,
        "Contact": _contact_block(contact_id, contact_name),
        "BankAccount": {"Code": account_code},
        "Date": date,
        "Reference": reference,
        "LineAmountTypes": line_amount_types or ("NoTax" if "OVERPAYMENT" in type else None),
        "LineItems": [line_element(line) for line in lines],
    }
    return done(BankTransactionsResource().create(books, element, OPTIONS))


def spend_money(books: Books, *, lines: Lines, type: str = "SPEND", **more: Any) -> Element:
    """As receive_money, the other way round."""
    return receive_money(books, lines=lines, type=type, **more)


def reconcile_bank_transaction(
    books: Books, *, bank_transaction_id: str, is_reconciled: bool = True
) -> Element:
    """Match money received, spent or transferred to a bank statement line, or undo that."""
    row = _bank_transaction(books, bank_transaction_id)
    with books.transaction():
        changed = replace(row, is_reconciled=is_reconciled, updated_at=books.now())
        books.bank_transactions.put(changed)
    return banking_wire.full(books, changed, 4)


def delete_bank_transaction(books: Books, *, bank_transaction_id: str) -> Element:
    """Remove money received or spent. A person may remove a reconciled one."""
    row = _bank_transaction(books, bank_transaction_id)
    if row.credit_id is not None:
        void_credit(books, credit_id=row.credit_id)
        return banking_wire.full(books, books.bank_transactions[row.id], 4)
    with books.transaction():
        books.bank_transactions.put(replace(row, is_reconciled=False))
        status = {"Status": "DELETED"}
        return done(BankTransactionsResource().create_or_update(books, status, OPTIONS, key=row.id))


def _bank_transaction(books: Books, row_id: str) -> BankTransaction:
    found = books.bank_transactions.get(row_id.lower())
    if found is None:
        raise NotFound(f"no bank transaction {row_id}")
    return found


def transfer_money(
    books: Books,
    *,
    from_code: str,
    to_code: str,
    amount: Any,
    date: str | None = None,
    reference: str | None = None,
) -> Element:
    element: Element = {
        "FromBankAccount": {"Code": from_code},
        "ToBankAccount": {"Code": to_code},
        "Amount": exact_amount(amount),
        "Date": date,
        "Reference": reference,
    }
    return done(BankTransfersResource().create(books, element, OPTIONS))


def delete_transfer(books: Books, *, bank_transfer_id: str) -> Element:
    status = {"Status": "DELETED"}
    return done(
        BankTransfersResource().create_or_update(books, status, OPTIONS, key=bank_transfer_id)
    )


def pay_batch(
    books: Books,
    *,
    invoice_ids: Sequence[str],
    account_code: str = "090",
    date: str | None = None,
    reference: str | None = None,
) -> Element:
    """Pay all that is due on several invoices, or on several bills, in one movement of money."""
    found = [find_invoice(books, invoice_id) for invoice_id in invoice_ids]
    element: Element = {
        "Account": {"Code": account_code},
        "Date": date,
        "Reference": reference,
        "Payments": [
            {"Invoice": {"InvoiceID": invoice.id}, "Amount": invoice.amount_due}
            for invoice in found
        ],
    }
    return done(BatchPaymentsResource().create(books, element, OPTIONS))


def reconcile_batch(books: Books, *, batch_payment_id: str, is_reconciled: bool = True) -> Element:
    """Match a batch, and with it each of its payments, to a bank statement line, or undo that."""
    row = books.batch_payments.get(batch_payment_id.lower())
    if row is None:
        raise NotFound(f"no batch payment {batch_payment_id}")
    with books.transaction():
        row = replace(row, is_reconciled=is_reconciled, updated_at=books.now())
        books.batch_payments.put(row)
        for payment_id in books.payments_by_batch.ids(row.id):
            payment = books.payments[payment_id]
            changed = replace(payment, is_reconciled=is_reconciled, updated_at=books.now())
            books.payments.put(changed)
    return batch_element(books, row)


def delete_batch(books: Books, *, batch_payment_id: str) -> Element:
    """Remove a batch with its payments. A person may remove a reconciled one."""
    with books.transaction():
        reconcile_batch(books, batch_payment_id=batch_payment_id, is_reconciled=False)
        status = {"Status": "DELETED"}
        return done(
            BatchPaymentsResource().create_or_update(books, status, OPTIONS, key=batch_payment_id)
        )


# ---- journals


def post_journal(
    books: Books,
    *,
    lines: Lines,
    narration: str,
    date: str | None = None,
    status: str = "POSTED",
    line_amount_types: str = "NoTax",
) -> Element:
    """`lines`: line_amount (debits positive), account_code, description, tax_type, tracking."""
    element: Element = {
        "Narration": narration,
        "Date": date,
        "Status": status,
        "LineAmountTypes": line_amount_types,
        "JournalLines": [line_element(line) for line in lines],
    }
    return done(ManualJournalsResource().create(books, element, OPTIONS))


def void_journal(books: Books, *, manual_journal_id: str) -> Element:
    status = {"Status": "VOIDED"}
    return done(
        ManualJournalsResource().create_or_update(books, status, OPTIONS, key=manual_journal_id)
    )


def post_manual_adjustment(
    books: Books,
    *,
    debit_code: str,
    credit_code: str,
    amount: Any,
    date: str | None = None,
    narration: str = "Adjustment",
) -> Element:
    """A plain two-line manual journal. System and bank accounts are refused."""
    value = cents(exact_amount(amount))
    if value <= 0:
        raise ActRefused("The amount must be greater than zero")
    lines = [
        {"account_code": _ordinary(books, code).code, "line_amount": sign * value}
        for code, sign in ((debit_code, 1), (credit_code, -1))
    ]
    on = fields.day({"date": date}, "date") or books.today()
    made = post_journal(books, lines=lines, narration=narration, date=on.isoformat())
    return {"ManualJournalID": made["ManualJournalID"], "Date": on}


def _ordinary(books: Books, code: str) -> Account:
    account = books.account_by_code(code)
    if account is None:
        raise NotFound(f"no account {code}")
    if account.system_account or account.type == "BANK":
        raise ActRefused(f"Account code '{code}' is not a valid code for this document.")
    return account


ACTS: dict[str, Callable[..., Element]] = {
    act.__name__: act
    for act in (
        raise_credit_note,
        void_credit,
        allocate_credit,
        remove_allocation,
        refund_credit,
        overpay_invoice,
        receive_money,
        spend_money,
        reconcile_bank_transaction,
        delete_bank_transaction,
        transfer_money,
        delete_transfer,
        pay_batch,
        reconcile_batch,
        delete_batch,
        post_journal,
        void_journal,
        post_manual_adjustment,
    )
}
