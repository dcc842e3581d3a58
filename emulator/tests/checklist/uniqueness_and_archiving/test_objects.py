"""What may be there once, what is frozen, and what a line may name. Evidence: documented (Accounts,
TrackingCategories, Items pages); an account's refusal is reported word for word; what an unknown
option does is unsure, hence a switch."""

from __future__ import annotations

from typing import Any

import pytest

from tests.checklist.words import act, line, made, refused, switch
from tests.conftest import Xero


def test_an_accounts_code_and_name_are_unique(xero: Xero) -> None:
    made(xero, "Accounts", {"Code": "771", "Name": "Unit rent", "Type": "REVENUE"})
    assert refused(xero, "PUT", "Accounts", {"Code": "771", "Name": "Other", "Type": "REVENUE"})
    assert refused(xero, "PUT", "Accounts", {"Code": "772", "Name": "Unit rent", "Type": "REVENUE"})


def test_an_archived_account_takes_no_line(xero: Xero) -> None:
    """Reported word for word."""
    account = made(xero, "Accounts", {"Code": "771", "Name": "Unit rent", "Type": "REVENUE"})
    archived = {"AccountID": account["AccountID"], "Status": "ARCHIVED"}
    assert xero.post("Accounts", archived).status_code == 200
    sent = xero.invoice("R-1", LineItems=[line(1, AccountCode="771")])
    [words] = refused(xero, "PUT", "Invoices", sent)
    assert "has been archived, or has been deleted" in words


@pytest.mark.parametrize("wanted", [{"SystemAccount": "DEBTORS"}, {"Type": "BANK"}])
def test_system_and_bank_accounts_take_no_line(xero: Xero, wanted: dict[str, str]) -> None:
    """Reported."""
    code = xero.account(**wanted)["Code"]
    sent = xero.invoice("R-1", LineItems=[line(1, AccountCode=code)])
    assert refused(xero, "PUT", "Invoices", sent) == [
        f"Account code '{code}' is not a valid code for this document."
    ]


def test_a_used_or_a_system_account_is_not_deleted(xero: Xero) -> None:
    """Documented: archive it."""
    made(xero, "Invoices", xero.invoice("R-1"))
    for wanted in ({"Code": "200"}, {"SystemAccount": "DEBTORS"}):
        account = xero.account(**wanted)["AccountID"]
        assert xero.call("DELETE", f"Accounts/{account}").status_code == 400


def category(xero: Xero, name: str, *options: str) -> Any:
    found = made(xero, "TrackingCategories", {"Name": name})
    for option in options:
        path = f"TrackingCategories/{found['TrackingCategoryID']}/Options"
        assert xero.put(path, {"Name": option}).status_code == 200
    return found


def test_two_categories_are_active_and_four_exist(xero: Xero) -> None:
    """Documented."""
    for row in xero.rows("TrackingCategories"):
        xero.call("DELETE", f"TrackingCategories/{row['TrackingCategoryID']}")
    for pair in (("A", "B"), ("C", "D")):
        ids = [category(xero, name)["TrackingCategoryID"] for name in pair]
        assert xero.put("TrackingCategories", {"Name": "Third"}).status_code == 400
        for found in ids:
            archived = {"Status": "ARCHIVED"}
            assert xero.post(f"TrackingCategories/{found}", archived).status_code == 200
    assert xero.put("TrackingCategories", {"Name": "Fifth"}).status_code == 400


def test_an_unknown_option_is_refused_unless_switched(xero: Xero) -> None:
    """Unsure: refusing is the safer reading."""
    name = xero.rows("TrackingCategories")[0]["Name"]
    tracked = [line(1, Tracking=[{"Name": name, "Option": "Atlantis"}])]
    sent = xero.invoice("R-1", LineItems=tracked)
    assert refused(xero, "PUT", "Invoices", sent)
    switch(xero, drop_unknown_tracking=True)
    row = made(xero, "Invoices", sent)
    assert row["LineItems"][0]["Tracking"] == []
    assert row["Warnings"]


def test_an_archived_option_is_no_longer_for_lines(xero: Xero) -> None:
    found = xero.rows("TrackingCategories")[0]
    option = found["Options"][0]
    tracked = [line(1, Tracking=[{"Name": found["Name"], "Option": option["Name"]}])]
    made(xero, "Invoices", xero.invoice("R-1", LineItems=tracked))
    act(xero, "archive_tracking_option", category=found["Name"], option=option["Name"])
    assert refused(xero, "PUT", "Invoices", xero.invoice("R-2", LineItems=tracked))


def test_an_archived_contact_gets_no_invoice(xero: Xero) -> None:
    """Reported word for word."""
    ann = made(xero, "Contacts", {"Name": "Ann"})["ContactID"]
    act(xero, "archive_contact", contact_id=ann)
    [words] = refused(xero, "PUT", "Invoices", xero.invoice("R-1", Contact={"ContactID": ann}))
    assert words.startswith("The contact with the specified contact details has been archived.")
