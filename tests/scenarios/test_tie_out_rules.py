"""One rule of the tie-out at a time: what it finds, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.bookkeeping import Ledger, invoice, ledger_of, line, named, payment, tenant
from tests.conftest import Database
from unitledger.core.billing import ChargeType
from unitledger.core.documents import DocumentKind

BOXES = {"description": "Boxes", "quantity": 1, "unit_amount": "9.00", "account_code": "200"}


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger]:
    with ledger_of() as opened:
        yield opened


@pytest.fixture
def billed(ledger: Ledger) -> Ledger:
    """1 Mar  bills  T1  INV-1  120.00 at Ashford, synced and unpaid"""
    ledger.takes_in(tenant("T1"), invoice("INV-1", "120.00"))
    ledger.syncs()
    return ledger


def test_a_synced_record_that_xero_does_not_hold_is_missing(billed: Ledger) -> None:
    """As after a demo organisation was reset: our rows still say that all is well."""
    from unitledger.store.models import Document

    billed.takes_in(invoice("INV-2", "50.00"))
    Document.objects.filter(number="INV-2").update(
        organisation_id=billed.organisation_id,
        state="synced",
        xero_id="00000000-0000-4000-8000-000000000001",
        applied_version=1,
        planned_version=1,
        mapping_version=2,
    )

    result = billed.ties_out()

    assert named(result) == [("missing_in_books", "Invoice INV-2")]
    assert result.differences[0].money == Decimal("-50.00")


def test_a_record_without_any_row_of_ours_is_missing(billed: Ledger) -> None:
    from unitledger.store.models import Document

    billed.takes_in(invoice("INV-2", "50.00"))
    Document.objects.filter(number="INV-2").delete()

    assert named(billed.ties_out()) == [("missing_in_books", "Invoice INV-2")]


def test_a_copy_of_our_payment_is_a_duplicate(billed: Ledger) -> None:
    billed.takes_in(payment("R1", ("INV-1", "40.00")))
    billed.syncs()
    (ours,) = billed.look(lambda books: list(books.payments))
    billed.bookkeeper("pay_invoice", invoice_id="INV-1", amount="40.00", reference=ours.reference)

    result = billed.ties_out()

    assert named(result) == [("duplicate_in_books", "Payment R1 on invoice INV-1")]
    assert result.kinds[DocumentKind.PAYMENT].difference.amount == Decimal("40.00")
    assert result.unexplained(DocumentKind.PAYMENT) == 0


def test_a_bill_and_a_bought_item_are_nobodys_difference(billed: Ledger) -> None:
    billed.bookkeeper("raise_invoice", type="ACCPAY", contact_name="Supplier", lines=[BOXES])

    assert billed.ties_out().ties


def test_sales_from_before_the_start_are_nobodys_difference(billed: Ledger) -> None:
    billed.bookkeeper(
        "raise_invoice", contact_name="Old", date="2025-06-30", number="OLD-1", lines=[BOXES]
    )

    result = billed.ties_out()

    assert result.ties
    assert result.control.difference == 0


def test_a_draft_raised_by_hand_is_not_in_the_books_and_no_difference(billed: Ledger) -> None:
    billed.bookkeeper("raise_invoice", contact_name="X", status="DRAFT", lines=[BOXES])

    assert billed.ties_out().ties


def test_an_archived_contact_of_a_tenant_who_left_is_no_difference(billed: Ledger) -> None:
    contact = billed.business.xero_id_of("contact T1")
    billed.bookkeeper("archive_contact", contact_id=contact)

    assert billed.ties_out().ties


def test_a_contact_renamed_in_xero_is_named(billed: Ledger) -> None:
    contact = billed.business.xero_id_of("contact T1")
    billed.bookkeeper("edit_contact", contact_id=contact, Name="Somebody")

    assert named(billed.ties_out()) == [("contact_differs", "Contact T1")]


def test_a_contact_merged_in_xero_is_followed(billed: Ledger) -> None:
    kept = billed.bookkeeper("add_contact", name="Renter T1 again")["ContactID"]
    contact = billed.business.xero_id_of("contact T1")
    billed.bookkeeper("merge_contacts", from_id=contact, into_id=kept)

    assert billed.ties_out().ties


def test_tenants_of_one_name_are_told_apart(ledger: Ledger) -> None:
    ledger.takes_in(tenant("T1", "Jo Smith"), tenant("T2", "Jo Smith"))
    ledger.syncs()

    assert ledger.ties_out().ties


def test_a_record_dated_in_a_locked_period_says_so(billed: Ledger) -> None:
    billed.takes_in(invoice("INV-2", "50.00", on=date(2026, 2, 10)))
    billed.bookkeeper("set_lock_dates", period="2026-02-28")

    result = billed.ties_out()

    assert named(result) == [("dated_in_locked_period", "Invoice INV-2")]


def test_a_lock_set_after_the_sync_disturbs_nothing(billed: Ledger) -> None:
    billed.bookkeeper("set_lock_dates", period="2026-03-31")

    assert billed.ties_out().ties


def test_an_account_archived_after_the_sync_disturbs_nothing(billed: Ledger) -> None:
    (income,) = [each for each in billed.ties_out().accounts if each.is_income]
    billed.bookkeeper("archive_account", code=income.code)

    assert billed.ties_out().ties


def test_a_new_mapping_leaves_what_was_sent_under_the_old_one(billed: Ledger) -> None:
    from unitledger.store.models import MappingVersion

    newest = MappingVersion.objects.get(version=2)
    content = dict(newest.content)
    content["charges"] = [{**rule, "account_code": "200"} for rule in content["charges"]]
    MappingVersion.objects.create(
        operator_id=billed.operator_id,
        organisation_id=billed.organisation_id,
        version=3,
        content=content,
    )

    assert billed.ties_out().ties


def test_a_skipped_record_stays_in_the_sources_total(billed: Ledger) -> None:
    from unitledger.store.models import Document

    billed.takes_in(invoice("INV-2", "50.00"))
    Document.objects.filter(number="INV-2").update(
        organisation_id=billed.organisation_id, state="skipped"
    )

    result = billed.ties_out()

    assert result.ties
    invoices = result.kinds[DocumentKind.INVOICE]
    assert (invoices.source.amount, invoices.skipped.amount) == (Decimal(170), Decimal(50))
    assert invoices.wanted.amount == Decimal("120.00")


def test_every_line_of_a_mixed_invoice_reaches_its_own_account(ledger: Ledger) -> None:
    ledger.takes_in(
        tenant("T1"),
        invoice(
            "INV-1",
            lines=(
                line("120.00", ChargeType.RENT, "20"),
                line("10.00", ChargeType.INSURANCE, "0"),
                line("9.99", ChargeType.MERCHANDISE, "20"),
            ),
        ),
    )
    ledger.syncs()

    result = ledger.ties_out()

    assert result.ties
    income = {each.name: each.books for each in result.accounts if each.is_income}
    assert sorted(income.values()) == [Decimal("8.33"), Decimal("10.00"), Decimal("100.00")]


def test_a_second_contact_with_the_tenants_account_number_is_named(billed: Ledger) -> None:
    second = billed.bookkeeper("add_contact", name="Renter T1 (2)")["ContactID"]
    billed.bookkeeper("edit_contact", contact_id=second, AccountNumber="T1")

    assert named(billed.ties_out()) == [("contact_split", "Contact T1")]


def test_a_write_without_an_outcome_is_named_when_it_can_no_longer_get_one(
    billed: Ledger,
) -> None:
    from unitledger.store.models import Batch, Effect

    now = billed.tools.clock.now()
    Effect.objects.update(state="unknown", look_at=now)
    Batch.objects.update(claimed_at=now - timedelta(minutes=44))
    assert billed.ties_out().ties

    Batch.objects.update(claimed_at=now - timedelta(minutes=46))
    assert {rule for rule, _ in named(billed.ties_out())} == {"effect_stuck"}


def test_books_of_another_operator_are_never_compared(billed: Ledger) -> None:
    from tests.connected import new_operator
    from unitledger.core.arrivals import Arrived
    from unitledger.engine.intake import take_in

    other = new_operator("Elsewhere")
    take_in(
        other,
        [Arrived(records=(tenant("T9"),), raw={}, row_number=2)],
        now=billed.tools.clock.now(),
        zone="Europe/London",
    )

    assert billed.ties_out().kinds[DocumentKind.CONTACT].source.count == 1


def test_reading_stops_with_a_sentence_when_the_days_calls_are_used_up(billed: Ledger) -> None:
    from unitledger.engine.budget import DayUsedUp
    from unitledger.store.models import CallBudget

    now = billed.tools.clock.now()
    CallBudget.objects.update(day_remaining=0, day_said_at=now)

    with pytest.raises(DayUsedUp, match="limit for the day"):
        billed.ties_out()


def test_an_answer_that_did_not_come_is_asked_for_again(billed: Ledger) -> None:
    billed.business.fault("error_before_commit", status=502, method="GET", path="Invoices", count=1)

    assert billed.ties_out().ties


def test_a_list_that_lags_makes_no_finding_of_what_was_sent_a_moment_ago(ledger: Ledger) -> None:
    from unitledger.store.models import Finding

    ledger.business.fault("lag_lists", seconds=30)
    ledger.takes_in(tenant("T1"), invoice("INV-1", "120.00"))
    ledger.syncs()

    result = ledger.ties_out()

    assert ("missing_in_books", "Invoice INV-1") in named(result)
    assert all("a moment ago" in each.says for each in result.differences)
    assert not Finding.objects.filter(rule="missing_in_books").exists()


def test_money_of_another_currency_is_named_and_never_added(billed: Ledger) -> None:
    billed.takes_in(replace(invoice("INV-2", "50.00"), currency="EUR"))
    billed.syncs()

    result = billed.ties_out()

    assert named(result) == [("refused", "Invoice INV-2 (EUR 50.00)")]
    assert result.kinds[DocumentKind.INVOICE].wanted.amount == Decimal("120.00")
    assert result.kinds[DocumentKind.INVOICE].wanted.count == 2
