"""The integration report as people read it and send from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client

from tests.bookkeeping import Ledger, invoice, ledger_of, payment, tenant
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


def test_the_report_opens_on_what_is_not_synced_with_its_reason_and_fix(ledger: Ledger) -> None:
    one_refused_and_one_synced(ledger)
    client = person(ledger.operator_id)

    text = page(client)

    assert shown(text) == ["INV-2"]
    assert "1 invoice is not synced" in text
    assert "Xero refused it" in text
    assert "£60.00" in text
    assert "Credit notes and refunds are not kept yet" in text


def test_tiles_count_every_state_and_lead_to_it(ledger: Ledger) -> None:
    one_refused_and_one_synced(ledger)
    client = person(ledger.operator_id)

    text = page(client)
    assert re.search(r"status=failed[^>]*>.*?Failed.*?<b>1</b>", text, re.DOTALL)
    assert re.search(r"status=synced[^>]*>.*?Synced.*?<b>1</b>.*?£120.00", text, re.DOTALL)
    assert shown(page(client, status="synced")) == ["INV-1"]
    assert shown(page(client, status="all")) == ["INV-2", "INV-1"]


def test_records_before_the_start_date_are_not_in_the_default_period(ledger: Ledger) -> None:
    ledger.takes_in(
        tenant(), invoice("OLD", on=date(2025, 12, 31)), invoice("NEW", on=date(2026, 1, 1))
    )
    client = person(ledger.operator_id)

    assert shown(page(client, status="all")) == ["NEW"]
    whole = page(client, status="all", period="custom")
    assert shown(whole) == ["NEW", "OLD"]


def test_custom_dates_include_both_ends_and_wrong_ones_are_said_in_place(ledger: Ledger) -> None:
    ledger.takes_in(tenant(), *(invoice(f"D{day}", on=date(2026, 3, day)) for day in (1, 2, 3)))
    client = person(ledger.operator_id)
    asked = {"status": "all", "period": "custom", "from": "2026-03-02", "to": "2026-03-03"}

    assert shown(page(client, **asked)) == ["D3", "D2"]
    backwards = client.get(REPORT, {"by": "invoices", **asked, "to": "2026-03-01"})
    assert backwards.status_code == 422
    assert "The last day, 2026-03-01, is before the first" in backwards.content.decode()
    assert 'value="2026-03-02"' in backwards.content.decode()


def test_an_empty_result_says_which_filter_left_nothing_and_what_there_is(ledger: Ledger) -> None:
    ledger.takes_in(tenant(), invoice("INV-1"))
    ledger.syncs()
    client = person(ledger.operator_id)

    assert "No invoices with status Non-synced" in page(client)
    assert "1 invoice in any state" in page(client)
    assert "Nothing here contains “zebra”" in page(client, q="zebra")


def test_rows_can_be_sorted_by_number_amount_and_tenant_and_paged(ledger: Ledger) -> None:
    ledger.takes_in(
        tenant("T1", "Zoe Ash"),
        tenant("T2", "Ann Birch"),
        invoice("B", "20.00", of="T1"),
        invoice("A", "30.00", of="T2"),
        invoice("C", "10.00", of="T2"),
    )
    client = person(ledger.operator_id)

    assert shown(page(client, sort="number")) == ["A", "B", "C"]
    assert shown(page(client, sort="-amount")) == ["A", "B", "C"]
    assert shown(page(client, sort="amount")) == ["C", "B", "A"]
    assert shown(page(client, sort="tenant")) == ["A", "C", "B"]


def test_pages_of_every_order_hold_each_record_once(ledger: Ledger) -> None:
    ledger.takes_in(tenant(), *(invoice(f"N{each:03}", f"{each % 7 + 1}.00") for each in range(60)))
    client = person(ledger.operator_id)

    for sort in ("", "number", "-number", "amount", "-tenant"):
        first = page(client, sort=sort)
        address = re.search(r'href="\?([^"]+)"[^>]*>Next 50', first)
        assert address
        second = client.get(f"{REPORT}?{address[1].replace('&amp;', '&')}").content.decode()
        assert len(shown(first)) == 50
        assert len({*shown(first), *shown(second)}) == 60
        assert "Rows 51–60 of 60" in second


def test_the_last_filter_is_remembered(ledger: Ledger) -> None:
    client = person(ledger.operator_id)
    page(client, status="all", period="last-month")

    again = client.get(REPORT)

    assert again.status_code == 302
    assert "status=all" in again["Location"]
    assert "period=last-month" in again["Location"]


def test_a_ticked_record_is_sent_again_and_the_confirmation_counts(ledger: Ledger) -> None:
    """
    a refused invoice · ticked, ReSync, Apply · waiting, then synced · kept with its author
    """
    from unitledger.store.models import ResyncRequest

    one_refused_and_one_synced(ledger)
    client = person(ledger.operator_id)
    text = page(client)

    applied = client.post(f"{REPORT}/apply", {**form(text), "record": ticks(text)["INV-2"]})
    assert applied.status_code == 302
    under_way = client.get(applied["Location"]).content.decode()
    assert "0 synced, 0 failed, 1 waiting" in under_way
    assert "Xero refused it" not in under_way  # that was the time before

    ledger.syncs()
    assert "1 synced, 0 failed, 0 waiting" in client.get(applied["Location"]).content.decode()
    assert ResyncRequest.objects.get().user_name == "Bea"
    assert ledger.business.books() == [
        "INV-1 AUTHORISED 120.00 paid 0.00",
        "INV-2 AUTHORISED 60.00 paid 0.00",
    ]


def test_what_fails_again_is_never_called_a_success(ledger: Ledger) -> None:
    one_refused_and_one_synced(ledger)
    client = person(ledger.operator_id)
    text = page(client, status="all")
    applied = client.post(f"{REPORT}/apply", {**form(text), "record": list(ticks(text).values())})
    ledger.business.fault("refuse_request", method="PUT", path="Invoices", error=14)
    ledger.syncs()

    said = client.get(applied["Location"]).content.decode()

    assert "1 synced, 1 failed, 0 waiting" in said
    failures = re.search(r'href="([^"]+)">Show the failed one', said)
    assert failures
    assert shown(client.get(failures[1].replace("&amp;", "&")).content.decode()) == ["INV-2"]
    assert "request=" not in client.get(REPORT)["Location"]  # no filter to come back to


def test_a_double_click_asks_once_and_another_choice_asks_again(ledger: Ledger) -> None:
    from unitledger.store.models import ResyncRequest

    one_refused_and_one_synced(ledger)
    client = person(ledger.operator_id)
    text = page(client, status="all")
    posted = {**form(text), "record": ticks(text)["INV-2"]}

    first, second = (client.post(f"{REPORT}/apply", posted)["Location"] for _ in range(2))
    assert first == second
    assert ResyncRequest.objects.count() == 1

    client.post(f"{REPORT}/apply", {**posted, "record": ticks(text)["INV-1"]})
    assert ResyncRequest.objects.count() == 2


def test_apply_without_a_tick_or_an_option_says_so_and_asks_for_nothing(ledger: Ledger) -> None:
    from unitledger.store.models import ResyncRequest

    one_refused_and_one_synced(ledger)
    client = person(ledger.operator_id)
    text = page(client)

    bare = client.post(f"{REPORT}/apply", form(text))
    undecided = {**form(text), "option": "", "record": ticks(text)["INV-2"]}
    vague = client.post(f"{REPORT}/apply", undecided)

    assert (bare.status_code, vague.status_code) == (422, 422)
    assert "Nothing is ticked" in bare.content.decode()
    assert "No sync option is chosen" in vague.content.decode()
    assert not ResyncRequest.objects.exists()


def test_all_that_match_are_asked_for_after_one_question(ledger: Ledger) -> None:
    from unitledger.store.models import ResyncRequest

    ledger.takes_in(tenant(), *(invoice(f"N{each:03}", "1.00") for each in range(55)))
    client = person(ledger.operator_id)
    posted = {**form(page(client)), "scope": "all"}

    question = client.post(f"{REPORT}/apply", posted).content.decode()
    assert "ReSync 55 invoices, £55.00?" in question
    assert not ResyncRequest.objects.exists()

    client.post(f"{REPORT}/apply", {**posted, "confirmed": "yes"})
    assert len(ResyncRequest.objects.get().record_ids) == 55


def test_a_viewer_sees_the_report_and_cannot_apply(ledger: Ledger) -> None:
    one_refused_and_one_synced(ledger)
    client = person(ledger.operator_id, "viewer")

    text = page(client)

    assert shown(text) == ["INV-2"]
    assert "Apply" not in text
    assert client.post(f"{REPORT}/apply", {"option": "resync"}).status_code == 403


def test_apply_is_not_taken_from_elsewhere(ledger: Ledger) -> None:
    from unitledger.store.models import User

    person(ledger.operator_id)
    strict = Client(enforce_csrf_checks=True, HTTP_HOST="localhost")
    strict.force_login(User.objects.get())

    assert strict.post(f"{REPORT}/apply", {"option": "resync"}).status_code == 403


def test_a_person_of_one_location_sees_no_other(ledger: Ledger) -> None:
    ledger.takes_in(
        tenant("T1"),
        tenant("T2", "Brook Tenant"),
        invoice("ASH", of="T1"),
        invoice("BROOK", of="T2", at="Brookvale"),
    )
    client = person(ledger.operator_id, "bookkeeper", "ash", "Ashford")
    everyone = person(ledger.operator_id)
    theirs = ticks(page(everyone))["BROOK"]

    assert shown(page(client)) == ["ASH"]
    assert "Brookvale" not in page(client)
    assert shown(page(client, by="tenants")) == ["T1"]
    assert client.get(f"/records/{theirs}").status_code == 404
    answer = client.post(f"{REPORT}/apply", {**form(page(client)), "record": theirs})
    assert answer.status_code == 422
    exported = b"".join(client.get(f"{REPORT}/export.csv?by=invoices"))
    assert (b"ASH" in exported, b"BROOK" in exported) == (True, False)


def test_another_operators_records_and_requests_are_not_found(ledger: Ledger) -> None:
    one_refused_and_one_synced(ledger)
    mine = person(ledger.operator_id)
    text = page(mine)
    record = ticks(text)["INV-2"]
    request = mine.post(f"{REPORT}/apply", {**form(text), "record": record})["Location"]
    stranger = person(new_operator("Elsewhere"), "administrator", "eve")

    assert stranger.get(f"/records/{record}").status_code == 404
    assert stranger.get(request).status_code == 404
    request_id = request.rpartition("/")[2]
    assert stranger.get(REPORT, {"request": request_id}).status_code == 404
    posted = {"option": "resync", "key": "k", "address": "by=invoices", "record": record}
    assert stranger.post(f"{REPORT}/apply", posted).status_code == 422
    assert "INV-2" not in page(stranger, status="all")


def test_the_record_page_tells_reason_sending_attempts_and_versions(ledger: Ledger) -> None:
    one_refused_and_one_synced(ledger)
    client = person(ledger.operator_id)
    text = page(client, status="all")

    refused = client.get(f"/records/{ticks(text)['INV-2']}").content.decode()
    synced = client.get(f"/records/{ticks(text)['INV-1']}").content.decode()

    assert "Xero refused it" in refused
    assert "Create invoice" in refused
    assert "Version 1" in refused
    assert "What was sent" in synced
    assert "£120.00" in synced
    assert "20% (VAT on Income)" in synced
    assert "Bearer" not in refused + synced


def test_a_payment_over_two_invoices_shows_both_parts(ledger: Ledger) -> None:
    ledger.takes_in(tenant(), invoice("INV-1", "120.00"), invoice("INV-2", "60.00"))
    ledger.syncs()
    ledger.takes_in(payment("R1", ("INV-1", "20.00"), ("INV-2", "10.00")))
    client = person(ledger.operator_id)
    text = page(client, by="payments")

    record = client.get(f"/records/{ticks(text)['R1']}").content.decode()

    assert "£30.00" in text
    assert "What it settles" in record
    assert "INV-1" in record
    assert "INV-2" in record


def test_the_export_holds_every_match_and_no_formula(ledger: Ledger) -> None:
    ledger.takes_in(
        tenant("T1", "-12 Storage"), *(invoice(f"N{each:03}", "1.00") for each in range(60))
    )
    client = person(ledger.operator_id)

    answer = client.get(f"{REPORT}/export.csv", {"by": "invoices", "sort": "number"})
    lines = b"".join(answer).decode("utf-8-sig").splitlines()

    assert answer["Content-Type"].startswith("text/csv")
    assert len(lines) == 61
    assert lines[1].startswith("invoice,N000,")
    assert ",'-12 Storage," in lines[1]


@pytest.mark.parametrize(
    "address",
    [
        "by=nonsense&status=x&period=y&sort=z&location=abc&building=-1",
        "by=invoices&after=1.99999999999999999999999.2026-01-01",
        "by=invoices&q=%25_%5C",
    ],
)
def test_odd_addresses_are_read_as_far_as_they_make_sense(ledger: Ledger, address: str) -> None:
    assert person(ledger.operator_id).get(f"{REPORT}?{address}").status_code == 200


@pytest.mark.parametrize("after", ["x", "1.2", "1.x.2026-01-01", "1.2.yesterday"])
def test_a_page_that_nobody_was_given_is_not_found(ledger: Ledger, after: str) -> None:
    client = person(ledger.operator_id)

    assert client.get(REPORT, {"by": "invoices", "after": after}).status_code == 404


def test_the_report_stays_small_and_asks_little(ledger: Ledger) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ledger.takes_in(tenant(), *(invoice(f"N{each:03}") for each in range(60)))
    client = person(ledger.operator_id)
    with CaptureQueriesContext(connection) as queries:
        text = page(client)

    reads = [each for each in queries if each["sql"].lstrip().startswith(("SELECT", "WITH"))]
    assert len(text.encode()) <= 100_000
    assert len(reads) <= 20


# -- deciding by hand
