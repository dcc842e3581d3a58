"""What a bookkeeper does in Xero's own pages: the same rules and ledger, no API in between.

Each act takes the books and plain keyword arguments (text, numbers, ISO dates) and returns
plain data. What the act cannot do raises ActRefused with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fauxero.accounting import fields, ledger, payments
from fauxero.accounting.contacts.resource import ContactsResource
from fauxero.accounting.contacts.rules import name_taken
from fauxero.accounting.invoices import posting
from fauxero.accounting.invoices.resource import InvoicesResource
from fauxero.accounting.money import cents
from fauxero.accounting.payments import PaymentsResource
from fauxero.accounting.resource import (
    BadPostData,
    Element,
    NotFound,
    Outcome,
    RequestRefused,
    WriteOptions,
)
from fauxero.accounting.rows import Account, Contact, Entry, Invoice, Payment, TrackingOption

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

_OPTIONS = WriteOptions(unit_decimals=4)


class ActRefused(RequestRefused):
    """Xero's pages would not let the bookkeeper do this either."""


def _done(outcome: Outcome) -> Element:
    if outcome.errors:
        raise ActRefused("; ".join(outcome.errors))
    return outcome.element


def _amount(value: Any) -> Decimal:
    """A number from JSON or Python, exact where it was text."""
    try:
        return Decimal(str(value))
    except ArithmeticError:
        raise BadPostData(f"{value!r} is not a number") from None


# ---- contacts


def add_contact(
    books: Books, *, name: str, email: str | None = None, contact_number: str | None = None
) -> Element:
    element = {"Name": name, "EmailAddress": email, "ContactNumber": contact_number}
    return _done(ContactsResource().create(books, element, _OPTIONS))


def edit_contact(books: Books, *, contact_id: str, **changes: Any) -> Element:
    """`changes` are Xero's field names, e.g. Name, EmailAddress. Archived contacts too."""
    contact = _contact(books, contact_id)
    if contact.status == "ARCHIVED":
        with books.transaction():  # a person may edit what the API may not
            books.contacts.put(replace(contact, status="ACTIVE"))
            element = _done(
                ContactsResource().create_or_update(books, changes, _OPTIONS, key=contact.id)
            )
            books.contacts.put(replace(books.contacts[contact.id], status="ARCHIVED"))
        return element | {"ContactStatus": "ARCHIVED"}
    return _done(ContactsResource().create_or_update(books, changes, _OPTIONS, key=contact.id))


def archive_contact(books: Books, *, contact_id: str) -> Element:
    return _set_contact_status(books, contact_id, "ARCHIVED")


def restore_contact(books: Books, *, contact_id: str) -> Element:
    """Un-archive: possible in Xero's pages, not through the API."""
    contact = _contact(books, contact_id)
    other = books.active_contact_named(contact.name)
    if other is not None and other.id != contact.id:
        raise ActRefused(name_taken(contact.name))
    return _set_contact_status(books, contact_id, "ACTIVE")


def _set_contact_status(books: Books, contact_id: str, status: str) -> Element:
    contact = _contact(books, contact_id)
    with books.transaction():
        books.contacts.put(replace(contact, status=status, updated_at=books.now()))
    return {"ContactID": contact.id, "ContactStatus": status}


def merge_contacts(books: Books, *, from_id: str, into_id: str) -> Element:
    """Move all documents to one contact; the other is archived and points to it."""
    source, target = _contact(books, from_id), _contact(books, into_id)
    if source.id == target.id:
        raise ActRefused("A contact cannot be merged into itself")
    with books.transaction():
        for invoice_id in books.invoices_by_contact.ids(source.id):
            invoice = books.invoices[invoice_id]
            moved = replace(invoice, contact_id=target.id, updated_at=books.now())
            posting.store(books, moved, invoice)
        books.contacts.put(
            replace(source, status="ARCHIVED", merged_to_id=target.id, updated_at=books.now())
        )
        books.contacts.put(replace(target, updated_at=books.now()))
    return {"ContactID": source.id, "MergedToContactID": target.id}


# ---- invoices


def raise_invoice(
    books: Books,
    *,
    lines: Sequence[Mapping[str, Any]],
    contact_id: str | None = None,
    contact_name: str | None = None,
    date: str | None = None,
    due_date: str | None = None,
    number: str | None = None,
    reference: str | None = None,
    status: str = "AUTHORISED",
    line_amount_types: str = "Exclusive",
    type: str = "ACCREC",
) -> Element:
    """`lines`: description, quantity, unit_amount, account_code, tax_type, tracking."""
    contact = {"ContactID": contact_id} if contact_id else {"Name": contact_name}
    day = date or books.today().isoformat()
    element: Element = {
        "Type": type,
        "Contact": contact,
        "Date": day,
        "DueDate": due_date or day,
        "InvoiceNumber": number,
        "Reference": reference,
        "Status": status,
        "LineAmountTypes": line_amount_types,
        "LineItems": [_line(line) for line in lines],
    }
    return _done(InvoicesResource().create(books, element, _OPTIONS))


