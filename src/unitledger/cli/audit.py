"""`unitledger audit`: who did what, when."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from unitledger import installation
from unitledger.cli._deciding import one_operator
from unitledger.cli._operators import operator_option

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from django.db.models import QuerySet

    from unitledger.store.audit import AuditEntry

SHOWN = 50
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--from", "start", type=_DAY, metavar="DATE", help="The first day, in UTC.")
@click.option("--to", "end", type=_DAY, metavar="DATE", help="The last day, included.")
@click.option("--act", metavar="WORD", help="One kind of act, as in `person_invited`.")
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every entry that matches to a file for a spreadsheet.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@operator_option
def command(
    start: datetime | None,
    end: datetime | None,
    act: str | None,
    csv_file: Path | None,
    as_json: bool,
    operator: str | None,
) -> None:
    """Show the newest 50 entries of the audit log, or write all of them to a file.

    \b
    Exit status: 0 done, 2 wrong use.
    """
    with installation.connected():
        found = _entries(one_operator(operator).pk, start=start, end=end, act=act)
        if csv_file is not None:
            count = _write(found, csv_file)
            click.echo(
                json.dumps({"file": str(csv_file), "entries": count})
                if as_json
                else f"{csv_file}: {count:,} entries."
            )
            return
        for each in found.order_by("-id")[:SHOWN]:
            click.echo(_line(each, as_json=as_json))


def _entries(
    operator_id: int, *, start: datetime | None, end: datetime | None, act: str | None
) -> QuerySet[AuditEntry]:
    from unitledger.store.audit import AuditEntry

    found = AuditEntry.objects.filter(operator_id=operator_id)
    if start:
        found = found.filter(at__gte=start.replace(tzinfo=UTC))
    if end:
        found = found.filter(at__lt=end.replace(tzinfo=UTC) + timedelta(days=1))
    return found.filter(act=act) if act else found


def _write(found: QuerySet[AuditEntry], file: Path) -> int:
    from unitledger.engine.audit_file import COLUMNS, cells, pages

    count = 0
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(COLUMNS)
        for page in pages(found):
            writer.writerows(cells(each) for each in page)
            count += len(page)
    return count


def _line(entry: AuditEntry, *, as_json: bool) -> str:
    if as_json:
        from unitledger.engine.audit_file import COLUMNS

        told = (
            entry.at.isoformat(),
            entry.actor_name,
            entry.actor_kind,
            entry.address,
            entry.act,
            entry.subject_kind,
            entry.subject_name,
            entry.subject_id,
            entry.before,
            entry.after,
        )
        return json.dumps(dict(zip(COLUMNS, told, strict=True)), ensure_ascii=False)
    act = entry.act.replace("_", " ")
    return f"{entry.at:%Y-%m-%d %H:%M:%S} UTC  {entry.actor_name}: {act}  {entry.subject_name}"
