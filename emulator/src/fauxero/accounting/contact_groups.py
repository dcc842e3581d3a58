"""The ContactGroups resource and its members.

Evidence: fields, PUT and POST, members by PUT and DELETE, deleting by Status and the text about
100 groups are documented (Contact groups; OpenAPI examples). Other wordings are unsure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from fauxero.accounting import fields
from fauxero.accounting.base import (
    CONTACTS_READ,
    CONTACTS_WRITE,
    BaseResource,
    ElementRefused,
    Findings,
    attempt,
)
from fauxero.accounting.contacts import wire as contact_wire
from fauxero.accounting.listing import Selection, answer
from fauxero.accounting.resource import (
    Element,
    ListPage,
    ListQuery,
    NotFound,
    Outcome,
    WriteOptions,
)
from fauxero.accounting.rows import Contact
from fauxero.accounting.side_rows import ContactGroup, GroupMember
from fauxero.accounting.tables import Ordered
from fauxero.accounting.where import GUID, TEXT, Field

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

GROUPS_MAX = 100
NAME_LENGTH_MAX = 255  # unsure
LIMIT_REACHED = "You’ve reached the limit of 100 contact groups."

_FIELDS = {
    "contactgroupid": Field(GUID, lambda row: row.id),
    "name": Field(TEXT, lambda row: row.name),
    "status": Field(TEXT, lambda row: row.status),
}


def group_element(group: ContactGroup, contacts: Sequence[Element] = ()) -> Element:
    return {
        "ContactGroupID": group.id,
        "Name": group.name,
        "Status": group.status,
        "Contacts": list(contacts),
        "HasValidationErrors": False,
    }


class ContactGroupsResource(BaseResource):
    name = "ContactGroups"
    element_name = "ContactGroup"
    id_field = "ContactGroupID"
    methods = frozenset({"GET", "PUT", "POST"})
    read_scopes = CONTACTS_READ
    write_scopes = CONTACTS_WRITE

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        """Only active groups, without their contacts (Xero: documented)."""
        in_order: Ordered[ContactGroup] = Ordered(lambda row: (row.name.casefold(), row.id))
        for group in books.side.contact_groups:
            in_order.add(group)
        selection = Selection(books.side.contact_groups, in_order, _FIELDS, {})
        # Xero: documented; ContactGroups take no If-Modified-Since.
        selection.apply(replace(query, modified_since=None))
        selection.only(lambda row: row.status == "ACTIVE")
        return answer(selection, query, paged=False, full=group_element, thin=group_element)

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None:
        group = books.side.contact_groups.get(key.lower())
        if group is None or group.status != "ACTIVE":
            return None
        return group_element(group, [contact_wire.on_document(row) for row in members(books, key)])

    def create(self, books: Books, element: Element, options: WriteOptions) -> Outcome:
        return attempt(
            books, element, lambda found: _create(books, element, found), id_field=self.id_field
        )

    def create_or_update(
        self, books: Books, element: Element, options: WriteOptions, *, key: str | None = None
    ) -> Outcome:
        group_id = key.lower() if key else fields.guid(element, "ContactGroupID")
        if group_id is None:
            return self.create(books, element, options)
        group = books.side.contact_groups.get(group_id)
        if group is None:
            raise NotFound
        return attempt(
            books,
            element,
            lambda found: _update(books, group, element, found),
            id_field=self.id_field,
            key=group.id,
        )


def members(books: Books, group_id: str) -> list[Contact]:
    side = books.side
    ids = side.members_by_group.ids(group_id.lower())
    return [books.contacts[side.group_members[key].contact_id] for key in ids]


def _create(books: Books, element: Element, findings: Findings) -> Element:
    groups = books.side.contact_groups
    name = fields.text(element, "Name") or ""
    _check_name(books, name, None, findings)
    if sum(group.status == "ACTIVE" for group in groups) >= GROUPS_MAX:
        findings.errors.append(LIMIT_REACHED)
    findings.refuse_if_any()
    return group_element(groups.put(ContactGroup(books.ids.uuid(), name)))


def _update(books: Books, group: ContactGroup, element: Element, findings: Findings) -> Element:
    name = fields.text(element, "Name") or group.name
    status = fields.choice(element, "Status", ("ACTIVE", "DELETED")) or group.status
    if group.status == "DELETED":
        findings.errors.append("A deleted contact group cannot be changed.")
    _check_name(books, name, group.id, findings)
    findings.refuse_if_any()
    changed = books.side.contact_groups.put(replace(group, name=name, status=status))
    return group_element(changed)


def _check_name(books: Books, name: str, own_id: str | None, findings: Findings) -> None:
    if not name.strip():
        findings.errors.append("Name is required.")
    findings.too_long("Name", name, NAME_LENGTH_MAX)
    for other in books.side.contact_groups:
        same = other.name.casefold() == name.casefold()
        if other.id != own_id and other.status == "ACTIVE" and same:
            findings.errors.append("Please enter a unique Name.")


def add_members(books: Books, group_id: str, elements: Sequence[Element]) -> list[Element]:
    """Put contacts into a group; one that is in it stays. Raises ElementRefused.

    The answer's contacts carry their ids only (OpenAPI example).
    """
    group = books.side.contact_groups[group_id]
    shown: list[Element] = []
    for element in elements:
        contact = books.contacts.get(fields.guid(element, "ContactID") or "")
        if contact is None or contact.status != "ACTIVE" or group.status != "ACTIVE":
            raise ElementRefused(
                "The contact with the specified ContactID could not be added to the group.",
                echo=element,
            )
        key = f"{group.id}/{contact.id}"
        if key not in books.side.group_members:
            books.side.group_members.put(GroupMember(key, group.id, contact.id))
        shown.append(contact_wire.on_document(contact) | {"ValidationErrors": []})
        del shown[-1]["Name"]
    return shown


def remove_members(books: Books, group_id: str, contact_id: str | None) -> None:
    """Take one contact out of a group, or all. Raises NotFound for one that is not in it."""
    side = books.side
    if contact_id is None:
        for key in side.members_by_group.ids(group_id):
            side.group_members.drop(key)
        return
    key = f"{group_id}/{contact_id.lower()}"
    if key not in side.group_members:
        raise NotFound(contact_id)
    side.group_members.drop(key)
