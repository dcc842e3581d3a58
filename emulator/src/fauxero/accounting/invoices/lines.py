"""A document's lines: what an element says, merged with what was there, made into amounts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting import fields, tax, tracking
from fauxero.accounting.accounts import CLASS_OF_TYPE
from fauxero.accounting.base import Findings, refuse_unmodelled
from fauxero.accounting.money import ZERO, cents, places
from fauxero.accounting.resource import Element
from fauxero.accounting.rows import Account, Contact, Item, ItemPrice, Line

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

DESCRIPTION_LENGTH_MAX = 4000
LINE_AMOUNT_MAX = Decimal("9999999999.99")

# Xero: documented (Integration best practices): a rounding line may go to the ROUNDING system
# account; integrations keep off the other system accounts.
_SYSTEM_ACCOUNTS_ALLOWED = frozenset({"ROUNDING"})

# What Xero works out by itself where sales tax depends on the address.
_US_SALES_TAX = frozenset({"SalesTaxCodeId", "TaxBreakdown", "Taxability"})

LINE_ID_NEEDED = "To update fields on a paid invoice line item, you must supply a LineItemID"


@dataclass(slots=True)
class LineSetting:
    """What the document says to its lines."""

    books: Books
    is_sale: bool
    is_draft: bool
    line_amount_types: str
    unit_decimals: int
    contact: Contact | None
    findings: Findings
    takes_discount: bool = True  # Xero: documented: only sales invoices and quotes do


def merge(
    setting: LineSetting, elements: list[Element], before: tuple[Line, ...]
) -> tuple[Line, ...]:
    """Lines after an update: with LineItemID changed, without added, missing ones deleted.

    Xero: documented (Invoices; Bank transactions).
    """
    known = {line.id: line for line in before}
    lines: list[Line] = []
    for element in elements:
        if not _US_SALES_TAX.isdisjoint(element):
            refuse_unmodelled(element, *_US_SALES_TAX)
        line_id = fields.guid(element, "LineItemID")
        old = known.pop(line_id, None) if line_id else None
        if line_id and old is None and before:
            # Unsure: Xero's own text for a line id of another document is not known.
            setting.findings.errors.append(f"The line item {line_id} is not on this document.")
        lines.append(_line(setting, element, old))
    return tuple(lines)


def recomputed(setting: LineSetting, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The same lines when the document's LineAmountTypes changed."""
    return tuple(_line(setting, {"UnitAmount": line.unit_amount}, line) for line in lines)


def _line(setting: LineSetting, element: Element, old: Line | None) -> Line:
    code = fields.text(element, "ItemCode")
    item = _item(setting, code)
    price = (item.sales if setting.is_sale else item.purchases) if item else _NO_PRICE
    account = _account(setting, element, old, price)
    tax_type = _tax_type(setting, element, old, price, account)
    given = _given(element)
    amounts = _amounts(setting, element, given, old, price, tax_type)
    line = Line(
        id=old.id if old else setting.books.ids.uuid(),
        description=_description(element, old, item),
        quantity=amounts.quantity,
        unit_amount=amounts.unit_amount,
        line_amount=amounts.line_amount,
        tax_type=tax_type,
        tax_amount=amounts.tax_amount,
        account_id=account.id if account else None,
        item_code=code or (old.item_code if old else None),
        discount_rate=_discount(given.discount_rate, old.discount_rate if old else None),
        discount_amount=_discount(given.discount_amount, old.discount_amount if old else None),
        discount=amounts.discount,
        tracking=_tracking(setting, element, old),
    )
    _check(setting, line)
    return line


def _description(element: Element, old: Line | None, item: Item | None) -> str | None:
    given = fields.text(element, "Description")
    if given is not None:
        return given
    if old is not None and old.description is not None:
        return old.description
    return (item.description or item.name) if item else None


def _item(setting: LineSetting, code: str | None) -> Item | None:
    if not code:
        return None
    item = setting.books.item_by_code(code)
    if item is None:
        # Unsure whether Xero refuses or warns; refusing is the safer reading.
        setting.findings.errors.append(f"Item code '{code}' is not valid.")
    return item


def _account(
    setting: LineSetting, element: Element, old: Line | None, price: ItemPrice
) -> Account | None:
    books = setting.books
    code = fields.text(element, "AccountCode")
    account_id = fields.guid(element, "AccountID")
    if code:
        account = books.account_by_code(code)
    elif account_id:
        account = books.accounts.get(account_id)
        code = account.code if account and account.code else account_id
    elif old is not None and old.account_id is not None:
        return books.accounts[old.account_id]
    elif price.account_code:
        account, code = books.account_by_code(price.account_code), price.account_code
    elif setting.contact is not None and setting.is_sale and setting.contact.sales_account_code:
        code = setting.contact.sales_account_code
        account = books.account_by_code(code)
    else:
        return None
    problem = account_problem(account, code)
    if problem:
        setting.findings.errors.append(problem)
        return None
    return account


def account_problem(account: Account | None, code: str) -> str | None:
    """Both texts are reported verbatim; which one a bank or system account gets is reported."""
    if account is not None and account.status != "ACTIVE":
        return (
            f"Account code '{code}' has been archived, or has been deleted. "
            "Each line item must reference a valid account."
        )
    if (
        account is None
        or account.type == "BANK"
        or (account.system_account and account.system_account not in _SYSTEM_ACCOUNTS_ALLOWED)
    ):
        return f"Account code '{code}' is not a valid code for this document."
    return None


