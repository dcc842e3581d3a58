"""A batch with a bad element, answered with 400. Evidence: documented that any bad element refuses
the request; that its good ones had been saved is reported (XeroAPI/xero-ruby issue 247,
freakboy3742/pyxero issue 79). Sources disagree: saving nothing is the default, the other reading a
setting."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Xero


def mixed(xero: Xero, collection: str) -> tuple[dict[str, Any], str]:
    """A batch of a good, a bad and a good element, and the field that tells them apart."""
    if collection == "Contacts":
        return {"Contacts": [{"Name": "A"}, {"Name": ""}, {"Name": "C"}]}, "Name"
    if collection == "Invoices":
        rows = [xero.invoice("A"), xero.invoice("B", DueDate=None), xero.invoice("C")]
        return {"Invoices": rows}, "InvoiceNumber"
    rows = [xero.invoice("") | {"CreditNoteNumber": name, "Type": "ACCRECCREDIT"} for name in "ABC"]
    for row in rows:
        del row["InvoiceNumber"], row["DueDate"]
    rows[1]["LineItems"] = []
    return {"CreditNotes": rows}, "CreditNoteNumber"


COLLECTIONS = ("Contacts", "Invoices", "CreditNotes")


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_by_default_a_refused_batch_saves_nothing(xero: Xero, collection: str) -> None:
    body, _ = mixed(xero, collection)
    answer = xero.put(collection, body)
    assert (answer.status_code, len(answer.json()["Elements"])) == (400, 1)
    assert xero.rows(collection) == []


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_with_the_setting_a_refused_batch_saves_its_good_elements(
    xero: Xero, collection: str
) -> None:
    xero.control("POST", "settings", {"partial_save": True})
    body, name = mixed(xero, collection)
    answer = xero.put(collection, body)
    assert (answer.status_code, len(answer.json()["Elements"])) == (400, 1)
    assert {row[name] for row in xero.rows(collection)} == {"A", "C"}


@pytest.mark.parametrize("setting", [False, True])
def test_a_body_that_cannot_be_read_saves_nothing_either_way(xero: Xero, setting: bool) -> None:
    """Reported: error 14 is about the request, not about an element."""
    xero.control("POST", "settings", {"partial_save": setting})
    rows = [xero.invoice("A"), xero.invoice("B", LineAmountTypes="NO_TAX")]
    answer = xero.put("Invoices", {"Invoices": rows})
    assert answer.json()["ErrorNumber"] == 14
    assert xero.rows("Invoices") == []
