"""Writing a contact: what is read from an element and what is refused.

Evidence: required fields, lengths, brackets and spaces in names, uniqueness among active
contacts ignoring case are documented (Contacts page); the texts for a taken name and for an
archived contact are recorded on the wire; other texts are from the OpenAPI examples or
reported; where neither exists the rule is documented and the wording is unsure.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from fauxero.accounting import fields
from fauxero.accounting.base import Findings, refuse_unmodelled
from fauxero.accounting.contacts import terms
from fauxero.accounting.contacts.wire import ADDRESS_TYPES, PHONE_TYPES
from fauxero.accounting.resource import Element
from fauxero.accounting.rows import Address, Contact, ContactPerson, Phone

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

PERSONS_MAX = 5

NO_IDENTITY = (
    "The Contact must contain at least 1 of the following elements to identify the contact: "
    "Name, ContactID, ContactNumber"
)
ARCHIVED = (
    "The specified contact details matched an archived contact. "
    "Archived contacts cannot currently be edited via the API."
)
NUMBER_TAKEN = "Another contact has this contact number. Please enter a different contact number."

_NOT_MODELLED = (
    "BatchPayments",
    "TaxNumberType",
    "Discount",
    "XeroNetworkKey",
    "TrackingCategoryName",
    "TrackingCategoryOption",
)

_EMAIL = re.compile(r"^[!-?A-~]+@[!-?A-~]+\.[!-?A-~]*[!-\-/-?A-~]$")
_WEBSITE = re.compile(r"^https?://[^\s.]+\.[^\s]+$", re.IGNORECASE)
_LETTERS = re.compile(r"^[^\d]*$")


def name_taken(name: str) -> str:
    return (
        f"The contact name {name} is already assigned to another contact. "
        "The contact name must be unique across all active contacts."
    )


def build(books: Books, element: Element, existing: Contact | None, findings: Findings) -> Contact:
    """Return the contact as it would be; problems go to `findings`. Nothing is stored."""
    refuse_unmodelled(element, *_NOT_MODELLED)
    base = existing or Contact(
        id=books.ids.uuid(), name="", status="ACTIVE", updated_at=books.now()
    )
    contact = replace(
        base,
        name=fields.text(element, "Name") or base.name,
        number=_kept(element, "ContactNumber", base.number),
        account_number=_kept(element, "AccountNumber", base.account_number),
        first_name=_kept(element, "FirstName", base.first_name),
        last_name=_kept(element, "LastName", base.last_name),
        email=_kept(element, "EmailAddress", base.email),
        company_number=_kept(element, "CompanyNumber", base.company_number),
        tax_number=_kept(element, "TaxNumber", base.tax_number),
        bank_details=_kept(element, "BankAccountDetails", base.bank_details),
        website=_kept(element, "Website", base.website),
        default_currency=_kept(element, "DefaultCurrency", base.default_currency),
        receivable_tax_type=_kept(element, "AccountsReceivableTaxType", base.receivable_tax_type),
        payable_tax_type=_kept(element, "AccountsPayableTaxType", base.payable_tax_type),
        sales_account_code=_kept(element, "SalesDefaultAccountCode", base.sales_account_code),
        purchases_account_code=_kept(
            element, "PurchasesDefaultAccountCode", base.purchases_account_code
        ),
        addresses=_addresses(element, base.addresses),
        phones=_phones(element, base.phones),
        persons=_persons(element, base.persons),
        status=_status(element, base.status),
        updated_at=books.now(),
        **terms.sent(books, element, base, findings),
    )
    is_news = existing is None or contact.status == "GDPRREQUEST"
    if contact.status != "ACTIVE" and is_news:
        # Text reported for ARCHIVED; that GDPRREQUEST cannot be set by an app is unsure.
        findings.errors.append(f"The status '{contact.status}' is not valid for contacts")
    check(books, contact, findings)
    return contact


def _kept(element: Element, name: str, before: str | None) -> str | None:
    """Excluded fields keep their value; an empty text clears (Xero: documented)."""
    given = fields.text(element, name)
    if given is None:
        return before
    return given or None


def _status(element: Element, before: str) -> str:
    return fields.choice(element, "ContactStatus", ("ACTIVE", "ARCHIVED", "GDPRREQUEST")) or before


def _addresses(element: Element, before: tuple[Address, ...]) -> tuple[Address, ...]:
    given = fields.many(element, "Addresses")
    if given is None:
        return before
    merged = {address.type: address for address in before}
    for part in given:
        kind = fields.choice(part, "AddressType", ADDRESS_TYPES) or "POBOX"
        merged[kind] = Address(
            type=kind,
            line1=fields.text(part, "AddressLine1") or "",
            line2=fields.text(part, "AddressLine2") or "",
            line3=fields.text(part, "AddressLine3") or "",
            line4=fields.text(part, "AddressLine4") or "",
            city=fields.text(part, "City") or "",
            region=fields.text(part, "Region") or "",
            postal_code=fields.text(part, "PostalCode") or "",
            country=fields.text(part, "Country") or "",
            attention_to=fields.text(part, "AttentionTo") or "",
        )
    return tuple(merged.values())


def _phones(element: Element, before: tuple[Phone, ...]) -> tuple[Phone, ...]:
    given = fields.many(element, "Phones")
    if given is None:
        return before
    merged = {phone.type: phone for phone in before}
    for part in given:
        kind = fields.choice(part, "PhoneType", PHONE_TYPES) or "DEFAULT"
        merged[kind] = Phone(
            type=kind,
            number=fields.text(part, "PhoneNumber") or "",
            area_code=fields.text(part, "PhoneAreaCode") or "",
            country_code=fields.text(part, "PhoneCountryCode") or "",
        )
    return tuple(merged.values())


def _persons(element: Element, before: tuple[ContactPerson, ...]) -> tuple[ContactPerson, ...]:
    given = fields.many(element, "ContactPersons")
    if given is None:
        return before
    return tuple(
        ContactPerson(
            first_name=fields.text(part, "FirstName") or "",
            last_name=fields.text(part, "LastName") or "",
            email=fields.text(part, "EmailAddress") or "",
            in_emails=bool(fields.flag(part, "IncludeInEmails")),
        )
        for part in given
    )


def check(books: Books, contact: Contact, findings: Findings) -> None:
    _check_name(books, contact, findings)
    _check_number(books, contact, findings)
    _check_lengths(contact, findings)
    emails = [contact.email, *(person.email for person in contact.persons)]
    if any(email and not _EMAIL.match(email) for email in emails):
        findings.errors.append("Email address must be valid.")
    if contact.website and not _WEBSITE.match(contact.website):
        findings.errors.append("Website must be valid")
    if len(contact.persons) > PERSONS_MAX:
        findings.errors.append(f"A contact may have at most {PERSONS_MAX} contact persons.")
    for tax_type in (contact.receivable_tax_type, contact.payable_tax_type):
        if tax_type and tax_type not in books.tax_rates:
            findings.errors.append(f"The TaxType code '{tax_type}' is not valid.")


def _check_name(books: Books, contact: Contact, findings: Findings) -> None:
    name = contact.name
    if not name.strip():
        findings.errors.append(NO_IDENTITY)
        return
    findings.too_long("Name", name, 255)
    if "<" in name or ">" in name:
        findings.errors.append("The contact name cannot contain angle brackets.")
    if name != " ".join(name.split(" ")).strip() or "  " in name:
        findings.errors.append(
            "The contact name cannot contain leading, trailing or repeated spaces."
        )
    if contact.status != "ACTIVE":
        return
    other = books.active_contact_named(name)
    if other is not None and other.id != contact.id:
        findings.errors.append(name_taken(name))


def _check_number(books: Books, contact: Contact, findings: Findings) -> None:
    if contact.number is None:
        return
    findings.too_long("ContactNumber", contact.number, 50)
    other = books.contact_by_number(contact.number)
    if other is not None and other.id != contact.id:
        findings.errors.append(NUMBER_TAKEN)


def _check_lengths(contact: Contact, findings: Findings) -> None:
    for label, value, length_max in (
        ("AccountNumber", contact.account_number, 50),
        ("FirstName", contact.first_name, 255),
        ("LastName", contact.last_name, 255),
        ("EmailAddress", contact.email, 255),
        ("CompanyNumber", contact.company_number, 50),
        ("TaxNumber", contact.tax_number, 50),
    ):
        findings.too_long(label, value, length_max)
    for address in contact.addresses:
        for line in (address.line1, address.line2, address.line3, address.line4):
            findings.too_long("AddressLine", line, 500)
        findings.too_long("City", address.city, 255)
        findings.too_long("Region", address.region, 255)
        findings.too_long("AttentionTo", address.attention_to, 255)
        findings.too_long("PostalCode", address.postal_code, 50)
        findings.too_long("Country", address.country, 50)
        if not _LETTERS.match(address.country):
            findings.errors.append("Country may only contain letters.")
    for phone in contact.phones:
        findings.too_long("PhoneNumber", phone.number, 50)
        findings.too_long("PhoneAreaCode", phone.area_code, 10)
        findings.too_long("PhoneCountryCode", phone.country_code, 20)


def refuse_archived(existing: Contact, findings: Findings) -> None:
    """An archived contact is frozen for the API, another archiving included (recorded)."""
    if existing.status != "ACTIVE":
        findings.errors.append(ARCHIVED)
