"""What Xero's pages bring is laid out once, however the pages move while they are read."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests.conftest import Database
from unitledger.core.documents import DocumentKind
from unitledger.core.exchange import Held
from unitledger.engine.reconcile.staged import Staged

HELD = Held(
    kind=DocumentKind.INVOICE,
    xero_id="0b3f7a52-0000-4000-8000-000000000001",
    status="AUTHORISED",
    updated_at=None,
    number="INV-1",
    total=Decimal("10.00"),
    is_receivable=True,
)


def test_an_object_that_two_pages_show_is_one_and_as_it_was_last_seen(database: Database) -> None:
    with Staged() as staged:
        staged.add([HELD])
        staged.add([replace(HELD, total=Decimal("12.00"))])
        staged.index()

        (found,) = staged.by_handle(DocumentKind.INVOICE, ["INV-1"])["inv-1"]

    assert found.total == Decimal("12.00")


def test_two_objects_of_one_number_are_two(database: Database) -> None:
    other = replace(HELD, xero_id="0b3f7a52-0000-4000-8000-000000000002")
    with Staged() as staged:
        staged.add([HELD, other])
        staged.index()

        assert len(staged.by_handle(DocumentKind.INVOICE, ["INV-1"])["inv-1"]) == 2
