"""An invoice's lines as the books should hold them: account, tax, tracking, cents.

Each step adds what it finds wrong to a list of problems and goes on, so that the operator
sees everything at once.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from unitledger.core.arithmetic import (
    LINE_AMOUNT_MAX,
    ZERO,
    Totals,
    line_amount,
    line_tax,
    spread,
    totals,
    unit_amount,
)
from unitledger.core.billing import Invoice, InvoiceLine, Place
from unitledger.core.chart import Account, Chart, TaxRate
from unitledger.core.documents import WantedLine
from unitledger.core.mapping import (
    UNSTATED_PERCENT,
    ChargeRule,
    Mapping,
    RoundingRule,
    TrackingRule,
    category_of,
    option_of,
    percent_key,
    value_of,
)
from unitledger.core.money import CENT, is_whole_cents
from unitledger.core.problems import Problem, ProblemCode
from unitledger.core.wording import DESCRIPTION_MAX, charge_words, line_description, shortened

ONE = Decimal(1)
# How far a line's tax may be from Xero's own and still be sent in its place.
TAX_OVERRIDE_MAX = CENT


@dataclass(slots=True)
class Findings:
    """What translating one record has brought to light so far."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, code: ProblemCode, **facts: object) -> None:
        problem = Problem.of(code, **facts)
        if problem not in self.problems:
            self.problems.append(problem)

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


@dataclass(frozen=True, slots=True)
class _Priced:
    """One line so far, with the rate Xero will compute its tax by."""

    line: WantedLine
    percent: Decimal


def wanted_lines(
    invoice: Invoice, *, mapping: Mapping, chart: Chart, findings: Findings
) -> tuple[WantedLine, ...] | None:
    """The lines, agreeing with the source to the cent; None where problems forbid it."""
    problems_before = len(findings.problems)
    tracking = place_tracking(
        mapping.tracking, mapping=mapping, place=invoice.place, chart=chart, findings=findings
    )
    priced = [
        _priced(line, invoice, mapping=mapping, chart=chart, tracking=tracking, findings=findings)
        for line in invoice.lines
    ]
    known = [each for each in priced if each is not None]
    if len(findings.problems) > problems_before or len(known) < len(priced):
        return None
    return _to_the_cent(known, invoice, mapping=mapping, chart=chart, findings=findings)


def place_tracking(
    rules: Sequence[TrackingRule],
    *,
    mapping: Mapping,
    place: Place,
    chart: Chart,
    findings: Findings,
) -> MappingOf[str, str] | None:
    """Category → option for a place, in Xero's spelling; None where nothing is tracked."""
    chosen: dict[str, str] = {}
    for rule in rules:
        wanted = mapping.option(rule, place)
        if wanted is None:
            findings.note(f"No {rule.category}: the record names no {rule.dimension}.")
            continue
        category = category_of(rule, chart.tracking)
        option = option_of(rule, category, wanted) if category else None
        if category and option is None and _may_stand_in(rule, place):
            option = option_of(rule, category, rule.default_option or "")
            if option:
                findings.note(f"{rule.category} {option}: Xero has no option {wanted}.")
        if category and option:
            chosen[category.name] = option
        elif rule.is_required:
            findings.add(ProblemCode.OPTION_GONE, category=rule.category, option=wanted)
        else:
            findings.note(f"No {rule.category}: Xero has no option {wanted}.")
    return chosen or None


def _may_stand_in(rule: TrackingRule, place: Place) -> bool:
    """Whether the default option may be used: never for a value that a person mapped, whose
    option has gone from Xero."""
    value = value_of(rule.dimension, place)
    return rule.default_option is not None and value not in dict(rule.options)


def _priced(
    line: InvoiceLine,
    invoice: Invoice,
    *,
    mapping: Mapping,
    chart: Chart,
    tracking: MappingOf[str, str] | None,
    findings: Findings,
) -> _Priced | None:
    if not is_whole_cents(line.amount) or abs(line.amount) > LINE_AMOUNT_MAX:
        findings.add(ProblemCode.AMOUNT_UNFIT, amount=line.amount, charge=charge_words(line))
        return None
    rule = mapping.charge_rule(
        charge_type=line.charge_type,
        charge_code=line.charge_code,
        location=invoice.place.location,
        unit_type=invoice.place.unit_type,
    )
    if rule is None or rule.account_code is None:
        findings.add(
            ProblemCode.NO_ACCOUNT_FOR_CHARGE,
            charge=charge_words(line),
            location=invoice.place.location,
        )
        return None
    account = _account(rule, line, chart=chart, findings=findings)
    rate = _rate(rule, line, invoice, chart=chart, account=account, findings=findings)
    if account is None or rate is None:
        return None
    tax = _tax(line, rate, invoice.prices_include_tax, findings=findings)
    if tax is None:
        return None
    return _Priced(
        line=_wanted_line(
            line, invoice, rule=rule, rate=rate, tax=tax, tracking=tracking, findings=findings
        ),
        percent=rate.percent,
    )


