"""Contacts. Evidence is named test by test: documented, recorded on the wire, reported, unsure."""

from __future__ import annotations

import pytest

from fauxero.accounting.contacts.rules import ARCHIVED, NO_IDENTITY, NUMBER_TAKEN
from fauxero.accounting.resource import ZERO_ID, BadPostData, NotFound, NotModelled
from tests.accounting.story import NOON, Story, done, line, refused

BLANK_ADDRESS = {"City": "", "Region": "", "PostalCode": "", "Country": ""}


def test_a_new_contact_answers_with_two_addresses_and_four_phones_though_blank(
    story: Story,
) -> None:
    """Recorded on the wire."""
    contact = done(story.put("contacts", Name="Bea Wainwright"))
    assert contact["ContactStatus"] == "ACTIVE"
    assert contact["Addresses"] == [
        {"AddressType": "STREET"} | BLANK_ADDRESS,
        {"AddressType": "POBOX"} | BLANK_ADDRESS,
    ]
    assert [phone["PhoneType"] for phone in contact["Phones"]] == [
        "DEFAULT",
        "DDI",
        "FAX",
        "MOBILE",
    ]
    assert contact["BankAccountDetails"] == ""
    assert contact["HasValidationErrors"] is False


def test_the_same_name_in_another_case_is_refused_with_the_zero_id(story: Story) -> None:
    """Recorded on the wire, text and zero id."""
    story.contact("Ridgeway Choir")
    outcome = story.put("contacts", Name="RIDGEWAY CHOIR")
    assert refused(outcome) == (
        "The contact name RIDGEWAY CHOIR is already assigned to another contact. "
        "The contact name must be unique across all active contacts.",
    )
    assert outcome.element["ContactID"] == ZERO_ID
    assert len(story.books.contacts) == 1


def test_the_name_of_an_archived_contact_is_free_again(story: Story) -> None:
    """Documented: unique among active contacts."""
    story.post("contacts", ContactID=story.contact("Bea"), ContactStatus="ARCHIVED")
    assert story.contact("Bea")


def test_a_contact_number_is_taken_even_by_an_archived_contact(story: Story) -> None:
    """Text reported by help centres; that archived ones count is unsure."""
    first = story.contact("Bea", ContactNumber="T-1")
    story.post("contacts", ContactID=first, ContactStatus="ARCHIVED")
    assert refused(story.put("contacts", Name="Other", ContactNumber="T-1")) == (NUMBER_TAKEN,)


@pytest.mark.parametrize("name", ["", "   ", None])
def test_a_contact_without_a_name_is_refused(story: Story, name: str | None) -> None:
    assert NO_IDENTITY in refused(story.put("contacts", Name=name))


@pytest.mark.parametrize("name", ["<Bea>", " Bea", "Bea ", "Bea  Wainwright", "B" * 256])
def test_names_with_brackets_odd_spaces_or_no_end_are_refused(story: Story, name: str) -> None:
    """Documented rules; wording unsure."""
    refused(story.put("contacts", Name=name))


@pytest.mark.parametrize(
    "email",
    ["bea", "bea@", "bea@x", "b@a@x.example", "bea@x.example.", "béa@x.example", "bea @x.example"],
)
def test_an_address_that_is_no_email_is_refused(story: Story, email: str) -> None:
    """Text in the OpenAPI examples; the cases are reported."""
    assert "Email address must be valid." in refused(
        story.put("contacts", Name="Bea", EmailAddress=email)
    )


@pytest.mark.parametrize(
    ("field", "length"),
    [("AccountNumber", 50), ("ContactNumber", 50), ("FirstName", 255), ("TaxNumber", 50)],
)
def test_a_field_takes_its_documented_length_and_no_more(
    story: Story, field: str, length: int
) -> None:
    refused(story.put("contacts", Name="Bea", **{field: "x" * (length + 1)}))
    done(story.put("contacts", Name="Bea", **{field: "x" * length}))


def test_posting_a_known_number_updates_and_keeps_what_is_left_out(story: Story) -> None:
    """Documented: POST upserts on ContactNumber; excluded elements keep their value."""
    contact_id = story.contact("Bea", ContactNumber="T-1", EmailAddress="bea@x.example")
    changed = done(story.post("contacts", ContactNumber="T-1", Name="Bea Lund"))
    assert changed["ContactID"] == contact_id
    assert changed["Name"] == "Bea Lund"
    assert changed["EmailAddress"] == "bea@x.example"


