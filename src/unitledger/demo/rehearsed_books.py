"""What the emulated books show after a rehearsal, read from their own reports.

Not from what we meant to send: a mapping that books rent to the wrong account is seen here.
"""

from __future__ import annotations

import calendar
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import httpx2

MONTHS_MAX = 36
PAGE_SIZE = 1_000
STANDING = ("AUTHORISED", "PAID")
TIMEOUT_SECONDS = 120.0
SCOPES = (
    "accounting.transactions.read",
    "accounting.reports.read",
    "accounting.settings.read",
)
OTHER_RATE = "No rate"
CENT = Decimal("0.01")


@dataclass
class _Month:
    """One month's tax by rate: net and tax."""

    rates: dict[str, list[Decimal]] = field(default_factory=dict[str, list[Decimal]])

    def add(self, rate: str, *, net: Decimal, tax: Decimal) -> None:
        sums = self.rates.setdefault(rate, [Decimal(0), Decimal(0)])
        sums[0] += net
        sums[1] += tax


class _Books:
    """Reads for a tester of the emulator's."""

    def __init__(self, url: str, organisation_id: str) -> None:
        self._client = httpx2.Client(timeout=TIMEOUT_SECONDS)
        self._url = url
        given = self._client.post(
            f"{url}/_fauxero/token", json={"organisation": organisation_id, "scopes": SCOPES}
        )
        token = given.raise_for_status().json()["access_token"]
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Xero-Tenant-Id": organisation_id,
            "Accept": "application/json",
        }

    def get(self, path: str, **asked: str) -> Any:
        answer = self._client.get(
            f"{self._url}/api.xro/2.0/{path}", params=asked, headers=self._headers
        )
        # Money stays exact: no float is made of it on the way.
        return json.loads(answer.raise_for_status().text, parse_float=Decimal)

    def invoices(self) -> Iterator[dict[str, Any]]:
        page = 1
        while True:
            found = self.get("Invoices", page=str(page), pageSize=str(PAGE_SIZE))["Invoices"]
            yield from found
            if len(found) < PAGE_SIZE:
                return
            page += 1


def read_figures(url: str, *, organisation_id: str, start_on: date) -> dict[str, Any]:
    """`profit`: by month, by account. `tax`: by month of the invoice, by rate."""
    books = _Books(url, organisation_id)
    months = _tax_by_month(books)
    newest = sorted(months)[-MONTHS_MAX:]
    return {
        "profit": [_profit(books, month) for month in newest],
        "tax": [
            {"month": month, "rate": rate, "net": _money(net), "tax": _money(tax)}
            for month in newest
            for rate, (net, tax) in sorted(months[month].rates.items())
        ],
        "months_left_out": len(months) - len(newest),
        "tax_basis": books.get("Organisation")["Organisations"][0].get("SalesTaxBasis"),
        "start_on": start_on.isoformat(),
    }


def _tax_by_month(books: _Books) -> dict[str, _Month]:
    rates = {each["TaxType"]: each["Name"] for each in books.get("TaxRates")["TaxRates"]}
    months: dict[str, _Month] = {}
    for invoice in books.invoices():
        if invoice["Status"] not in STANDING:
            continue
        month = months.setdefault(invoice["DateString"][:7], _Month())
        includes = invoice.get("LineAmountTypes") == "Inclusive"
        for line in invoice.get("LineItems", ()):
            amount, tax = _decimal(line.get("LineAmount")), _decimal(line.get("TaxAmount"))
            rate = rates.get(line.get("TaxType", ""), line.get("TaxType") or OTHER_RATE)
            month.add(rate, net=amount - tax if includes else amount, tax=tax)
    return months


def _profit(books: _Books, month: str) -> dict[str, Any]:
    year, number = int(month[:4]), int(month[5:])
    last = calendar.monthrange(year, number)[1]
    answer = books.get(
        "Reports/ProfitAndLoss", fromDate=f"{month}-01", toDate=f"{month}-{last:02d}"
    )
    accounts: dict[str, str] = {}
    profit = Decimal(0)
    for name, amount, is_account in _rows(answer["Reports"][0]["Rows"]):
        if is_account:
            accounts[name] = _money(amount)
        elif name == "Net Profit":
            profit = amount
    return {"month": month, "accounts": accounts, "profit": _money(profit)}


def _rows(rows: list[dict[str, Any]]) -> Iterator[tuple[str, Decimal, bool]]:
    """Each row of the report with its first amount; whether it is an account's."""
    for row in rows:
        yield from _rows(row.get("Rows", []))
        cells = row.get("Cells", ())
        if row["RowType"] in ("Row", "SummaryRow") and len(cells) > 1:
            is_account = row["RowType"] == "Row" and bool(cells[0].get("Attributes"))
            yield cells[0]["Value"], _decimal(cells[1]["Value"]), is_account


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value)) if value not in (None, "") else Decimal(0)


def _money(amount: Decimal) -> str:
    return str(amount.quantize(CENT))
