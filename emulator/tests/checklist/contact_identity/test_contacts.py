"""Who a contact is. Evidence: documented (Contacts page: uniqueness, ContactNumber); the words of
a second name, the archived contact's and IsCustomer were recorded on the wire; the clash of
numbers is reported."""

from __future__ import annotations

from tests.checklist.words import ZERO_ID, act, made, one, refused
from tests.conftest import Xero

TAKEN = (
    "The contact name ann archer is already assigned to another contact. "
    "The contact name must be unique across all active contacts."
)
FROZEN = (
    "The specified contact details matched an archived contact. "
    "Archived contacts cannot currently be edited via the API."
)


def test_a_name_is_unique_among_active_contacts_whatever_its_case(xero: Xero) -> None:
    """Recorded: the words, and the zero id."""
    made(xero, "Contacts", {"Name": "Ann Archer"})
    answer = xero.put("Contacts", {"Name": "ann archer"})
    [element] = answer.json()["Elements"]
    assert answer.status_code == 400
    assert element["ContactID"] == ZERO_ID
    assert [error["Message"] for error in element["ValidationErrors"]] == [TAKEN]


def test_an_archived_contact_gives_its_name_back_and_is_frozen(xero: Xero) -> None:
    """Recorded: it cannot be edited, nor archived again."""
    ann = made(xero, "Contacts", {"Name": "Ann Archer"})["ContactID"]
    made(xero, f"Contacts/{ann}", {"ContactStatus": "ARCHIVED"}, "POST")
    for change in ({"EmailAddress": "a@b.example"}, {"ContactStatus": "ARCHIVED"}):
        assert refused(xero, "POST", f"Contacts/{ann}", change) == [FROZEN]
    assert made(xero, "Contacts", {"Name": "Ann Archer"})["ContactID"] != ann


def test_a_contact_number_is_the_key_of_the_other_system(xero: Xero) -> None:
    """Documented: POST upserts by it. Reported: the words of a clash."""
    ann = made(xero, "Contacts", {"Name": "Ann", "ContactNumber": "T-1"})
    again = made(xero, "Contacts", {"Name": "Anna", "ContactNumber": "T-1"}, "POST")
    assert (again["ContactID"], again["Name"]) == (ann["ContactID"], "Anna")
    assert one(xero, "Contacts/T-1")["ContactID"] == ann["ContactID"]
    assert refused(xero, "PUT", "Contacts", {"Name": "Bob", "ContactNumber": "T-1"}) == [
        "Another contact has this contact number. Please enter a different contact number."
    ]


def test_a_merged_contact_is_archived_and_points_to_the_other(xero: Xero) -> None:
    """Spec: MergedToContactID, on a single read."""
    ann = made(xero, "Contacts", {"Name": "Ann"})["ContactID"]
    bob = made(xero, "Contacts", {"Name": "Bob"})["ContactID"]
    invoice = made(xero, "Invoices", xero.invoice("R-1", Contact={"ContactID": ann}))
    act(xero, "merge_contacts", from_id=ann, into_id=bob)
    gone = one(xero, f"Contacts/{ann}")
    assert (gone["ContactStatus"], gone["MergedToContactID"]) == ("ARCHIVED", bob)
    moved = one(xero, f"Invoices/{invoice['InvoiceID']}")
    assert moved["Contact"]["ContactID"] == bob


def test_is_customer_is_a_result_and_never_taken_from_a_request(xero: Xero) -> None:
    """Recorded: sent as true it came back false until a sales invoice was there."""
    ann = made(xero, "Contacts", {"Name": "Ann", "IsCustomer": True})
    assert ann["IsCustomer"] is False
    made(xero, "Invoices", xero.invoice("R-1", Contact={"ContactID": ann["ContactID"]}))
    assert one(xero, f"Contacts/{ann['ContactID']}")["IsCustomer"] is True


def test_a_contact_is_named_by_one_of_three(xero: Xero) -> None:
    """Spec: the words are of one of its examples."""
    assert refused(xero, "POST", "Contacts", {"EmailAddress": "a@b.example"}) == [
        "The Contact must contain at least 1 of the following elements to identify the contact: "
        "Name, ContactID, ContactNumber"
    ]
