"""Records, differences, the tie-out with its close, revenue and receivables, as pages."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client

from tests.bookkeeping import Ledger, invoice, ledger_of, line, payment, tenant
from tests.conftest import Database
from tests.report_page import person
from unitledger.core.billing import ChargeType
from unitledger.engine.month_end.asking import asked_tie_outs, make_asked_tie_out
from unitledger.engine.reconcile.recording import tie_out_and_keep

TIE_OUT = "/books/tie-out"
BOXES = {"description": "Boxes", "quantity": 1, "unit_amount": "9.00", "account_code": "200"}


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger]:
    """
    At Ashford    T1  INV-1 120.00 of which 24.00 insurance, 1 Mar; R1 pays 50.00 on 9 Mar
                      VOID-1 10.00, void; R9 30.00 on account, 10 Mar
    At Brookvale  T2  INV-2  60.00, 2 Mar
    """
    with ledger_of() as opened:
        opened.takes_in(
            tenant("T1", "Ada Marsh"),
            tenant("T2", "Ben Tidewell"),
            invoice("INV-1", lines=(line("96.00"), line("24.00", ChargeType.INSURANCE, "0"))),
            invoice("VOID-1", "10.00", is_void=True),
            invoice("INV-2", "60.00", of="T2", at="Brookvale", on=date(2026, 3, 2)),
            payment("R1", ("INV-1", "50.00")),
            payment("R9", amount="30.00", on=date(2026, 3, 10)),
        )
        opened.syncs()
        yield opened


def _page(client: Client, path: str, **asked: object) -> str:
    answer = client.get(path, asked)
    assert answer.status_code == 200, path
    return answer.content.decode()


def _said(page: str) -> str:
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1]))
    return re.sub(r" ([,.:])", r"\1", words)


def _numbers(page: str) -> list[str]:
    return re.findall(r">((?:INV|VOID|R)-?\d+)</a>", page.split("<main", 1)[1])


def _csv(client: Client, path: str, **asked: object) -> list[list[str]]:
    answer = client.get(path, asked)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # pyright: ignore
    return list(csv.reader(text.splitlines()))


def test_records_are_listed_searched_sorted_and_opened(ledger: Ledger) -> None:
    client = person(ledger.operator_id)

    assert _numbers(_page(client, "/invoices")) == ["INV-2", "VOID-1", "INV-1"]
    assert _numbers(_page(client, "/invoices", sort="amount")) == ["VOID-1", "INV-2", "INV-1"]
    assert _numbers(_page(client, "/invoices", show="owed", sort="number")) == ["INV-1", "INV-2"]
    assert _numbers(_page(client, "/invoices", show="void")) == ["VOID-1"]
    assert _numbers(_page(client, "/invoices", q="tidewell")) == ["INV-2"]
    assert _numbers(_page(client, "/payments")) == ["R9", "R1"]
    tenants = _said(_page(client, "/tenants"))
    assert re.search(r"Ada Marsh.* £70.00 .*Ben Tidewell.* £60.00 ", tenants)
    assert "A12" in _said(_page(client, "/units"))
    assert re.search(r"£30.00", _said(_page(client, "/credits-and-refunds")))
    opened = re.search(r'href="(/invoices/[^"]+)">INV-1<', _page(client, "/invoices"))
    assert opened
    one = _said(_page(client, opened[1]))
    assert "Insurance" in one
    assert "£70.00" in one  # left to pay
    assert "Arrived" in one
    assert "Create invoice: in Xero" in one


def test_a_person_of_one_location_sees_its_records_only(ledger: Ledger) -> None:
    bea = person(ledger.operator_id)
    kim = person(ledger.operator_id, "viewer", "kim", "Brookvale")
    theirs = re.search(r'href="(/invoices/[^"]+)">INV-1<', _page(bea, "/invoices"))
    assert theirs

    assert _numbers(_page(kim, "/invoices")) == ["INV-2"]
    assert "Ada Marsh" not in _page(kim, "/tenants")
    assert kim.get(theirs[1]).status_code == 404
    assert "Ashford" not in _page(kim, "/settings/locations")
    assert "£50.00" in _page(kim, "/reports/revenue", month="2026-03")
    assert "£100.00" not in _page(kim, "/reports/revenue", month="2026-03")
    assert kim.get(TIE_OUT).status_code == 403


def test_revenue_and_receivables_add_up_on_the_page_and_in_the_file(ledger: Ledger) -> None:
    client = person(ledger.operator_id)

    by_category = _said(_page(client, "/reports/revenue", month="2026-03"))
    assert re.search(r"Storage rent £130.00 .*Insurance £24.00 ", by_category)
    assert "£154.00 net, £26.00 tax" in by_category
    by_location = _said(_page(client, "/reports/revenue", month="2026-03", by="location"))
    assert re.search(r"Ashford £104.00 .*Brookvale £50.00 ", by_location)
    rows = _csv(client, "/reports/revenue/export.csv", month="2026-03")
    assert sorted(row[6] for row in rows[1:]) == ["24.00", "50.00", "80.00"]
    assert client.get("/reports/revenue", {"month": "2026-13"}).status_code == 404

    owed = _said(_page(client, "/reports/receivables", on="2026-03-31"))
    assert "Tenants owe £130.00 as of 31 March 2026, £130.00 of it late." in owed
    assert "Tenants owe £180.00" in _page(client, "/reports/receivables", on="2026-03-08")
    lines = _csv(client, "/reports/receivables/export.csv", on="2026-03-31")
    assert [(row[0], row[5], row[7]) for row in lines[1:]] == [
        ("INV-1", "30", "70.00"),
        ("INV-2", "29", "60.00"),
    ]
    odd = client.get("/reports/receivables", {"on": "31.3."})
    assert odd.status_code == 422
    assert "31.3. is no date." in odd.content.decode()


def test_a_tie_out_is_made_for_a_page_and_its_month_closed_and_reopened(ledger: Ledger) -> None:
    from unitledger.store.models import AuditEntry, MonthClose, TieOutRequest

    client = person(ledger.operator_id)
    nothing = _page(client, TIE_OUT)
    assert "No tie-out yet" in nothing
    key = re.search(r'name="key" value="([^"]+)"', nothing)
    books = re.search(r'name="organisation" value="([^"]+)"', nothing)
    assert key
    assert books
    for _ in range(2):  # a double click
        client.post(f"{TIE_OUT}/ask", {"key": key[1], "organisation": books[1]})
    assert TieOutRequest.objects.count() == 1
    (request_id,) = asked_tie_outs()
    make_asked_tie_out(request_id, tools=ledger.tools)
    assert "1 difference of March is open." in _said(_page(client, TIE_OUT, month="2026-03"))
    # What was paid on account goes nowhere yet: it is the open one, until it is void.
    ledger.takes_in(payment("R9", amount="30.00", on=date(2026, 3, 10), is_void=True))
    ledger.syncs()
    tie_out_and_keep(ledger.organisation_id, tools=ledger.tools)

    march = _page(client, TIE_OUT, month="2026-03")
    said = _said(march)
    assert "Storage software £180.00" in said
    assert "Xero £180.00" in said
    result = re.search(r'name="result" value="([^"]+)"', march)
    assert result
    how = {"organisation": books[1], "month": "2026-03", "result": result[1]}
    unnamed = client.post(f"{TIE_OUT}/close", {**how, "prepared_by": " "})
    assert unnamed.status_code == 422
    assert "Say who prepared it" in unnamed.content.decode()
    client.post(f"{TIE_OUT}/close", {**how, "prepared_by": "Bea", "reviewed_by": "Mary"})
    closed = MonthClose.objects.get()
    assert (closed.month_on, closed.reviewed_by) == (date(2026, 3, 1), "Mary")
    assert "March 2026 is closed" in _said(_page(client, TIE_OUT, month="2026-03"))

    ledger.takes_in(invoice("INV-9", "12.00", on=date(2026, 3, 20)))
    ledger.syncs()
    assert "March has changed since it was closed" in _page(client, TIE_OUT, month="2026-03")
    client.post(f"{TIE_OUT}/reopen", {**how, "why": "A late invoice"})
    assert "Close March 2026" in _page(client, TIE_OUT, month="2026-03")
    acts = list(AuditEntry.objects.order_by("id").values_list("act", flat=True))
    assert [each for each in acts if each.startswith("month")] == ["month_closed", "month_reopened"]
    viewer = person(ledger.operator_id, "viewer", "vic")
    assert viewer.post(f"{TIE_OUT}/close", how).status_code == 403


def test_a_difference_of_no_record_is_accepted_with_a_reason_and_opened_again(
    ledger: Ledger,
) -> None:
    ledger.bookkeeper("raise_invoice", contact_name="Walk-in", number="HAND-7", lines=[BOXES])
    tie_out_and_keep(ledger.organisation_id, tools=ledger.tools)
    client = person(ledger.operator_id)

    found = _page(client, "/books/differences")
    assert "Only in Xero" in found
    fields = dict(re.findall(r'name="(organisation|rule|subject)" value="([^"]+)"', found))
    unexplained = client.post("/books/differences/accept", {**fields, "why": " "})
    assert unexplained.status_code == 422
    client.post("/books/differences/accept", {**fields, "why": "Sold at the counter"})
    assert "No open difference" in _page(client, "/books/differences")
    accepted = _said(_page(client, "/books/differences", show="accepted"))
    assert "Sold at the counter" in accepted
    client.post("/books/differences/accept", {**fields, "act": "take-back"})
    assert "Only in Xero" in _page(client, "/books/differences")


def test_money_and_days_are_written_as_people_of_the_operator_write(ledger: Ledger) -> None:
    from unitledger.store.models import AuditEntry

    client = person(ledger.operator_id, "administrator")
    british = _page(client, "/reports/receivables", on="2026-03-31")
    assert "as of 31 March 2026" in british

    client.post("/settings/locations/locale", {"locale": "tlh"})
    client.post("/settings/locations/locale", {"locale": "en-US"})

    american = _page(client, "/reports/receivables", on="2026-03-31")
    assert "as of March 31, 2026" in american
    assert '<html lang="en-US"' in american
    assert "£130.00" in american
    # A tenant's oldest due day, in a table.
    assert re.search(r">Mar 1(, 2026)?</time>", american)
    changed = AuditEntry.objects.get(act="locale_changed")
    assert (changed.before, changed.after) == ({"locale": "en-GB"}, {"locale": "en-US"})
    bea = person(ledger.operator_id, "bookkeeper", "cleo")
    assert bea.post("/settings/locations/locale", {"locale": "en-AU"}).status_code == 403
