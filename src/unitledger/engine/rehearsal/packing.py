"""What a rehearsal is handed: settings of the organisation, the mapping, and source records.

Records go as their source told them. No document, no effect, no id of Xero's of a document and
no token is in it, so that nothing of the real books can be touched from there; and what comes
back is figures, so that no link made there can come here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from django.db import connection as database
from django.db import transaction

from unitledger.core.exchange import Access, Limits
from unitledger.engine.looking_ahead import GOES_THERE
from unitledger.engine.reconcile.reading import BooksReader
from unitledger.engine.tools import Tools
from unitledger.store.connections import Connection, MappingVersion, Organisation
from unitledger.store.people import Operator
from unitledger.store.places import Location

PACK, RECORDS = "pack.json", "records.jsonl"
# Each is one call; the emulator builds an organisation from the answers as they are.
SETTINGS: Mapping[str, str] = {
    "Organisation": "Organisation",
    "Accounts": "Accounts",
    "TaxRates": "TaxRates",
    "TrackingCategories": "TrackingCategories?includeArchived=true",
    "Items": "Items",
    "Currencies": "Currencies",
}
ROWS_AT_ONCE = 2_000
# In the order of their dependence. A tenant comes along with what they are billed for.
_RECORDS = f"""
    SELECT v.content FROM record_version v JOIN source_record r ON r.id = v.record_id
     WHERE r.operator_id = %(operator)s AND r.kind = %(kind)s AND v.version = r.version
       AND EXISTS (SELECT 1 FROM document d
                    WHERE d.record_id = r.id AND d.operator_id = r.operator_id
                      AND d.state <> 'skipped' AND {GOES_THERE})
     ORDER BY r.id
"""
_SKIPPED = f"""
    SELECT count(DISTINCT d.record_id) FROM document d
     WHERE d.operator_id = %(operator)s AND d.state = 'skipped' AND {GOES_THERE}
"""
KINDS = ("tenant", "invoice", "payment")


class SettingsReader(Protocol):
    """One setting's answer as Xero gave it: one exchange, never repeated."""

    def read(self, path: str, access: Access) -> tuple[bytes, Limits, int]: ...


@dataclass(frozen=True, slots=True)
class Packed:
    records: int
    left_out: int  # skipped by a person: they would not be sent either
    calls: int


def pack(organisation_id: int, folder: Path, *, settings: SettingsReader, tools: Tools) -> Packed:
    """Fill the folder. Raises what reading the books raises."""
    connection = (
        Connection.objects.filter(organisation_id=organisation_id)
        .select_related("organisation")
        .latest("id")
    )
    calls = _copy_settings(connection, folder, settings=settings, tools=tools)
    mapping = (
        MappingVersion.objects.filter(organisation_id=organisation_id).order_by("version").last()
    )
    assert mapping is not None, "asked for only where there is one"
    operator = Operator.objects.get(id=connection.operator_id)
    content: dict[str, Any] = {
        "operator": {"name": operator.name, "handle_key": operator.handle_key},
        "start_on": connection.start_on.isoformat(),
        "mapping": mapping.content,
        "mapping_version": mapping.version,
        "settings": [f"{name}.json" for name in SETTINGS],
        "locations": [
            {"name": each.name, "zone": each.zone, "currency": each.currency}
            for each in Location.objects.filter(operator_id=operator.pk).order_by("id")
        ],
    }
    (folder / PACK).write_text(json.dumps(content), encoding="utf-8")
    records = _copy_records(connection, folder)
    return Packed(records=records, left_out=_left_out(connection), calls=calls)


def _copy_settings(
    connection: Connection, folder: Path, *, settings: SettingsReader, tools: Tools
) -> int:
    reader = BooksReader(connection.pk, connection.organisation_id, tools)
    for name, path in SETTINGS.items():
        body = reader.once(_reading(settings, path))
        (folder / f"{name}.json").write_bytes(body)
    return reader.calls


def _reading(settings: SettingsReader, path: str) -> Any:
    return lambda access: settings.read(path, access)


def _copy_records(connection: Connection, folder: Path) -> int:
    count = 0
    with (folder / RECORDS).open("w", encoding="utf-8") as file:
        for kind in KINDS:
            for content in _records(connection, kind):
                file.write(f"{content if isinstance(content, str) else json.dumps(content)}\n")
                count += 1
    return count


def _records(connection: Connection, kind: str) -> Iterator[Any]:
    """Read in steps on the server's side, so that memory does not grow with the business."""
    with transaction.atomic(), database.chunked_cursor() as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(_RECORDS, _arguments(connection, kind))
        for row in cursor:
            yield row[0]


def _left_out(connection: Connection) -> int:
    with database.cursor() as cursor:
        cursor.execute(_SKIPPED, _arguments(connection, None))
        row: Sequence[int] = cursor.fetchone() or (0,)
    return row[0]


def _arguments(connection: Connection, kind: str | None) -> dict[str, Any]:
    organisations = Organisation.objects.filter(operator_id=connection.operator_id).count()
    return {
        "operator": connection.operator_id,
        "organisation": connection.organisation_id,
        "is_only": organisations == 1,
        "kind": kind,
    }
