"""Why a whole file or a profile is refused before anything is written."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path

from unitledger.core.refusals import SourceRefused


class ProfileUnreadable(SourceRefused):
    def __init__(self, name: str, *, reason: str) -> None:
        super().__init__(
            f"The profile {name} cannot be read: {reason}.",
            remedy="docs/how-to/import-a-file.md shows one to begin with.",
        )


class ProfileWrong(SourceRefused):
    def __init__(self, name: str, *, findings: Sequence[str]) -> None:
        self.findings = tuple(findings)
        super().__init__(
            f"The profile {name} is wrong: {'; '.join(findings)}.",
            remedy="docs/reference/import-profiles.md lists every setting.",
        )


class FileUnreadable(SourceRefused):
    def __init__(self, path: Path, *, reason: str) -> None:
        super().__init__(f"{path} cannot be read: {reason}.", remedy="Check the path.")


class FileEmpty(SourceRefused):
    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is empty.", remedy="Export it again.")


class HeaderOnly(SourceRefused):
    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} has a header and no rows.", remedy="Export it again.")


class OtherFormat(SourceRefused):
    def __init__(self, path: Path, *, what: str) -> None:
        super().__init__(
            f"{path} is {what}, neither CSV nor an Excel workbook.",
            remedy="Save it as CSV or as .xlsx and import that.",
        )


class NotTheFormat(SourceRefused):
    def __init__(self, path: Path, *, what: str, wanted: str) -> None:
        super().__init__(
            f"{path} is {what}; the profile says {wanted}.",
            remedy="Save the file in that form, or take `format` out of the profile.",
        )


class WorkbookBroken(SourceRefused):
    def __init__(self, path: Path, *, reason: str) -> None:
        super().__init__(
            f"The workbook {path} cannot be read: {reason}.",
            remedy="Open it in Excel and save it again, or save the sheet as CSV.",
        )


class WorkbookTooLarge(SourceRefused):
    def __init__(self, path: Path, *, what: str, limit: str) -> None:
        super().__init__(
            f"The workbook {path} is too large: {what}, where {limit} is the limit.",
            remedy="Save the sheet as CSV, which has no limit here, or split it.",
        )


class SheetUnknown(SourceRefused):
    def __init__(self, path: Path, *, sheet: str, present: Sequence[str]) -> None:
        super().__init__(
            f"{path} has no sheet “{sheet}”{did_you_mean(sheet, present)}. "
            f"It has: {', '.join(present)}.",
            remedy="Correct `sheet` in the profile.",
        )


class SheetUnnamed(SourceRefused):
    def __init__(self, path: Path, *, present: Sequence[str]) -> None:
        self.present = tuple(present)
        super().__init__(
            f"{path} has {len(present)} sheets: {', '.join(present)}.",
            remedy="Say which one to read, with `sheet` in the profile.",
        )


class OtherEncoding(SourceRefused):
    def __init__(self, path: Path, *, tried: str, line: int, byte: int) -> None:
        super().__init__(
            f"{path} is not {tried}: line {line} holds the byte 0x{byte:02X}.",
            remedy="Save it as CSV UTF-8, or name its encoding in the profile.",
        )


class Utf16(SourceRefused):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is UTF-16.",
            remedy='Save it as CSV UTF-8, or set encoding = "utf-16" in the profile.',
        )


class HeaderUnreadable(SourceRefused):
    def __init__(self, path: Path, *, reason: str) -> None:
        super().__init__(
            f"The header of {path} cannot be understood: {reason}.",
            remedy="The first line must name the columns.",
        )


class ColumnTwice(SourceRefused):
    def __init__(self, *, columns: Sequence[str]) -> None:
        super().__init__(
            f"The file has more than one column called {_quoted(columns)}.",
            remedy="Rename all but one of them.",
        )


class ColumnsMissing(SourceRefused):
    """Columns the profile names and the file has not, each with the nearest it has."""

    def __init__(self, *, missing: Sequence[str], present: Sequence[str], delimiter: str) -> None:
        self.missing = tuple(missing)
        nouns = "column" if len(missing) == 1 else "columns"
        named = ", ".join(_with_nearest(column, present) for column in missing)
        hint = (
            f" The whole header is one column: is “{delimiter}” the file's delimiter?"
            if len(present) == 1
            else f" It has: {', '.join(present)}."
        )
        super().__init__(
            f"The file lacks the {nouns} {named}.{hint}",
            remedy="Correct the file's header or the profile.",
        )


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` (did you mean …?)`, or nothing where nothing is near."""
    by_folded = {each.casefold(): each for each in known}
    near = difflib.get_close_matches(word.casefold(), list(by_folded), n=1)
    return f" (did you mean “{by_folded[near[0]]}”?)" if near else ""


def _with_nearest(column: str, present: Sequence[str]) -> str:
    return f"“{column}”{did_you_mean(column, present)}"


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)
