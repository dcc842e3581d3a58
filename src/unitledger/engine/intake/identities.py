"""Which record a key names: one query a chunk for identifiers, one for aliases.

Invariant 1: a record may have several identifiers, and an alias joins the old system's name
of a record with the new one's; the first identifier it came by stays its primary key, because
the handles we write to the books are made from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from unitledger.core.billing import RecordKey, RecordKind
from unitledger.store.records import RecordVersion, SourceAlias


@dataclass(slots=True)
class Known:
    """A record as one chunk sees it: what the store holds, and what this chunk adds."""

    kind: RecordKind
    primary: RecordKey
    version: int = 0  # of the store; 0: new in this chunk
    content_hash: bytes = b""
    record_id: int = 0  # given when the chunk is written, where new
    is_void: bool = False
    new_keys: list[RecordKey] = field(default_factory=list)
    was_seen: bool = False  # a row before in the same file spoke of it

    @property
    def is_new(self) -> bool:
        return self.version == 0


def look_up(*, operator_id: int, keys: Iterable[RecordKey]) -> dict[RecordKey, Known]:
    """The known records among those the keys name, each under every key that names it here.

    To be called within a transaction."""
    wanted = list(dict.fromkeys(keys))
    if not wanted:
        return {}
    with _through_the_index():
        found = _by_identifier(operator_id, wanted)
        if SourceAlias.objects.filter(operator_id=operator_id).exists():
            found = {**_by_alias(operator_id, wanted), **found}
        records = _records(operator_id, set(found.values()))
    return {key: records[record_id] for key, record_id in found.items()}


def contents(*, operator_id: int, versions: Mapping[int, int]) -> dict[int, dict[str, Any]]:
    """The stored content of a version of each record: record id → content."""
    if not versions:
        return {}
    rows = RecordVersion.objects.filter(
        operator_id=operator_id, record_id__in=list(versions)
    ).values_list("record_id", "version", "content")
    return {
        record_id: content for record_id, version, content in rows if versions[record_id] == version
    }


_BY_IDENTIFIER = """
    SELECT wanted.place, i.record_id
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[])
        WITH ORDINALITY AS wanted(source, kind, identifier_type, value, place)
    JOIN record_identifier i ON i.operator_id = %s AND i.source = wanted.source
        AND i.kind = wanted.kind AND i.identifier_type = wanted.identifier_type
        AND i.value = wanted.value
"""
_BY_ALIAS = """
    SELECT wanted.place, a.record_id
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[])
        WITH ORDINALITY AS wanted(source, kind, identifier_type, value, place)
    JOIN source_alias a ON a.operator_id = %s AND a.old_source = wanted.source
        AND a.kind = wanted.kind AND a.old_identifier_type = wanted.identifier_type
        AND a.old_value = wanted.value
"""
_RECORDS = """
    SELECT DISTINCT ON (r.id) r.id, r.kind, r.version, r.content_hash, r.is_void,
        i.source, i.identifier_type, i.value
    FROM source_record r
    JOIN record_identifier i ON i.record_id = r.id AND i.operator_id = r.operator_id
    WHERE r.operator_id = %s AND r.id = ANY(%s)
    ORDER BY r.id, i.id
"""


@contextmanager
def _through_the_index() -> Iterator[None]:
    """Look keys up in the index. As long as a table is of middling size, the planner would
    rather read all of it for a chunk's keys, and a row would cost more with every row before."""
    names = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"SET LOCAL {name} = off" for name in names))
        yield
        cursor.execute("; ".join(f"SET LOCAL {name} TO DEFAULT" for name in names))


def _by_identifier(operator_id: int, keys: Sequence[RecordKey]) -> dict[RecordKey, int]:
    return _joined(_BY_IDENTIFIER, operator_id, keys)


def _by_alias(operator_id: int, keys: Sequence[RecordKey]) -> dict[RecordKey, int]:
    return _joined(_BY_ALIAS, operator_id, keys)


def _joined(statement: str, operator_id: int, keys: Sequence[RecordKey]) -> dict[RecordKey, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            [
                [key.source for key in keys],
                [str(key.kind) for key in keys],
                [key.identifier_type for key in keys],
                [key.value for key in keys],
                operator_id,
            ],
        )
        return {keys[place - 1]: record_id for place, record_id in cursor.fetchall()}


def _records(operator_id: int, ids: set[int]) -> dict[int, Known]:
    with connection.cursor() as cursor:
        cursor.execute(_RECORDS, [operator_id, list(ids)])
        rows = cursor.fetchall()
    return {
        record_id: Known(
            kind=RecordKind(kind),
            primary=RecordKey(source, RecordKind(kind), identifier_type, value),
            version=version,
            content_hash=bytes(content_hash),
            record_id=record_id,
            is_void=is_void,
        )
        for record_id, kind, version, content_hash, is_void, source, identifier_type, value in rows
    }
