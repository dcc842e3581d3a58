"""One-line reads for the places where a row of SQL says it best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection as database


def value(statement: str, arguments: Sequence[Any] | Mapping[str, Any]) -> Any:
    """The first column of the only row. The statement must always give one."""
    with database.cursor() as cursor:
        cursor.execute(statement, arguments)
        row = cursor.fetchone()
    if row is None:
        raise LookupError("a statement that always gives a row gave none")
    return row[0]
