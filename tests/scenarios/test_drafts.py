"""An operator who has invoices approved in Xero: payments wait for that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.bookkeeping import invoice, payment, tenant
from tests.business import Business, business
from tests.conftest import Database
from unitledger.core import mapping as mappings


@pytest.fixture
def operator(database: Database) -> Iterator[Business]:
    with business() as made:
        yield made


def _writes_drafts(operator: Business) -> None:
    from unitledger.store.models import MappingVersion

    newest = MappingVersion.objects.get(organisation_id=operator.organisation_id)
    mapping = replace(mappings.from_content(newest.content), invoice_status="DRAFT")
    MappingVersion.objects.create(
        operator_id=operator.operator_id,
        organisation_id=operator.organisation_id,
        version=2,
        content=mappings.to_content(mapping),
    )


def test_a_payment_waits_until_the_draft_it_pays_was_approved_in_xero(operator: Business) -> None:
    _writes_drafts(operator)
    operator.takes_in(tenant(), invoice("INV-1"), payment("R1", ("INV-1", "50.00")))

    operator.syncs()

    assert operator.books() == ["INV-1 DRAFT 120.00 paid 0.00"]
    assert operator.reasons("invoice INV-1") == ["draft_in_books"]
    assert operator.states()["payment R1"] == "waiting"
    assert operator.reasons("payment R1") == ["invoice_waits"]

    operator.bookkeeper("approve_invoice", invoice_id=operator.xero_id_of("invoice INV-1"))
    operator.passes(15 * 60)
    operator.syncs()

    assert operator.books() == ["INV-1 AUTHORISED 120.00 paid 50.00"]
    assert set(operator.states().values()) == {"synced"}
