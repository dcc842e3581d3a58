"""A person asks again for what did not go through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from tests.business import Business, business


@pytest.fixture
def operator(database: object) -> Iterator[Business]:
    with business() as made:
        yield made


def _asks_again(operator: Business, *names: str) -> None:
    from unitledger.engine.resync import resync
    from unitledger.store.models import Document

    ids: Sequence[int] = [
        each.pk for each in Document.objects.all() if f"{each.kind} {each.number}" in names
    ]
    resync(operator.operator_id, ids, now=operator.tools.clock.now())


def test_a_refused_invoice_goes_again_when_it_is_asked_for(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.fault("refuse_request", method="PUT", path="Invoices", error=14)
    operator.syncs()
    assert operator.states()["invoice 1001"] == "failed"

    _asks_again(operator, "invoice 1001")
    operator.syncs()

    assert operator.books() == ["1001 AUTHORISED 120.00 paid 0.00"]


def test_asking_for_a_payment_brings_its_invoice_with_it(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "120.00"))
    operator.fault("refuse_request", method="PUT", path="Invoices", error=14)
    operator.syncs()

    _asks_again(operator, "payment R1")
    operator.syncs()

    assert operator.books() == ["1001 PAID 120.00 paid 120.00"]


def test_asking_for_what_is_synced_writes_nothing(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "50.00"))
    operator.syncs()
    writes = operator.writes()

    _asks_again(operator, "invoice 1001", "payment R1", "contact T-ADA")
    operator.syncs()

    assert operator.writes() == writes
    assert set(operator.states().values()) == {"synced"}


def test_what_a_person_asks_for_goes_before_the_backlog(operator: Business) -> None:
    operator.rents("Ada Marsh")
    operator.syncs()
    for number in range(1001, 1121):
        operator.bills(str(number), "10.00")
    _asks_again(operator, "invoice 1120")

    operator.syncs()

    assert _sent_first(operator) == "1120"


def _sent_first(operator: Business) -> str:
    """The number of the invoice at the head of the first batch of invoices."""
    from unitledger.store.models import Batch, Effect

    batch = Batch.objects.filter(kind="create_invoice").order_by("id").first()
    assert batch is not None
    return Effect.objects.get(id=batch.effect_ids[0]).handle
