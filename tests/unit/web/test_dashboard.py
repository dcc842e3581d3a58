"""The dashboard: both ledgers by month, who acts next, what Xero holds back, how business is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

from tests.bookkeeping import Ledger, invoice, ledger_of, payment, tenant
from tests.conftest import Database
from tests.connected import new_operator
from tests.report_page import person
from unitledger.engine.reconcile.recording import tie_out_and_keep


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger]:
    """
    Xero is locked up to 28 February.
    10 Feb  bills    LATE   50.00: held by the lock
     1 Mar  bills    INV-1 120.00, and 9 Mar is paid R1 120.00: in Xero
     2 Mar  bills    INV-2  60.00: Xero refuses it
    """
    with ledger_of() as opened:
        opened.bookkeeper("set_lock_dates", period="2026-02-28")
        opened.takes_in(
            tenant(),
            invoice("LATE", "50.00", on=date(2026, 2, 10)),
            invoice("INV-1", "120.00", on=date(2026, 3, 1)),
            payment("R1", ("INV-1", "120.00")),
        )
        opened.syncs()
        opened.business.fault("refuse_request", method="PUT", path="Invoices", error=14)
        opened.takes_in(invoice("INV-2", "60.00", on=date(2026, 3, 2), at="Brookvale"))
        opened.syncs()
        tie_out_and_keep(opened.organisation_id, tools=opened.tools)
        yield opened


def _text(page: str) -> str:
    """What a person reads, in one line."""
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1]))
    return re.sub(r" ([,.:])", r"\1", words)


def test_the_dashboard_answers_what_is_in_who_acts_and_what_is_held(ledger: Ledger) -> None:
    page = person(ledger.operator_id).get("/").content.decode()
    said = _text(page)

    assert (
        "March, Demo Company (UK): source £180.00 ≠ Xero £120.00, difference −£60.00, checked"
    ) in said
    assert "3 of 5 records are in Xero. 2 records need you." in said
    assert re.search(r"You act – 2 £110.00 –", said)
    assert "Period lock 28 February 2026" in said
    assert (
        "Held by a lock 1 record: £50.00 invoiced, £0.00 received, the oldest of 10 February 2026"
        in said
    )
    assert "Sent to tenants 0 messages: of 4 requests to Xero none asked it to e-mail" in said
    assert re.search(r"Paid in, not reconciled yet .* Clearing - Cards 1 £120.00 9 Mar", said)
    # Each reason leads to where it is mended.
    assert re.search(r'href="/records/[0-9a-f-]+#decide">Move the lock date in Xero', page)


def test_who_sees_one_location_sees_no_sum_of_the_others(ledger: Ledger) -> None:
    kim = person(ledger.operator_id, "viewer", "kim", "Brookvale")

    said = _text(kim.get("/").content.decode())

    assert "£180.00" not in said
    assert "£120.00" not in said
    assert "1 of 2 records are in Xero. 1 record needs you." in said
    assert "Paid in, not reconciled" not in said


def test_only_what_changes_is_asked_for_again(ledger: Ledger) -> None:
    client = person(ledger.operator_id)

    again = client.get("/", headers={"HX-Request": "true"}).content.decode()

    assert "3 of 5 records are in Xero." in " ".join(again.split())
    assert "<main" not in again
    assert "Paid in, not reconciled" not in again


@pytest.mark.usefixtures("database")
def test_an_operator_without_anything_is_told_what_comes_first() -> None:
    said = _text(person(new_operator()).get("/").content.decode())

    assert "There are no records yet." in said
    assert "Nobody owes anything." in said
