"""Writing CSV as it is read, a line at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse

from unitledger.engine.exporting import neutral


class _Line:
    """What a csv writer writes to: hands each line on instead of keeping it."""

    def write(self, line: str) -> bytes:
        return line.encode()


def csv_answer(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """A file to keep; no cell of it is taken for a formula."""
    answer = StreamingHttpResponse(_lines(columns, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def lines_of(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """As the rows are: for a file that another program reads."""
    writer: Any = csv.writer(_Line())
    yield writer.writerow(columns)
    for row in rows:
        yield writer.writerow(row)


def _lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf"  # its mark, so that Excel reads names as they are written
    yield from lines_of(columns, ([neutral(cell) for cell in row] for row in rows))
