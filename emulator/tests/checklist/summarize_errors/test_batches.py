"""Both batch modes. Evidence: documented (summarizeErrors); zero id and status attribute recorded
on the wire; that a refused batch saves its good elements is reported by users, hence a switch."""

from __future__ import annotations

from tests.conftest import Xero

ZERO_ID = "00000000-0000-0000-0000-000000000000"
MIXED = {"Contacts": [{"Name": "Good"}, {"Name": ""}, {"Name": "Better"}]}


def test_by_default_one_bad_element_refuses_the_whole_request(xero: Xero) -> None:
    answer = xero.put("Contacts", MIXED)
    assert answer.status_code == 400
    body = answer.json()
    assert (body["ErrorNumber"], body["Type"]) == (10, "ValidationException")
    assert body["Message"] == "A validation exception occurred"
    [element] = body["Elements"]
    assert element["ContactID"] == ZERO_ID
    assert element["ValidationErrors"][0]["Message"]
    assert xero.rows("Contacts") == []


def test_without_summary_each_element_has_its_own_fate(xero: Xero) -> None:
    answer = xero.put("Contacts", MIXED, params={"summarizeErrors": "false"})
    assert answer.status_code == 200
    rows = answer.json()["Contacts"]
    assert [row["StatusAttributeString"] for row in rows] == ["OK", "ERROR", "OK"]
    assert rows[1]["ContactID"] == ZERO_ID
    assert rows[1]["HasValidationErrors"] is True
    assert {row["Name"] for row in xero.rows("Contacts")} == {"Good", "Better"}


def test_a_good_element_carries_no_status_attribute_when_errors_are_summarized(xero: Xero) -> None:
    [row] = xero.put("Contacts", {"Name": "Good"}).json()["Contacts"]
    assert "StatusAttributeString" not in row


def test_an_element_of_the_wrong_type_refuses_even_a_batch_without_summary(xero: Xero) -> None:
    bad = xero.invoice("R2", LineAmountTypes="NO_TAX")
    answer = xero.put(
        "Invoices", {"Invoices": [xero.invoice("R1"), bad]}, params={"summarizeErrors": "false"}
    )
    assert (answer.status_code, answer.json()["ErrorNumber"]) == (400, 14)
    assert xero.rows("Invoices") == []


def test_an_id_the_organisation_never_issued_refuses_the_whole_batch(xero: Xero) -> None:
    unknown = {"InvoiceID": "11111111-2222-3333-4444-555555555555", "Reference": "x"}
    answer = xero.post(
        "Invoices", {"Invoices": [xero.invoice("R1"), unknown]}, params={"summarizeErrors": "false"}
    )
    assert answer.status_code == 404
    assert xero.rows("Invoices") == []


def test_an_update_of_one_by_its_path_does_not_know_summarize_errors(xero: Xero) -> None:
    [contact] = xero.put("Contacts", {"Name": "Good"}).json()["Contacts"]
    answer = xero.post(
        f"Contacts/{contact['ContactID']}",
        {"EmailAddress": "not an address"},
        params={"summarizeErrors": "false"},
    )
    assert answer.status_code == 400


def test_an_empty_batch_is_refused(xero: Xero) -> None:
    assert xero.put("Contacts", {"Contacts": []}).json()["ErrorNumber"] == 14
