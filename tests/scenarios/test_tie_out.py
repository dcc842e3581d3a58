"""The tie-out names every difference between the source's ledger and Xero's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from tests.bookkeeping import (
    Ledger,
    invoice,
    ledger_of,
    named,
    payment,
    tenant,
)
from tests.conftest import Database
from unitledger.core.documents import DocumentKind

BOXES = {"description": "Boxes", "quantity": 1, "unit_amount": "9.00", "account_code": "200"}


@pytest.fixture
def ledger(database: Database) -> Iterator[Ledger]:
    with ledger_of() as opened:
        yield opened


@pytest.fixture
def synced(ledger: Ledger) -> Ledger:
    """
    1 Mar  bills    T1  INV-1  120.00 at Ashford
    1 Mar  bills    T2  INV-2   60.00 at Brookvale
    1 Mar  bills    T1  INV-3   36.00 at Ashford
    9 Mar  is paid  R1  120.00 on INV-1
    9 Mar  is paid  R2   20.00 on INV-2
    """
    ledger.takes_in(
        tenant("T1"),
        tenant("T2"),
        invoice("INV-1", "120.00"),
        invoice("INV-2", "60.00", of="T2", at="Brookvale"),
        invoice("INV-3", "36.00"),
        payment("R1", ("INV-1", "120.00")),
        payment("R2", ("INV-2", "20.00"), of="T2", at="Brookvale"),
    )
    ledger.syncs()
    return ledger


def test_a_synced_ledger_ties_out_to_the_cent(synced: Ledger) -> None:
    result = synced.ties_out()

    assert named(result) == []
    assert result.ties
    invoices = result.kinds[DocumentKind.INVOICE]
    assert (invoices.wanted.count, invoices.wanted.amount) == (3, Decimal("216.00"))
    assert (invoices.books.count, invoices.books.amount) == (3, Decimal("216.00"))
    assert result.received["Brookvale"].books.amount == Decimal("20.00")
    assert result.control.amounts_due == result.control.trial_balance == Decimal("76.00")
    assert all(line.difference == 0 for line in result.accounts)
    assert all(line.unexplained == 0 for line in result.accounts)


def test_an_amount_changed_in_xero_is_named(synced: Ledger) -> None:
    synced.bookkeeper("edit_invoice", invoice_id="INV-3", amount="42.00")

    result = synced.ties_out()

    assert named(result) == [("amount_differs", "Invoice INV-3")]
    (difference,) = result.differences
    assert difference.source_amount == Decimal("36.00")
    assert difference.books_amount == Decimal("42.00")
    assert not result.ties


def test_a_payment_deleted_in_xero_is_named(synced: Ledger) -> None:
    synced.bookkeeper("delete_payment", payment_id=synced.payment_id("20.00"))

    result = synced.ties_out()

    assert named(result) == [("paid_here_owed_there", "Payment R2 on invoice INV-2")]
    assert result.received["Brookvale"].difference.amount == Decimal("-20.00")


def test_an_invoice_raised_by_hand_in_xero_is_named(synced: Ledger) -> None:
    synced.bookkeeper(
        "raise_invoice",
        contact_name="Walk-in",
        number="HAND-7",
        lines=[BOXES],
    )

    result = synced.ties_out()

    assert named(result) == [("only_in_books", "Invoice HAND-7")]
    assert result.kinds[DocumentKind.INVOICE].others.count == 1


def test_a_payment_added_by_hand_in_xero_is_named(synced: Ledger) -> None:
    synced.bookkeeper("pay_invoice", invoice_id="INV-3", amount="6.00", reference="cheque")

    result = synced.ties_out()

    assert named(result) == [("only_in_books", "Payment cheque")]
    assert "on an invoice that is" in result.differences[0].says


def test_an_invoice_voided_in_xero_is_named(synced: Ledger) -> None:
    synced.bookkeeper("void_invoice", invoice_id="INV-3")

    result = synced.ties_out()

    assert named(result) == [("voided_in_books", "Invoice INV-3")]
    assert result.invoiced["Ashford"].difference.amount == Decimal("-36.00")


def test_an_invoice_moved_to_another_account_date_or_contact_is_named(synced: Ledger) -> None:
    moved = synced.bookkeeper("add_contact", name="Somebody else")["ContactID"]
    synced.bookkeeper("edit_invoice", invoice_id="INV-3", account_code="200", date="2026-04-02")
    synced.bookkeeper("edit_invoice", invoice_id="INV-3", Contact={"ContactID": moved})

    result = synced.ties_out()

    assert named(result) == [
        ("account_differs", "Invoice INV-3"),
        ("date_differs", "Invoice INV-3"),
        ("contact_differs", "Invoice INV-3"),
    ]
    assert result.kinds[DocumentKind.INVOICE].difference.amount == 0


def test_another_tax_rate_at_the_same_total_is_named(synced: Ledger) -> None:
    (found,) = synced.look(lambda books: books.invoices_numbered("INV-3"))
    synced.bookkeeper(
        "edit_invoice",
        invoice_id="INV-3",
        lines=[{"line_id": found.lines[0].id, "tax_type": "ZERORATEDOUTPUT"}],
    )

    result = synced.ties_out()

    assert named(result) == [("tax_differs", "Invoice INV-3")]
    assert result.differences[0].says == "The source says 6.00 of tax, Xero holds 0.00."


def test_another_location_in_tracking_is_named(synced: Ledger) -> None:
    (found,) = synced.look(lambda books: books.invoices_numbered("INV-3"))
    synced.bookkeeper(
        "edit_invoice",
        invoice_id="INV-3",
        lines=[
            {
                "line_id": found.lines[0].id,
                "tracking": [{"Name": "Location", "Option": "Brookvale"}],
            }
        ],
    )

    assert named(synced.ties_out()) == [("tracking_differs", "Invoice INV-3")]


def test_a_journal_on_an_income_account_shows_in_the_trial_balance(synced: Ledger) -> None:
    rent = synced.ties_out().accounts
    (income,) = [line for line in rent if line.is_income and line.is_served]
    synced.bookkeeper(
        "post_manual_adjustment", debit_code=income.code, credit_code="200", amount="10.00"
    )

    result = synced.ties_out()

    assert [each.rule for each in result.differences] == ["trial_balance_moved"]
    assert result.differences[0].money == Decimal("-10.00")


def test_what_is_not_sent_yet_is_named_with_its_money(synced: Ledger) -> None:
    synced.takes_in(invoice("INV-4", "48.00"), payment("R4", ("INV-4", "48.00")))

    result = synced.ties_out()

    assert named(result) == [
        ("waiting_here", "Invoice INV-4"),
        ("waiting_here", "Payment R4 on invoice INV-4"),
    ]
    assert result.kinds[DocumentKind.INVOICE].wanted.amount == Decimal("264.00")


def test_a_change_at_the_source_that_is_not_sent_yet_is_named_with_both_amounts(
    synced: Ledger,
) -> None:
    synced.takes_in(invoice("INV-3", "30.00"))

    (difference,) = synced.ties_out().differences

    assert (difference.rule, difference.document) == ("waiting_here", "Invoice INV-3")
    assert (difference.source_amount, difference.books_amount) == (Decimal(30), Decimal(36))


def test_a_void_at_the_source_that_xero_does_not_know_is_named(synced: Ledger) -> None:
    synced.takes_in(invoice("INV-3", "36.00", is_void=True))

    result = synced.ties_out()

    assert named(result) == [("still_in_books", "Invoice INV-3")]
    assert result.invoiced["Ashford"].difference.amount == Decimal("36.00")


def test_a_payment_that_settles_too_little_leaves_its_rest_named(synced: Ledger) -> None:
    synced.takes_in(payment("R5", ("INV-3", "30.00"), amount="50.00"))
    synced.syncs()

    result = synced.ties_out()

    assert named(result) == [("refused", "Payment R5, not allocated")]
    assert "20.00 of this payment settles no invoice." in result.differences[0].says
    assert result.kinds[DocumentKind.PAYMENT].wanted.amount == Decimal("190.00")


def test_what_is_dated_before_the_start_is_counted_apart(synced: Ledger) -> None:
    synced.takes_in(invoice("OLD-1", "80.00", on=date(2025, 12, 31)))
    synced.syncs()

    result = synced.ties_out()

    assert named(result) == []
    assert result.kinds[DocumentKind.INVOICE].out_of_scope.amount == Decimal("80.00")
    assert result.kinds[DocumentKind.INVOICE].source.amount == Decimal("296.00")


def test_a_hand_raised_invoice_with_our_number_is_named_on_both_sides(ledger: Ledger) -> None:
    ledger.bookkeeper("raise_invoice", contact_name="Walk-in", number="INV-1", lines=[BOXES])
    ledger.takes_in(tenant("T1"), invoice("INV-1", "120.00"))
    ledger.syncs()

    result = ledger.ties_out()

    assert named(result) == [("only_in_books", "Invoice INV-1"), ("refused", "Invoice INV-1")]
    assert "exists in Xero, not ours" in result.differences[1].says


def test_a_wrong_row_of_ours_hides_nothing(synced: Ledger) -> None:
    from unitledger.store.models import Document

    synced.bookkeeper("edit_invoice", invoice_id="INV-3", amount="42.00")
    (two,) = Document.objects.filter(number="INV-2")
    Document.objects.filter(number="INV-3").update(
        xero_id=None, amount="42.00", applied_content=None, applied_version=0, state="queued"
    )

    found = named(synced.ties_out())

    assert ("link_differs", "Invoice INV-3") in found
    assert two.xero_id is not None
    assert any(document == "Invoice INV-3" for rule, document in found if rule != "link_differs")


def test_a_tie_out_of_an_earlier_day_counts_only_what_there_was(synced: Ledger) -> None:
    result = synced.ties_out(on=date(2026, 3, 5))

    assert named(result) == []
    assert result.kinds[DocumentKind.PAYMENT].wanted.count == 0
    assert result.control.amounts_due == result.control.trial_balance == Decimal("216.00")


def test_differences_are_kept_as_findings_and_heal(synced: Ledger) -> None:
    from unitledger.store.models import Finding

    synced.bookkeeper("edit_invoice", invoice_id="INV-3", amount="42.00")
    synced.business.passes(300)
    synced.ties_out()
    synced.ties_out()
    opened = list(Finding.objects.values_list("rule", "state"))
    synced.bookkeeper("edit_invoice", invoice_id="INV-3", amount="36.00")
    synced.ties_out()

    assert opened == [("amount_differs", "open")]
    assert list(Finding.objects.values_list("rule", "state")) == [("amount_differs", "healed")]


def test_an_accepted_difference_no_longer_breaks_the_tie_until_it_changes(synced: Ledger) -> None:
    from unitledger.store.models import Finding

    synced.bookkeeper("edit_invoice", invoice_id="INV-3", amount="42.00")
    synced.business.passes(300)
    synced.ties_out()
    Finding.objects.update(state="accepted")

    assert synced.ties_out().ties
    synced.bookkeeper("edit_invoice", invoice_id="INV-3", amount="43.00")
    assert named(synced.ties_out()) == [("amount_differs", "Invoice INV-3")]
