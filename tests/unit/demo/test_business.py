"""The fictional business: the same for the same seed, whole, and small enough for a minute."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from unitledger.core.billing import ChargeType
from unitledger.demo.business import simulate

TODAY = date(2026, 11, 22)
BATCH = 50
# Reading the chart, sweeping before and after, and the tie-out.
OTHER_CALLS = 20
CALLS_A_MINUTE = 59
SEEDS = (1, 2, 3, 41, 2026)


@pytest.fixture(scope="module", params=SEEDS)
def business(request: pytest.FixtureRequest):
    return simulate(seed=request.param, today=TODAY)


def test_the_same_seed_and_day_make_the_same_business() -> None:
    assert simulate(seed=5, today=TODAY) == simulate(seed=5, today=TODAY)
    assert simulate(seed=5, today=TODAY) != simulate(seed=6, today=TODAY)


def test_its_first_sync_fits_into_a_minute_of_xeros_calls(business) -> None:
    counts = (len(business.tenants), len(business.invoices), business.allocation_count)
    batches = sum(-(-count // BATCH) for count in counts)

    assert batches + OTHER_CALLS < CALLS_A_MINUTE


def test_no_invoice_is_paid_beyond_its_total(business) -> None:
    paid: Counter[object] = Counter()
    for payment in business.payments:
        assert payment.amount == sum(each.amount for each in payment.allocations)
        for each in payment.allocations:
            paid[each.invoice] += each.amount

    totals = {invoice.key: invoice.total for invoice in business.invoices}
    assert all(amount <= totals[key] for key, amount in paid.items())


def test_lines_sum_to_the_total_and_state_their_tax(business) -> None:
    for invoice in business.invoices:
        assert invoice.total == sum(line.amount for line in invoice.lines)
        for line in invoice.lines:
            assert line.tax_amount is not None
            assert line.tax_percent in (Decimal(0), Decimal(20))


def test_payments_come_behind_the_invoices_they_settle(business) -> None:
    issued = {invoice.key: invoice.issued_on for invoice in business.invoices}
    for payment in business.payments:
        assert all(issued[each.invoice] <= payment.paid_on <= TODAY for each in payment.allocations)


def test_every_case_a_storage_ledger_has_is_in_it(business) -> None:
    charges = {line.charge_type for invoice in business.invoices for line in invoice.lines}
    parts = Counter(each.invoice for payment in business.payments for each in payment.allocations)
    paid = {each.invoice for payment in business.payments for each in payment.allocations}

    assert charges == {
        ChargeType.RENT,
        ChargeType.INSURANCE,
        ChargeType.MERCHANDISE,
        ChargeType.FEE,
        ChargeType.LATE_FEE,
        ChargeType.DEPOSIT,
    }
    assert len({payment.method for payment in business.payments}) >= 4
    assert max(len(payment.allocations) for payment in business.payments) >= 2
    assert max(parts.values()) >= 2, "an invoice paid in parts"
    assert any(invoice.key not in paid for invoice in business.invoices), "a late payer"
    assert len({invoice.place.location for invoice in business.invoices}) == 3


def test_tenants_share_a_name_and_no_two_a_unit(business) -> None:
    names = Counter(tenant.name for tenant in business.tenants)
    units = {(invoice.tenant, invoice.place.unit) for invoice in business.invoices}

    assert max(names.values()) >= 2
    assert len(units) == len({unit for _, unit in units})
