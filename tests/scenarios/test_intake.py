"""Records coming in: one real event is one record, and every change is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.conftest import Database
from unitledger.core.arrivals import Arrived, Outcome, RowResult
from unitledger.core.billing import (
    Allocation,
    ChargeType,
    Invoice,
    InvoiceLine,
    Payment,
    Place,
    Record,
    RecordKey,
    RecordKind,
    Tenant,
)
from unitledger.core.refusals import Rule

NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
NORTH = Place(location="North", building="A", unit="A12")


def key(kind: RecordKind, value: str, identifier_type: str = "number") -> RecordKey:
    return RecordKey("desk", kind, identifier_type, value)


def tenant(number: str = "T1", name: str = "Imogen Starling") -> Tenant:
    return Tenant(key=key(RecordKind.TENANT, number), name=name, number=number)


def invoice(number: str = "INV-1", amount: str = "120.00", of: str = "T1") -> Invoice:
    line = InvoiceLine(
        charge_type=ChargeType.RENT,
        description="Rent",
        quantity=Decimal(1),
        unit_price=Decimal(amount),
        amount=Decimal(amount),
    )
    return Invoice(
        key=key(RecordKind.INVOICE, number),
        number=number,
        tenant=key(RecordKind.TENANT, of),
        place=NORTH,
        issued_on=date(2026, 3, 1),
        due_on=date(2026, 3, 15),
        currency="GBP",
        prices_include_tax=True,
        lines=(line,),
        total=Decimal(amount),
    )


def payment(number: str = "R1", *parts: tuple[str, str], of: str = "T1") -> Payment:
    return Payment(
        key=key(RecordKind.PAYMENT, number),
        number=number,
        tenant=key(RecordKind.TENANT, of),
        place=NORTH,
        paid_on=date(2026, 3, 9),
        method="card",
        currency="GBP",
        amount=sum((Decimal(part) for _, part in parts), Decimal(0)),
        allocations=tuple(
            Allocation(key(RecordKind.INVOICE, settled), Decimal(part)) for settled, part in parts
        ),
    )


@pytest.fixture
def operator_id(database: Database) -> int:
    from unitledger.store.models import Operator

    return Operator.objects.create(name="Tumblewick Storage", handle_key="tw").pk


def take(operator_id: int, *rows: tuple[Record, ...], one_file: bool = False) -> list[RowResult]:
    from unitledger.engine.intake import take_in
    from unitledger.engine.intake.seen import Seen

    arrivals = [
        Arrived(records=records, raw={"row": str(number)}, row_number=number)
        for number, records in enumerate(rows, start=2)
    ]
    if not one_file:
        return take_in(operator_id, arrivals, now=NOW, zone="Europe/London")
    with Seen() as seen:
        return [
            result
            for arrived in arrivals
            for result in take_in(operator_id, [arrived], now=NOW, zone="Europe/London", seen=seen)
        ]


def outcomes(results: list[RowResult]) -> list[list[str]]:
    return [[str(each.outcome) for each in result.records] for result in results]


def rules(result: RowResult) -> list[Rule]:
    return [refusal.rule for refusal in result.refusals]


def documents() -> list[tuple[str, str, int, bool, str | None]]:
    from unitledger.store.models import Document

    rows = Document.objects.order_by("id")
    return [
        (each.kind, each.state, each.wanted_version, each.is_wanted, str(each.amount or ""))
        for each in rows
    ]


def test_a_tenant_an_invoice_and_its_payment_arrive_together(operator_id: int) -> None:
    from unitledger.store import models

    results = take(operator_id, (tenant(), invoice(), payment("R1", ("INV-1", "120.00"))))

    assert outcomes(results) == [["created", "created", "created"]]
    assert documents() == [
        ("contact", "new", 1, True, ""),
        ("invoice", "new", 1, True, "120.00"),
        ("payment", "new", 1, True, "120.00"),
    ]
    held = models.Document.objects.get(kind="payment")
    billed = models.Invoice.objects.get()
    assert held.part == str(billed.record_id)
    assert (held.number, held.unit_number, held.currency) == ("R1", "A12", "GBP")
    assert models.Location.objects.get().zone == "Europe/London"
    assert (models.Building.objects.get().name, models.Unit.objects.get().number) == ("A", "A12")
    assert models.Allocation.objects.get().invoice_record_id == billed.record_id
    assert models.InvoiceLine.objects.get().amount == Decimal("120.00")


def test_the_same_row_again_changes_nothing(operator_id: int) -> None:
    from unitledger.store import models

    row = (tenant(), invoice(), payment("R1", ("INV-1", "120.00")))
    take(operator_id, row)
    results = take(operator_id, row)

    assert outcomes(results) == [["unchanged"] * 3]
    assert models.RecordVersion.objects.count() == 3
    assert models.Arrival.objects.count() == 2


def test_a_change_names_every_field_and_asks_for_the_new_version(operator_id: int) -> None:
    from unitledger.store import models

    take(operator_id, (tenant(), invoice()))
    models.Document.objects.filter(kind="invoice").update(
        state="synced", applied_version=1, planned_version=1, xero_id="x"
    )
    (result,) = take(operator_id, (replace(invoice(amount="100.00"), due_on=date(2026, 3, 31)),))

    assert [str(change) for change in result.records[0].changes] == [
        "due_on: 2026-03-15 → 2026-03-31",
        "lines[1].unit_price: 120 → 100",
        "lines[1].amount: 120.00 → 100.00",
        "total: 120.00 → 100.00",
    ]
    assert documents()[1] == ("invoice", "changed", 2, True, "100.00")
    assert models.Invoice.objects.get().total == Decimal("100.00")
    assert models.InvoiceLine.objects.get().amount == Decimal("100.00")
    versions = models.RecordVersion.objects.filter(record__kind="invoice")
    assert [version.version for version in versions.order_by("version")] == [1, 2]


def test_a_payment_over_two_invoices_asks_for_two_documents(operator_id: int) -> None:
    take(operator_id, (tenant(), invoice("INV-1"), invoice("INV-2")))
    take(operator_id, (payment("R1", ("INV-1", "120.00"), ("INV-2", "30.00")),))

    assert [row[4] for row in documents() if row[0] == "payment"] == ["120.00", "30.00"]


def test_an_allocation_that_disappears_is_no_longer_wanted(operator_id: int) -> None:
    take(operator_id, (tenant(), invoice("INV-1"), invoice("INV-2")))
    take(operator_id, (payment("R1", ("INV-1", "120.00"), ("INV-2", "30.00")),))
    take(operator_id, (payment("R1", ("INV-1", "120.00")),))

    assert [row[2:] for row in documents() if row[0] == "payment"] == [
        (2, True, "120.00"),
        (2, False, "30.00"),
    ]


def test_a_void_at_the_source_withdraws_the_document_and_can_be_taken_back(
    operator_id: int,
) -> None:
    take(operator_id, (tenant(), invoice()))
    take(operator_id, (replace(invoice(), is_void=True),))
    assert documents()[1][2:4] == (2, False)

    take(operator_id, (invoice(),))
    assert documents()[1][2:4] == (3, True)


def test_what_a_person_skipped_stays_skipped_when_the_record_changes(operator_id: int) -> None:
    from unitledger.store import models

    take(operator_id, (tenant(), invoice()))
    models.Document.objects.filter(kind="invoice").update(state="skipped")
    take(operator_id, (invoice(amount="90.00"),))

    assert documents()[1] == ("invoice", "skipped", 2, True, "90.00")


def test_a_payment_for_an_unknown_invoice_stays_out_and_its_neighbours_go_in(
    operator_id: int,
) -> None:
    results = take(
        operator_id,
        (tenant(), invoice("INV-1")),
        (tenant(), payment("R1", ("INV-9", "5.00"))),
        (payment("R2", ("INV-1", "5.00")),),
    )

    assert [result.is_refused for result in results] == [False, True, False]
    assert rules(results[1]) == [Rule.INVOICE_UNKNOWN]
    assert "INV-9" in results[1].refusals[0].message


def test_nothing_of_a_refused_row_goes_in_nor_can_be_leant_on(operator_id: int) -> None:
    from unitledger.store import models

    results = take(
        operator_id,
        (tenant("T1"), replace(invoice("INV-1"), total=Decimal("1.00"))),
        (payment("R1", ("INV-1", "5.00")),),
    )

    assert rules(results[0]) == [Rule.TOTAL_DIFFERS_FROM_LINES]
    assert rules(results[1]) == [Rule.TENANT_UNKNOWN]
    assert models.SourceRecord.objects.count() == 0
    assert [bool(each.refusals) for each in models.Arrival.objects.all()] == [True, True]


def test_a_key_twice_in_one_file_with_other_content_is_refused_field_by_field(
    operator_id: int,
) -> None:
    results = take(
        operator_id,
        (tenant(), invoice("INV-1", "120.00")),
        (tenant(), invoice("INV-1", "120.00")),
        (tenant(), invoice("INV-1", "90.00")),
        one_file=True,
    )

    assert outcomes(results)[1] == ["unchanged", "unchanged"]
    assert rules(results[2]) == [Rule.SAME_KEY_TWICE]
    assert "total: 120.00 → 90.00" in results[2].refusals[0].message


def test_a_repeated_key_is_refused_each_time_the_file_comes(operator_id: int) -> None:
    rows = ((tenant(), invoice("INV-1", "120.00")), (tenant(), invoice("INV-1", "90.00")))
    first = take(operator_id, *rows, one_file=True)
    second = take(operator_id, *rows, one_file=True)

    assert [result.is_refused for result in first] == [False, True]
    assert [result.is_refused for result in second] == [False, True]


def test_messages_about_one_record_are_its_successive_versions(operator_id: int) -> None:
    results = take(operator_id, (tenant(), invoice()), (invoice(amount="90.00"),))

    assert outcomes(results) == [["created", "created"], ["changed"]]
    assert documents()[1] == ("invoice", "new", 2, True, "90.00")


def test_a_record_is_found_by_its_other_names_and_keeps_its_first(operator_id: int) -> None:
    from unitledger.store import models

    guid = key(RecordKind.INVOICE, "7f", "guid")
    take(operator_id, (tenant(), replace(invoice(), other_keys=(guid,))))
    results = take(operator_id, (replace(invoice(), key=guid),))

    assert outcomes(results) == [["unchanged"]]
    changed = take(operator_id, (replace(invoice(amount="80.00"), key=guid),))
    assert outcomes(changed) == [["changed"]]
    newest = models.RecordVersion.objects.get(record__kind="invoice", version=2)
    assert newest.content["key"]["value"] == "INV-1"


def test_a_further_name_is_learnt_without_a_new_version(operator_id: int) -> None:
    from unitledger.store import models

    guid = key(RecordKind.INVOICE, "7f", "guid")
    take(operator_id, (tenant(), invoice()))
    results = take(operator_id, (replace(invoice(), other_keys=(guid,)),))

    assert outcomes(results) == [["unchanged"]]
    assert models.RecordIdentifier.objects.filter(kind="invoice").count() == 2


def test_names_of_two_different_records_are_refused(operator_id: int) -> None:
    take(operator_id, (tenant(), invoice("INV-1"), invoice("INV-2")))
    other = key(RecordKind.INVOICE, "INV-2")
    (result,) = take(operator_id, (replace(invoice("INV-1"), other_keys=(other,)),))

    assert rules(result) == [Rule.KEYS_OF_TWO_RECORDS]


def test_after_a_change_of_software_an_alias_leads_to_the_same_record(operator_id: int) -> None:
    from unitledger.store import models

    take(operator_id, (tenant(), invoice()))
    record_id = models.Tenant.objects.get().record_id
    models.SourceAlias.objects.create(
        operator_id=operator_id,
        old_source="oldsoft",
        kind="tenant",
        old_identifier_type="id",
        old_value="77",
        record_id=record_id,
    )
    old = RecordKey("oldsoft", RecordKind.TENANT, "id", "77")
    results = take(operator_id, (replace(invoice(), tenant=old),))

    assert outcomes(results) == [["unchanged"]]


def test_two_operators_have_records_of_the_same_key(operator_id: int) -> None:
    from unitledger.store.models import Operator

    other = Operator.objects.create(name="Other", handle_key="ot").pk
    take(operator_id, (tenant(), invoice()))

    assert outcomes(take(other, (tenant(name="Somebody Else"), invoice()))) == [
        ["created", "created"]
    ]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (replace(tenant(), name="=HYPERLINK(1)"), Rule.FORMULA),
        (replace(tenant(), name="+44"), Rule.FORMULA),
        (replace(tenant(), name="@sum"), Rule.FORMULA),
        (replace(tenant(), name="  "), Rule.TEXT_EMPTY),
        (replace(tenant(), name="x" * 256), Rule.TEXT_TOO_LONG),
        (replace(tenant(), name="a\x00b"), Rule.CONTROL_CHARACTER),
        (replace(tenant(), name="a\tb"), Rule.CONTROL_CHARACTER),
        (replace(invoice(), currency="GPB"), Rule.CURRENCY_UNKNOWN),
        (replace(invoice(), total=Decimal("119.98")), Rule.TOTAL_DIFFERS_FROM_LINES),
        (replace(invoice(), total=Decimal("120.001")), Rule.TOO_MANY_PLACES),
        (invoice(amount="-5.00"), Rule.AMOUNT_NEGATIVE),
        (invoice(amount="1000000.01"), Rule.AMOUNT_ABSURD),
        (replace(invoice(), lines=()), Rule.NO_LINES),
        (replace(invoice(), issued_on=date(1899, 12, 30)), Rule.DATE_ABSURD),
        (replace(invoice(), total=Decimal("NaN")), Rule.NOT_A_NUMBER),
        (payment("R1", ("INV-0", "0.00")), Rule.AMOUNT_NOT_POSITIVE),
        (payment("R1", ("INV-0", "-1.00")), Rule.AMOUNT_NEGATIVE),
        (
            replace(payment("R1", ("INV-0", "5.00")), amount=Decimal("4.00")),
            Rule.ALLOCATED_TOO_MUCH,
        ),
        (payment("R1", ("INV-0", "1.00"), ("INV-0", "2.00")), Rule.ALLOCATED_TWICE),
    ],
)
def test_a_record_that_cannot_be_right_is_refused_with_its_rule(
    operator_id: int, row: Record, rule: Rule
) -> None:
    take(operator_id, (tenant(), invoice("INV-0")))
    (result,) = take(operator_id, (row,))

    assert rule in rules(result)
    assert all(refusal.remedy and refusal.message for refusal in result.refusals)
    assert {each.outcome for each in result.records} == {Outcome.REFUSED}


def test_a_discount_line_may_take_away(operator_id: int) -> None:
    rent = invoice().lines[0]
    discount = replace(
        rent,
        charge_type=ChargeType.DISCOUNT,
        unit_price=Decimal("-20.00"),
        amount=Decimal("-20.00"),
    )
    discounted = replace(invoice(), lines=(rent, discount), total=Decimal("100.00"))

    assert outcomes(take(operator_id, (tenant(), discounted))) == [["created", "created"]]


def test_tax_on_top_counts_towards_the_total(operator_id: int) -> None:
    line = replace(invoice(amount="100.00").lines[0], tax_percent=Decimal(20))
    taxed = replace(invoice(), prices_include_tax=False, lines=(line,), total=Decimal("120.00"))
    wrong = replace(taxed, total=Decimal("100.00"))

    assert rules(take(operator_id, (tenant(), wrong))[0]) == [Rule.TOTAL_DIFFERS_FROM_LINES]
    assert outcomes(take(operator_id, (tenant(), taxed))) == [["created", "created"]]
