"""What a bookkeeper does in Xero's own pages: the same rules and ledger, no API in between.

Each act takes the books and plain keyword arguments (text, numbers, ISO dates) and returns
plain data. What the act cannot do raises ActRefused with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fauxero.accounting import fields, money_acts, payments
from fauxero.accounting.bookkeeping import (
    OPTIONS,
    ActRefused,
    done,
    exact_amount,
    find_contact,
    find_invoice,
    find_payment,
    line_element,
    refuse_unknown,
)
from fauxero.accounting.contacts.resource import ContactsResource
from fauxero.accounting.contacts.rules import name_taken
from fauxero.accounting.invoices import posting
from fauxero.accounting.invoices.resource import InvoicesResource
from fauxero.accounting.money_edits import EDITS
from fauxero.accounting.payments import PaymentsResource
from fauxero.accounting.resource import Element, NotFound
from fauxero.accounting.rows import Account, Invoice, TrackingOption
from fauxero.accounting.side_acts import SIDE_ACTS

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

# ---- contacts


def add_contact(
    books: Books, *, name: str, email: str | None = None, contact_number: str | None = None
) -> Element:
    element = {"Name": name, "EmailAddress": email, "ContactNumber": contact_number}
    return done(ContactsResource().create(books, element, OPTIONS))


_CONTACT_NAMES = """
AccountNumber AccountsPayableTaxType AccountsReceivableTaxType Addresses BankAccountDetails
CompanyNumber ContactNumber ContactPersons DefaultCurrency EmailAddress FirstName LastName Name
PaymentTerms Phones PurchasesDefaultAccountCode PurchasesDefaultLineAmountType
PurchasesTrackingCategories SalesDefaultAccountCode SalesDefaultLineAmountType
SalesTrackingCategories TaxNumber Website
"""
_CONTACT_FIELDS = frozenset(_CONTACT_NAMES.split())


def edit_contact(books: Books, *, contact_id: str, **changes: Any) -> Element:
    """`changes` are Xero's field names, e.g. Name, EmailAddress. Archived contacts too."""
    contact = find_contact(books, contact_id)
    refuse_unknown(changes, _CONTACT_FIELDS)
    if contact.status == "ARCHIVED":
        with books.transaction():  # a person may edit what the API may not
            books.contacts.put(replace(contact, status="ACTIVE"))
            element = done(
                ContactsResource().create_or_update(books, changes, OPTIONS, key=contact.id)
            )
            books.contacts.put(replace(books.contacts[contact.id], status="ARCHIVED"))
        return element | {"ContactStatus": "ARCHIVED"}
    return done(ContactsResource().create_or_update(books, changes, OPTIONS, key=contact.id))


def archive_contact(books: Books, *, contact_id: str) -> Element:
    return _set_contact_status(books, contact_id, "ARCHIVED")


def restore_contact(books: Books, *, contact_id: str) -> Element:
    """Un-archive: possible in Xero's pages, not through the API."""
    contact = find_contact(books, contact_id)
    other = books.active_contact_named(contact.name)
    if other is not None and other.id != contact.id:
        raise ActRefused(name_taken(contact.name))
    return _set_contact_status(books, contact_id, "ACTIVE")


def _set_contact_status(books: Books, contact_id: str, status: str) -> Element:
    contact = find_contact(books, contact_id)
    with books.transaction():
        books.contacts.put(replace(contact, status=status, updated_at=books.now()))
    return {"ContactID": contact.id, "ContactStatus": status}


def merge_contacts(books: Books, *, from_id: str, into_id: str) -> Element:
    """Move all documents to one contact; the other is archived and points to it."""
    source, target = find_contact(books, from_id), find_contact(books, into_id)
    if source.id == target.id:
        raise ActRefused("A contact cannot be merged into itself")
    with books.transaction():
        for invoice_id in books.invoices_by_contact.ids(source.id):
            invoice = books.invoices[invoice_id]
            moved = replace(invoice, contact_id=target.id, updated_at=books.now())
            posting.store(books, moved, invoice)
        _move_money(books, source.id, target.id)
        books.contacts.put(
            replace(source, status="ARCHIVED", merged_to_id=target.id, updated_at=books.now())
        )
        books.contacts.put(replace(target, updated_at=books.now()))
    return {"ContactID": source.id, "MergedToContactID": target.id}


