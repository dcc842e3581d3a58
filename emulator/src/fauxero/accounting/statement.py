"""Lines of bank statements, and matching them to what the books expect.

Xero has them in its pages only: its API knows no statement lines, but `IsReconciled` of a payment
or bank transaction follows from them. That a line is matched to documents of its own amount and
bank account is how Xero's reconcile page works; several documents to one line are not modelled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fauxero.accounting import fields
from fauxero.accounting.money import cents
from fauxero.accounting.resource import BadPostData, Element, NotFound, RequestRefused
from fauxero.accounting.rows import Account
from fauxero.accounting.side_rows import StatementLine

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

PAYMENT, BATCH_PAYMENT = "payment", "batch_payment"
BANK_TRANSACTION = "bank_transaction"
_TABLES = {
    PAYMENT: "payments",
    BATCH_PAYMENT: "batch_payments",
    BANK_TRANSACTION: "bank_transactions",
}


class MatchRefused(RequestRefused):
    """Xero's reconcile page would not let a person do this."""


def import_statement_lines(
    books: Books, *, account_code: str, lines: Sequence[Mapping[str, Any]]
) -> Element:
    """Add lines to a bank account: date, amount (received positive), description?, reference?."""
    account = _bank(books, account_code)
    rows = [_line(books, account, line) for line in lines]
    with books.transaction():
        for row in rows:
            books.side.statement_lines.put(row)
    return {"StatementLines": [line_element(row) for row in rows]}


def statement_lines(books: Books, *, account_code: str | None = None) -> Element:
    """All lines, oldest first, of one bank account or of all."""
    account = _bank(books, account_code) if account_code else None
    rows = [
        row for row in books.side.statement_lines if account is None or row.account_id == account.id
    ]
    rows.sort(key=lambda row: (row.on, row.id))
    return {"StatementLines": [line_element(row) for row in rows]}


def match_statement_line(
    books: Books,
    *,
    line_id: str,
    payment_id: str | None = None,
    batch_payment_id: str | None = None,
    bank_transaction_id: str | None = None,
) -> Element:
    """Reconcile a line with one payment, batch or bank transaction of its amount and account."""
    named = {
        PAYMENT: payment_id,
        BATCH_PAYMENT: batch_payment_id,
        BANK_TRANSACTION: bank_transaction_id,
    }
    given = [(kind, key.lower()) for kind, key in named.items() if key]
    if len(given) != 1:
        raise MatchRefused("A line is matched to one payment, batch or bank transaction")
    kind, key = given[0]
    line = _found(books, line_id)
    _check(books, line, kind, key)
    with books.transaction():
        _mark(books, kind, key, is_reconciled=True)
        line = books.side.statement_lines.put(replace(line, matched_kind=kind, matched_id=key))
    return line_element(line)


def unmatch_statement_line(books: Books, *, line_id: str) -> Element:
    """Undo a match; what it reconciled is open again."""
    line = _found(books, line_id)
    if line.matched_id is None or line.matched_kind is None:
        raise MatchRefused("The line is not matched")
    with books.transaction():
        _mark(books, line.matched_kind, line.matched_id, is_reconciled=False)
        line = books.side.statement_lines.put(replace(line, matched_kind=None, matched_id=None))
    return line_element(line)


def _bank(books: Books, code: str) -> Account:
    account = books.account_by_code(code)
    if account is None:
        raise NotFound(f"no account {code}")
    if account.type != "BANK":
        raise MatchRefused(f"{code} is not a bank account")
    return account


def _line(books: Books, account: Account, line: Mapping[str, Any]) -> StatementLine:
    unknown = line.keys() - {"date", "amount", "description", "reference"}
    if unknown:
        raise BadPostData(f"unknown in a statement line: {', '.join(sorted(unknown))}")
    on = fields.day(dict(line), "date")
    amount = fields.number({"amount": _exact(line.get("amount"))}, "amount")
    if on is None or not amount:
        raise BadPostData("a statement line needs a date and an amount")
    return StatementLine(
        id=books.ids.uuid(),
        account_id=account.id,
        on=on,
        amount=cents(amount),
        description=str(line.get("description") or ""),
        reference=str(line.get("reference") or ""),
    )


def _exact(value: Any) -> Any:
    return str(value) if isinstance(value, float) else value


def _found(books: Books, line_id: str) -> StatementLine:
    line = books.side.statement_lines.get(line_id.lower())
    if line is None:
        raise NotFound(f"no statement line {line_id}")
    return line


def _check(books: Books, line: StatementLine, kind: str, key: str) -> None:
    row = getattr(books, _TABLES[kind]).get(key)
    if row is None:
        raise NotFound(f"no {kind} {key}")
    if line.matched_id is not None:
        raise MatchRefused("The line is matched already")
    if books.side.lines_by_match.has(key):
        raise MatchRefused(f"The {kind} is matched to another line")
    if row.status != "AUTHORISED":
        raise MatchRefused(f"The {kind} is {row.status}")
    if row.account_id != line.account_id or _amount(books, kind, row) != line.amount:
        raise MatchRefused(f"The {kind} has another amount or bank account than the line")


def _amount(books: Books, kind: str, row: Any) -> Decimal:
    """What the bank account gains by it: received positive, as on a statement."""
    if kind == BATCH_PAYMENT:
        return row.total if row.type == "RECBATCH" else -row.total
    if kind == BANK_TRANSACTION:
        return row.total if row.is_received else -row.total
    target = books.payable(row.invoice_id)
    is_in = target.is_sale == (row.invoice_id in books.invoices)
    return row.amount if is_in else -row.amount


def _mark(books: Books, kind: str, key: str, *, is_reconciled: bool) -> None:
    table = getattr(books, _TABLES[kind])
    row = table.get(key)
    if row is None:
        return
    table.put(replace(row, is_reconciled=is_reconciled, updated_at=books.now()))
    if kind == BATCH_PAYMENT:
        for payment in books.payments:
            if payment.batch_id == key and payment.status == "AUTHORISED":
                books.payments.put(
                    replace(payment, is_reconciled=is_reconciled, updated_at=books.now())
                )


def line_element(line: StatementLine) -> Element:
    return {
        "StatementLineID": line.id,
        "AccountID": line.account_id,
        "Date": line.on,
        "Amount": line.amount,
        "Description": line.description,
        "Reference": line.reference,
        "IsReconciled": line.matched_id is not None,
        "MatchedTo": line.matched_kind,
        "MatchedID": line.matched_id,
    }
