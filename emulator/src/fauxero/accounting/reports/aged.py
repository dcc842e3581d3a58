"""Reports/AgedReceivablesByContact and AgedPayablesByContact.

Xero: documented (Reports) for the parameters, of which contactId is required; the shape is the
OpenAPI example. That settled documents are left out is unsure. Credits that are not used up
stand among the documents with their sign turned; under which attribute is unsure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from fauxero.accounting.figures import settled_by
from fauxero.accounting.money import ZERO, shown
from fauxero.accounting.reports.shape import (
    Parameters,
    cell,
    header,
    in_words,
    report,
    section,
    summary,
)
from fauxero.accounting.resource import BadQuery, Element

if TYPE_CHECKING:
    from fauxero.accounting.books import Books


@dataclass(frozen=True, slots=True)
class Owed:
    """One document as it stood at the close of a day."""

    id: str
    on: date
    name: str
    due_on: date | None
    total: Decimal
    paid: Decimal
    credited: Decimal

    @property
    def due(self) -> Decimal:
        return self.total - self.paid - self.credited


def aged_receivables(books: Books, parameters: Mapping[str, str]) -> Element:
    return _aged(books, parameters, is_sale=True)


def aged_payables(books: Books, parameters: Mapping[str, str]) -> Element:
    return _aged(books, parameters, is_sale=False)


def _aged(books: Books, parameters: Mapping[str, str], *, is_sale: bool) -> Element:
    asked = Parameters(parameters, "contactId", "date", "fromDate", "toDate")
    contact = books.contacts.get(asked.guid("contactId") or "")
    if contact is None:
        raise BadQuery("A contactId of this organisation must be given")
    as_of = asked.day("date", books.today())
    last = asked.day("toDate", as_of)
    documents = list(owed_at(books, contact.id, as_of, is_sale=is_sale))
    documents = [row for row in documents if row.on <= last]
    first = asked.day("fromDate", min((row.on for row in documents), default=last))
    opening = sum((row.due for row in documents if row.on < first), ZERO)
    listed = [row for row in documents if row.on >= first and row.due]
    kind = "AgedReceivablesByContact" if is_sale else "AgedPayablesByContact"
    name = "Aged Receivables By Contact" if is_sale else "Aged Payables By Contact"
    titles = (
        "Invoices",
        contact.name,
        f"From {in_words(first)} to {in_words(last)}",
        f"Showing payments to {in_words(as_of)}",
    )
    rows = _rows(listed, first, opening, as_of, "Number" if is_sale else "Reference")
    return report(books, kind, name, titles=titles, rows=rows)


def owed_at(books: Books, contact_id: str, on: date, *, is_sale: bool) -> Iterator[Owed]:
    """Approved documents of one side, oldest first, with what was settled by the close of `on`."""
    found: list[Owed] = []
    for key in books.invoices_by_contact.ids(contact_id):
        row = books.invoices[key]
        if row.in_ledger and row.is_sale == is_sale and row.on <= on:
            live = [pay for pay in books.payments_of(key) if pay.status == "AUTHORISED"]
            paid = sum((pay.amount for pay in live if pay.on <= on), ZERO)
            credited = settled_by(books, row, on) - paid
            name = row.number or row.reference or ""
            found.append(Owed(key, row.on, name, row.due_on, row.total, paid, credited))
    for key in books.credits.by_contact.ids(contact_id):
        credit = books.credits[key]
        if credit.in_control and credit.is_sale == is_sale and credit.on <= on:
            used = settled_by(books, credit, on)
            name = credit.number or credit.kind
            found.append(Owed(key, credit.on, name, None, -credit.total, ZERO, -used))
    return iter(sorted(found, key=lambda row: (row.on, row.id)))


def _rows(
    listed: list[Owed], first: date, opening: Decimal, as_of: date, number: str
) -> list[Element]:
    opened = [_day(first), "Opening Balance", "", "", "", "", "", shown(opening)]
    rows = [
        header("Date", number, "Due Date", "", "Total", "Paid", "Credited", "Due"),
        section("", {"RowType": "Row", "Cells": [cell(value) for value in opened]}),
    ]
    totals = [
        sum((row.total for row in listed), ZERO),
        sum((row.paid for row in listed), ZERO),
        sum((row.credited for row in listed), ZERO),
        sum((row.due for row in listed), ZERO),
    ]
    if listed:
        rows.append(section("", *(_row(row, as_of) for row in listed), _summary("Total", totals)))
    closing = [*totals[:3], totals[3] + opening]
    rows.append(section("", _summary("Closing Balance", closing)))
    return rows


def _row(document: Owed, as_of: date) -> Element:
    late = (as_of - document.due_on).days if document.due_on else 0
    values = (
        _day(document.on),
        document.name,
        _day(document.due_on) if document.due_on else "",
        f"{late} days overdue" if late > 0 else "",
        *(shown(part) for part in (document.total, document.paid, document.credited)),
        shown(document.due),
    )
    return {"RowType": "Row", "Cells": [cell(one, ("invoiceID", document.id)) for one in values]}


def _summary(name: str, totals: list[Decimal]) -> Element:
    row = summary(name, totals)
    row["Cells"][1:1] = [cell(""), cell(""), cell("")]
    return row


def _day(on: date) -> str:
    return f"{on.isoformat()}T00:00:00"
