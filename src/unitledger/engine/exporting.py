"""The report as plain values: for JSON, for a spreadsheet, for a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from unitledger.core.documents import DocumentKind
from unitledger.engine.report import ReportRow

NOUNS = {
    DocumentKind.CONTACT: "tenant",
    DocumentKind.INVOICE: "invoice",
    DocumentKind.PAYMENT: "payment",
}
COLUMNS = (
    "kind", "number", "dated_on", "tenant", "tenant_number", "unit", "location", "building",
    "amount", "currency", "void", "state", "status", "reason", "remedy", "acts_next", "notes",
    "attempts", "last_attempt_at", "xero_id", "xero_number", "link", "parts",
)  # fmt: skip
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def row_content(row: ReportRow) -> dict[str, Any]:
    """One record as plain values; money is text."""
    return {
        "kind": NOUNS[row.kind],
        "id": row.public_id,
        "number": row.number,
        "keys": list(row.keys),
        "dated_on": row.dated_on.isoformat() if row.dated_on else None,
        "tenant": row.tenant,
        "tenant_number": row.tenant_number,
        "unit": row.unit,
        "location": row.location,
        "building": row.building,
        "amount": None if row.amount is None else str(row.amount),
        "currency": row.currency,
        "void": row.is_void,
        "state": "sending" if row.is_sending else str(row.state),
        "status": str(row.status),
        "reason": " ".join(each.sentence for each in row.reasons) or None,
        "reasons": [
            {
                "code": each.code,
                "sentence": each.sentence,
                "remedy": each.remedy,
                "acts_next": str(each.acts_next),
            }
            for each in row.reasons
        ],
        "notes": list(row.notes),
        "attempts": row.attempts,
        "last_attempt_at": row.last_attempt_at.isoformat() if row.last_attempt_at else None,
        "xero_id": row.xero_id,
        "xero_number": row.xero_number,
        "link": row.link,
        "parts": [
            {
                "invoice": part.invoice_number,
                "amount": None if part.amount is None else str(part.amount),
                "state": "sending" if part.is_sending else str(part.state),
                "xero_id": part.xero_id,
                "link": part.link,
            }
            for part in row.parts
        ],
    }


def cells(row: ReportRow) -> Sequence[Any]:
    """One record as a line under `COLUMNS`; no cell is taken for a formula."""
    content = row_content(row)
    content["remedy"] = " ".join(each.remedy for each in row.reasons)
    content["acts_next"] = row.reasons[0].acts_next if row.reasons else ""
    content["notes"] = " ".join(row.notes)
    content["parts"] = "; ".join(
        f"{part['invoice']}: {part['amount']} {part['state']}" for part in content["parts"]
    )
    return [neutral(content[column]) for column in COLUMNS]


def neutral(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
