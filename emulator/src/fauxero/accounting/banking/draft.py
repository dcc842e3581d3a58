"""Make the bank transaction an element asks for, and hold it to its rules.

Evidence: types, mandatory fields, Inclusive as the default, quantity above nothing, a unit
amount, a positive total, tax as Xero works it out, Reference for RECEIVE and SPEND only, and the
single NoTax line of an overpayment are documented (Bank transactions). Wordings are unsure
unless they are those of invoices.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fauxero.accounting import fields, tax
from fauxero.accounting.base import Findings
from fauxero.accounting.document_contact import contact_of
from fauxero.accounting.invoices import lines as line_rules
from fauxero.accounting.invoices.draft import check_currency, check_totals_sent, totals
from fauxero.accounting.ledger import CREDITORS, DEBTORS
from fauxero.accounting.money import ONE, ZERO, cents
from fauxero.accounting.money_rows import BankTransaction
from fauxero.accounting.resource import Element, WriteOptions
from fauxero.accounting.rows import Account, Line

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

PLAIN = ("RECEIVE", "SPEND")
TYPES = (
    *PLAIN,
    "RECEIVE-OVERPAYMENT",
    "RECEIVE-PREPAYMENT",
    "SPEND-OVERPAYMENT",
    "SPEND-PREPAYMENT",
    "RECEIVE-TRANSFER",
    "SPEND-TRANSFER",
)
STATUSES = ("AUTHORISED", "DELETED", "VOIDED")


@dataclass(frozen=True, slots=True)
class Asked:
    """What an element says before it is a row."""

    type: str
    line_amount_types: str
    lines: tuple[Line, ...]
    account: Account | None


def draft(
    books: Books,
    element: Element,
    before: BankTransaction | None,
    options: WriteOptions,
    findings: Findings,
) -> BankTransaction:
    """Merge `element` over `before`. Problems go to `findings`; the books may get a contact."""
    contact = contact_of(books, element, _Addressed.of(before), findings)
    asked = _asked(books, element, before, options, findings, contact)
    check_currency(books, element, before.currency if before else None, findings)
    sums = totals(asked.lines, asked.line_amount_types)
    del sums["total_discount"]
    values: dict[str, Any] = sums | {
        "line_amount_types": asked.line_amount_types,
        "lines": asked.lines,
        "updated_at": books.now(),
        "on": fields.day(element, "Date") or (before.on if before else books.today()),
        "reference": _reference(books, element, asked.type, before),
        "url": _kept(element, "Url", before.url if before else None),
    }
    if contact is not None:
        values["contact_id"] = contact.id
    row = replace(before, **values) if before else _new(books, element, asked, values, options)
    check_totals_sent(element, row, findings)
    _check(row, findings)
    return row


@dataclass(frozen=True, slots=True)
class _Addressed:
    contact_id: str

    @staticmethod
    def of(row: BankTransaction | None) -> _Addressed | None:
        return _Addressed(row.contact_id) if row is not None and row.contact_id else None


def _asked(
    books: Books,
    element: Element,
    before: BankTransaction | None,
    options: WriteOptions,
    findings: Findings,
    contact: Any,
) -> Asked:
    type_ = _type(element, before, findings)
    given = fields.choice(element, "LineAmountTypes", tax.LINE_AMOUNT_TYPES)
    types = given or (before.line_amount_types if before else tax.INCLUSIVE)
    account = _account(books, element, before, findings)
    elements = fields.many(element, "LineItems")
    if type_.endswith("-OVERPAYMENT"):
        lines = _overpaid(books, elements or [], types, is_sale=type_ in _RECEIVED, found=findings)
        return Asked(type_, tax.NO_TAX, lines, account)
    setting = line_rules.LineSetting(
        books=books,
        is_sale=type_ in _RECEIVED,
        is_draft=False,
        line_amount_types=types,
        unit_decimals=options.unit_decimals,
        contact=contact,
        findings=findings,
        takes_discount=False,
    )
    lines = _lines(setting, elements, before)
    for line in lines:
        _check_line(books, line, types, findings)
    return Asked(type_, types, lines, account)


_RECEIVED = frozenset({"RECEIVE", "RECEIVE-OVERPAYMENT", "RECEIVE-PREPAYMENT"})


def _type(element: Element, before: BankTransaction | None, findings: Findings) -> str:
    type_ = fields.choice(element, "Type", TYPES)
    if before is not None:
        if type_ not in (None, before.type):
            findings.errors.append("The Type of a bank transaction cannot be changed.")
        return before.type
    if type_ is None:
        findings.errors.append("Bank Transaction Type must be specified.")
        return "RECEIVE"
    if type_.endswith("-TRANSFER"):
        findings.errors.append("Bank transfers must be created with the BankTransfers endpoint.")
    return type_


def _account(
    books: Books, element: Element, before: BankTransaction | None, findings: Findings
) -> Account | None:
    """By AccountID or Code; of type BANK (documented). Moving it elsewhere is refused: unsure."""
    block = fields.nested(element, "BankAccount") or {}
    account_id, code = fields.guid(block, "AccountID"), fields.text(block, "Code")
    if before is not None and not account_id and not code:
        return books.accounts[before.account_id]
    account = bank_account(books, account_id, code, findings)
    if before is not None and account is not None and account.id != before.account_id:
        findings.errors.append("The bank account of a bank transaction cannot be changed.")
    return account


def bank_account(
    books: Books, account_id: str | None, code: str | None, findings: Findings
) -> Account | None:
    """An active account of type BANK. Rule documented, wordings unsure."""
    found = books.accounts.get(account_id) if account_id else books.account_by_code(code or "")
    if found is None:
        findings.errors.append("The bank account could not be found.")
    elif found.type != "BANK":
        findings.errors.append("The bank account must be an account of type BANK.")
    elif found.status != "ACTIVE":
        findings.errors.append("The bank account has been archived or deleted.")
    else:
        return found
    return None


def _lines(
    setting: line_rules.LineSetting, given: list[Element] | None, before: BankTransaction | None
) -> tuple[Line, ...]:
    """With LineItemID changed, without added, missing ones deleted; none sent leaves them."""
    old = before.lines if before else ()
    if given:
        return line_rules.merge(setting, given, old)
    if before is None:
        setting.findings.errors.append("One or more line items must be specified")
    elif before.line_amount_types != setting.line_amount_types:
        return line_rules.recomputed(setting, old)
    return old


def _check_line(books: Books, line: Line, types: str, findings: Findings) -> None:
    if line.quantity is None or line.quantity <= 0:
        findings.errors.append("The quantity of a line item must be greater than zero.")
    if not line.unit_amount:
        findings.errors.append("The unit amount of a line item must not be zero.")
    rate = books.tax_rates.get(line.tax_type) if line.tax_type else None
    if rate is None or types == tax.NO_TAX:
        return
    inclusive = types == tax.INCLUSIVE
    expected = tax.tax_on(line.line_amount, rate=rate.effective_rate, inclusive=inclusive)
    if line.tax_amount != expected:
        findings.errors.append(
            f"The tax amount {line.tax_amount} does not match the calculated tax amount {expected}."
        )


def _overpaid(
    books: Books, elements: list[Element], types: str, *, is_sale: bool, found: Findings
) -> tuple[Line, ...]:
    """The one line of an overpayment; Xero books the control account itself."""
    control = books.accounts[books.system_account_id(DEBTORS if is_sale else CREDITORS)]
    if types != tax.NO_TAX:
        found.errors.append("An overpayment must have the LineAmountTypes NoTax.")
    if len(elements) != 1:
        found.errors.append("An overpayment must have exactly one line item.")
        return ()
    (element,) = elements
    code = fields.text(element, "AccountCode")
    if code and code != control.code:
        found.errors.append(f"Account code '{code}' is not a valid code for this document.")
    amount = fields.number(element, "LineAmount")
    unit = fields.number(element, "UnitAmount")
    if amount is None and unit is not None:
        amount = unit * (fields.number(element, "Quantity") or ONE)
    description = fields.text(element, "Description")
    if not description:
        found.errors.append("The description field is mandatory for each line item.")
    found.too_long("Description", description, line_rules.DESCRIPTION_LENGTH_MAX)
    value = cents(amount) if amount is not None else ZERO
    if value > line_rules.LINE_AMOUNT_MAX:
        found.errors.append("The line amount is too large.")
    line = Line(
        id=books.ids.uuid(),
        description=description,
        quantity=ONE,
        unit_amount=value,
        line_amount=value,
        tax_type="NONE",
        tax_amount=ZERO,
        account_id=control.id,
    )
    return (line,)


def _reference(
    books: Books, element: Element, type_: str, before: BankTransaction | None
) -> str | None:
    """Documented: for RECEIVE and SPEND only. Elsewhere it is dropped, unless switched."""
    if type_ not in PLAIN and not books.switches.keep_reference_on_credits:
        return None
    return _kept(element, "Reference", before.reference if before else None)


def _kept(element: Element, name: str, before: str | None) -> str | None:
    given = fields.text(element, name)
    return before if given is None else given or None


def _new(
    books: Books, element: Element, asked: Asked, values: dict[str, Any], options: WriteOptions
) -> BankTransaction:
    no_contact: dict[str, Any] = {"contact_id": None}
    return BankTransaction(
        id=books.ids.uuid(),
        type=asked.type,
        status="AUTHORISED",
        account_id=asked.account.id if asked.account else "",
        currency=books.organisation.base_currency,
        is_reconciled=bool(fields.flag(element, "IsReconciled")),
        created_by_app=options.app_id,
        **(no_contact | values),
    )


def _check(row: BankTransaction, findings: Findings) -> None:
    findings.too_long("Reference", row.reference, 255)
    if row.total <= 0:
        findings.errors.append("The total of a bank transaction must be greater than zero.")
    url = (row.url or "").lower()
    if url and ("xero" in url or not url.startswith(("http://", "https://"))):
        findings.errors.append("The Url must be a valid absolute URL and must not contain xero.")