def test_posting_a_known_name_updates_that_contact(story: Story) -> None:
    contact_id = story.contact("Bea")
    changed = done(story.post("contacts", Name="bea", EmailAddress="bea@x.example"))
    assert changed["ContactID"] == contact_id


def test_posting_an_unknown_name_creates(story: Story) -> None:
    done(story.post("contacts", Name="Bea"))
    assert len(story.books.contacts) == 1


def test_an_empty_text_clears_a_field(story: Story) -> None:
    contact_id = story.contact("Bea", EmailAddress="bea@x.example")
    assert "EmailAddress" not in done(story.post("contacts", contact_id, EmailAddress=""))


def test_an_id_that_was_never_issued_refuses_the_whole_request(story: Story) -> None:
    """Reported: the whole request is answered 404."""
    with pytest.raises(NotFound):
        story.post("contacts", ContactID="11111111-1111-4111-8111-111111111111", Name="Bea")


def test_an_archived_contact_cannot_be_edited_nor_archived_again(story: Story) -> None:
    """Recorded on the wire."""
    contact_id = story.contact("Bea", ContactNumber="T-1")
    done(story.post("contacts", ContactID=contact_id, ContactStatus="ARCHIVED"))
    for change in (
        {"ContactID": contact_id, "ContactStatus": "ARCHIVED"},
        {"ContactID": contact_id, "ContactStatus": "ACTIVE"},
        {"ContactNumber": "T-1", "Name": "Bea Lund"},
    ):
        assert refused(story.post("contacts", **change)) == (ARCHIVED,)


def test_a_contact_with_open_invoices_can_be_archived(story: Story) -> None:
    """Recorded on the wire."""
    invoice = story.invoice()
    contact_id = invoice["Contact"]["ContactID"]
    changed = done(story.post("contacts", ContactID=contact_id, ContactStatus="ARCHIVED"))
    assert changed["ContactStatus"] == "ARCHIVED"


def test_is_customer_follows_from_documents_not_from_the_request(story: Story) -> None:
    """Recorded: sent as true on create, came back false until a sales invoice existed."""
    contact = done(story.put("contacts", Name="Bea Wainwright", IsCustomer=True))
    assert contact["IsCustomer"] is False
    assert story.invoice()["Contact"]["IsCustomer"] is True


def test_balances_tell_what_is_owed_and_what_is_overdue(story: Story) -> None:
    late = story.invoice("100.00", DueDate="2026-11-15")
    story.invoice("30.00", DueDate="2026-12-15")
    story.pay(late, "25.00")
    contact = story.read("contacts", late["Contact"]["ContactID"])
    assert contact["Balances"]["AccountsReceivable"] == {"Outstanding": 105, "Overdue": 75}


def test_five_contact_persons_fit_and_a_sixth_does_not(story: Story) -> None:
    """Documented."""
    persons = [{"FirstName": f"P{at}"} for at in range(6)]
    refused(story.put("contacts", Name="Bea", ContactPersons=persons))
    contact = done(story.put("contacts", Name="Bea", ContactPersons=persons[:5]))
    assert len(contact["ContactPersons"]) == 5


def test_an_address_of_one_type_leaves_the_other_alone(story: Story) -> None:
    contact_id = story.contact("Bea", Addresses=[{"AddressType": "STREET", "City": "Ashford"}])
    changed = done(
        story.post("contacts", contact_id, Addresses=[{"AddressType": "POBOX", "City": "Deal"}])
    )
    assert [address["City"] for address in changed["Addresses"]] == ["Ashford", "Deal"]


def test_archived_contacts_are_listed_only_when_asked_for(story: Story) -> None:
    """Documented; a read by id still answers (reported)."""
    contact_id = story.contact("Bea")
    story.contact("Tobias")
    story.post("contacts", ContactID=contact_id, ContactStatus="ARCHIVED")
    assert [row["Name"] for row in story.list("contacts", page=1).rows] == ["Tobias"]
    both = story.list("contacts", page=1, include_archived=True).rows
    assert {row["Name"] for row in both} == {"Bea", "Tobias"}
    assert story.read("contacts", contact_id)["ContactStatus"] == "ARCHIVED"


def test_a_contact_can_be_read_by_its_number(story: Story) -> None:
    contact_id = story.contact("Bea", ContactNumber="T-1")
    assert story.read("contacts", "T-1")["ContactID"] == contact_id


def test_contacts_are_found_by_name_in_any_case_and_by_search_term(story: Story) -> None:
    """Case recorded on the wire; search fields documented."""
    story.contact("Ridgeway Choir", EmailAddress="treasurer@ridgeway.example")
    story.contact("Tobias Lund")
    by_name = story.list("contacts", page=1, where='Name=="RIDGEWAY CHOIR"').rows
    by_term = story.list("contacts", page=1, search_term="treasurer").rows
    assert [row["Name"] for row in by_name] == ["Ridgeway Choir"] == [by_term[0]["Name"]]


