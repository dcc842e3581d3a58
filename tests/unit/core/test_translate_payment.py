"""Payments: which account, how much, what they are found by."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.unit.core import samples
from unitledger.core.billing import Allocation, Payment, RecordKind
from unitledger.core.chart import Chart
from unitledger.core.documents import WantedPayment
from unitledger.core.mapping import Mapping, MethodRule
from unitledger.core.problems import ProblemCode
from unitledger.core.translate import Translation, check_allocations, translate_payment

TOKEN = "k7f3q2m8xw"


def translated(
    payment: Payment,
    *,
    mapping: Mapping | None = None,
    chart: Chart | None = None,
    start_on: date | None = None,
) -> Translation[WantedPayment]:
    return translate_payment(
        payment,
        payment.allocations[0],
        mapping=mapping or samples.mapping(),
        chart=chart or samples.chart(),
        token=TOKEN,
        start_on=start_on,
    )


def codes(result: Translation[WantedPayment]) -> list[ProblemCode]:
    assert result.wanted is None
    return [problem.code for problem in result.problems]


def test_a_payment_goes_to_the_account_of_its_method_with_its_token_at_the_end() -> None:
    assert translated(samples.payment()).wanted == WantedPayment(
        account_id="id-9000",
        paid_on=date(2026, 3, 5),
        amount=Decimal("120.00"),
        reference=f"R20931 B114 · {TOKEN}",
    )


def test_a_payment_names_who_paid_so_that_a_bookkeeper_finds_it_on_a_statement() -> None:
    payment = samples.payment()
    told = translate_payment(
        payment,
        payment.allocations[0],
        mapping=samples.mapping(),
        chart=samples.chart(),
        token=TOKEN,
        start_on=None,
        payer="Ada  Marsh <Boats>" + " and Sons" * 20,
    ).wanted
    assert told is not None
    name = "Ada Marsh (Boats)" + " and Sons" * 20
    assert told.reference == f"R20931 B114 {name[:59]}… · {TOKEN}"


def test_a_method_nobody_mapped_goes_to_the_default_account() -> None:
    result = translated(samples.payment(method="barter"))
    assert result.wanted is not None
    assert result.wanted.account_id == "id-090"


def test_without_a_default_a_method_nobody_mapped_is_for_a_person() -> None:
    mapping = samples.mapping(methods=(MethodRule(account_id="id-9000", method="card"),))
    result = translated(samples.payment(method="barter"), mapping=mapping)
    assert codes(result) == [ProblemCode.NO_PAID_TO_ACCOUNT]


@pytest.mark.parametrize("account_id", ["id-200", "id-9050", "id-gone"])
def test_an_account_that_takes_no_payments_is_for_a_person(account_id: str) -> None:
    mapping = samples.mapping(methods=(MethodRule(account_id=account_id),))
    result = translated(samples.payment(), mapping=mapping)
    assert codes(result) == [ProblemCode.PAID_TO_ACCOUNT_UNFIT]


def test_an_account_with_payments_enabled_takes_payments() -> None:
    mapping = samples.mapping(methods=(MethodRule(account_id="id-640"),))
    assert translated(samples.payment(), mapping=mapping).wanted is not None


def test_all_problems_of_a_payment_are_told_at_once() -> None:
    facts = samples.facts(period_lock_on=date(2026, 3, 31))
    result = translated(
        samples.payment("-5.00", currency="EUR"),
        mapping=samples.mapping(methods=()),
        chart=samples.chart(facts=facts),
    )
    assert set(codes(result)) == {
        ProblemCode.CURRENCY_DIFFERS,
        ProblemCode.PERIOD_LOCKED,
        ProblemCode.PAYMENT_NOT_POSITIVE,
        ProblemCode.NO_PAID_TO_ACCOUNT,
    }
    assert result.total == Decimal("-5.00")


@pytest.mark.parametrize("amount", ["10.005", "10000000000.00"])
def test_an_amount_xero_cannot_hold_is_for_a_person(amount: str) -> None:
    assert codes(translated(samples.payment(amount))) == [ProblemCode.AMOUNT_UNFIT]


def test_a_payment_before_the_start_date_is_out_of_scope_and_nothing_else() -> None:
    result = translated(samples.payment(currency="EUR"), start_on=date(2026, 4, 1))
    assert codes(result) == [ProblemCode.BEFORE_START]
    assert result.total == Decimal("120.00")


def test_parts_must_come_to_the_payment() -> None:
    def problems(*amounts: str) -> list[str]:
        parts = tuple(
            Allocation(invoice=samples.key(RecordKind.INVOICE, f"I{each}"), amount=Decimal(each))
            for each in amounts
        )
        found = check_allocations(samples.payment("120.00", allocations=parts))
        return [problem.sentence for problem in found]

    assert problems("70.00", "50.00") == []
    assert problems("70.00") == ["50.00 of this payment settles no invoice."]
    assert problems() == ["120.00 of this payment settles no invoice."]
    assert problems("70.00", "60.00") == ["This payment settles 130.00, more than the 120.00 paid."]
