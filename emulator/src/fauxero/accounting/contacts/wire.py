"""How a contact looks in each kind of answer (shapes as recorded on the wire)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from fauxero.accounting.base import present
from fauxero.accounting.contacts import terms
from fauxero.accounting.money import ZERO
from fauxero.accounting.resource import Element
from fauxero.accounting.rows import Address, Contact, ContactPerson, Phone

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

Part = TypeVar("Part", Address, Phone)

ADDRESS_TYPES = ("STREET", "POBOX")
PHONE_TYPES = ("DEFAULT", "DDI", "FAX", "MOBILE")


SHARED_MAX = 64


def shared(books: Books, contact: Contact) -> Element:
    """As `full`, for documents: kept while nothing in it changes, so not to be changed."""
    state = (
        contact,
        books.has_documents(contact.id, "ACCPAY"),
        books.has_documents(contact.id, "ACCREC"),
        books.side.groups_of(contact.id),
    )
    kept = books.contacts_shown.get(contact.id)
    if kept is None or kept[0] != state:
        if len(books.contacts_shown) >= SHARED_MAX:
            books.contacts_shown.clear()
        kept = books.contacts_shown[contact.id] = (state, full(books, contact))
    return kept[1]


def full(books: Books, contact: Contact) -> Element:
    """The answer to a write and to a read of one: two addresses and four phones, even blank."""
    return present(
        **_head(contact),
        BankAccountDetails=contact.bank_details or "",
        Addresses=[
            _address(_of_type(contact.addresses, kind, Address))
            if contact.addresses
            else _BLANK_ADDRESSES[kind].copy()
            for kind in ADDRESS_TYPES
        ],
        Phones=[
            _phone(_of_type(contact.phones, kind, Phone))
            if contact.phones
            else _BLANK_PHONES[kind].copy()
            for kind in PHONE_TYPES
        ],
        UpdatedDateUTC=contact.updated_at,
        ContactGroups=_groups(books, contact),
        IsSupplier=books.has_documents(contact.id, "ACCPAY"),
        IsCustomer=books.has_documents(contact.id, "ACCREC"),
        DefaultCurrency=contact.default_currency,
        Website=contact.website,
        SalesTrackingCategories=terms.tracking_elements(contact.sales_tracking),
        PurchasesTrackingCategories=terms.tracking_elements(contact.purchases_tracking),
        ContactPersons=[_person(person) for person in contact.persons],
        HasValidationErrors=False,
        MergedToContactID=contact.merged_to_id,
        **_defaults(contact),
    )


def one(books: Books, contact: Contact) -> Element:
    """The answer to GET /Contacts/{id}: the full element and its balances."""
    has_files = books.side.has_attachments(contact.id)
    return full(books, contact) | {"HasAttachments": has_files} | _balances(books, contact)


def paged(books: Books, contact: Contact) -> Element:
    """A row of a paged list: blank parts of addresses and phones are left out there."""
    return present(
        **_head(contact),
        BankAccountDetails=contact.bank_details,
        Addresses=[
            _filled(_address(_of_type(contact.addresses, kind, Address)))
            for kind in reversed(ADDRESS_TYPES)
        ],
        Phones=[_filled(_phone(_of_type(contact.phones, kind, Phone))) for kind in PHONE_TYPES],
        UpdatedDateUTC=contact.updated_at,
        ContactGroups=_groups(books, contact),
        IsSupplier=books.has_documents(contact.id, "ACCPAY"),
        IsCustomer=books.has_documents(contact.id, "ACCREC"),
        DefaultCurrency=contact.default_currency,
        Website=contact.website,
        ContactPersons=[_person(person) for person in contact.persons],
        HasAttachments=books.side.has_attachments(contact.id),
        HasValidationErrors=False,
        MergedToContactID=contact.merged_to_id,
        **_defaults(contact),
        **_balances(books, contact),
    )


def unpaged(books: Books, contact: Contact) -> Element:
    """A row of an unpaged list: fewer fields, no pointer to the contact merged into."""
    element = full(books, contact)
    for name in (
        "MergedToContactID",
        "SalesTrackingCategories",
        "PurchasesTrackingCategories",
        "Website",
    ):
        element.pop(name, None)
    return element | {
        "ContactPersons": [],
        "HasAttachments": books.side.has_attachments(contact.id),
    }


def summary(books: Books, contact: Contact) -> Element:
    """A row with summaryOnly=true (Xero: documented; the computed parts are left out)."""
    return present(
        **_head(contact),
        BankAccountDetails=contact.bank_details,
        Phones=[_filled(_phone(_of_type(contact.phones, kind, Phone))) for kind in PHONE_TYPES],
        UpdatedDateUTC=contact.updated_at,
        HasAttachments=books.side.has_attachments(contact.id),
        HasValidationErrors=False,
    )


def on_document(contact: Contact) -> Element:
    """The Contact block of a document in a list."""
    return {
        "ContactID": contact.id,
        "Name": contact.name,
        "Addresses": [],
        "Phones": [],
        "ContactGroups": [],
        "ContactPersons": [],
        "HasValidationErrors": False,
    }


def _head(contact: Contact) -> Element:
    return present(
        ContactID=contact.id,
        ContactNumber=contact.number,
        AccountNumber=contact.account_number,
        ContactStatus=contact.status,
        Name=contact.name,
        FirstName=contact.first_name,
        LastName=contact.last_name,
        CompanyNumber=contact.company_number,
        EmailAddress=contact.email,
        TaxNumber=contact.tax_number,
    )


def _defaults(contact: Contact) -> Element:
    return present(
        AccountsReceivableTaxType=contact.receivable_tax_type,
        AccountsPayableTaxType=contact.payable_tax_type,
        SalesDefaultAccountCode=contact.sales_account_code,
        PurchasesDefaultAccountCode=contact.purchases_account_code,
        SalesDefaultLineAmountType=contact.sales_line_amount_type,
        PurchasesDefaultLineAmountType=contact.purchases_line_amount_type,
        PaymentTerms=terms.terms_element(contact),
    )


def _groups(books: Books, contact: Contact) -> list[Element]:
    """As the OpenAPI example of a contact shows them: without their contacts."""
    return [
        {
            "ContactGroupID": group.id,
            "Name": group.name,
            "Status": group.status,
            "Contacts": [],
            "HasValidationErrors": False,
        }
        for group in books.side.groups_of(contact.id)
    ]


def _of_type(parts: tuple[Part, ...], kind: str, cls: Callable[[str], Part]) -> Part:
    for part in parts:
        if part.type == kind:
            return part
    return cls(kind)


def _address(address: Address) -> Element:
    lines = {
        name: value
        for name, value in (
            ("AddressLine1", address.line1),
            ("AddressLine2", address.line2),
            ("AddressLine3", address.line3),
            ("AddressLine4", address.line4),
        )
        if value
    }
    element: Element = {
        "AddressType": address.type,
        **lines,
        "City": address.city,
        "Region": address.region,
        "PostalCode": address.postal_code,
        "Country": address.country,
    }
    if address.attention_to:
        element["AttentionTo"] = address.attention_to
    return element


def _phone(phone: Phone) -> Element:
    return {
        "PhoneType": phone.type,
        "PhoneNumber": phone.number,
        "PhoneAreaCode": phone.area_code,
        "PhoneCountryCode": phone.country_code,
    }


_BLANK_ADDRESSES = {kind: _address(Address(kind)) for kind in ADDRESS_TYPES}
_BLANK_PHONES = {kind: _phone(Phone(kind)) for kind in PHONE_TYPES}


def _person(person: ContactPerson) -> Element:
    return {
        "FirstName": person.first_name,
        "LastName": person.last_name,
        "EmailAddress": person.email,
        "IncludeInEmails": person.in_emails,
    }


def _filled(element: Element) -> Element:
    return {name: value for name, value in element.items() if value != ""}


def _balances(books: Books, contact: Contact) -> Element:
    """What the contact owes and is owed, and how much of it is past its due date.

    Unused credit notes and overpayments lower what is outstanding (unsure, see rows.Switches).
    """
    today = books.today()
    owed: dict[str, list[Decimal]] = {"ACCREC": [ZERO, ZERO], "ACCPAY": [ZERO, ZERO]}
    unpaid = books.unpaid_by_contact.ids(contact.id)
    unused = books.credits.open_by_contact.ids(contact.id)
    if not unpaid and not unused:
        return {}
    for credit_id in unused if books.switches.balances_less_credits else ():
        credit = books.credits[credit_id]
        if credit.in_control:
            owed["ACCREC" if credit.is_sale else "ACCPAY"][0] -= credit.remaining
    for invoice_id in unpaid:
        invoice = books.invoices[invoice_id]
        sums = owed[invoice.type]
        sums[0] += invoice.amount_due
        if invoice.due_on is not None and invoice.due_on < today:
            sums[1] += invoice.amount_due
    return {
        "Balances": {
            "AccountsReceivable": _owed(owed["ACCREC"]),
            "AccountsPayable": _owed(owed["ACCPAY"]),
        }
    }


def _owed(sums: list[Decimal]) -> Element:
    return {"Outstanding": sums[0], "Overdue": sums[1]}