def test_summary_only_leaves_the_computed_parts_out(story: Story) -> None:
    """Documented: addresses, balances, groups, persons and the two flags go."""
    story.invoice()
    (row,) = story.list("contacts", summary_only=True).rows
    assert not row.keys() & {"Addresses", "Balances", "ContactPersons", "IsCustomer"}


def test_a_field_of_the_wrong_type_is_bad_data(story: Story) -> None:
    with pytest.raises(BadPostData):
        story.put("contacts", Name={"first": "Bea"})
    with pytest.raises(BadPostData):
        story.put("contacts", Name="Bea", Addresses="here")
    with pytest.raises(BadPostData):
        story.post("contacts", ContactID="not-a-guid", Name="Bea")


def test_unknown_fields_are_ignored(story: Story) -> None:
    done(story.put("contacts", Name="Bea", FavouriteColour="blue"))


def test_a_put_with_an_id_is_refused_as_not_modelled(story: Story) -> None:
    with pytest.raises(NotModelled):
        story.put("contacts", ContactID=story.contact("Bea"), Name="Bea")


@pytest.mark.parametrize("status", ["ARCHIVED", "GDPRREQUEST"])
def test_a_contact_cannot_begin_archived(story: Story, status: str) -> None:
    """Text reported."""
    outcome = story.put("contacts", Name="Bea", ContactStatus=status)
    assert refused(outcome) == (f"The status '{status}' is not valid for contacts",)


def test_a_field_that_xero_has_and_fauxero_lacks_is_refused_loudly(story: Story) -> None:
    done(story.put("contacts", Name="Bea", BatchPayments={}))
    with pytest.raises(NotModelled):
        story.post("contacts", Name="Bea", BatchPayments={"BankAccountName": "Bea"})


# ---- the Contact block of an invoice


def test_an_invoice_for_an_unknown_name_makes_the_contact(story: Story) -> None:
    """Documented and reported."""
    invoice = story.invoice(Contact={"Name": "Orla Finnegan"})
    assert invoice["Contact"]["Name"] == "Orla Finnegan"
    assert story.books.active_contact_named("orla finnegan") is not None


def test_an_invoice_for_a_known_name_or_number_uses_that_contact(story: Story) -> None:
    contact_id = story.contact("Orla Finnegan", ContactNumber="T-9")
    for block in ({"Name": "ORLA FINNEGAN"}, {"ContactNumber": "T-9"}):
        assert story.invoice(Contact=block)["Contact"]["ContactID"] == contact_id


def test_other_fields_in_the_block_change_the_contact_and_drop_persons(story: Story) -> None:
    """Documented and reported: send nothing but ContactID."""
    contact_id = story.contact("Orla", ContactPersons=[{"FirstName": "Jo"}])
    story.invoice(Contact={"ContactID": contact_id})
    assert len(story.read("contacts", contact_id)["ContactPersons"]) == 1
    story.invoice(Contact={"ContactID": contact_id, "EmailAddress": "orla@x.example"})
    contact = story.read("contacts", contact_id)
    assert contact["EmailAddress"] == "orla@x.example"
    assert contact["ContactPersons"] == []


def test_an_invoice_for_an_archived_contact_is_refused(story: Story) -> None:
    """Text reported by help centres."""
    contact_id = story.contact("Orla")
    story.post("contacts", ContactID=contact_id, ContactStatus="ARCHIVED")
    request = story.invoice_request(Contact={"ContactID": contact_id})
    assert refused(story.put("invoices", **request)) == (
        "The contact with the specified contact details has been archived. "
        "The contact must be un-archived before creating new invoices or credit notes.",
    )


def test_a_refused_invoice_leaves_no_contact_behind(story: Story) -> None:
    request = story.invoice_request(
        Contact={"Name": "Orla"}, LineItems=[line(AccountCode="no-such")]
    )
    refused(story.put("invoices", **request))
    assert story.books.active_contact_named("Orla") is None


def test_when_a_contact_was_changed_is_told_to_the_second(story: Story) -> None:
    contact_id = story.contact("Bea")
    story.clock.advance(90)
    story.post("contacts", contact_id, FirstName="Beatrice")
    changed = story.read("contacts", contact_id)["UpdatedDateUTC"]
    assert (changed - NOON).total_seconds() == 90
