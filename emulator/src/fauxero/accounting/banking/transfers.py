"""The BankTransfers resource: money moved between two bank accounts.

Evidence: the two accounts and the amount are required, a transfer is only made and deleted, and
tracking on either side (two categories) are in the OpenAPI description; each side is a bank
transaction that can be read but not written (documented, Bank transactions). Wordings are
unsure. Not paged.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fauxero.accounting import fields, ledger, tracking
from fauxero.accounting.banking import wire as transaction_wire
from fauxero.accounting.banking.draft import bank_account
from fauxero.accounting.base import (
    BANKING_READ,
    BANKING_WRITE,
    BaseResource,
    Findings,
    attempt,
    present,
)
from fauxero.accounting.listing import Selection, answer
from fauxero.accounting.locks import lock_problem
from fauxero.accounting.money import ONE, ZERO, cents
from fauxero.accounting.money_rows import BankTransaction, BankTransfer
from fauxero.accounting.resource import (
    Element,
    ListPage,
    ListQuery,
    NotFound,
    NotModelled,
    Outcome,
    WriteOptions,
)
from fauxero.accounting.rows import Account, Entry
from fauxero.accounting.where import DAY, GUID, INSTANT, NUMBER, TEXT, Field

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

Pairs = tuple[tuple[str, str], ...]

_FIELDS = {
    "banktransferid": Field(GUID, lambda row: row.id),
    "status": Field(TEXT, lambda row: row.status),
    "amount": Field(NUMBER, lambda row: row.amount),
    "date": Field(DAY, lambda row: row.on),
    "reference": Field(TEXT, lambda row: row.reference),
    "createddateutc": Field(INSTANT, lambda row: row.created_at),
    "frombankaccount.accountid": Field(GUID, lambda row: row.from_account_id),
    "tobankaccount.accountid": Field(GUID, lambda row: row.to_account_id),
    "frombanktransactionid": Field(GUID, lambda row: row.from_transaction_id),
    "tobanktransactionid": Field(GUID, lambda row: row.to_transaction_id),
}


class BankTransfersResource(BaseResource):
    name = "BankTransfers"
    element_name = "BankTransfer"
    id_field = "BankTransferID"
    methods = frozenset({"GET", "PUT", "POST"})
    read_scopes = BANKING_READ
    write_scopes = BANKING_WRITE
    date_companions: tuple[str, ...] = ("Date", "CreatedDateUTC")

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        selection = Selection(books.bank_transfers, books.bank_transfers.in_order, _FIELDS, {})
        selection.apply(query)

        def show(row: BankTransfer) -> Element:
            return element_of(books, row)

        return answer(selection, query, paged=False, full=show, thin=show)

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None:
        row = books.bank_transfers.get(key.lower())
        return element_of(books, row) if row else None

    def create(self, books: Books, element: Element, options: WriteOptions) -> Outcome:
        if fields.guid(element, "BankTransferID"):
            raise NotModelled("PUT with a BankTransferID is not modelled; use POST")
        return attempt(
            books,
            element,
            lambda found: _create(books, element, options, found),
            id_field=self.id_field,
        )

    def create_or_update(
        self, books: Books, element: Element, options: WriteOptions, *, key: str | None = None
    ) -> Outcome:
        """POST deletes and does nothing else (OpenAPI description)."""
        row_id = key.lower() if key else fields.guid(element, "BankTransferID")
        row = books.bank_transfers.get(row_id or "")
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
    source = _account(books, element, "FromBankAccount", findings)
    target = _account(books, element, "ToBankAccount", findings)
    amount = fields.number(element, "Amount")
    on = fields.day(element, "Date") or books.today()
    reference = fields.text(element, "Reference") or None
    tracked = [_tracking(books, element, f"{side}Tracking", findings) for side in ("From", "To")]
    if source is not None and target is not None and source.id == target.id:
        findings.errors.append("A bank transfer needs two different bank accounts.")
    if amount is None or cents(amount) <= 0:
        findings.errors.append("The amount of a bank transfer must be greater than zero.")
    findings.too_long("Reference", reference, 255)
    if problem := lock_problem(books, on):
        findings.errors.append(problem)
    findings.refuse_if_any()
    assert source is not None and target is not None and amount is not None
    row = BankTransfer(
        id=books.ids.uuid(),
        status="AUTHORISED",
        from_account_id=source.id,
        to_account_id=target.id,
        from_transaction_id=books.ids.uuid(),
        to_transaction_id=books.ids.uuid(),
        amount=cents(amount),
        on=on,
        created_at=books.now(),
        reference=reference,
        from_tracking=tracked[0],
        to_tracking=tracked[1],
    )
    _store(books, row, element, options)
    return element_of(books, row)


def _account(books: Books, element: Element, name: str, findings: Findings) -> Account | None:
    block = fields.nested(element, name) or {}
    return bank_account(
        books, fields.guid(block, "AccountID"), fields.text(block, "Code"), findings
    )


def _tracking(books: Books, element: Element, name: str, findings: Findings) -> Pairs:
    return tracking.resolve(books, fields.many(element, name) or [], findings)


def _store(books: Books, row: BankTransfer, element: Element, options: WriteOptions) -> None:
    """Put the transfer, its two sides and its posting: Dr the one bank, Cr the other."""
    for side in ("From", "To"):
        is_source = side == "From"
        books.bank_transactions.put(
            BankTransaction(
                id=row.from_transaction_id if is_source else row.to_transaction_id,
                type="SPEND-TRANSFER" if is_source else "RECEIVE-TRANSFER",
                status=row.status,
                contact_id=None,
                account_id=row.from_account_id if is_source else row.to_account_id,
                on=row.on,
                line_amount_types="NoTax",
                lines=(),
                sub_total=row.amount,
                total_tax=ZERO,
                total=row.amount,
                currency=books.organisation.base_currency,
                updated_at=books.now(),
                reference=row.reference,
                is_reconciled=bool(fields.flag(element, f"{side}IsReconciled")),
                transfer_id=row.id,
                created_by_app=options.app_id,
            )
        )
    books.bank_transfers.put(row)
    entries = (
        Entry(row.to_account_id, row.amount, tracking=row.to_tracking),
        Entry(row.from_account_id, -row.amount, tracking=row.from_tracking),
    )
    ledger.post(books, row.on, "TRANSFER", row.id, None, entries)


def _delete(books: Books, row: BankTransfer, element: Element, findings: Findings) -> Element:
    status = fields.choice(element, "Status", ("AUTHORISED", "DELETED"))
    sides = [books.bank_transactions[key] for key in _sides(row)]
    if status != "DELETED" or row.status == "DELETED":
        findings.errors.append("Bank transfers cannot be updated; only Status DELETED may be set.")
    elif (
        any(side.is_reconciled for side in sides)
        and not books.switches.delete_reconciled_bank_transactions
    ):
        findings.errors.append("The bank transfer is reconciled and cannot be deleted.")
    if problem := lock_problem(books, row.on):
        findings.errors.append(problem)
    findings.refuse_if_any()
    ledger.reverse(books, row.id)
    for side in sides:
        gone = replace(side, status="DELETED", updated_at=books.now())
        books.bank_transactions.put(gone)
    return element_of(books, books.bank_transfers.put(replace(row, status="DELETED")))


def _sides(row: BankTransfer) -> tuple[str, str]:
    return row.from_transaction_id, row.to_transaction_id


def element_of(books: Books, row: BankTransfer) -> Element:
    source, target = (books.bank_transactions[key] for key in _sides(row))
    return present(
        BankTransferID=row.id,
        CreatedDateUTC=row.created_at,
        Date=row.on,
        Status=row.status,
        FromBankAccount=transaction_wire.account_block(books, row.from_account_id),
        ToBankAccount=transaction_wire.account_block(books, row.to_account_id),
        Amount=row.amount,
        FromBankTransactionID=row.from_transaction_id,
        ToBankTransactionID=row.to_transaction_id,
        FromIsReconciled=source.is_reconciled,
        ToIsReconciled=target.is_reconciled,
        Reference=row.reference or "",
        CurrencyRate=ONE,
        HasAttachments=books.side.has_attachments(row.id),
        FromTracking=tracking.line_tracking(books, row.from_tracking),
        ToTracking=tracking.line_tracking(books, row.to_tracking),
    )
