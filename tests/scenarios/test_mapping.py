"""A bookkeeper changes the mapping: what is not sent follows, what is sent stays."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.bookkeeping import Ledger, invoice, ledger_of, tenant
from unitledger.core.billing import ChargeType
from unitledger.core.mapping import Mapping
from unitledger.core.mapping_edit import with_charge
from unitledger.engine.auditing import SYSTEM
from unitledger.engine.mapping import saving, touching
from unitledger.engine.mapping.survey import Survey, current_connection, survey

pytestmark = pytest.mark.usefixtures("database")
RENT = (ChargeType.RENT, None, None, None)


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with ledger_of() as made:
        yield made


def _connection_id(ledger: Ledger) -> int:
    connection = current_connection(ledger.operator_id)
    assert connection is not None
    return connection.pk


def _survey(ledger: Ledger) -> Survey:
    connection = current_connection(ledger.operator_id)
    assert connection is not None
    return survey(connection)


def _save(ledger: Ledger, change: saving.Change) -> saving.Saved:
    return saving.save_change(
        ledger.organisation_id, change, by=SYSTEM, user_id=None, now=ledger.tools.clock.now()
    )


def _rent_to(code: str) -> saving.Change:
    return lambda mapping: with_charge(mapping, RENT, account_code=code)


def _accounts(ledger: Ledger) -> dict[str, str]:
    """Account code of the first line of each invoice in the books."""

    def look(books):
        return {
            each.number: books.accounts[each.lines[0].account_id].code for each in books.invoices
        }

    return ledger.look(look)


def _mapping(ledger: Ledger) -> Mapping:
    mapping, _ = saving.newest(ledger.organisation_id)
    assert mapping is not None
    return mapping


def test_a_new_mapping_goes_for_what_is_not_sent_and_leaves_what_is(ledger: Ledger) -> None:
    ledger.takes_in(tenant(), invoice("INV-1", "120.00"))
    ledger.syncs()
    ledger.takes_in(invoice("INV-2", "60.00"))
    before = _mapping(ledger)

    touch = touching.touched(
        ledger.operator_id, ledger.organisation_id, before, _rent_to("260")(before)
    )
    saved = _save(ledger, _rent_to("260"))
    ledger.syncs()

    assert (touch.invoices, touch.invoice_money, touch.sent) == (1, Decimal("60.00"), 1)
    assert (saved.version, saved.is_new) == (3, True)
    codes = _accounts(ledger)
    assert codes["INV-2"] == "260"
    assert codes["INV-1"] != "260"


def test_saving_what_is_so_already_makes_no_version(ledger: Ledger) -> None:
    first = _save(ledger, _rent_to("260"))
    again = _save(ledger, _rent_to("260"))
    assert (first.is_new, again.is_new) == (True, False)
    assert again.version == first.version
