"""Xero's arithmetic: what the books will compute, known before anything is sent.

Xero: documented ("Rounding in Xero") and seen on the wire. Tax is worked out line by line,
rounded to cents with halves away from zero, then summed; never from the total. An amount that
includes tax is divided first, and the rounded net taken off it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from unitledger.core.documents import WantedLine
from unitledger.core.money import CENT, UNIT, cents

HUNDRED = Decimal(100)
ZERO = Decimal("0.00")
# Xero: documented, Invoices page. No line may be worth more.
LINE_AMOUNT_MAX = Decimal("9999999999.99")


@dataclass(frozen=True, slots=True)
class Totals:
    """A document's totals: `subtotal` without tax, and `total` = `subtotal` + `tax`."""

    subtotal: Decimal
    tax: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class ExpectedPosting:
    """What one account should show of a document: without tax, and the tax beside it."""

    account_code: str
    net: Decimal
    tax: Decimal


def unit_amount(amount: Decimal) -> Decimal:
    """A unit price as Xero keeps it when asked for four places (`unitdp=4`)."""
    return amount.quantize(UNIT, rounding=ROUND_HALF_UP)


def line_amount(*, quantity: Decimal, unit_price: Decimal) -> Decimal:
    """The unit price is rounded before it is multiplied, the product after."""
    return cents(quantity * unit_amount(unit_price))


def line_tax(amount: Decimal, *, percent: Decimal, prices_include_tax: bool) -> Decimal:
    """The tax in, or on top of, one line's amount."""
    if not percent:
        return ZERO
    rate = percent / HUNDRED
    if prices_include_tax:
        return amount - cents(amount / (1 + rate))
    return cents(amount * rate)


def spread(
    lines: Sequence[tuple[Decimal, Decimal]], *, cents_off: Decimal, prices_include_tax: bool
) -> tuple[Decimal, ...] | None:
    """Corrections of a cent each, on the lines whose rounding they undo best.

    `lines` are (amount, percent). The corrections sum to `cents_off`; None where that needs
    more than one cent on a line. Untaxed lines are never corrected.
    """
    step = CENT if cents_off > 0 else -CENT
    need = int(abs(cents_off) / CENT)
    taxed = [index for index, (_, percent) in enumerate(lines) if percent]
    if need > len(taxed):
        return None

    def gain(index: int) -> Decimal:
        amount, percent = lines[index]
        return _rounded_off(amount, percent, prices_include_tax) * step

    chosen = set(sorted(taxed, key=gain, reverse=True)[:need])
    return tuple(step if index in chosen else ZERO for index in range(len(lines)))


def expected_totals(
    lines: Sequence[WantedLine], rates: Mapping[str, Decimal], *, prices_include_tax: bool
) -> Totals:
    """The totals Xero will show. `rates` gives each tax type's percentage.

    A line that overrides its tax counts with the tax it carries.
    """
    amount = sum((line.line_amount for line in lines), ZERO)
    tax = ZERO
    for line in lines:
        tax += (
            line.tax_amount
            if line.overrides_tax
            else line_tax(
                line.line_amount,
                percent=rates[line.tax_type],
                prices_include_tax=prices_include_tax,
            )
        )
    return totals(amount=amount, tax=tax, prices_include_tax=prices_include_tax)


def totals(*, amount: Decimal, tax: Decimal, prices_include_tax: bool) -> Totals:
    """Totals of lines that sum to `amount` as priced and carry `tax`."""
    if prices_include_tax:
        return Totals(subtotal=amount - tax, tax=tax, total=amount)
    return Totals(subtotal=amount, tax=tax, total=amount + tax)


def postings(
    lines: Sequence[WantedLine], *, prices_include_tax: bool
) -> tuple[ExpectedPosting, ...]:
    """What each account should show of these lines, by account code."""
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for line in lines:
        net, tax = sums.get(line.account_code, (ZERO, ZERO))
        own = line.line_amount - line.tax_amount if prices_include_tax else line.line_amount
        sums[line.account_code] = (net + own, tax + line.tax_amount)
    return tuple(
        ExpectedPosting(account_code=code, net=net, tax=tax)
        for code, (net, tax) in sorted(sums.items())
    )


def _rounded_off(amount: Decimal, percent: Decimal, prices_include_tax: bool) -> Decimal:
    """The exact tax less the rounded one."""
    rate = percent / HUNDRED
    exact = amount - amount / (1 + rate) if prices_include_tax else amount * rate
    return exact - line_tax(amount, percent=percent, prices_include_tax=prices_include_tax)
