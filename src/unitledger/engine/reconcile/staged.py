"""What Xero holds, laid out beside our rows for as long as a tie-out takes.

A table of this database session alone: a hundred thousand documents are compared in the memory
of a thousand, and nothing of it is left behind or mixed with what sweeps have told us before.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection as database
from psycopg.types.json import Jsonb

from unitledger.core.documents import DocumentKind
from unitledger.core.exchange import Held, Posting
from unitledger.core.handles import token_of

CHUNK = 1000
TABLE = "tie_out_held"
_COLUMNS = (
    "kind", "xero_id", "status", "number", "number_key", "name", "reference", "token", "url",
    "contact_id", "invoice_id", "account_id", "dated_on", "currency", "total", "total_tax",
    "amount_due", "amount_paid", "is_receivable", "is_reconciled", "prices_include_tax",
    "merged_to", "account_number", "postings",
)  # fmt: skip
_CREATE = f"""
    CREATE TEMPORARY TABLE {TABLE} (
        seq bigint GENERATED ALWAYS AS IDENTITY, kind text, xero_id text, status text,
        number text, number_key text, name text, reference text, token text, url text,
        contact_id text, invoice_id text, account_id text, dated_on date, currency text,
        total numeric, total_tax numeric, amount_due numeric, amount_paid numeric,
        is_receivable boolean, is_reconciled boolean, prices_include_tax boolean,
        merged_to text, account_number text, postings jsonb, record_id bigint)
"""
_INDEXES = (
    f"CREATE INDEX ON {TABLE} (kind, xero_id)",
    f"CREATE INDEX ON {TABLE} (kind, number_key)",
    f"CREATE INDEX ON {TABLE} (token) WHERE token IS NOT NULL",
    f"CREATE INDEX ON {TABLE} (record_id) WHERE record_id IS NOT NULL",
    f"ANALYZE {TABLE}",
)
# An object made while the pages are read moves those behind it: the last of one page comes again
# at the head of the next. It is one object still, and the later sight of it counts.
_ONE_SIGHT = f"""
    DELETE FROM {TABLE} a USING {TABLE} b
     WHERE a.kind = b.kind AND a.xero_id = b.xero_id AND a.seq < b.seq
