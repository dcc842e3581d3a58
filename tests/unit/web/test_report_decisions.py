"""Decisions about records, kept filters and workbooks, as people make them on the report."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from tests.bookkeeping import Ledger, invoice, ledger_of, tenant
from tests.conftest import Database
from tests.connected import new_operator
from tests.report_page import (
    REPORT,
    form,
    one_refused_and_one_synced,
    page,
    person,
    shown,
    ticks,
)


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger]:
    with ledger_of() as opened:
        yield opened


def decided(client: Client, text: str, number: str, option: str, note: str = ""):
    posted = {**form(text), "option": option, "note": note, "record": ticks(text)[number]}
    return client.post(f"{REPORT}/apply", posted)


def test_a_ticked_record_is_skipped_with_a_reason_and_taken_back(ledger: Ledger) -> None:
    one_refused_and_one_synced(ledger)
    client = person(ledger.operator_id)
    text = page(client)

    answer = decided(client, text, "INV-2", "skip", "Billed twice")
    said = client.get(answer["Location"]).content.decode()
    assert "1 invoice skipped" in said
    assert "Billed twice" in said
    assert shown(page(client)) == []
    assert "Bea skipped it: Billed twice." in page(client, status="skipped")

    client.post(f"{answer['Location']}/undo")
    assert "Taken back" in client.get(answer["Location"]).content.decode()
    assert shown(page(client)) == ["INV-2"]


def test_a_skip_without_a_reason_and_what_is_in_xero_are_turned_down_in_words(
    ledger: Ledger,
) -> None:
    one_refused_and_one_synced(ledger)
    client = person(ledger.operator_id)
    text = page(client, status="all")

    bare = decided(client, text, "INV-2", "skip")
    there = decided(client, text, "INV-1", "skip", "Not ours")

    assert (bare.status_code, there.status_code) == (422, 422)
    assert "Say why in a few words" in bare.content.decode()
    assert "INV-1: it is in Xero" in there.content.decode()


def test_many_records_are_handled_after_one_question_and_the_reason_is_kept(
    ledger: Ledger,
) -> None:
    from unitledger.store.models import Handling

    ledger.takes_in(tenant(), *(invoice(f"N{each:03}", "1.00") for each in range(55)))
    client = person(ledger.operator_id)
    posted = {
        **form(page(client)),
        "scope": "all",
        "option": "handled",
        "note": "By the accountant",
    }

    question = client.post(f"{REPORT}/apply", posted).content.decode()
    assert "Mark as handled in Xero 55 invoices, £55.00?" in question
    assert 'name="note" value="By the accountant"' in question
    client.post(f"{REPORT}/apply", {**posted, "confirmed": "yes"})

    assert len(Handling.objects.get().record_ids) == 55


def test_only_an_administrator_unlinks(ledger: Ledger) -> None:
    one_refused_and_one_synced(ledger)
    client = person(ledger.operator_id)
    owner = person(ledger.operator_id, "administrator", "ann")
    text = page(client, status="all")

    assert 'value="unlink"' not in text
    assert decided(client, text, "INV-1", "unlink").status_code == 403
    answer = decided(owner, page(owner, status="all"), "INV-1", "unlink", "Wrong one")
    assert answer.status_code == 302
    assert client.post(f"{answer['Location']}/undo").status_code == 403
    assert shown(page(client)) == ["INV-2", "INV-1"]


def test_a_record_is_linked_to_what_xero_holds_already(ledger: Ledger) -> None:
    """their INV-1 by hand · ours held back · the link page compares · linked, then synced"""
    ledger.bookkeeper(
        "raise_invoice",
        contact_name="Renter T1",
        number="INV-1",
        line_amount_types="Inclusive",
        date="2026-03-01",
        lines=[{"description": "Rent", "quantity": 1, "unit_amount": "120", "account_code": "200"}],
    )
    ledger.takes_in(tenant(), invoice("INV-1", "120.00"))
    ledger.syncs()
    client = person(ledger.operator_id)
    text = page(client)
    to_link = decided(client, text, "INV-1", "link")["Location"]

    compared = client.get(to_link).content.decode()
    xero_id = re.search(r'name="xero_id" value="([^"]+)"', compared)
    document = re.search(r'name="document" value="([^"]+)"', compared)
    assert xero_id and document
    assert "£120.00" in compared
    posted = {"xero_id": xero_id[1], "document": document[1], "key": "k", "accepts": "yes"}
    linked = client.post(to_link, posted)

    assert linked.status_code == 302
    assert "1 invoice linked" in client.get(linked["Location"]).content.decode()
    ledger.syncs()
    assert shown(page(client, status="synced")) == ["INV-1"]


def test_the_record_page_offers_what_fits_and_shows_the_double_entry(ledger: Ledger) -> None:
    one_refused_and_one_synced(ledger)
    client = person(ledger.operator_id)
    text = page(client, status="all")

    refused = client.get(f"/records/{ticks(text)['INV-2']}").content.decode()
    synced = client.get(f"/records/{ticks(text)['INV-1']}").content.decode()

    assert "Skip with reason" in refused
    assert "Link to existing" in refused
    assert "Skip with reason" not in synced
    assert "Double entry" in synced
    assert "Time line" in synced


def test_decisions_of_another_operator_or_location_are_not_found(ledger: Ledger) -> None:
    ledger.takes_in(tenant("T1"), invoice("ASH"), invoice("BROOK", at="Brookvale"))
    client = person(ledger.operator_id)
    here = person(ledger.operator_id, "bookkeeper", "ash", "Ashford")
    stranger = person(new_operator("Elsewhere"), "administrator", "eve")
    text = page(client)
    decision = decided(client, text, "BROOK", "skip", "No")["Location"]
    record = ticks(text)["BROOK"]

    for other in (here, stranger):
        assert other.get(decision).status_code == 404
        assert other.post(f"{decision}/undo").status_code == 404
        assert other.get(f"/records/{record}/link").status_code == 404
        assert other.post(f"/records/{record}/link", {"xero_id": "x"}).status_code == 404


# -- filters that are kept, workbooks


def test_a_filter_is_kept_under_a_name_for_oneself_or_for_everybody(ledger: Ledger) -> None:
    client = person(ledger.operator_id)
    other = person(ledger.operator_id, "viewer", "vic")
    address = "by=invoices&status=failed&period=last-month"

    client.post(f"{REPORT}/filters", {"name": "Mine", "address": address})
    client.post(f"{REPORT}/filters", {"name": "Ours", "address": address, "shared": "yes"})
    other.post(f"{REPORT}/filters", {"name": "Vic's", "address": address, "shared": "yes"})

    assert 'status=failed&amp;period=last-month">Mine</a>' in page(client)
    assert "Ours" in page(other)
    assert "Mine" not in page(other)
    assert "Vic&#x27;s" not in page(client)  # a viewer shares nothing


def test_a_filter_needs_a_name_and_is_removed_by_who_keeps_it(ledger: Ledger) -> None:
    from unitledger.store.models import SavedFilter

    client = person(ledger.operator_id)
    other = person(ledger.operator_id, "bookkeeper", "vic")
    client.post(f"{REPORT}/filters", {"name": " ", "address": "by=invoices"})
    assert not SavedFilter.objects.exists()
    assert "Give the filter a name" in page(client)

    client.post(f"{REPORT}/filters", {"name": "Mine", "address": "evil=https://x"})
    kept = SavedFilter.objects.get()
    assert "evil" not in kept.address
    assert other.post(f"{REPORT}/filters/{kept.public_id}/remove").status_code == 404
    client.post(f"{REPORT}/filters/{kept.public_id}/remove")
    assert not SavedFilter.objects.exists()


def test_a_workbook_holds_money_as_numbers_and_days_as_days(ledger: Ledger) -> None:
    from datetime import datetime
    from io import BytesIO

    from openpyxl import load_workbook

    ledger.takes_in(tenant(), invoice("INV-1", "1234.50"))
    client = person(ledger.operator_id)

    answer = client.get(f"{REPORT}/export.xlsx", {"by": "invoices", "status": "all"})

    sheet = load_workbook(BytesIO(b"".join(answer))).active
    assert sheet is not None
    cells = dict(zip((cell.value for cell in sheet[1]), sheet[2], strict=True))
    assert float(cells["amount"].value) == 1234.5
    assert cells["amount"].data_type == "n"
    assert cells["dated_on"].value == datetime(2026, 3, 1)


def test_no_cell_of_a_workbook_is_taken_for_a_formula(ledger: Ledger) -> None:
    from dataclasses import replace

    from openpyxl import load_workbook

    from unitledger.core.documents import DocumentKind
    from unitledger.engine.report import Filter, report
    from unitledger.engine.workbook import workbook

    ledger.takes_in(tenant(), invoice("INV-1", "12.00"))
    (row,) = report(Filter(operator_id=ledger.operator_id, kind=DocumentKind.INVOICE)).rows

    sheet = load_workbook(workbook("t", [replace(row, tenant='=HYPERLINK("x")')])).active

    assert sheet is not None
    cells = dict(zip((cell.value for cell in sheet[1]), sheet[2], strict=True))
    assert (cells["tenant"].value, cells["tenant"].data_type) == ('=HYPERLINK("x")', "s")


def test_rows_are_close_together_for_who_likes_them_so(ledger: Ledger) -> None:
    one_refused_and_one_synced(ledger)
    client = person(ledger.operator_id)
    assert 'class="cards has-tick"' in page(client)

    client.post(f"{REPORT}/density", {"density": "compact", "address": "by=invoices"})

    assert 'class="cards has-tick compact"' in page(client)
