"""x"""

from __future__ import annotations

from tests.conftest import Xero

MIXED = {"Contacts": [{"Name": "Good"}, {"Name": ""}, {"Name": "Better"}]}


def test_users_report_that_the_good_ones_were_saved_and_a_switch_does_so(xero: Xero) -> None:
    xero.control("POST", "settings", {"partial_save": True})
    assert xero.put("Contacts", MIXED).status_code == 400
    assert {row["Name"] for row in xero.rows("Contacts")} == {"Good", "Better"}