"""
_SELECT = f"SELECT {', '.join(_COLUMNS)}, seq, record_id FROM {TABLE}"


class Staged:
    """The books' side. Use as a context: the table exists within it."""

    def __enter__(self) -> Staged:
        self._execute(f"DROP TABLE IF EXISTS {TABLE}")
        self._execute(_CREATE)
        return self

    def __exit__(self, *_: object) -> None:
        # A broken connection has dropped it already.
        if database.connection is not None and not database.connection.closed:
            self._execute(f"DROP TABLE IF EXISTS {TABLE}")

    def add(self, held: Iterable[Held]) -> None:
        with (
            database.cursor() as cursor,
            _copying(cursor, f"COPY {TABLE} ({', '.join(_COLUMNS)}) FROM STDIN") as copy,
        ):
            for each in held:
                copy.write_row(_to_row(each))

    def index(self) -> None:
        """To be called once, behind the last `add`."""
        for statement in (*_INDEXES, _ONE_SIGHT):
            self._execute(statement)

    def by_id(self, kind: DocumentKind, ids: Iterable[str]) -> dict[str, Held]:
        wanted = sorted(set(ids))
        found = self._held("kind = %s AND xero_id = ANY(%s)", [kind, wanted]) if wanted else ()
        return {each.xero_id: each for each in found}

    def by_handle(self, kind: DocumentKind, handles: Iterable[str]) -> dict[str, list[Held]]:
        """Sales invoices and contacts by number, payments by the token in their reference."""
        column = "token" if kind is DocumentKind.PAYMENT else "number_key"
        keys = sorted({handle_key(kind, each) for each in handles})
        found: dict[str, list[Held]] = {}
        if not keys:
            return found
        condition = f"kind = %s AND {column} = ANY(%s) AND is_receivable"
        for each in self._held(condition, [kind, keys]):
            text = token_of(each.reference) if kind is DocumentKind.PAYMENT else each.number
            found.setdefault(handle_key(kind, text or ""), []).append(each)
        return found

    def claim(self, kind: DocumentKind, claims: Iterable[tuple[str, int]]) -> None:
        """Write down which of our records an object belongs to."""
        ids, records = zip(*claims, strict=True) if claims else ((), ())
        self._execute(
            f"UPDATE {TABLE} h SET record_id = c.record_id "
            "FROM unnest(%s::text[], %s::bigint[]) AS c (xero_id, record_id) "
            "WHERE h.kind = %s AND h.xero_id = c.xero_id",
            [list(ids), list(records), kind],
        )

    def by_record(self, kind: DocumentKind, record_ids: Iterable[int]) -> dict[int, Held]:
        """The objects that were claimed for these records."""
        wanted = sorted(set(record_ids))
        if not wanted:
            return {}
        with database.cursor() as cursor:
            cursor.execute(
                f"{_SELECT} WHERE kind = %s AND record_id = ANY(%s) ORDER BY seq DESC",
                [kind, wanted],
            )
            return {row[-1]: _from_row(row) for row in cursor.fetchall()}

    def unclaimed(self, kind: DocumentKind) -> Iterator[Sequence[tuple[Held, int | None]]]:
        """What is nobody's of ours, each with our record that its invoice belongs to."""
        after = 0
        while True:
            with database.cursor() as cursor:
                cursor.execute(
                    f"{_SELECT} WHERE kind = %s AND record_id IS NULL AND is_receivable "
                    "AND seq > %s ORDER BY seq LIMIT %s",
                    [kind, after, CHUNK],
                )
                rows = cursor.fetchall()
            if not rows:
                return
            after = rows[-1][-2]
            held = [_from_row(row) for row in rows]
            owners = self._owners(each.invoice_id for each in held)
            yield [(each, owners.get(each.invoice_id or "")) for each in held]

    def contacts_sharing_account_number(self) -> Sequence[tuple[str, Sequence[str]]]:
        """Account numbers of ours that further active contacts carry, with those names."""
        with database.cursor() as cursor:
            cursor.execute(
                f"SELECT o.account_number, array_agg(x.name ORDER BY x.name) "
                f"FROM {TABLE} o JOIN {TABLE} x ON x.kind = 'contact' AND x.record_id IS NULL "
                "AND x.status = 'ACTIVE' AND x.account_number = o.account_number "
                "WHERE o.kind = 'contact' AND o.record_id IS NOT NULL "
                "GROUP BY o.account_number ORDER BY o.account_number"
            )
            return cursor.fetchall()

    def claimed_numbers(self, kind: DocumentKind, numbers: Iterable[str]) -> set[str]:
        """Which of these numbers one of our records has in the books."""
        keys = sorted({handle_key(kind, each) for each in numbers})
        with database.cursor() as cursor:
            cursor.execute(
                f"SELECT DISTINCT number_key FROM {TABLE} "
                "WHERE kind = %s AND record_id IS NOT NULL AND number_key = ANY(%s)",
                [kind, keys],
            )
            return {each for (each,) in cursor.fetchall()}

    def amount_due(self, *, on: date) -> Decimal:
        """What the sales invoices in the ledger, ours and others', ask for on a day.

        Invoices dated later do not count, payments dated later count as not made, earlier ones
        of later invoices do; a credit's date is not known, so it counts as always there.
        """
        return self._value(
            f"""
            SELECT COALESCE(sum(i.amount_due), 0) + (
                       SELECT COALESCE(sum(p.total), 0) FROM {TABLE} p
                         JOIN {TABLE} s ON s.kind = 'invoice' AND s.xero_id = p.invoice_id
                        WHERE p.kind = 'payment' AND p.is_receivable AND p.status = 'AUTHORISED'
                          AND p.dated_on > %(on)s AND s.dated_on <= %(on)s)
                     - (
                       SELECT COALESCE(sum(p.total), 0) FROM {TABLE} p
                         JOIN {TABLE} s ON s.kind = 'invoice' AND s.xero_id = p.invoice_id
                        WHERE p.kind = 'payment' AND p.is_receivable AND p.status = 'AUTHORISED'
                          AND p.dated_on <= %(on)s AND s.dated_on > %(on)s)
              FROM {TABLE} i
             WHERE i.kind = 'invoice' AND i.is_receivable AND i.dated_on <= %(on)s
               AND i.status IN ('AUTHORISED', 'PAID')
            """,
            {"on": on},
        )

    def days(self) -> Sequence[date]:
        """Every day that has documents."""
        with database.cursor() as cursor:
            cursor.execute(
                f"SELECT DISTINCT dated_on FROM {TABLE} "
                "WHERE is_receivable AND dated_on IS NOT NULL"
            )
            return [day for (day,) in cursor.fetchall()]

    def last_date(self) -> date | None:
        return self._value(f"SELECT max(dated_on) FROM {TABLE} WHERE is_receivable")

    def _owners(self, invoice_ids: Iterable[str | None]) -> dict[str, int]:
        wanted = sorted({each for each in invoice_ids if each})
        with database.cursor() as cursor:
            cursor.execute(
                f"SELECT xero_id, record_id FROM {TABLE} "
                "WHERE kind = 'invoice' AND record_id IS NOT NULL AND xero_id = ANY(%s)",
                [wanted],
            )
            return dict(cursor.fetchall())

    def _value(self, statement: str, arguments: Mapping[str, Any] | None = None) -> Any:
        with database.cursor() as cursor:
            cursor.execute(statement, arguments)
            row = cursor.fetchone()
            assert row is not None, "an aggregate always has a row"
            return row[0]

    def _held(self, condition: str, arguments: Sequence[Any]) -> Sequence[Held]:
        with database.cursor() as cursor:
            cursor.execute(f"{_SELECT} WHERE {condition} ORDER BY seq", arguments)
            return [_from_row(row) for row in cursor.fetchall()]

    def _execute(self, statement: str, arguments: Sequence[Any] = ()) -> None:
        with database.cursor() as cursor:
            cursor.execute(statement, arguments or None)