def _account(
    rule: ChargeRule, line: InvoiceLine, *, chart: Chart, findings: Findings
) -> Account | None:
    code = rule.account_code or ""
    account = chart.account_by_code(code)
    facts = {"account": code, "charge": charge_words(line)}
    if account is None or not account.is_active:
        findings.add(ProblemCode.ACCOUNT_GONE, **facts)
        return None
    if not account.takes_lines:
        findings.add(ProblemCode.ACCOUNT_NOT_FOR_LINES, **facts)
        return None
    return account


def _rate(
    rule: ChargeRule,
    line: InvoiceLine,
    invoice: Invoice,
    *,
    chart: Chart,
    account: Account | None,
    findings: Findings,
) -> TaxRate | None:
    tax_type = _tax_type(rule, line, invoice, chart=chart)
    charge = charge_words(line)
    if tax_type is None:
        percent = UNSTATED_PERCENT if line.tax_percent is None else percent_key(line.tax_percent)
        findings.add(ProblemCode.NO_TAX_RATE, charge=charge, percent=percent)
        return None
    rate = chart.tax_rate(tax_type)
    if rate is None or not rate.is_active:
        findings.add(ProblemCode.TAX_RATE_GONE, tax_type=tax_type, charge=charge)
        return None
    if account is not None and not rate.fits(account):
        findings.add(ProblemCode.TAX_RATE_UNFIT, tax_type=tax_type, account=rule.account_code)
        return None
    if line.tax_percent is not None and line.tax_percent != rate.percent:
        findings.add(
            ProblemCode.TAX_PERCENT_DIFFERS,
            percent=percent_key(line.tax_percent),
            charge=charge,
            tax_type=tax_type,
            rate=percent_key(rate.percent),
        )
        return None
    if line.tax_percent is None and line.tax_amount is None:
        findings.note(f"The source states no tax on {charge}; booked with {rate.name}.")
    return rate


def _tax_type(rule: ChargeRule, line: InvoiceLine, invoice: Invoice, *, chart: Chart) -> str | None:
    """By the percentage; where only the tax is stated, by the one rate that comes to it."""
    if line.tax_percent is not None or line.tax_amount is None:
        return rule.tax_type(line.tax_percent)
    if line.tax_amount == 0:
        return rule.tax_type(ZERO)
    fitting = {
        tax_type
        for _, tax_type in rule.tax_types
        if (rate := chart.tax_rate(tax_type)) is not None
        and rate.percent
        and abs(_computed(line, rate, invoice.prices_include_tax) - line.tax_amount)
        <= TAX_OVERRIDE_MAX
    }
    return fitting.pop() if len(fitting) == 1 else None


def _computed(line: InvoiceLine, rate: TaxRate, prices_include_tax: bool) -> Decimal:
    return line_tax(line.amount, percent=rate.percent, prices_include_tax=prices_include_tax)


def _tax(
    line: InvoiceLine, rate: TaxRate, prices_include_tax: bool, *, findings: Findings
) -> Decimal | None:
    """The tax the books should show on the line: the source's, within the limit."""
    computed = _computed(line, rate, prices_include_tax)
    if line.tax_amount is None or line.tax_amount == computed:
        return computed
    # A cent of tax on a line that is not taxed would be a claim of its own, not a rounding.
    off_by = abs(line.tax_amount - computed)
    if rate.percent and off_by <= TAX_OVERRIDE_MAX and is_whole_cents(line.tax_amount):
        return line.tax_amount
    findings.add(
        ProblemCode.TAX_DIFFERS, tax=line.tax_amount, charge=charge_words(line), computed=computed
    )
    return None


