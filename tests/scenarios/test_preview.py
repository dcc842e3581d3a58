"""What would be sent for one record, before it is."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.bookkeeping import Ledger, invoice, ledger_of, line, payment, tenant
from unitledger.core.billing import ChargeType
from unitledger.engine.preview import NotConnected, Preview, preview


@pytest.fixture
def ledger(database: object) -> Iterator[Ledger]:
    with ledger_of() as opened:
        yield opened


def _preview(ledger: Ledger, number: str) -> list[Preview]:
    from unitledger.store.models import Document

    record = Document.objects.filter(number=number).values_list("record_id", flat=True)[0]
    return list(preview(ledger.operator_id, record, tools=ledger.tools))


def test_an_invoice_shows_its_double_entry_in_the_organisations_own_names(ledger: Ledger) -> None:
    ledger.takes_in(
        tenant(), invoice(lines=[line("120.00"), line("10.00", ChargeType.INSURANCE, "0")])
    )

    (shown,) = _preview(ledger, "INV-1")

    assert [each.sentence for each in shown.acts] == ["An invoice is created"]
    assert shown.balances
    assert shown.entries[0].debit == Decimal("130.00")
    assert "Receivable" in shown.entries[0].account
    rent = shown.entries[1]
    assert (rent.credit, rent.tax_rate) == (Decimal("100.00"), "20% (VAT on Income)")
    assert rent.account == "2000 Storage Rent"
    assert rent.tracking == {"Location": "Ashford"}
    assert shown.entries[-1].credit == Decimal("20.00")


def test_it_writes_nothing_and_what_is_sent_afterwards_is_what_was_shown(ledger: Ledger) -> None:
    from unitledger.store.models import Effect

    ledger.takes_in(tenant(), invoice())
    (shown,) = _preview(ledger, "INV-1")
    assert ledger.business.writes() == 0
    assert not Effect.objects.exists()

    ledger.syncs()

    assert Effect.objects.get(kind="create_invoice").payload == shown.acts[0].payload


def test_a_payment_is_money_in_its_account_and_owed_less(ledger: Ledger) -> None:
    ledger.takes_in(tenant(), invoice(), payment("R1", ("INV-1", "50.00")))

    (shown,) = _preview(ledger, "R1")

    assert shown.balances
    debit, credit = shown.entries
    assert (debit.debit, credit.credit) == (Decimal("50.00"), Decimal("50.00"))
    assert "Receivable" in credit.account


def test_every_problem_is_named_with_what_to_do(ledger: Ledger) -> None:
    from unitledger.store.models import MappingVersion

    MappingVersion.objects.create(
        operator_id=ledger.operator_id,
        organisation_id=ledger.organisation_id,
        version=3,
        content={"contact_prefix": "UL-", "charges": [], "methods": []},
    )
    ledger.takes_in(tenant(), invoice())

    (shown,) = _preview(ledger, "INV-1")

    assert [str(each.code) for each in shown.problems] == ["no_account_for_charge"]
    assert (shown.acts, shown.wanted) == ([], None)


def test_what_is_in_the_books_shows_what_was_written(ledger: Ledger) -> None:
    ledger.takes_in(tenant(), invoice())
    ledger.syncs()

    (shown,) = _preview(ledger, "INV-1")

    assert shown.is_in_books
    assert shown.acts == []
    assert shown.entries[0].debit == Decimal("120.00")


def test_a_void_shows_that_the_invoice_is_voided(ledger: Ledger) -> None:
    ledger.takes_in(tenant(), invoice())
    ledger.syncs()
    ledger.takes_in(invoice(is_void=True))

    (shown,) = _preview(ledger, "INV-1")

    assert [each.sentence for each in shown.acts] == ["The invoice is voided"]


def test_what_xero_refused_still_says_so(ledger: Ledger) -> None:
    ledger.takes_in(tenant(), invoice())
    ledger.business.fault("refuse_request", method="PUT", path="Invoices", error=14)
    ledger.syncs()

    (shown,) = _preview(ledger, "INV-1")

    assert [str(each.code) for each in shown.problems] == ["refused_by_books"]


def test_without_a_connection_it_says_what_to_do(ledger: Ledger) -> None:
    from unitledger.store.models import Connection

    ledger.takes_in(tenant(), invoice())
    Connection.objects.update(state="disconnected")

    with pytest.raises(NotConnected, match="connect to Xero"):
        _preview(ledger, "INV-1")
