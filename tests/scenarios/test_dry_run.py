"""What a sync would write, worked out before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.bookkeeping import Ledger, invoice, ledger_of, line, payment, tenant
from unitledger.core.billing import ChargeType
from unitledger.core.brakes import BrakeLimits
from unitledger.engine.dry_run import dry_run, to_content


@pytest.fixture
def ledger(database: object) -> Iterator[Ledger]:
    with ledger_of() as opened:
        yield opened


def _told(ledger: Ledger, **how: Any) -> dict[str, Any]:
    return to_content(dry_run(ledger.organisation_id, tools=ledger.tools, **how))


def _half_a_dozen(ledger: Ledger) -> None:
    ledger.takes_in(
        tenant(),
        invoice("INV-1", "120.00", at="Ashford"),
        invoice("INV-2", "60.00", at="Brookvale"),
        payment("R1", ("INV-1", "120.00"), at="Ashford"),
        payment("R2", ("INV-2", "20.00"), at="Brookvale"),
    )


def test_it_counts_and_sums_by_kind_location_and_account(ledger: Ledger) -> None:
    _half_a_dozen(ledger)

    told = _told(ledger)

    assert [(each["effect"], each["count"], each["amount"]) for each in told["kinds"]] == [
        ("create_contact", 1, None),
        ("create_invoice", 2, "180.00"),
        ("create_payment", 2, "140.00"),
    ]
    assert told["locations"] == [
        {
            "location": "Ashford",
            "invoices": {"count": 1, "amount": "120.00"},
            "payments": {"count": 1, "amount": "120.00"},
        },
        {
            "location": "Brookvale",
            "invoices": {"count": 1, "amount": "60.00"},
            "payments": {"count": 1, "amount": "20.00"},
        },
    ]
    sales = next(each for each in told["accounts"] if Decimal(each["net"]))
    assert (sales["net"], sales["tax"]) == ("150.00", "30.00")
    assert sum(Decimal(each["received"]) for each in told["accounts"]) == Decimal("140.00")


def test_it_writes_nothing_to_xero_and_changes_no_record(ledger: Ledger) -> None:
    from unitledger.store.models import Document, Effect

    _half_a_dozen(ledger)
    before = list(Document.objects.order_by("id").values())

    _told(ledger)

    assert ledger.business.writes() == 0
    assert list(Document.objects.order_by("id").values()) == before
    assert not Effect.objects.exists()


def test_the_run_then_writes_what_was_told_with_the_calls_that_were_told(ledger: Ledger) -> None:
    from unitledger.store.models import Run

    _half_a_dozen(ledger)
    told = _told(ledger)
    calls = ledger.business.calls()

    ledger.syncs()

    run = Run.objects.get()
    assert run.planned == {each["effect"]: each["count"] for each in told["kinds"]}
    assert ledger.business.calls() - calls == told["calls"]["total"]


def test_what_would_be_held_back_says_why_and_what_to_do(ledger: Ledger) -> None:
    ledger.bookkeeper("set_lock_dates", period="2026-02-28")
    ledger.takes_in(
        tenant(),
        invoice("INV-1", on=date(2026, 2, 1)),
        invoice("INV-2", on=date(2026, 3, 1)),
        invoice("OLD", on=date(2025, 12, 1)),
    )

    told = _told(ledger)

    assert [(each["code"], each["count"], each["amount"]) for each in told["held_back"]] == [
        ("period_locked", 1, "120.00")
    ]
    assert "Move the lock date" in told["held_back"][0]["remedy"]
    assert told["out_of_scope"] == {"count": 1, "amount": "120.00"}


def test_time_and_calls_follow_from_the_limits(ledger: Ledger) -> None:
    ledger.takes_in(tenant(), *(invoice(f"INV-{n}") for n in range(1, 3101)))

    told = _told(ledger)

    invoices = next(each for each in told["kinds"] if each["effect"] == "create_invoice")
    assert invoices["calls"] == 62
    assert timedelta(minutes=1) <= timedelta(seconds=told["seconds"]) <= timedelta(minutes=2)


def test_a_change_that_brakes_would_hold_is_named(ledger: Ledger) -> None:
    ledger.takes_in(tenant(), invoice("INV-1"), invoice("INV-2"))
    ledger.syncs()
    ledger.takes_in(invoice("INV-1", is_void=True), invoice("INV-2", is_void=True))

    told = _told(ledger, limits=BrakeLimits(void_count_max=1))

    assert told["brakes"] == [
        "The plan voids or deletes 2 documents, more than is done without a person (at most 1)."
    ]
    assert [each["act"] for each in told["kinds"]] == ["void"]


def test_with_everything_in_the_books_there_is_nothing_to_do(ledger: Ledger) -> None:
    _half_a_dozen(ledger)
    ledger.syncs()

    told = _told(ledger)

    assert (told["documents"], told["kinds"], told["calls"]["total"]) == (0, [], 0)


def test_two_tenants_of_one_name_are_told_apart_as_in_earnest(ledger: Ledger) -> None:
    ledger.takes_in(tenant("T1", "Ada Marsh"), tenant("T2", "Ada Marsh"))
    told = _told(ledger)

    ledger.syncs()

    assert told["held_back"] == []
    assert len(ledger.business.contacts()) == 2


def test_an_unmapped_charge_is_found_before_it_is_refused(ledger: Ledger) -> None:
    from unitledger.store.models import MappingVersion

    MappingVersion.objects.create(
        operator_id=ledger.operator_id,
        organisation_id=ledger.organisation_id,
        version=3,
        content={"contact_prefix": "UL-", "charges": [], "methods": []},
    )
    ledger.takes_in(tenant(), invoice(lines=[line("10.00", ChargeType.FEE)]))

    assert [each["code"] for each in _told(ledger)["held_back"]] == ["no_account_for_charge"]
