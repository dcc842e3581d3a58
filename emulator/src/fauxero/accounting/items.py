"""The Items resource. Untracked items only; tracked inventory is refused as not modelled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fauxero.accounting import fields
from fauxero.accounting.base import (
    INVOICES_READ,
    INVOICES_WRITE,
    SETTINGS_READ,
    SETTINGS_WRITE,
    BaseResource,
    Findings,
    attempt,
    present,
)
from fauxero.accounting.listing import Selection, answer
from fauxero.accounting.money import places
from fauxero.accounting.resource import (
    Element,
    ListPage,
    ListQuery,
    NotFound,
    NotModelled,
    Outcome,
    WriteOptions,
)
from fauxero.accounting.rows import Item, ItemPrice
from fauxero.accounting.tables import Ordered
from fauxero.accounting.where import FLAG, GUID, INSTANT, TEXT, Field

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

_FIELDS = {
    "itemid": Field(GUID, lambda row: row.id),
    "code": Field(TEXT, lambda row: row.code),
    "name": Field(TEXT, lambda row: row.name),
    "description": Field(TEXT, lambda row: row.description),
    "issold": Field(FLAG, lambda row: row.is_sold),
    "ispurchased": Field(FLAG, lambda row: row.is_purchased),
    "updateddateutc": Field(INSTANT, lambda row: row.updated_at),
}


def item_element(item: Item, *, unit_decimals: int = 2) -> Element:
    return present(
        ItemID=item.id,
        Code=item.code,
        Description=item.description,
        PurchaseDescription=item.purchase_description,
        UpdatedDateUTC=item.updated_at,
        PurchaseDetails=_price_element(item.purchases, unit_decimals),
        SalesDetails=_price_element(item.sales, unit_decimals),
        Name=item.name,
        IsTrackedAsInventory=False,
        IsSold=item.is_sold,
        IsPurchased=item.is_purchased,
    )


def _price_element(price: ItemPrice, unit_decimals: int) -> Element:
    unit = None if price.unit_price is None else places(price.unit_price, unit_decimals)
    return present(UnitPrice=unit, AccountCode=price.account_code, TaxType=price.tax_type)


class ItemsResource(BaseResource):
    """Keyed on Code for POST (OpenAPI description). Not paged."""

    name = "Items"
    element_name = "Item"
    id_field = "ItemID"
    methods = frozenset({"GET", "PUT", "POST", "DELETE"})
    read_scopes = SETTINGS_READ | INVOICES_READ
    write_scopes = SETTINGS_WRITE | INVOICES_WRITE

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        in_order: Ordered[Item] = Ordered(lambda row: (row.updated_at, row.id))
        for item in books.items:
            in_order.add(item)
        selection = Selection(books.items, in_order, _FIELDS, {})
        selection.apply(query)

        def show(row: Item) -> Element:
            return item_element(row, unit_decimals=query.unit_decimals)

        return answer(selection, query, paged=False, full=show, thin=show)

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None:
        item = books.items.get(key.lower()) or books.item_by_code(key)
        return item_element(item, unit_decimals=unit_decimals) if item else None

    def create(self, books: Books, element: Element, options: WriteOptions) -> Outcome:
        return attempt(
            books,
            element,
            lambda found: _save(books, None, element, options, found),
            id_field=self.id_field,
        )

    def create_or_update(
        self, books: Books, element: Element, options: WriteOptions, *, key: str | None = None
    ) -> Outcome:
        item = self._target(books, element, key)
        return attempt(
            books,
            element,
            lambda found: _save(books, item, element, options, found),
            id_field=self.id_field,
            key=item.id if item else None,
        )

    @staticmethod
    def _target(books: Books, element: Element, key: str | None) -> Item | None:
        if key is not None:
            found = books.items.get(key.lower()) or books.item_by_code(key)
            if found is None:
                raise NotFound
            return found
        item_id = fields.guid(element, "ItemID")
        if item_id is None:
            return books.item_by_code(fields.text(element, "Code") or "")
        found = books.items.get(item_id)
        if found is None:
            raise NotFound
        return found

    def delete(self, books: Books, key: str) -> None:
        """An item on documents goes too: the lines keep their own text and account."""
        item = books.items.get(key.lower()) or books.item_by_code(key)
        if item is None:
            raise NotFound
        with books.transaction():
            books.items.drop(item.id)


def _save(
    books: Books,
    item: Item | None,
    element: Element,
    options: WriteOptions,
    findings: Findings,
) -> Element:
    purchase = fields.nested(element, "PurchaseDetails") or {}
    if fields.text(element, "InventoryAssetAccountCode") or purchase.get("COGSAccountCode"):
        raise NotModelled("Tracked inventory is not modelled")
    code = fields.text(element, "Code") or (item.code if item else "")
    _check_code(books, item, code, findings)
    base = item or Item(id=books.ids.uuid(), code=code, updated_at=books.now())
    changed = replace(
        base,
        code=code,
        name=_text(element, "Name", base.name),
        description=_text(element, "Description", base.description),
        purchase_description=_text(element, "PurchaseDescription", base.purchase_description),
        is_sold=_flag(element, "IsSold", base.is_sold),
        is_purchased=_flag(element, "IsPurchased", base.is_purchased),
        sales=_price(books, element, "SalesDetails", base.sales, findings),
        purchases=_price(books, element, "PurchaseDetails", base.purchases, findings),
        updated_at=books.now(),
    )
    # Xero: OpenAPI description: setting a side to false empties its details.
    if not changed.is_sold:
        changed = replace(changed, sales=ItemPrice(), description=None)
    if not changed.is_purchased:
        changed = replace(changed, purchases=ItemPrice(), purchase_description=None)
    findings.too_long("Name", changed.name, 50)
    findings.too_long("Description", changed.description, 4000)
    findings.too_long("PurchaseDescription", changed.purchase_description, 4000)
    findings.refuse_if_any()
    return item_element(books.items.put(changed), unit_decimals=options.unit_decimals)


def _check_code(books: Books, item: Item | None, code: str, findings: Findings) -> None:
    if not code:
        findings.errors.append("Item code is required.")  # rule in the OpenAPI file
    findings.too_long("Code", code, 30)
    other = books.item_by_code(code)
    if other is not None and (item is None or other.id != item.id):
        findings.errors.append(f"Price List Item with Code '{code}' already exists")


def _text(element: Element, name: str, kept: str | None) -> str | None:
    given = fields.text(element, name)
    return kept if given is None else (given or None)


def _flag(element: Element, name: str, kept: bool) -> bool:
    given = fields.flag(element, name)
    return kept if given is None else given


def _price(
    books: Books, element: Element, name: str, kept: ItemPrice, findings: Findings
) -> ItemPrice:
    given = fields.nested(element, name)
    if given is None:
        return kept
    unit = fields.number(given, "UnitPrice")
    code = fields.text(given, "AccountCode")
    tax_type = fields.text(given, "TaxType")
    account = books.account_by_code(code) if code else None
    if code and (account is None or account.status != "ACTIVE"):
        findings.errors.append(f"Account code '{code}' is not a valid code for this document.")
    if tax_type and tax_type not in books.tax_rates:
        findings.errors.append(f"The TaxType code '{tax_type}' is not valid.")
    return ItemPrice(
        unit_price=kept.unit_price if unit is None else places(unit, 4),
        account_code=code or kept.account_code,
        tax_type=tax_type or kept.tax_type,
    )