_LINE_FIELDS = {
    "line_id": "LineItemID",
    "description": "Description",
    "account_code": "AccountCode",
    "item_code": "ItemCode",
    "tax_type": "TaxType",
    "tracking": "Tracking",
}
_LINE_NUMBERS = {
    "quantity": "Quantity",
    "unit_amount": "UnitAmount",
    "line_amount": "LineAmount",
    "tax_amount": "TaxAmount",
    "discount_rate": "DiscountRate",
}


def _line(line: Mapping[str, Any]) -> Element:
    """A line in snake_case or in Xero's own names."""
    element: Element = {}
    for name, value in line.items():
        if name in _LINE_NUMBERS:
            element[_LINE_NUMBERS[name]] = _amount(value)
        else:
            element[_LINE_FIELDS.get(name, name)] = (
                Decimal(str(value)) if isinstance(value, float) else value
            )
    return element


def edit_invoice(books: Books, *, invoice_id: str, **changes: Any) -> Element:
    """Change fields by Xero's names; `lines` (as in raise_invoice) replaces or patches lines.

    Convenience: `amount` sets the unit amount of a single-line invoice, `account_code` its
    account.
    """
    invoice = _invoice(books, invoice_id)
    element: Element = {}
    for name, value in changes.items():
        if name == "lines":
            element["LineItems"] = [_line(line) for line in value]
        elif name in ("amount", "account_code"):
            _first_line(element, invoice)[_EDITS[name]] = (
                _amount(value) if name == "amount" else value
            )
        else:
            element[_HEADER_FIELDS.get(name, name)] = value
    return _done(InvoicesResource().create_or_update(books, element, _OPTIONS, key=invoice.id))


_EDITS = {"amount": "UnitAmount", "account_code": "AccountCode"}
_HEADER_FIELDS = {
    "date": "Date",
    "due_date": "DueDate",
    "number": "InvoiceNumber",
    "reference": "Reference",
    "status": "Status",
}


def _first_line(element: Element, invoice: Invoice) -> Element:
    if "LineItems" not in element:
        element["LineItems"] = [{"LineItemID": line.id} for line in invoice.lines]
    return element["LineItems"][0]


def void_invoice(books: Books, *, invoice_id: str) -> Element:
    return _set_status(books, invoice_id, "VOIDED")


def delete_invoice(books: Books, *, invoice_id: str) -> Element:
    """Drafts and submitted ones only."""
    return _set_status(books, invoice_id, "DELETED")


def approve_invoice(books: Books, *, invoice_id: str) -> Element:
    return _set_status(books, invoice_id, "AUTHORISED")


def _set_status(books: Books, invoice_id: str, status: str) -> Element:
    invoice = _invoice(books, invoice_id)
    return _done(
        InvoicesResource().create_or_update(books, {"Status": status}, _OPTIONS, key=invoice.id)
    )


# ---- payments


def pay_invoice(
    books: Books,
    *,
    invoice_id: str,
    account_code: str = "090",
    amount: Any = None,
    date: str | None = None,
    reference: str | None = None,
) -> Element:
    """Receive money on an invoice; without `amount`, all that is due."""
    invoice = _invoice(books, invoice_id)
    element: Element = {
        "Invoice": {"InvoiceID": invoice.id},
        "Account": {"Code": account_code},
        "Amount": invoice.amount_due if amount is None else _amount(amount),
        "Date": date,
        "Reference": reference,
    }
    return _done(PaymentsResource().create(books, element, _OPTIONS))


def delete_payment(books: Books, *, payment_id: str) -> Element:
    """Remove a payment. A person may remove a reconciled one ("Remove & Redo")."""
    payment = _payment(books, payment_id)
    if payment.status == "DELETED":
        raise ActRefused("The payment is deleted already")
    with books.transaction():
        if payment.is_reconciled:
            payment = books.payments.put(payments.reconciled(payment, False))
        return _done(
            PaymentsResource().create_or_update(
                books, {"Status": "DELETED"}, _OPTIONS, key=payment.id
            )
        )


def reconcile_payment(books: Books, *, payment_id: str, is_reconciled: bool = True) -> Element:
    """Match a payment to a bank statement line, or undo that."""
    payment = _payment(books, payment_id)
    with books.transaction():
        changed = payments.reconciled(payment, is_reconciled)
        books.payments.put(replace(changed, updated_at=books.now()))
    return payments.full(books, books.payments[payment.id])


# ---- settings


def archive_account(books: Books, *, code: str) -> Element:
    account = books.account_by_code(code)
    if account is None:
        raise NotFound(f"no account {code}")
    if account.system_account:
        raise ActRefused("System accounts cannot be archived")
    return _set_account(books, replace(account, status="ARCHIVED"))


def restore_account(books: Books, *, code: str) -> Element:
    account = books.account_by_code(code)
    if account is None:
        raise NotFound(f"no account {code}")
    return _set_account(books, replace(account, status="ACTIVE"))