def _move_money(books: Books, from_id: str, into_id: str) -> None:
    for credit_id in books.credits.by_contact.ids(from_id):
        credit = books.credits[credit_id]
        books.credits.put(replace(credit, contact_id=into_id, updated_at=books.now()))
    for row_id in books.bank_transactions.by_contact.ids(from_id):
        row = books.bank_transactions[row_id]
        moved = replace(row, contact_id=into_id, updated_at=books.now())
        books.bank_transactions.put(moved)


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
        "LineItems": [line_element(line) for line in lines],
    }
    return done(InvoicesResource().create(books, element, OPTIONS))


def edit_invoice(books: Books, *, invoice_id: str, **changes: Any) -> Element:
    """Change fields by Xero's names; `lines` (as in raise_invoice) replaces or patches lines.

    Convenience: `amount` sets the unit amount of a single-line invoice, `account_code` its
    account.
    """
    invoice = find_invoice(books, invoice_id)
    refuse_unknown(changes, {"lines", *_EDITS, *_HEADER_FIELDS, *_INVOICE_FIELDS})
    element: Element = {}
    for name, value in changes.items():
        if name == "lines":
            element["LineItems"] = [line_element(line) for line in value]
        elif name in ("amount", "account_code"):
            _first_line(element, invoice)[_EDITS[name]] = (
                exact_amount(value) if name == "amount" else value
            )
        else:
            element[_HEADER_FIELDS.get(name, name)] = value
    return done(InvoicesResource().create_or_update(books, element, OPTIONS, key=invoice.id))


_EDITS = {"amount": "UnitAmount", "account_code": "AccountCode"}
_HEADER_FIELDS = {
    "date": "Date",
    "due_date": "DueDate",
    "number": "InvoiceNumber",
    "reference": "Reference",
    "status": "Status",
}


_INVOICE_NAMES = """
BrandingThemeID Contact CurrencyCode Date DueDate ExpectedPaymentDate InvoiceNumber
LineAmountTypes LineItems PlannedPaymentDate Reference RoundingAmount SentToContact Status
SubTotal Total TotalTax Url
"""
_INVOICE_FIELDS = frozenset(_INVOICE_NAMES.split())


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
    invoice = find_invoice(books, invoice_id)
    return done(
        InvoicesResource().create_or_update(books, {"Status": status}, OPTIONS, key=invoice.id)
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
    invoice = find_invoice(books, invoice_id)
    element: Element = {
        "Invoice": {"InvoiceID": invoice.id},
        "Account": {"Code": account_code},
        "Amount": invoice.amount_due if amount is None else exact_amount(amount),
        "Date": date,
        "Reference": reference,
    }
    return done(PaymentsResource().create(books, element, OPTIONS))


def delete_payment(books: Books, *, payment_id: str) -> Element:
    """Remove a payment. A person may remove a reconciled one ("Remove & Redo")."""
    payment = find_payment(books, payment_id)
    if payment.status == "DELETED":
        raise ActRefused("The payment is deleted already")
    with books.transaction():
        if payment.is_reconciled:
            payment = books.payments.put(payments.reconciled(payment, False))
        return done(
            PaymentsResource().create_or_update(
                books, {"Status": "DELETED"}, OPTIONS, key=payment.id
            )
        )


def reconcile_payment(books: Books, *, payment_id: str, is_reconciled: bool = True) -> Element:
    """Match a payment to a bank statement line, or undo that."""
    payment = find_payment(books, payment_id)
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


_APPROVALS = {"STARTER": (20, 5)}  # Xero: reported, by vendors' help pages


def set_plan(
    books: Books,
    *,
    edition_class: str,
    sales_approvals_max: int | None = None,
    bill_approvals_max: int | None = None,
) -> Element:
    """Change the pricing plan; STARTER approves 20 sales invoices and 5 bills a month."""
    sales, bills = _APPROVALS.get(edition_class, (None, None))
    organisation = replace(
        books.organisation,
        edition_class=edition_class,
        sales_approvals_max=sales if sales_approvals_max is None else sales_approvals_max,
        bill_approvals_max=bills if bill_approvals_max is None else bill_approvals_max,
    )
    with books.transaction():
        books.set_organisation(organisation)
    return {"Class": edition_class}


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
    )
} | (money_acts.ACTS | EDITS | SIDE_ACTS)

__all__ = ["ACTS", "ActRefused"]