def _tax_type(
    setting: LineSetting,
    element: Element,
    old: Line | None,
    price: ItemPrice,
    account: Account | None,
) -> str | None:
    if setting.line_amount_types == tax.NO_TAX:
        return "NONE"
    given = fields.text(element, "TaxType")
    if given:
        _check_tax_type(setting, given, account)
        return given
    if old is not None and old.tax_type is not None:
        found = old.tax_type
    elif price.tax_type:
        found = price.tax_type
    elif setting.contact is not None and setting.is_sale and setting.contact.receivable_tax_type:
        found = setting.contact.receivable_tax_type
    else:
        return account.tax_type if account else None
    _check_tax_type(setting, found, account)
    return found


def _check_tax_type(setting: LineSetting, tax_type: str, account: Account | None) -> None:
    """Both texts are reported verbatim, and that an unknown type draws both."""
    rate = setting.books.tax_rates.get(tax_type)
    errors = setting.findings.errors
    if rate is None or rate.status != "ACTIVE":
        errors.append(
            f"The TaxType code {tax_type} does not exist or cannot be used for this type of "
            "transaction."
        )
    if account is None:
        return
    if rate is None or CLASS_OF_TYPE[account.type] not in rate.applies_to:
        errors.append(
            f"The TaxType code '{tax_type}' cannot be used with account code '{account.code}'."
        )


_NO_PRICE = ItemPrice()
_NOTHING = tax.LineAmounts(ZERO, ZERO, ZERO, ZERO, ZERO)


def _given(element: Element) -> tax.LineRequest:
    number = fields.number
    return tax.LineRequest(
        number(element, "Quantity"),
        number(element, "UnitAmount"),
        number(element, "LineAmount"),
        number(element, "DiscountRate"),
        number(element, "DiscountAmount"),
        number(element, "TaxAmount"),
    )


_UNTOUCHED = tax.LineRequest(None, None, None, None, None, None)


def _amounts(
    setting: LineSetting,
    element: Element,
    given: tax.LineRequest,
    old: Line | None,
    price: ItemPrice,
    tax_type: str | None,
) -> tax.LineAmounts:
    untouched = given == _UNTOUCHED
    if old is not None and untouched and tax_type == old.tax_type:
        return tax.LineAmounts(
            old.quantity or ZERO,
            old.unit_amount or ZERO,
            old.line_amount,
            old.discount,
            old.tax_amount,
        )
    if old is None and untouched and price.unit_price is None and "ItemCode" not in element:
        return _NOTHING  # a line of text only
    if _is_discount_refused(setting, given):
        return _NOTHING
    rate = setting.books.tax_rates.get(tax_type) if tax_type else None
    try:
        return tax.line_amounts(
            _request(given, old, price),
            rate=rate.effective_rate if rate else ZERO,
            line_amount_types=setting.line_amount_types,
            unit_decimals=setting.unit_decimals,
        )
    except tax.LineRefused as refused:
        setting.findings.errors.append(str(refused))
        return _NOTHING


def _request(given: tax.LineRequest, old: Line | None, price: ItemPrice) -> tax.LineRequest:
    quantity, unit, amount = given.quantity, given.unit_amount, given.line_amount
    if old is None and unit is not None:
        return given
    if old is not None and amount is None:
        quantity = old.quantity if quantity is None else quantity
        unit = old.unit_amount if unit is None else unit
    if unit is None and amount is None:
        unit = price.unit_price
    return tax.LineRequest(
        quantity=quantity,
        unit_amount=unit,
        line_amount=amount,
        discount_rate=_kept(given.discount_rate, old.discount_rate if old else None),
        discount_amount=_kept(given.discount_amount, old.discount_amount if old else None),
        tax_amount=given.tax_amount,
    )


def _kept(given: Decimal | None, before: Decimal | None) -> Decimal | None:
    return before if given is None else given


def _is_discount_refused(setting: LineSetting, given: tax.LineRequest) -> bool:
    """Texts reported verbatim by users of two SDKs."""
    rate, amount = given.discount_rate, given.discount_amount
    if not rate and not amount:
        return False
    if not setting.takes_discount:
        # Rule documented; wording unsure.
        setting.findings.errors.append("Discounts may not be applied to this type of document.")
        return True
    if not setting.is_sale:
        setting.findings.errors.append("Discounts may not be applied to ACCPAY invoices.")
        return True
    unit, quantity = given.unit_amount, given.quantity
    gross = (quantity if quantity is not None else Decimal(1)) * unit if unit is not None else None
    too_much = (rate or ZERO) > 100 or (amount is not None and gross is not None and amount > gross)
    if too_much or (rate or ZERO) < 0 or (amount or ZERO) < 0:
        setting.findings.errors.append(
            f"The discount rate '{cents(rate or amount or ZERO)}' is invalid. "
            "Discount must not be greater than the line total."
        )
        return True
    return False


def _discount(given: Decimal | None, before: Decimal | None) -> Decimal | None:
    return before if given is None else places(given, 4) or None


def _tracking(
    setting: LineSetting, element: Element, old: Line | None
) -> tuple[tuple[str, str], ...]:
    given = fields.many(element, "Tracking")
    if given is None:
        return old.tracking if old else ()
    return tracking.resolve(setting.books, given, setting.findings)


def _check(setting: LineSetting, line: Line) -> None:
    errors = setting.findings.errors
    setting.findings.too_long("Description", line.description, DESCRIPTION_LENGTH_MAX)
    if abs(line.line_amount) > LINE_AMOUNT_MAX:
        errors.append("The line amount is too large.")  # limit documented, wording unsure
    if setting.is_draft:
        return
    if not line.description:
        errors.append("The description field is mandatory for each line item.")
    is_text_only = not line.line_amount and not line.unit_amount
    if line.account_id is None and not is_text_only and not errors:
        errors.append("Account must be valid.")