def _set_account(books: Books, account: Account) -> Element:
    with books.transaction():
        books.accounts.put(replace(account, updated_at=books.now()))
    return {"AccountID": account.id, "Code": account.code, "Status": account.status}


def archive_tracking_option(books: Books, *, category: str, option: str) -> Element:
    found = _option(books, category, option)
    with books.transaction():
        books.tracking_options.put(replace(found, status="ARCHIVED"))
    return {"TrackingOptionID": found.id, "Status": "ARCHIVED"}


def rename_tracking_option(books: Books, *, category: str, option: str, new_name: str) -> Element:
    found = _option(books, category, option)
    if books.option_by_name(found.category_id, new_name) is not None:
        raise ActRefused("Please enter a unique Name.")
    with books.transaction():
        books.tracking_options.put(replace(found, name=new_name))
    return {"TrackingOptionID": found.id, "Name": new_name}


def _option(books: Books, category: str, option: str) -> TrackingOption:
    row = books.category_by_name(category)
    found = books.option_by_name(row.id, option) if row else None
    if found is None:
        raise NotFound(f"no active option {option} in {category}")
    return found


_UNCHANGED = "unchanged"


def set_lock_dates(
    books: Books,
    *,
    period: str | None = _UNCHANGED,
    year_end: str | None = _UNCHANGED,
) -> Element:
    """ISO dates; null lifts the lock; what is not named stays."""
    organisation = books.organisation
    if period != _UNCHANGED:
        locked_on = fields.day({"period": period}, "period")
        organisation = replace(organisation, period_locked_on=locked_on)
    if year_end != _UNCHANGED:
        locked_on = fields.day({"year_end": year_end}, "year_end")
        organisation = replace(organisation, year_end_locked_on=locked_on)
    with books.transaction():
        books.set_organisation(organisation)
    return {
        "PeriodLockDate": organisation.period_locked_on,
        "EndOfYearLockDate": organisation.year_end_locked_on,
    }


def set_plan(
    books: Books,
    *,
    edition_class: str,
    sales_approvals_max: int | None = None,
    bill_approvals_max: int | None = None,
) -> Element:
    """Change the pricing plan, e.g. STARTER with 20 sales invoices and 5 bills a month."""
    organisation = replace(
        books.organisation,
        edition_class=edition_class,
        sales_approvals_max=sales_approvals_max,
        bill_approvals_max=bill_approvals_max,
    )
    with books.transaction():
        books.set_organisation(organisation)
    return {"Class": edition_class}


def post_manual_adjustment(
    books: Books,
    *,
    debit_code: str,
    credit_code: str,
    amount: Any,
    date: str | None = None,
) -> Element:
    """A plain two-line manual journal. System and bank accounts are refused, as in Xero."""
    debit, credit = (_journal_account(books, code) for code in (debit_code, credit_code))
    value = cents(_amount(amount))
    if value <= 0:
        raise ActRefused("The amount must be greater than zero")
    on = fields.day({"date": date}, "date") or books.today()
    journal_id = books.ids.uuid()
    with books.transaction():
        entries = (Entry(debit.id, value), Entry(credit.id, -value))
        ledger.post(books, on, "MANJOURNAL", journal_id, None, entries)
    return {"ManualJournalID": journal_id, "Date": on}


def _journal_account(books: Books, code: str) -> Account:
    account = books.account_by_code(code)
    if account is None:
        raise NotFound(f"no account {code}")
    if account.system_account or account.type == "BANK":
        raise ActRefused(f"Account code '{code}' is not a valid code for this document.")
    return account


# ---- finding things


def _contact(books: Books, contact_id: str) -> Contact:
    found = books.contacts.get(contact_id.lower())
    if found is None:
        raise NotFound(f"no contact {contact_id}")
    return found


def _invoice(books: Books, invoice_id: str) -> Invoice:
    """By id, or by number."""
    found = books.invoices.get(invoice_id.lower())
    if found is None:
        found = next(iter(books.invoices_numbered(invoice_id)), None)
    if found is None:
        raise NotFound(f"no invoice {invoice_id}")
    return found


def _payment(books: Books, payment_id: str) -> Payment:
    found = books.payments.get(payment_id.lower())
    if found is None:
        raise NotFound(f"no payment {payment_id}")
    return found


ACTS: dict[str, Callable[..., Element]] = {
    act.__name__: act
    for act in (
        add_contact,
        edit_contact,
        archive_contact,
        restore_contact,
        merge_contacts,
        raise_invoice,
        edit_invoice,
        approve_invoice,
        void_invoice,
        delete_invoice,
        pay_invoice,
        delete_payment,
        reconcile_payment,
        archive_account,
        restore_account,
        archive_tracking_option,
        rename_tracking_option,
        set_lock_dates,
        set_plan,
        post_manual_adjustment,
    )
}

__all__ = ["ACTS", "ActRefused"]
