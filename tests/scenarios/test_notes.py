"""What was done to make a record fit Xero is told, though the record is synced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.business import Business, business
from unitledger.core.documents import DocumentKind


@pytest.fixture
def operator(database: object) -> Iterator[Business]:
    with business() as made:
        yield made


def _notes(operator: Business, kind: DocumentKind) -> list[str]:
    from unitledger.engine.report import Filter, report

    page = report(Filter(operator_id=operator.operator_id, kind=kind))
    return [note for row in page.rows for note in row.notes]


def test_a_name_that_is_written_otherwise_says_so(operator: Business) -> None:
    operator.rents("Ada <Marsh>")

    operator.syncs()

    assert operator.states() == {"contact T-ADA": "synced"}
    (note,) = _notes(operator, DocumentKind.CONTACT)
    assert "Ada (Marsh)" in note


def test_a_charge_without_tax_at_its_source_says_how_it_was_booked(operator: Business) -> None:
    invoice = operator.bills("1001", "120.00")
    operator.takes_in(replace(invoice, lines=[replace(invoice.lines[0], tax_percent=None)]))

    operator.syncs()

    assert operator.states()["invoice 1001"] == "synced"
    (note,) = _notes(operator, DocumentKind.INVOICE)
    assert "states no tax" in note


def test_a_note_goes_when_a_correction_makes_it_untrue(operator: Business) -> None:
    invoice = operator.bills("1001", "120.00")
    operator.takes_in(replace(invoice, lines=[replace(invoice.lines[0], tax_percent=None)]))
    operator.syncs()

    operator.takes_in(invoice)
    operator.syncs()

    assert operator.states()["invoice 1001"] == "synced"
    assert _notes(operator, DocumentKind.INVOICE) == []


def test_a_record_that_went_as_it_is_has_no_note(operator: Business) -> None:
    operator.bills("1001", "120.00")

    operator.syncs()

    assert _notes(operator, DocumentKind.INVOICE) == []


def test_what_xero_warns_of_beside_its_yes_is_kept(operator: Business) -> None:
    from unitledger.engine import noting
    from unitledger.store.models import Document

    operator.bills("1001", "120.00")
    operator.syncs()
    invoice = Document.objects.get(kind="invoice")

    noting.keep_warnings({invoice.pk: ("The due date is far away.",)})

    assert _notes(operator, DocumentKind.INVOICE) == ["Xero warns: The due date is far away."]
