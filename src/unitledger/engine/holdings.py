"""What Xero holds, kept as rows: the only writer of `xero_object`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
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
_ARRAYS = ", ".join(f"%s::{type_}[]" for _, type_ in _COLUMNS)
_TAKE_OVER = ", ".join(
    f"{name} = EXCLUDED.{name}"
    for name, _ in _COLUMNS
    if name not in ("kind", "xero_id", "document_id")
)
_KEEP = f"""
    INSERT INTO xero_object (operator_id, organisation_id, read_at, {_NAMES})
    SELECT %s, %s, %s, {_NAMES} FROM unnest({_ARRAYS}) AS given ({_NAMES})
    ON CONFLICT (organisation_id, kind, xero_id) DO UPDATE
       SET {_TAKE_OVER}, read_at = EXCLUDED.read_at,
           document_id = COALESCE(EXCLUDED.document_id, xero_object.document_id)
     WHERE xero_object.updated_at_xero IS NULL
        OR EXCLUDED.updated_at_xero IS NULL
        OR EXCLUDED.updated_at_xero >= xero_object.updated_at_xero
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
    with database.cursor() as cursor:
        cursor.execute(
            _KEEP,
            [
                operator_id,
                organisation_id,
                now,
                *(list(column) for column in zip(*rows, strict=True)),
            ],
        )


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


def _row(held: Held, document_id: int | None) -> tuple[object, ...]:
    return (
        str(held.kind),
        held.xero_id,
        document_id,
        held.status,
        held.number,
        held.name,
        held.reference,
        token_of(held.reference) if held.kind is DocumentKind.PAYMENT else None,
        held.url,
        held.contact_id,
        held.invoice_id,
        held.account_id,
        held.dated_on,
        held.currency,
        held.total,
        held.amount_due,
        held.amount_paid,
        held.is_receivable,
        held.is_reconciled,
        held.merged_to,
        held.updated_at,
    )
