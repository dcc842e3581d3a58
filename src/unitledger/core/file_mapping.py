"""Which column of a file is which of our fields, as a person says it on a page.

The common shapes only: one kind of record, one row or several rows a document. It becomes an
import profile, which can say more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

NUMBER = "number"


class RowsAre(StrEnum):
    INVOICES = "invoices"
    LINES = "lines"  # several rows, one behind the other, are one invoice
    PAYMENTS = "payments"
    TENANTS = "tenants"


BILLED = frozenset({RowsAre.INVOICES, RowsAre.LINES})
MONEY = BILLED | {RowsAre.PAYMENTS}
ALL = frozenset(RowsAre)


@dataclass(frozen=True, slots=True)
class FileField:
    """A field of ours that a file can have. `may_be_fixed`: one value can stand for all rows."""

    name: str
    label: str
    offered: frozenset[RowsAre]
    needed: frozenset[RowsAre] = frozenset()
    may_be_fixed: bool = False


FIELDS: tuple[FileField, ...] = (
    FileField("tenant_number", "Tenant number", ALL, ALL),
    FileField("tenant_name", "Tenant name", ALL, frozenset({RowsAre.TENANTS})),
    FileField("email", "E-mail", BILLED | {RowsAre.TENANTS}),
    FileField("phone", "Phone", BILLED | {RowsAre.TENANTS}),
    FileField("location", "Location", MONEY, MONEY, may_be_fixed=True),
    FileField("unit", "Unit", MONEY),
    FileField("invoice_number", "Invoice number", MONEY, BILLED),
    FileField("issued_on", "Invoice date", BILLED, BILLED),
    FileField("due_on", "Due date", BILLED, BILLED),
    FileField("payment_number", "Payment number", frozenset({RowsAre.PAYMENTS}), MONEY - BILLED),
    FileField("paid_on", "Paid on", frozenset({RowsAre.PAYMENTS}), MONEY - BILLED),
    FileField("method", "Payment method", MONEY - BILLED, MONEY - BILLED, may_be_fixed=True),
    FileField("currency", "Currency", MONEY, MONEY, may_be_fixed=True),
    FileField("total", "Total, tax included", BILLED, BILLED),
    FileField("paid", "Amount paid", MONEY - BILLED, MONEY - BILLED),
    FileField("includes_tax", "Amounts include tax", BILLED, BILLED, may_be_fixed=True),
    FileField("charge_type", "Kind of charge", BILLED, BILLED, may_be_fixed=True),
    FileField("description", "Description", BILLED, BILLED, may_be_fixed=True),
    FileField("amount", "Amount of the line", BILLED, frozenset({RowsAre.LINES})),
    FileField("quantity", "Quantity", frozenset({RowsAre.LINES})),
    FileField("tax_percent", "Tax, per cent", BILLED),
    FileField("tax_amount", "Tax, amount", BILLED),
    FileField("period_start_on", "Period from", BILLED),
    FileField("period_end_on", "Period to", BILLED),
    FileField("reference", "Reference", MONEY),
)
BY_NAME: Mapping[str, FileField] = {each.name: each for each in FIELDS}


@dataclass(frozen=True)
class FileMapping:
    """What a person chose. `columns` and `fixed` are by the names of FIELDS."""

    name: str
    source: str
    rows_are: RowsAre
    zone: str
    dates: tuple[str, ...]
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    fixed: Mapping[str, str] = field(default_factory=dict[str, str])
    charge_types: Mapping[str, str] = field(default_factory=dict[str, str])  # the file's words
    delimiter: str = ","
    decimal: str = "."
    thousands: str = ""
    sheet: str = ""
    tenant_type: str = NUMBER
    invoice_type: str = NUMBER
    payment_type: str = NUMBER

    def as_content(self) -> dict[str, Any]:
        return {**asdict(self), "rows_are": str(self.rows_are), "dates": list(self.dates)}

    @classmethod
    def of_content(cls, content: Mapping[str, Any]) -> FileMapping:
        known = {**content, "rows_are": RowsAre(content["rows_are"])}
        return cls(**{**known, "dates": tuple(content["dates"])})

    def missing(self) -> list[FileField]:
        """The needed fields that have neither a column nor a value."""
        return [
            each
            for each in FIELDS
            if self.rows_are in each.needed
            and not self.columns.get(each.name)
            and not (each.may_be_fixed and self.fixed.get(each.name))
        ]


def profile_content(mapping: FileMapping) -> dict[str, Any]:
    """The import profile that reads a file so. Call it only where nothing is `missing`."""
    says = _Says(mapping)
    content: dict[str, Any] = {
        "name": mapping.name,
        "source": mapping.source,
        "file": dict(_form(mapping)),
    }
    if mapping.rows_are in MONEY:
        content["place"] = says.all(location="location", unit="unit")
    tenant = {"type": mapping.tenant_type, "column": mapping.columns["tenant_number"]}
    if mapping.columns.get("tenant_name"):
        content["tenant"] = {
            "key": tenant,
            **says.all(number="tenant_number", name="tenant_name", email="email", phone="phone"),
        }
    if mapping.rows_are in BILLED:
        content["invoice"] = _invoice(mapping, says, tenant)
    if mapping.rows_are is RowsAre.PAYMENTS:
        content["payment"] = _payment(mapping, says, tenant)
    return content


def _form(mapping: FileMapping) -> Iterator[tuple[str, Any]]:
    yield "delimiter", mapping.delimiter
    yield "dates", list(mapping.dates)
    yield "decimal", mapping.decimal
    if mapping.thousands:
        yield "thousands", mapping.thousands
    yield "zone", mapping.zone
    if mapping.sheet:
        yield "sheet", mapping.sheet
    if mapping.rows_are is RowsAre.LINES:
        yield "group_by", mapping.columns["invoice_number"]


def _invoice(mapping: FileMapping, says: _Says, tenant: dict[str, str]) -> dict[str, Any]:
    line = says.all(
        charge_type="charge_type",
        description="description",
        amount="amount" if mapping.columns.get("amount") else "total",
        quantity="quantity",
        tax_percent="tax_percent",
        tax_amount="tax_amount",
        period_start_on="period_start_on",
        period_end_on="period_end_on",
    )
    if mapping.columns.get("unit"):
        line["unit"] = mapping.columns["unit"]
    return {
        "key": {"type": mapping.invoice_type, "column": mapping.columns["invoice_number"]},
        "tenant": tenant,
        **says.all(
            number="invoice_number",
            issued_on="issued_on",
            due_on="due_on",
            currency="currency",
            prices_include_tax="includes_tax",
            total="total",
            reference="reference",
        ),
        "lines": [line],
    }


def _payment(mapping: FileMapping, says: _Says, tenant: dict[str, str]) -> dict[str, Any]:
    content = {
        "key": {"type": mapping.payment_type, "column": mapping.columns["payment_number"]},
        "tenant": tenant,
        **says.all(
            number="payment_number",
            paid_on="paid_on",
            method="method",
            currency="currency",
            amount="paid",
            reference="reference",
        ),
    }
    settles = mapping.columns.get("invoice_number")
    if settles:
        content["allocations"] = [
            {
                "when": {"column": settles, "is": "present"},
                "invoice": {"type": mapping.invoice_type, "column": settles},
                "amount": mapping.columns["paid"],
            }
        ]
    return content


class _Says:
    """Cells of a profile: a column's name, or the value that stands for all rows."""

    def __init__(self, mapping: FileMapping) -> None:
        self._mapping = mapping

    def all(self, **names: str) -> dict[str, Any]:
        """The profile's name of each field that is given, with its cell."""
        cells = {setting: self._cell(name) for setting, name in names.items()}
        return {setting: cell for setting, cell in cells.items() if cell is not None}

    def _cell(self, name: str) -> Any:
        column = self._mapping.columns.get(name)
        if column and name == "charge_type":
            return {"column": column, "values": dict(self._mapping.charge_types)}
        if column:
            return column
        fixed = self._mapping.fixed.get(name) if BY_NAME[name].may_be_fixed else None
        return {"constant": fixed} if fixed else None
