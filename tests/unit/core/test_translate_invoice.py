"""Invoices: accounts, rates, tracking, words, and the total to the cent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.unit.core import samples
from unitledger.core.billing import ChargeType, Invoice, Place
from unitledger.core.chart import Chart
from unitledger.core.documents import WantedInvoice, WantedLine
from unitledger.core.mapping import ChargeRule, Dimension, Mapping, RoundingRule, TrackingRule
from unitledger.core.problems import ProblemCode
from unitledger.core.translate import Translation, translate_invoice

ROUNDING = RoundingRule(account_code="4020", tax_type="NONE")


def translated(
    invoice: Invoice,
    *,
    mapping: Mapping | None = None,
    chart: Chart | None = None,
    url: str | None = "https://books.example/r/1",
    start_on: date | None = None,
) -> Translation[WantedInvoice]:
    return translate_invoice(
        invoice,
        mapping=mapping or samples.mapping(),
        chart=chart or samples.chart(),
        url=url,
        start_on=start_on,
    )


def wanted(invoice: Invoice, *, mapping: Mapping | None = None) -> WantedInvoice:
    result = translated(invoice, mapping=mapping)
    assert result.wanted is not None, [each.sentence for each in result.problems]
    return result.wanted


def codes(result: Translation[WantedInvoice]) -> list[ProblemCode]:
    assert result.wanted is None
    return [problem.code for problem in result.problems]


def rules(*charges: ChargeRule) -> Mapping:
    return samples.mapping(charges=charges)


class TestWhatIsSent:
    def test_an_invoice_is_sent_as_the_source_says_it(self) -> None:
        assert wanted(samples.invoice()) == WantedInvoice(
            number="INV-1001",
            contact="T7-6f83",
            issued_on=date(2026, 3, 1),
            due_on=date(2026, 3, 8),
            currency="GBP",
            prices_include_tax=True,
            lines=(
                WantedLine(
                    description="Rent unit B114, 1–31 Mar 2026",
                    quantity=Decimal(1),
                    unit_amount=Decimal("120.0000"),
                    account_code="2000",
                    tax_type="OUTPUT2",
                    line_amount=Decimal("120.00"),
                    tax_amount=Decimal("20.00"),
                    tracking={"Location": "Ashford"},
                ),
            ),
            total=Decimal("120.00"),
            reference="B114 · 1–31 Mar 2026",
            url="https://books.example/r/1",
        )

    def test_postings_by_account_are_without_tax(self) -> None:
        deposit = samples.line("50.00", charge_type=ChargeType.DEPOSIT, tax_percent=Decimal(0))
        result = translated(samples.invoice(samples.line(), deposit, total="170.00"))
        shown = [(each.account_code, each.net, each.tax) for each in result.postings_by_account]
        assert shown == [
            ("2000", Decimal("100.00"), Decimal("20.00")),
            ("8000", Decimal("50.00"), Decimal("0.00")),
        ]

    def test_a_prefix_goes_before_the_number_only_where_the_mapping_has_one(self) -> None:
        mapping = samples.mapping(invoice_prefix="F-")
        assert wanted(samples.invoice(), mapping=mapping).number == "F-INV-1001"

    def test_the_mapping_chooses_draft_or_authorised(self) -> None:
        mapping = samples.mapping(invoice_status="DRAFT")
        assert wanted(samples.invoice(), mapping=mapping).status == "DRAFT"

    def test_several_units_and_the_source_s_reference_are_named(self) -> None:
        lines = (samples.line("60.00"), samples.line("60.00", unit="B115"))
        sent = wanted(samples.invoice(*lines, reference="PO 7"))
        assert sent.reference == "B114, B115 · 1–31 Mar 2026 · PO 7"

    def test_a_description_that_names_unit_and_period_is_left_as_it_is(self) -> None:
        words = "Storage unit B114, 1–31 Mar 2026"
        sent = wanted(samples.invoice(samples.line(description=words)))
        assert sent.lines[0].description == words

    def test_a_unit_inside_a_longer_word_is_not_that_unit(self) -> None:
        line = samples.line(description="Rent 2014", unit="20", period_start_on=None)
        assert wanted(samples.invoice(line)).lines[0].description == "Rent 2014 unit 20"

    def test_an_empty_description_says_what_the_charge_is(self) -> None:
        line = samples.line(
            charge_type=ChargeType.LATE_FEE, description=" ", unit=None, period_end_on=None
        )
        assert wanted(samples.invoice(line)).lines[0].description == "Late fee"

    def test_a_description_too_long_is_cut_and_the_cut_is_stated(self) -> None:
        result = translated(samples.invoice(samples.line(description="x" * 5000)))
        assert result.wanted is not None
        assert len(result.wanted.lines[0].description) == 4000
        assert result.notes == ("The description of rent is cut to 4000.",)

    def test_a_link_with_xero_s_name_in_it_is_a_mistake_of_set_up(self) -> None:
        with pytest.raises(ValueError, match="refuses links"):
            translated(samples.invoice(), url="https://xero.example/r/1")


class TestQuantities:
    def test_quantity_and_price_stand_where_they_make_the_amount(self) -> None:
        line = samples.line("7.50", quantity=Decimal(3), unit_price=Decimal("2.50"))
        sent = wanted(samples.invoice(line, total="7.50")).lines[0]
        assert (sent.quantity, sent.unit_amount) == (Decimal(3), Decimal("2.5000"))

    def test_a_discount_in_the_amount_lowers_the_price(self) -> None:
        line = samples.line("9.00", quantity=Decimal(2), unit_price=Decimal("5.00"))
        sent = wanted(samples.invoice(line, total="9.00")).lines[0]
        assert (sent.quantity, sent.unit_amount) == (Decimal(2), Decimal("4.5000"))

    def test_a_quantity_that_xero_cannot_hold_becomes_one_of_the_whole(self) -> None:
        line = samples.line("10.00", quantity=Decimal("0.33333"), unit_price=Decimal(30))
        sent = wanted(samples.invoice(line, total="10.00")).lines[0]
        assert (sent.quantity, sent.unit_amount) == (Decimal(1), Decimal("10.0000"))

    def test_a_price_that_does_not_come_out_becomes_one_of_the_whole(self) -> None:
        line = samples.line("100000.01", quantity=Decimal(70000), unit_price=Decimal(0))
        sent = wanted(samples.invoice(line, total="100000.01")).lines[0]
        assert (sent.quantity, sent.unit_amount) == (Decimal(1), Decimal("100000.0100"))


class TestAccountsAndRates:
    @pytest.mark.parametrize(
        ("code", "problem"),
        [
            ("2999", ProblemCode.ACCOUNT_GONE),
            ("4711", ProblemCode.ACCOUNT_GONE),
            ("090", ProblemCode.ACCOUNT_NOT_FOR_LINES),
            ("610", ProblemCode.ACCOUNT_NOT_FOR_LINES),
        ],
    )
    def test_an_account_that_cannot_be_posted_to(self, code: str, problem: ProblemCode) -> None:
        rule = ChargeRule(account_code=code, tax_types=samples.UK_TAXES)
        assert codes(translated(samples.invoice(), mapping=rules(rule))) == [problem]

    @pytest.mark.parametrize(
        ("tax_types", "problem"),
        [
            ((), ProblemCode.NO_TAX_RATE),
            ((("20", "OLDOUTPUT"),), ProblemCode.TAX_RATE_GONE),
            ((("20", "NOSUCH"),), ProblemCode.TAX_RATE_GONE),
            ((("20", "INPUT2"),), ProblemCode.TAX_RATE_UNFIT),
            ((("20", "RROUTPUT"),), ProblemCode.TAX_PERCENT_DIFFERS),
        ],
    )
    def test_a_rate_that_cannot_be_used(
        self, tax_types: tuple[tuple[str, str], ...], problem: ProblemCode
    ) -> None:
        rule = ChargeRule(account_code="2000", tax_types=tax_types)
        assert codes(translated(samples.invoice(), mapping=rules(rule))) == [problem]

    def test_a_charge_without_a_rule_is_for_a_person(self) -> None:
        result = translated(samples.invoice(), mapping=rules())
        assert result.problems[0].sentence == "No account is chosen for rent at Ashford."

    def test_a_tax_that_is_not_stated_goes_by_the_choice_made_for_that(self) -> None:
        line = samples.line(tax_percent=None)
        assert codes(translated(samples.invoice(line))) == [ProblemCode.NO_TAX_RATE]
        rule = ChargeRule(account_code="2000", tax_types=(("unstated", "NONE"),))
        result = translated(samples.invoice(line), mapping=rules(rule))
        assert result.wanted is not None
        assert result.wanted.lines[0].tax_type == "NONE"
        assert result.notes == ("The source states no tax on rent; booked with NONE 0%.",)

    @pytest.mark.parametrize(("tax", "tax_type"), [("20.00", "OUTPUT2"), ("0.00", "NONE")])
    def test_a_rate_is_found_by_the_tax_where_only_that_is_stated(
        self, tax: str, tax_type: str
    ) -> None:
        line = samples.line(tax_percent=None, tax_amount=Decimal(tax))
        assert wanted(samples.invoice(line)).lines[0].tax_type == tax_type

    def test_a_tax_that_fits_no_rate_finds_none(self) -> None:
        line = samples.line(tax_percent=None, tax_amount=Decimal("7.77"))
        assert codes(translated(samples.invoice(line))) == [ProblemCode.NO_TAX_RATE]


class TestTracking:
    def test_a_location_without_an_option_is_for_a_person(self) -> None:
        result = translated(samples.invoice(place=Place(location="Nowhere")))
        assert result.problems[0].sentence == "Location has no active option Nowhere in Xero."

    def test_a_location_without_an_option_goes_untracked_where_that_was_chosen(self) -> None:
        rule = TrackingRule(category="Location", dimension=Dimension.LOCATION, is_required=False)
        result = translated(
            samples.invoice(place=Place(location="Nowhere")),
            mapping=samples.mapping(tracking=(rule,)),
        )
        assert result.wanted is not None
        assert result.wanted.lines[0].tracking is None
        assert result.notes == ("No Location: Xero has no option Nowhere.",)

    def test_an_option_is_sent_in_xero_s_spelling(self) -> None:
        sent = wanted(samples.invoice(place=Place(location="ASHFORD", unit="B114")))
        assert sent.lines[0].tracking == {"Location": "Ashford"}

    def test_a_place_without_a_value_goes_untracked_and_says_so(self) -> None:
        rule = TrackingRule(category="Location", dimension=Dimension.UNIT_TYPE)
        result = translated(samples.invoice(), mapping=samples.mapping(tracking=(rule,)))
        assert result.wanted is not None
        assert result.notes == ("No Location: the record names no unit_type.",)


class TestToTheCent:
    def test_a_cent_of_tax_otherwise_rounded_is_sent_as_the_source_has_it(self) -> None:
        line = samples.line("25.06", tax_amount=Decimal("5.02"))
        sent = wanted(samples.invoice(line, total="30.08", prices_include_tax=False)).lines[0]
        assert (sent.tax_amount, sent.overrides_tax) == (Decimal("5.02"), True)

    def test_the_same_tax_is_not_overridden(self) -> None:
        line = samples.line("25.06", tax_amount=Decimal("5.01"))
        sent = wanted(samples.invoice(line, total="30.07", prices_include_tax=False)).lines[0]
        assert sent.overrides_tax is False

    def test_two_cents_of_tax_on_a_line_stop_the_document(self) -> None:
        line = samples.line("25.06", tax_amount=Decimal("5.03"))
        result = translated(samples.invoice(line, total="30.09", prices_include_tax=False))
        assert codes(result) == [ProblemCode.TAX_DIFFERS]

    def test_a_cent_of_tax_on_an_untaxed_line_stops_the_document(self) -> None:
        line = samples.line("25.06", tax_percent=Decimal(0), tax_amount=Decimal("0.01"))
        result = translated(samples.invoice(line, total="25.07", prices_include_tax=False))
        assert codes(result) == [ProblemCode.TAX_DIFFERS]

    def test_tax_on_the_total_is_spread_over_the_lines(self) -> None:
        """Tax first 5.01 + 5.12 + 5.13 = 15.26, as 20 % of 76.30; the source took 15.27."""
        lines = [samples.line(amount) for amount in ("25.06", "25.61", "25.63")]
        invoice = samples.invoice(*lines, total="91.57", prices_include_tax=False)
        result = translated(invoice)
        assert result.wanted is not None
        sent = result.wanted.lines
        assert sum(line.line_amount + line.tax_amount for line in sent) == Decimal("91.57")
        assert [line.overrides_tax for line in sent].count(True) == 1
        assert result.notes == ("Tax differs by 0.01 in all from Xero's rounding; ours is sent.",)

    def test_a_total_that_contradicts_the_stated_taxes_is_not_spread(self) -> None:
        line = samples.line("25.06", tax_amount=Decimal("5.01"))
        result = translated(samples.invoice(line, total="30.08", prices_include_tax=False))
        assert codes(result) == [ProblemCode.TOTAL_DIFFERS]

    def test_a_total_with_tax_in_the_prices_can_only_be_made_up_by_a_rounding_line(self) -> None:
        invoice = samples.invoice(total="120.02")
        assert codes(translated(invoice)) == [ProblemCode.TOTAL_DIFFERS]
        sent = wanted(invoice, mapping=samples.mapping(rounding=ROUNDING))
        assert len(sent.lines) == 2
        rounding = sent.lines[1]
        assert (rounding.account_code, rounding.line_amount) == ("4020", Decimal("0.02"))
        assert rounding.tracking == {"Location": "Ashford"}

    def test_more_than_the_limit_is_never_rounded_away(self) -> None:
        mapping = samples.mapping(rounding=ROUNDING)
        result = translated(samples.invoice(total="120.06"), mapping=mapping)
        assert result.problems[0].sentence == "The source says 120.06; Xero would compute 120.00."

    @pytest.mark.parametrize(("code", "tax_type"), [("860", "NONE"), ("4020", "OUTPUT2")])
    def test_rounding_needs_an_ordinary_account_and_no_tax(self, code: str, tax_type: str) -> None:
        mapping = samples.mapping(rounding=RoundingRule(account_code=code, tax_type=tax_type))
        result = translated(samples.invoice(total="120.01"), mapping=mapping)
        assert codes(result) == [ProblemCode.ROUNDING_UNFIT]

    @pytest.mark.parametrize("amount", ["10.005", "10000000000.00"])
    def test_an_amount_xero_cannot_hold_stops_the_document(self, amount: str) -> None:
        result = translated(samples.invoice(samples.line(amount), total=amount))
        assert ProblemCode.AMOUNT_UNFIT in codes(result)


class TestTheDocument:
    @pytest.mark.parametrize("total", ["0.00", "-12.00"])
    def test_an_invoice_that_asks_for_nothing_is_no_invoice(self, total: str) -> None:
        result = translated(samples.invoice(samples.line(total), total=total))
        assert codes(result) == [ProblemCode.TOTAL_NOT_POSITIVE]

    def test_a_negative_line_is_fine_while_the_total_is_positive(self) -> None:
        discount = samples.line("-20.00", charge_type=ChargeType.DISCOUNT)
        sent = wanted(samples.invoice(samples.line(), discount, total="100.00"))
        assert sent.lines[1].tax_amount == Decimal("-3.33")

    @pytest.mark.parametrize("number", ["", " 7", "7 ", "Rechnung-Ä", "7\n8", "9" * 256])
    def test_a_number_that_xero_would_change_is_for_a_person(self, number: str) -> None:
        assert codes(translated(samples.invoice(number=number))) == [ProblemCode.NUMBER_UNFIT]

    def test_a_locked_day_is_refused_and_the_day_after_is_not(self) -> None:
        locked = samples.chart(facts=samples.facts(year_end_lock_on=date(2026, 3, 1)))
        result = translated(samples.invoice(), chart=locked)
        assert result.problems[0].sentence == (
            "1 Mar 2026 is in a locked period (locked to 1 Mar 2026)."
        )
        assert translated(samples.invoice(issued_on=date(2026, 3, 2)), chart=locked).wanted

    def test_before_the_start_date_nothing_else_is_asked(self) -> None:
        result = translated(samples.invoice(currency="EUR"), start_on=date(2026, 3, 2))
        assert codes(result) == [ProblemCode.BEFORE_START]
        assert translated(samples.invoice(), start_on=date(2026, 3, 1)).wanted is not None

    def test_all_problems_are_told_at_once_and_each_once(self) -> None:
        broken = samples.line(charge_type=ChargeType.MERCHANDISE)
        result = translated(
            samples.invoice(broken, broken, currency="EUR", number="", total="-1.00"),
            mapping=samples.mapping(
                charges=(ChargeRule(account_code="2999"),),
                tracking=(TrackingRule(category="Colour", dimension=Dimension.LOCATION),),
            ),
        )
        assert codes(result) == [
            ProblemCode.CURRENCY_DIFFERS,
            ProblemCode.NUMBER_UNFIT,
            ProblemCode.TOTAL_NOT_POSITIVE,
            ProblemCode.OPTION_GONE,
            ProblemCode.ACCOUNT_GONE,
            ProblemCode.NO_TAX_RATE,
        ]
        assert result.total == Decimal("-1.00")
