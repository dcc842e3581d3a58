"""The BankTransactions resource: money spent and received, and credits made by money.

Evidence: that over- and prepayments cannot be changed or deleted here, and transfers only read,
is documented (Bank transactions); a DELETED status for RECEIVE and SPEND too. Whether reconciled
ones can be changed is unsure: refused, unless switched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fauxero.accounting import fields
from fauxero.accounting.banking import posting, wire
from fauxero.accounting.banking.draft import PLAIN, STATUSES, draft
from fauxero.accounting.base import BANKING_READ, BANKING_WRITE, BaseResource, Findings, attempt
from fauxero.accounting.listing import Selection, answer
from fauxero.accounting.locks import lock_problem
from fauxero.accounting.money_rows import BankTransaction
from fauxero.accounting.resource import (
    Element,
    ListPage,
    ListQuery,
    NotFound,
    NotModelled,
    Outcome,
    WriteOptions,
)
from fauxero.accounting.where import DAY, FLAG, GUID, INSTANT, NUMBER, TEXT, Field, Fields

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

CREDIT_FIXED = "Overpayments and prepayments cannot be updated or deleted via the API."
NOT_FOR_MODIFICATION = "Bank Transaction not of valid status for modification"
RECONCILED = "The bank transaction is reconciled and cannot be changed."


class BankTransactionsResource(BaseResource):
    name = "BankTransactions"
    element_name = "BankTransaction"
    id_field = "BankTransactionID"
    methods = frozenset({"GET", "PUT", "POST"})
    read_scopes = BANKING_READ
    write_scopes = BANKING_WRITE
    date_companions: tuple[str, ...] = ("Date", "UpdatedDateUTC")

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        return answer(
            _selection(books, query),
            query,
            paged=query.page is not None,
            full=lambda row: wire.paged(books, row, query.unit_decimals),
            thin=lambda row: wire.unpaged(books, row),
        )

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None:
        row = books.bank_transactions.get(key.lower())
        return wire.full(books, row, unit_decimals) if row else None

    def create(self, books: Books, element: Element, options: WriteOptions) -> Outcome:
        if fields.guid(element, "BankTransactionID"):
            raise NotModelled("PUT with a BankTransactionID is not modelled; use POST")
        return attempt(
            books,
            element,
            lambda found: _create(books, element, options, found),
            id_field=self.id_field,
        )

    def create_or_update(
        self, books: Books, element: Element, options: WriteOptions, *, key: str | None = None
    ) -> Outcome:
        row_id = key.lower() if key else fields.guid(element, "BankTransactionID")
        if row_id is None:
            return self.create(books, element, options)
        before = books.bank_transactions.get(row_id)
        if before is None:
            raise NotFound
        return attempt(
            books,
            element,
            lambda found: _update(books, before, element, options, found),
            id_field=self.id_field,
            key=before.id,
        )


def _create(books: Books, element: Element, options: WriteOptions, findings: Findings) -> Element:
    row = draft(books, element, None, options, findings)
    if fields.choice(element, "Status", STATUSES) not in (None, "AUTHORISED"):
        findings.errors.append("Bank Transaction not of valid status for creation")
    if problem := lock_problem(books, row.on):
        findings.errors.append(problem)
    findings.refuse_if_any()
    is_plain = row.type in PLAIN
    row = posting.store(books, row, None) if is_plain else posting.store_with_credit(books, row)
    return wire.full(books, row, options.unit_decimals)


def _update(
    books: Books,
    before: BankTransaction,
    element: Element,
    options: WriteOptions,
    findings: Findings,
) -> Element:
    status = fields.choice(element, "Status", STATUSES) or before.status
    _check_changeable(books, before, status, findings)
    findings.refuse_if_any()
    if status == "DELETED":
        row = posting.delete(books, before)
    else:
        row = draft(books, element, before, options, findings)
        if problem := lock_problem(books, row.on):
            findings.errors.append(problem)
        findings.refuse_if_any()
        posting.store(books, row, before)
    return wire.full(books, row, options.unit_decimals)


def _check_changeable(
    books: Books, before: BankTransaction, status: str, findings: Findings
) -> None:
    switches = books.switches
    if before.status != "AUTHORISED" or status == "VOIDED":
        findings.errors.append(NOT_FOR_MODIFICATION)
    elif before.transfer_id is not None:
        findings.errors.append(
            "Bank transfers cannot be updated with the BankTransactions endpoint."
        )
    elif before.credit_id is not None:
        _check_credit(books, before.credit_id, status, findings)
    elif before.is_reconciled and not switches.delete_reconciled_bank_transactions:
        findings.errors.append(RECONCILED)
    if problem := lock_problem(books, before.on):
        findings.errors.append(problem)


def _check_credit(books: Books, credit_id: str, status: str, findings: Findings) -> None:
    credit = books.credits[credit_id]
    is_used = bool(credit.allocated or credit.refunded)
    may_be_deleted = books.switches.delete_credit_bank_transactions and not is_used
    if status != "DELETED" or not may_be_deleted:
        findings.errors.append(CREDIT_FIXED)


# ---- listing


def _selection(books: Books, query: ListQuery) -> Selection[BankTransaction]:
    table = books.bank_transactions
    selection = Selection(
        table,
        table.in_order,
        _fields(books),
        {
            "status": lambda value: table.by_status.of(value.upper()),
            "type": lambda value: table.by_type.of(value.upper()),
            "banktransactionid": lambda value: (value,) if value in table else (),
            "contact.contactid": table.by_contact.ids,
            "bankaccount.accountid": table.by_account.ids,
            "reference": table.by_reference.ids,
            "date": table.by_day.ids,
        },
    )
    selection.apply(query)
    if query.created_by_app is not None:
        selection.only(lambda row: row.created_by_app == query.created_by_app)
    return selection


# Reported: on bank transactions these match nothing, without an error.
_BLIND = frozenset({"contains", "endswith"})


def _fields(books: Books) -> Fields:
    accounts, contacts = books.accounts, books.contacts

    def contact_name(row: BankTransaction) -> str | None:
        found = contacts.get(row.contact_id or "")
        return found.name if found else None

    return {
        "banktransactionid": Field(GUID, lambda row: row.id),
        "type": Field(TEXT, lambda row: row.type),
        "status": Field(TEXT, lambda row: row.status),
        "reference": Field(TEXT, lambda row: row.reference, _BLIND),
        "date": Field(DAY, lambda row: row.on),
        "isreconciled": Field(FLAG, lambda row: row.is_reconciled),
        "subtotal": Field(NUMBER, lambda row: row.sub_total),
        "totaltax": Field(NUMBER, lambda row: row.total_tax),
        "total": Field(NUMBER, lambda row: row.total),
        "currencycode": Field(TEXT, lambda row: row.currency),
        "updateddateutc": Field(INSTANT, lambda row: row.updated_at),
        "contact.contactid": Field(GUID, lambda row: row.contact_id),
        "contact.name": Field(TEXT, contact_name),
        "bankaccount.accountid": Field(GUID, lambda row: row.account_id),
        "bankaccount.code": Field(TEXT, lambda row: accounts[row.account_id].code),
        "prepaymentid": Field(GUID, lambda row: row.credit_id),
        "overpaymentid": Field(GUID, lambda row: row.credit_id),
    }
