"""What Xero holds, kept as rows: the only writer of `xero_object`."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection as database

from unitledger.core.documents import DocumentKind
from unitledger.core.exchange import Held
from unitledger.core.handles import token_of

_COLUMNS = (
    ("kind", "text"),
    ("xero_id", "text"),
    ("document_id", "bigint"),
    ("status", "text"),
    ("number", "text"),
    ("name", "text"),
    ("reference", "text"),
    ("token", "text"),
    ("url", "text"),
    ("contact_id", "text"),
    ("invoice_id", "text"),
    ("account_id", "text"),
    ("dated_on", "date"),
    ("currency", "text"),
    ("total", "numeric"),
    ("amount_due", "numeric"),
    ("amount_paid", "numeric"),
    ("is_receivable", "boolean"),
    ("is_reconciled", "boolean"),
    ("merged_to", "text"),
    ("updated_at_xero", "timestamptz"),
)
_NAMES = ", ".join(name for name, _ in _COLUMNS)
_TYPED = ", ".join(f"{name} {type_}" for name, type_ in _COLUMNS)
_TAKE_OVER = ", ".join(
    f"{name} = EXCLUDED.{name}"
    for name, _ in _COLUMNS
    if name not in ("kind", "xero_id", "document_id")
)
_KEEP = f"""
    INSERT INTO xero_object (operator_id, organisation_id, read_at, {_NAMES})
    SELECT %s, %s, %s, {_NAMES} FROM json_to_recordset(%s::json) AS given ({_TYPED})
    ON CONFLICT (organisation_id, kind, xero_id) DO UPDATE
       SET {_TAKE_OVER}, read_at = EXCLUDED.read_at,
           document_id = COALESCE(EXCLUDED.document_id, xero_object.document_id)
     WHERE xero_object.updated_at_xero IS NULL
        OR EXCLUDED.updated_at_xero IS NULL
        OR EXCLUDED.updated_at_xero >= xero_object.updated_at_xero
"""

# A contact merged into one that was merged in its turn leads to where both ended.
MERGES_MAX = 5
_LEAD_ON = """
    UPDATE xero_object x SET merged_to = y.merged_to FROM xero_object y
     WHERE x.organisation_id = %s AND x.kind = 'contact' AND y.organisation_id = x.organisation_id
       AND y.kind = 'contact' AND y.xero_id = x.merged_to AND y.merged_to IS NOT NULL
       AND y.merged_to NOT IN (x.merged_to, x.xero_id)
"""


@dataclass(frozen=True, slots=True)
class Known:
    """One row of `xero_object`, as recovery compares it."""

    xero_id: str
    kind: DocumentKind
    status: str
    number: str | None
    name: str | None
    reference: str | None
    token: str | None
    url: str | None
    contact_id: str | None
    invoice_id: str | None
    total: Decimal | None
    document_id: int | None


def keep(
    *,
    operator_id: int,
    organisation_id: int,
    held: Sequence[Held],
    documents: Mapping[str, int],
    now: datetime,
) -> None:
    """Store what was seen. `documents` says which Xero ids are known to be ours.

    An older sight never covers a newer one: lists may lag behind answers.
    """
    if not held:
        return
    unique = {(each.kind, each.xero_id): each for each in held}
    rows = [_row(each, documents.get(each.xero_id)) for each in unique.values()]
    # One text is made and read many times faster than an array a column.
    given = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    with database.cursor() as cursor:
        cursor.execute(_KEEP, [operator_id, organisation_id, now, given])
        if any(each.merged_to for each in unique.values()):
            for _ in range(MERGES_MAX):
                cursor.execute(_LEAD_ON, [organisation_id])
                if not cursor.rowcount:
                    break


def followed_sql(table: str) -> str:
    """The Xero id of a document, or of the contact that it was merged into."""
    return f"""COALESCE((SELECT m.merged_to FROM xero_object m
                          WHERE m.organisation_id = {table}.organisation_id
                            AND m.kind = {table}.kind AND m.xero_id = {table}.xero_id),
                        {table}.xero_id)"""


def followed(organisation_id: int, contact_ids: Collection[str]) -> dict[str, str]:
    """For those of the contacts that were merged: the one each became."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT xero_id, merged_to FROM xero_object WHERE organisation_id = %s "
            "AND kind = 'contact' AND xero_id = ANY(%s) AND merged_to IS NOT NULL",
            [organisation_id, list(contact_ids)],
        )
        return dict(cursor.fetchall())


def claim_ours(organisation_id: int) -> None:
    """Say of every object whose id one of our documents carries that it is that document's."""
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE xero_object x SET document_id = d.id FROM document d "
            "WHERE d.organisation_id = %s AND d.organisation_id = x.organisation_id "
            "AND d.kind = x.kind AND d.xero_id = x.xero_id AND x.document_id IS NULL",
            [organisation_id],
        )


def known(
    organisation_id: int, kind: DocumentKind, *, column: str, values: Sequence[str]
) -> list[Known]:
    """Rows found by one of the columns a handle or a clash shows in."""
    expressions = {
        "number": "number = ANY(%s)",
        "token": "token = ANY(%s)",
        "xero_id": "xero_id = ANY(%s)",
        "name": "lower(name) = ANY(%s)",
    }
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT xero_id, kind, status, number, name, reference, token, url, contact_id, "
            "invoice_id, total, document_id FROM xero_object "
            f"WHERE organisation_id = %s AND kind = %s AND {expressions[column]} "
            "AND is_receivable ORDER BY id",
            [organisation_id, kind, list(values)],
        )
        return [Known(row[0], DocumentKind(row[1]), *row[2:]) for row in cursor.fetchall()]


def _row(held: Held, document_id: int | None) -> dict[str, object]:
    """By the names of `_COLUMNS`, in values that JSON has; money keeps its digits as text."""
    return {
        "kind": str(held.kind),
        "xero_id": held.xero_id,
        "document_id": document_id,
        "status": held.status,
        "number": held.number,
        "name": held.name,
        "reference": held.reference,
        "token": token_of(held.reference) if held.kind is DocumentKind.PAYMENT else None,
        "url": held.url,
        "contact_id": held.contact_id,
        "invoice_id": held.invoice_id,
        "account_id": held.account_id,
        "dated_on": _spelled(held.dated_on),
        "currency": held.currency,
        "total": _spelled(held.total),
        "amount_due": _spelled(held.amount_due),
        "amount_paid": _spelled(held.amount_paid),
        "is_receivable": held.is_receivable,
        "is_reconciled": held.is_reconciled,
        "merged_to": held.merged_to,
        "updated_at_xero": _spelled(held.updated_at),
    }


def _spelled(value: date | Decimal | None) -> str | None:
    return None if value is None else str(value)
