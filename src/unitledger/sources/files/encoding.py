"""One pass over a file before it is read: its digest, its form, its encoding."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from unitledger.sources.files.errors import (
    FileEmpty,
    FileUnreadable,
    OtherEncoding,
    OtherFormat,
    Utf16,
)

BLOCK_BYTES = 1 << 20
_SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook, or one with a password"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "compressed"),
)
WORKBOOK_START = b"PK\x03\x04"
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Inspected:
    size: int
    digest: bytes
    encoding: str  # as Python names it; of a workbook's text it is UTF-8
    is_workbook: bool = False


def inspect(path: Path, *, encoding: str) -> Inspected:
    """Read the file once through. `auto` takes UTF-8 where it fits, otherwise Windows' cp1252.

    Raises what `errors` names; nothing of the file is kept.
    """
    try:
        with path.open("rb") as stream:
            start = stream.read(len(codecs.BOM_UTF8) + 5)
            _check_start(start, path, encoding)
            stream.seek(0)
            size, digest = _digest(stream)
            if start.startswith(WORKBOOK_START):
                return Inspected(size, digest, "utf-8", is_workbook=True)
            if size == 0:
                raise FileEmpty(path)
            return Inspected(size, digest, _encoding(stream, path, encoding))
    except OSError as error:
        raise FileUnreadable(path, reason=error.strerror or str(error)) from error


def _check_start(start: bytes, path: Path, encoding: str) -> None:
    for signature, what in _SIGNATURES:
        if start.startswith(signature):
            raise OtherFormat(path, what=what)
    if start.startswith(_UTF_16_MARKS) and encoding != "utf-16":
        raise Utf16(path)


def _digest(stream: IO[bytes]) -> tuple[int, bytes]:
    digest = hashlib.sha256()
    size = 0
    while block := stream.read(BLOCK_BYTES):
        size += len(block)
        digest.update(block)
    return size, digest.digest()


def _encoding(stream: IO[bytes], path: Path, encoding: str) -> str:
    candidates = ("utf-8-sig", "cp1252") if encoding == "auto" else (_with_mark(encoding),)
    bad = None
    for candidate in candidates:
        bad = _first_undecodable(stream, candidate)
        if bad is None:
            return candidate
    assert bad is not None
    tried = "UTF-8 or Windows-1252" if encoding == "auto" else encoding
    raise OtherEncoding(path, tried=tried, line=bad[0], byte=bad[1])


def _with_mark(encoding: str) -> str:
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _first_undecodable(stream: IO[bytes], encoding: str) -> tuple[int, int] | None:
    """Line and value of the first byte that is not of this encoding; None where all are."""
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    lines = 0
    while True:
        block = stream.read(BLOCK_BYTES)
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            whole = error.object
            bad = whole[error.start] if error.start < len(whole) else 0
            return lines + whole.count(b"\n", 0, error.start) + 1, bad
        lines += block.count(b"\n")
        if not block:
            return None
