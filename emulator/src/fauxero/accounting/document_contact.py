"""The contact that a document's Contact block means: found, changed or made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from fauxero.accounting import fields
from fauxero.accounting.base import Findings
from fauxero.accounting.contacts import rules as contact_rules
from fauxero.accounting.contacts.resource import match
from fauxero.accounting.resource import Element
from fauxero.accounting.rows import Contact

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

NO_CONTACT = "A Contact must be specified for this type of transaction"
ARCHIVED_CONTACT = (
    "The contact with the specified contact details has been archived. "
    "The contact must be un-archived before creating new invoices or credit notes."
)


class Document(Protocol):
    """Anything that is made out to a contact."""

    @property
    def contact_id(self) -> str: ...


_IDENTIFYING = frozenset({"ContactID", "ContactNumber", "Name"})
# What read answers carry and a client may send back without meaning a change.
_READ_ONLY = frozenset(
    {
        "HasValidationErrors",
        "HasAttachments",
        "IsCustomer",
        "IsSupplier",
        "UpdatedDateUTC",
        "ContactGroups",
        "Balances",
        "SalesTrackingCategories",
        "PurchasesTrackingCategories",
        "ContactStatus",
        "ValidationErrors",
        "StatusAttributeString",
    }
)


def contact_of(
    books: Books, element: Element, before: Document | None, findings: Findings
) -> Contact | None:
    """Find, change or make the contact the block means.

    Xero: documented and reported: by ContactID, ContactNumber or Name; an unknown name makes a
    contact; further fields change the contact, and contact persons not listed are removed.
    """
    block = fields.nested(element, "Contact")
    if block is None:
        if before is not None:
            return books.contacts.get(before.contact_id)
        findings.errors.append(NO_CONTACT)
        return None
    found = _existing(books, block, findings)
    if findings.errors and found is None:
        return None
    is_same = found is not None and before is not None and found.id == before.contact_id
    if found is not None and found.status != "ACTIVE" and is_same and not _changes(block, found):
        return found  # only new documents and new contacts of documents are barred
    if found is not None and found.status != "ACTIVE":
        findings.errors.append(ARCHIVED_CONTACT)
        return None
    if found is None:
        return _saved(books, block, None, findings)
    if _changes(block, found):
        return _saved(books, {"ContactPersons": []} | block, found, findings)
    return found


def _existing(books: Books, block: Element, findings: Findings) -> Contact | None:
    contact_id = fields.guid(block, "ContactID")
    if contact_id is not None:
        found = books.contacts.get(contact_id)
        if found is None:
            # Unsure: Xero's text for an unknown ContactID inside a document is not known.
            findings.errors.append("The contact with the specified ContactID could not be found.")
        return found
    if not fields.text(block, "ContactNumber") and not fields.text(block, "Name"):
        findings.errors.append(contact_rules.NO_IDENTITY)
        return None
    return match(books, block)


def _changes(block: Element, found: Contact) -> bool:
    name = fields.text(block, "Name")
    if name and name != found.name:
        return True
    number = fields.text(block, "ContactNumber")
    if number and number != found.number:
        return True
    others = block.keys() - _IDENTIFYING - _READ_ONLY
    return any(block[key] not in (None, [], "") for key in others)


def _saved(
    books: Books, block: Element, found: Contact | None, findings: Findings
) -> Contact | None:
    inner = Findings()
    contact = contact_rules.build(books, block, found, inner)
    findings.errors.extend(inner.errors)
    if inner.errors:
        return None
    return books.contacts.put(contact)
