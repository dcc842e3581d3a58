"""Money moved between bank accounts. Evidence: OpenAPI description unless a test says more."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fauxero.accounting.resource import Element, NotFound
from tests.accounting.story import Story, done, refused

D = Decimal


def request(**more: Any) -> Element:
    """A card payout, as it goes from the clearing account to the bank."""
    return {
        "FromBankAccount": {"Code": "9000"},
        "ToBankAccount": {"Code": "090"},
        "Amount": D("178.00"),
        "Date": "2026-11-09",
        "Reference": "payout 11",
    } | more


def test_a_transfer_moves_money_between_two_banks(story: Story) -> None:
    row = done(story.put("banktransfers", **request()))
    assert (row["Amount"], row["Status"], row["Reference"]) == (178, "AUTHORISED", "payout 11")
    assert (story.balance("9000"), story.balance("090")) == (-178, 178)
    assert story.read("banktransfers", row["BankTransferID"]) == row
    (listed,) = story.list("banktransfers", where='Reference=="payout 11"').rows
    assert listed["BankTransferID"] == row["BankTransferID"]


def test_each_side_is_a_bank_transaction_that_is_only_read(story: Story) -> None:
    """Documented (Bank transactions)."""
    row = done(story.put("banktransfers", **request(ToIsReconciled=True)))
    spent = story.read("banktransactions", row["FromBankTransactionID"])
    received = story.read("banktransactions", row["ToBankTransactionID"])
    assert (spent["Type"], received["Type"]) == ("SPEND-TRANSFER", "RECEIVE-TRANSFER")
    assert (spent["BankAccount"]["Code"], received["Total"]) == ("9000", 178)
    assert (spent["IsReconciled"], received["IsReconciled"]) == (False, True)
    for side in (spent, received):
        refused(story.post("banktransactions", side["BankTransactionID"], Status="DELETED"))
    assert len(story.list("banktransactions", page=1).rows) == 2


def test_a_transfer_is_deleted_by_its_id_in_path_or_body(story: Story) -> None:
    first = done(story.put("banktransfers", **request()))
    second = done(story.put("banktransfers", **request()))
    assert done(story.post("banktransfers", first["BankTransferID"], Status="DELETED"))[
        "Status"
    ] == ("DELETED")
    body = {"BankTransferID": second["BankTransferID"], "Status": "DELETED"}
    done(story.post("banktransfers", **body))
    assert (story.balance("9000"), story.balance("090")) == (0, 0)
    side = story.read("banktransactions", first["FromBankTransactionID"])
    assert side["Status"] == "DELETED"
    refused(story.post("banktransfers", **body))
    with pytest.raises(NotFound):
        story.post("banktransfers", **request())


def test_a_reconciled_side_keeps_the_transfer_unless_switched(story: Story) -> None:
    """Unsure."""
    row = done(story.put("banktransfers", **request(FromIsReconciled=True)))
    refused(story.post("banktransfers", row["BankTransferID"], Status="DELETED"))
    story.books.set_switches(delete_reconciled_bank_transactions=True)
    done(story.post("banktransfers", row["BankTransferID"], Status="DELETED"))


def test_both_sides_may_be_tracked(story: Story) -> None:
    tracked = [{"Name": "Location", "Option": "Ashford"}]
    row = done(story.put("banktransfers", **request(FromTracking=tracked)))
    assert [part["Option"] for part in row["FromTracking"]] == ["Ashford"]
    assert row["ToTracking"] == []
    unknown = [{"Name": "Location", "Option": "Nowhere"}]
    refused(story.put("banktransfers", **request(ToTracking=unknown)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"FromBankAccount": None},
        {"ToBankAccount": {"Code": "200"}},
        {"ToBankAccount": {"Code": "9000"}},
        {"Amount": None},
        {"Amount": D(0)},
        {"Amount": D("-5.00")},
        {"Reference": "x" * 256},
    ],
)
def test_what_a_transfer_needs(story: Story, wrong: dict[str, Any]) -> None:
    refused(story.put("banktransfers", **request(**wrong)))
    assert story.balance("9000") == 0


def test_lock_dates_bind_transfers(story: Story) -> None:
    row = done(story.put("banktransfers", **request(Date="2026-10-20")))
    story.bookkeeper("set_lock_dates", period="2026-10-31")
    refused(story.put("banktransfers", **request(Date="2026-10-31")))
    refused(story.post("banktransfers", row["BankTransferID"], Status="DELETED"))
