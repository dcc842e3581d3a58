"""Rows in bulk: COPY for new ones, one UPDATE a table for changed ones.

The ORM's bulk operations bind every value of every row as a parameter; COPY takes a tenth of
that, which is what lets a million rows go in at a flat cost.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, cast

from django.db import connection, models
from psycopg import Cursor, sql

Values = Sequence[Any]
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def allocate_ids(model: type[models.Model], count: int) -> list[int]:
    """Fresh row numbers, so that rows that point at each other can be written in one go."""
    if count == 0:
        return []
    table = _table(model)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Values]) -> None:
    """Insert rows. Columns that are not named take the database's default."""
    table = sql.Identifier(_table(model))
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(table, names)
    with connection.cursor() as cursor:
        raw = cast("Cursor[Any]", cursor.cursor)
        with raw.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)


def update_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Values],
    *,
    key: str = "id",
    also: str = "",
) -> None:
    """Set `columns` of the rows whose key is the first value of each of `rows`.

    `also` is SQL that sets further columns from the row's own old values.
    """
    if not rows:
        return
    all_columns = (key, *columns)
    types = _types(model)
    arrays = ", ".join(f"%s::{types[column]}[]" for column in all_columns)
    sets = ", ".join(f'"{column}" = v."{column}"' for column in columns)
    names = ", ".join(f'"{column}"' for column in all_columns)
    statement = (
        f'UPDATE "{_table(model)}" AS t SET {sets}{", " if also else ""}{also} '
        f'FROM unnest({arrays}) AS v({names}) WHERE t."{key}" = v."{key}"'
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])


def as_json(value: Any) -> str:
    return _encode(value)


def _table(model: type[models.Model]) -> str:
    return model._meta.db_table  # noqa: SLF001 - Django documents it


def _types(model: type[models.Model]) -> dict[str, str | None]:
    fields = model._meta.concrete_fields  # noqa: SLF001 - Django documents it
    return {field.column: field.db_type(connection) for field in fields}