def _wanted_line(
    line: InvoiceLine,
    invoice: Invoice,
    *,
    rule: ChargeRule,
    rate: TaxRate,
    tax: Decimal,
    tracking: MappingOf[str, str] | None,
    findings: Findings,
) -> WantedLine:
    description = line_description(line, place_unit=invoice.place.unit)
    if len(description) > DESCRIPTION_MAX:
        findings.note(f"The description of {charge_words(line)} is cut to {DESCRIPTION_MAX}.")
    quantity, price = _quantity_and_price(line)
    return WantedLine(
        description=shortened(description, DESCRIPTION_MAX),
        quantity=quantity,
        unit_amount=price,
        account_code=rule.account_code or "",
        tax_type=rate.tax_type,
        line_amount=line.amount,
        tax_amount=tax,
        overrides_tax=tax != _computed(line, rate, invoice.prices_include_tax),
        tracking=tracking,
        item_code=rule.item_code,
    )


def _quantity_and_price(line: InvoiceLine) -> tuple[Decimal, Decimal]:
    """A quantity and price that Xero multiplies to the line's amount.

    A discount is in the amount, not in the price, and a quantity may have more places than
    Xero keeps: then the price follows from the amount, and if that does not come out to the
    cent either, the line is one of its whole amount.
    """
    quantity = line.quantity
    if quantity > 0 and quantity == unit_amount(quantity):
        for price in (line.unit_price, line.amount / quantity):
            if line_amount(quantity=quantity, unit_price=price) == line.amount:
                return quantity, unit_amount(price)
    return ONE, unit_amount(line.amount)


def _to_the_cent(
    priced: Sequence[_Priced],
    invoice: Invoice,
    *,
    mapping: Mapping,
    chart: Chart,
    findings: Findings,
) -> tuple[WantedLine, ...] | None:
    """Make up for cents between the source's total and Xero's, within the limits."""
    lines = tuple(each.line for each in priced)
    computed = _totals(lines, invoice)
    off_by = invoice.total - computed.total
    if off_by == 0:
        return lines
    corrected = _overridden(priced, invoice, off_by)
    if corrected is not None:
        findings.note(f"Tax differs by {off_by} in all from Xero's rounding; ours is sent.")
        return corrected
    rule = mapping.rounding
    if rule is None or abs(off_by) > Decimal(rule.limit) or not is_whole_cents(off_by):
        findings.add(
            ProblemCode.TOTAL_DIFFERS, total=invoice.total, computed=f"{computed.total:.2f}"
        )
        return None
    if not _takes_rounding(rule, chart):
        findings.add(ProblemCode.ROUNDING_UNFIT, account=rule.account_code, tax_type=rule.tax_type)
        return None
    findings.note(f"A rounding line of {off_by} is added.")
    tracking = lines[0].tracking if lines else None
    return (*lines, _rounding_line(rule, off_by, tracking=tracking))


def _totals(lines: Sequence[WantedLine], invoice: Invoice) -> Totals:
    return totals(
        amount=sum((line.line_amount for line in lines), ZERO),
        tax=sum((line.tax_amount for line in lines), ZERO),
        prices_include_tax=invoice.prices_include_tax,
    )


def _overridden(
    priced: Sequence[_Priced], invoice: Invoice, off_by: Decimal
) -> tuple[WantedLine, ...] | None:
    """The lines with a cent of tax more or less on some, where that makes up the total.

    Only where prices are without tax, for only there does tax move the total; and only where
    the source states no tax by the line, for then it rounded some other way.
    """
    states_tax = any(line.tax_amount is not None for line in invoice.lines)
    if invoice.prices_include_tax or states_tax or not is_whole_cents(off_by):
        return None
    corrections = spread(
        [(each.line.line_amount, each.percent) for each in priced],
        cents_off=off_by,
        prices_include_tax=False,
    )
    if corrections is None:
        return None
    return tuple(
        replace(each.line, tax_amount=each.line.tax_amount + cent, overrides_tax=True)
        if cent
        else each.line
        for each, cent in zip(priced, corrections, strict=True)
    )


def _takes_rounding(rule: RoundingRule, chart: Chart) -> bool:
    account = chart.account_by_code(rule.account_code)
    rate = chart.tax_rate(rule.tax_type)
    if account is None or rate is None:
        return False
    is_usable = account.is_active and account.takes_lines and rate.is_active
    return is_usable and rate.percent == 0 and rate.fits(account)


def _rounding_line(
    rule: RoundingRule, amount: Decimal, *, tracking: MappingOf[str, str] | None
) -> WantedLine:
    return WantedLine(
        description="Rounding",
        quantity=ONE,
        unit_amount=unit_amount(amount),
        account_code=rule.account_code,
        tax_type=rule.tax_type,
        line_amount=amount,
        tax_amount=ZERO,
        tracking=tracking,
    )