def _copying(cursor: Any, statement: str) -> Any:
    """psycopg's `copy`, which Django's cursor hands on without a type."""
    return cursor.copy(statement)


def handle_key(kind: DocumentKind, handle: str) -> str:
    """Numbers are the same to Xero whatever their case; tokens have one spelling."""
    return handle if kind is DocumentKind.PAYMENT else handle.casefold()


def _to_row(held: Held) -> Sequence[Any]:
    return (
        held.kind, held.xero_id, held.status, held.number,
        handle_key(held.kind, held.number) if held.number else None,
        held.name, held.reference,
        token_of(held.reference) if held.kind is DocumentKind.PAYMENT else None,
        held.url, held.contact_id, held.invoice_id, held.account_id, held.dated_on,
        held.currency, held.total, held.total_tax, held.amount_due, held.amount_paid,
        held.is_receivable, held.is_reconciled, held.prices_include_tax, held.merged_to,
        held.account_number, Jsonb([_posting_to_row(each) for each in held.postings]),
    )  # fmt: skip


def _posting_to_row(posting: Posting) -> Sequence[Any]:
    return (
        posting.account_code,
        format(posting.line_amount, "f"),
        format(posting.tax_amount, "f"),
        posting.tax_type,
        dict(posting.tracking),
    )


def _from_row(row: Sequence[Any]) -> Held:
    fields = dict(zip(_COLUMNS, row, strict=False))
    del fields["number_key"], fields["token"]
    fields["kind"] = DocumentKind(fields["kind"])
    stored = fields.pop("postings")
    postings = json.loads(stored) if isinstance(stored, str) else stored
    return Held(
        updated_at=None,
        postings=tuple(
            Posting(
                account_code=code,
                line_amount=Decimal(amount),
                tax_amount=Decimal(tax),
                tax_type=tax_type,
                tracking=tracking,
            )
            for code, amount, tax, tax_type, tracking in postings
        ),
        **fields,
    )
