"""The report shows every record once, where it stands, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from tests.bookkeeping import Ledger, invoice, ledger_of, payment, tenant
from tests.conftest import Database
from unitledger.core.documents import DocumentKind, DocumentState
from unitledger.core.problems import Actor


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger]:
    with ledger_of() as opened:
        yield opened


def numbers(ledger: Ledger, **asked: object) -> list[str]:
    return [row.number for row in rows(ledger, **asked)]


def rows(ledger: Ledger, kind: DocumentKind = DocumentKind.INVOICE, **asked: object):
    from unitledger.engine.report import Filter, pages

    filter_ = Filter(operator_id=ledger.operator_id, kind=kind, **asked)  # pyright: ignore
    return [row for page in pages(filter_, size=2) for row in page.rows]


def test_a_synced_record_shows_its_number_in_xero_and_no_reason(ledger: Ledger) -> None:
    ledger.takes_in(tenant(), invoice("INV-1", "120.00"))
    ledger.syncs()

    (row,) = rows(ledger)

    assert (row.number, row.state, row.reasons) == ("INV-1", DocumentState.SYNCED, ())
    assert (row.xero_number, row.amount, row.location) == ("INV-1", Decimal("120.00"), "Ashford")
    assert row.xero_id == ledger.business.xero_id_of("invoice INV-1")
    assert row.tenant == "Renter T1"
    assert row.attempts == 1
    assert row.link is None  # an emulator has no pages


def test_a_record_that_cannot_go_says_why_and_who_acts(ledger: Ledger) -> None:
    ledger.bookkeeper(
        "raise_invoice",
        contact_name="Walk-in",
        number="INV-1",
        lines=[{"description": "Box", "quantity": 1, "unit_amount": "9", "account_code": "200"}],
    )
    ledger.takes_in(tenant(), invoice("INV-1", "120.00"))
    ledger.syncs()

    (row,) = rows(ledger)

    assert row.state is DocumentState.NEEDS_ATTENTION
    assert row.reasons[0].acts_next is Actor.PERSON
    assert "exists in Xero, not ours" in row.reasons[0].sentence
    assert row.reasons[0].remedy


def test_a_payment_over_several_invoices_is_one_record_with_its_worst_part(
    ledger: Ledger,
) -> None:
    from unitledger.engine.report import Status

    ledger.takes_in(tenant(), invoice("INV-1", "120.00"), invoice("INV-2", "60.00"))
    ledger.syncs()
    ledger.bookkeeper("pay_invoice", invoice_id="INV-2", amount="60.00")
    ledger.takes_in(payment("R1", ("INV-1", "120.00"), ("INV-2", "60.00")))
    ledger.syncs()

    (row,) = rows(ledger, DocumentKind.PAYMENT)

    assert (row.number, row.amount) == ("R1", Decimal("180.00"))
    assert [(part.invoice_number, part.state) for part in row.parts] == [
        ("INV-1", DocumentState.SYNCED),
        ("INV-2", row.state),
    ]
    assert row.state is not DocumentState.SYNCED
    assert rows(ledger, DocumentKind.PAYMENT, status=Status.SYNCED) == []
    assert len(rows(ledger, DocumentKind.PAYMENT, status=Status.NON_SYNCED)) == 1


def test_pages_hold_every_record_once_newest_first(ledger: Ledger) -> None:
    ledger.takes_in(tenant())
    ledger.takes_in(*(invoice(f"INV-{day}", on=date(2026, 3, 1 + day // 2)) for day in range(7)))

    assert numbers(ledger) == [f"INV-{day}" for day in (6, 5, 4, 3, 2, 1, 0)]


def test_a_status_finds_synced_and_others_apart(ledger: Ledger) -> None:
    from unitledger.engine.report import Status

    ledger.takes_in(tenant(), invoice("INV-1"))
    ledger.syncs()
    ledger.takes_in(invoice("INV-2"))

    assert numbers(ledger, status=Status.SYNCED) == ["INV-1"]
    assert numbers(ledger, status=Status.NON_SYNCED) == ["INV-2"]
    assert numbers(ledger) == ["INV-2", "INV-1"]


def test_filters_narrow_by_place_day_and_words(ledger: Ledger) -> None:
    from unitledger.store.models import Location

    ledger.takes_in(
        tenant("T1"),
        tenant("T2", "Nadia Frost"),
        invoice("INV-1", on=date(2026, 3, 1)),
        invoice("INV-2", on=date(2026, 3, 2), at="Brookvale", of="T2"),
        invoice("INV-3_4", on=date(2026, 3, 3)),
    )
    brookvale = Location.objects.get(name="Brookvale").pk

    assert numbers(ledger, location_ids=[brookvale]) == ["INV-2"]
    assert numbers(ledger, start_on=date(2026, 3, 2)) == ["INV-3_4", "INV-2"]
    assert numbers(ledger, end_on=date(2026, 3, 1)) == ["INV-1"]
    assert numbers(ledger, search="frost") == ["INV-2"]
    assert numbers(ledger, search="3_4") == ["INV-3_4"]  # a wildcard is a plain sign
    assert numbers(ledger, search="a12") == ["INV-3_4", "INV-2", "INV-1"]


def test_totals_count_records_and_money_by_state(ledger: Ledger) -> None:
    from unitledger.engine.report import Filter, totals

    ledger.takes_in(tenant(), invoice("INV-1", "120.00"), invoice("INV-2", "60.00"))
    ledger.syncs()
    ledger.takes_in(
        payment("R1", ("INV-1", "20.00"), ("INV-2", "10.00")), payment("R2", ("INV-1", "5.00"))
    )

    def found(kind: DocumentKind) -> list[tuple[str, int, Decimal | None]]:
        asked = Filter(operator_id=ledger.operator_id, kind=kind)
        return [(str(each.state), each.count, each.amount) for each in totals(asked)]

    assert found(DocumentKind.INVOICE) == [("synced", 2, Decimal("180.00"))]
    assert found(DocumentKind.PAYMENT) == [("new", 2, Decimal("35.00"))]
    assert found(DocumentKind.CONTACT) == [("synced", 1, None)]


def test_tenants_are_reported_without_money_or_date(ledger: Ledger) -> None:
    ledger.takes_in(tenant("T1"), tenant("T2"), tenant("T3"))

    found = rows(ledger, DocumentKind.CONTACT)

    assert [(row.tenant_number, row.amount, row.dated_on) for row in found] == [
        ("T3", None, None),
        ("T2", None, None),
        ("T1", None, None),
    ]


def test_one_operator_never_sees_anothers_records(ledger: Ledger) -> None:
    from tests.connected import new_operator
    from unitledger.engine.report import Filter, report

    ledger.takes_in(tenant(), invoice("INV-1"))

    asked = Filter(operator_id=new_operator("Elsewhere"), kind=DocumentKind.INVOICE)
    assert report(asked).rows == ()
