"""How a document's line looks (shape as recorded on the wire)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fauxero.accounting import tracking
from fauxero.accounting.base import without_nulls
from fauxero.accounting.money import places
from fauxero.accounting.resource import Element
from fauxero.accounting.rows import Item, Line

if TYPE_CHECKING:
    from fauxero.accounting.books import Books


def line_element(books: Books, line: Line, unit_decimals: int) -> Element:
    account = books.accounts[line.account_id] if line.account_id else None
    item = books.item_by_code(line.item_code) if line.item_code else None
    unit = None if line.unit_amount is None else places(line.unit_amount, unit_decimals)
    return without_nulls(
        {
            "ItemCode": line.item_code,
            "Description": line.description,
            "UnitAmount": unit,
            "TaxType": line.tax_type,
            "TaxAmount": line.tax_amount,
            "LineAmount": line.line_amount,
            "DiscountRate": line.discount_rate,
            "DiscountAmount": line.discount_amount,
            "AccountCode": account.code if account else None,
            "Item": _item(item) if item else None,
            "Tracking": tracking.line_tracking(books, line.tracking) if line.tracking else [],
            "Quantity": line.quantity,
            "LineItemID": line.id,
            "AccountID": account.id if account else None,
        }
    )


def _item(item: Item) -> Element:
    return {"ItemID": item.id, "Name": item.name or "", "Code": item.code}
