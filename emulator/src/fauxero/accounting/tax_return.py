"""The figures of a tax return, as plain functions. Not an API of Xero's: it has none for these.

The boxes are those of the public forms: the United Kingdom's VAT return (1 to 9; pence in 1 to
5, whole pounds in 6 to 9) and Australia's activity statement (G1, G2, G3, G10, G11, 1A, 1B;
whole dollars). Which side of a return a rate belongs to follows from its ReportTaxType; `NONE`
and `BASEXCLUDED` stay outside (documented: Types, tax types). Postings made straight to the tax
account belong to no box.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING

from fauxero.accounting.figures import Sums, movement
from fauxero.accounting.money import ZERO

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

ACCRUAL, CASH = "ACCRUAL", "CASH"
EARLIEST_YEAR = 1900
OUTSIDE = frozenset({"NONE", "BASEXCLUDED", "NOTREPORTED"})
_SALES = frozenset(
    {"OUTPUT", "OUTPUT2", "RROUTPUT", "SROUTPUT", "ZERORATEDOUTPUT", "EXEMPTOUTPUT"}
    | {"EXEMPTEXPORT", "INPUTTAXED", "NONEOUTPUT", "SALESOUTPUT"}
    | {"CAPEXOUTPUT", "CAPITALSALESOUTPUT"}
)
_CAPITAL = frozenset({"CAPEXINPUT", "CAPITALEXINPUT", "CAPITALEXPENSESINPUT", "EXEMPTCAPITAL"})
_PURCHASES = _CAPITAL | frozenset(
    {"INPUT", "INPUT2", "RRINPUT", "SRINPUT", "ZERORATEDINPUT", "EXEMPTINPUT", "EXEMPTEXPENSES"}
    | {"NONEINPUT", "PURCHASESINPUT"}
)


class ReturnRefused(ValueError):
    """These figures cannot be derived; the text says why."""


@dataclass(frozen=True, slots=True)
class TaxReturn:
    country: str
    basis: str
    first: date
    last: date
    boxes: Mapping[str, Decimal]
    exact: Mapping[str, Decimal]  # the same before cutting to whole pounds or dollars
    outside: Mapping[str, Decimal] = field(default_factory=dict)  # net by tax type
    not_derived: tuple[str, ...] = ()


def tax_return(books: Books, first: date, last: date, *, basis: str | None = None) -> TaxReturn:
    """The return of a span of days, on the organisation's own basis unless another is named.

    Raises ReturnRefused.
    """
    country = books.organisation.country
    if country not in _FORMS:
        raise ReturnRefused(f"tax return figures are derived for GB and AU, not for {country}")
    if first > last or first.year < EARLIEST_YEAR:
        raise ReturnRefused("the first day is after the last, or before all returns")
    chosen = (basis or _own_basis(books)).upper()
    if chosen not in (ACCRUAL, CASH):
        raise ReturnRefused("the basis may be ACCRUAL or CASH")
    sums, outside = _by_report_type(books, first, last, cash=chosen == CASH)
    exact, shown, missing = _FORMS[country](sums)
    return TaxReturn(country, chosen, first, last, shown, exact, outside, missing)


def _own_basis(books: Books) -> str:
    """SalesTaxBasis: CASH, FLATRATECASH, ACCRUALS, … (documented: Types)."""
    return CASH if "CASH" in books.organisation.sales_tax_basis.upper() else ACCRUAL


def _by_report_type(
    books: Books, first: date, last: date, *, cash: bool
) -> tuple[dict[str, Sums], dict[str, Decimal]]:
    """(net and tax by report type, credits positive for sales; what stays outside, net)."""
    sums: dict[str, Sums] = defaultdict(Sums)
    outside: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for slot, moved in movement(books, first, last, cash=cash).items():
        if slot.tax_type is None or not (moved.net or moved.tax):
            continue
        rate = books.tax_rates.get(slot.tax_type)
        kind = rate.report_tax_type if rate else slot.tax_type
        if kind in OUTSIDE:
            outside[slot.tax_type] += moved.net
        elif kind in _SALES:
            sums[kind].net -= moved.net
            sums[kind].tax -= moved.tax
        elif kind in _PURCHASES:
            sums[kind].net += moved.net
            sums[kind].tax += moved.tax
        else:
            raise ReturnRefused(f"the rate {slot.tax_type} ({kind}) has no place in the return")
    return sums, dict(outside)


Form = tuple[dict[str, Decimal], dict[str, Decimal], tuple[str, ...]]


def _united_kingdom(sums: Mapping[str, Sums]) -> Form:
    sales, purchases = _side(sums, _SALES), _side(sums, _PURCHASES)
    exact = {
        "1": sales.tax,
        "2": ZERO,
        "3": sales.tax,
        "4": purchases.tax,
        "5": sales.tax - purchases.tax,
        "6": sales.net,
        "7": purchases.net,
        "8": ZERO,
        "9": ZERO,
    }
    shown = {box: _whole(value) if box in "6789" else value for box, value in exact.items()}
    return exact, shown, ("2", "8", "9")  # trade between Northern Ireland and the EU


def _australia(sums: Mapping[str, Sums]) -> Form:
    sales, purchases = _side(sums, _SALES), _side(sums, _PURCHASES)
    capital = _side(sums, _CAPITAL)
    exports, free = _side(sums, {"EXEMPTEXPORT"}), _side(sums, {"EXEMPTOUTPUT"})
    exact = {
        "G1": sales.net + sales.tax,
        "G2": exports.net,
        "G3": free.net,
        "G10": capital.net + capital.tax,
        "G11": purchases.net + purchases.tax - capital.net - capital.tax,
        "1A": sales.tax,
        "1B": purchases.tax,
    }
    return exact, {box: _whole(value) for box, value in exact.items()}, ()


_FORMS = {"GB": _united_kingdom, "AU": _australia}


def _side(sums: Mapping[str, Sums], kinds: frozenset[str] | set[str]) -> Sums:
    found = [part for kind, part in sums.items() if kind in kinds]
    net = sum((part.net for part in found), ZERO)
    return Sums(net, sum((part.tax for part in found), ZERO))


def _whole(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1), ROUND_DOWN)
