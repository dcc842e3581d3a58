"""The page of a file's columns as it is filled in: a mapping, and what is missing of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.http import QueryDict

from unitledger import wiring
from unitledger.core.billing import ChargeType
from unitledger.core.file_mapping import FIELDS, FileField, FileMapping, RowsAre
from unitledger.core.file_sample import Sample

TEXT_MAX = 200
# A field's choice among all columns; beyond these they are typed, or the page grows too long.
SELECTS_MAX = 40
LETTERS_MAX = 1_500
ROWS_ARE = {
    RowsAre.INVOICES: "one invoice each",
    RowsAre.LINES: "lines of invoices, those of one invoice one behind the other",
    RowsAre.PAYMENTS: "one payment each",
    RowsAre.TENANTS: "one tenant each",
}
DATE_FORMS = {
    "%d/%m/%Y": "31/12/2026",
    "%m/%d/%Y": "12/31/2026, month first",
    "%Y-%m-%d": "2026-12-31",
    "%d.%m.%Y": "31.12.2026",
    "%d-%m-%Y": "31-12-2026",
    "%m-%d-%Y": "12-31-2026, month first",
    "%Y/%m/%d": "2026/12/31",
    "%d/%m/%y": "31/12/26",
    "%m/%d/%y": "12/31/26, month first",
    "%d %b %Y": "31 Dec 2026",
    "%d %B %Y": "31 December 2026",
    "%b %d, %Y": "Dec 31, 2026",
    "%d-%b-%Y": "31-Dec-2026",
    "%Y-%m-%d %H:%M:%S": "2026-12-31 09:30:00",
    "%Y-%m-%dT%H:%M:%S": "2026-12-31T09:30:00",
    "%d/%m/%Y %H:%M": "31/12/2026 09:30",
    "%m/%d/%Y %H:%M": "12/31/2026 09:30, month first",
}
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
DECIMALS = {".": "point: 1234.50", ",": "comma: 1234,50"}
THOUSANDS = {"": "nothing", ",": "comma", ".": "point", " ": "space", "'": "apostrophe"}
CHARGES = {each: each.value.replace("_", " ").capitalize() for each in ChargeType}
_FIXED_CHOICES: Mapping[str, Mapping[str, str]] = {
    "includes_tax": {"yes": "yes", "no": "no"},
    "charge_type": {str(each): name for each, name in CHARGES.items()},
}


@dataclass(frozen=True)
class Line:
    """One field of ours on the page."""

    field: FileField
    is_needed: bool
    column: str
    fixed: str
    choices: Mapping[str, str]  # of a value for all rows; none: it is typed
    how: str
    example: str
    error: str = ""


@dataclass(frozen=True)
class Word:
    """A word of the file for a kind of charge."""

    position: int
    text: str
    charge: str
    error: str = ""


@dataclass
class ColumnsForm:
    """What was filled in. `errors` are by the names of fields, or of the form's own inputs."""

    mapping: FileMapping
    sample: Sample
    how: Mapping[str, str] = field(default_factory=dict[str, str])
    errors: dict[str, str] = field(default_factory=dict[str, str])

    def lines(self) -> list[Line]:
        return [self._line(each) for each in FIELDS if self.mapping.rows_are in each.offered]

    def _line(self, each: FileField) -> Line:
        column = self.mapping.columns.get(each.name, "")
        known = column in self.sample.header
        return Line(
            field=each,
            is_needed=self.mapping.rows_are in each.needed,
            column=column,
            fixed=self.mapping.fixed.get(each.name, ""),
            choices=_FIXED_CHOICES.get(each.name, {}),
            how=self.how.get(each.name, ""),
            example=next(iter(self.sample.values(column)), "") if known else "",
            error=self.errors.get(each.name, ""),
        )

    def words(self) -> list[Word]:
        """The words of the column that says the kind of charge."""
        return [
            Word(place, text, charge, self.errors.get(f"word-{place}", ""))
            for place, (text, charge) in enumerate(self.mapping.charge_types.items())
        ]

    @property
    def is_typed(self) -> bool:
        header = self.sample.header
        return len(header) > SELECTS_MAX or sum(map(len, header)) > LETTERS_MAX

    def unused(self) -> list[str]:
        used = set(self.mapping.columns.values())
        return [column for column in self.sample.header if column and column not in used]

    def check(self) -> None:
        """Note what is missing; the form is whole where `errors` stays empty."""
        mapping = self.mapping
        for each in mapping.missing():
            words = "Choose its column, or the value for all rows."
            self.errors[each.name] = words if each.may_be_fixed else "Choose its column."
        for name, column in mapping.columns.items():
            if column not in self.sample.header:
                self.errors[name] = f"The file has no column “{column}”."
        if mapping.columns.get("charge_type"):
            for word in self.words():
                if word.charge not in set(ChargeType):
                    self.errors[f"word-{word.position}"] = "Choose what it means."
        for name in ("name", "source", "zone"):
            if not getattr(mapping, name):
                self.errors[name] = "Fill it in."


def read_form(posted: QueryDict, sample: Sample, before: FileMapping) -> ColumnsForm:
    """What a person posted; what makes no sense is as if it were not chosen."""
    rows_are = posted.get("rows_are", "")
    mapping = replace(
        before,
        name=_text(posted, "name"),
        source=_text(posted, "source"),
        zone=_text(posted, "zone"),
        rows_are=RowsAre(rows_are) if rows_are in set(RowsAre) else before.rows_are,
        dates=(posted["dates"],) if posted.get("dates") in DATE_FORMS else before.dates,
        decimal=_one_of(posted, "decimal", DECIMALS, before.decimal),
        thousands=_one_of(posted, "thousands", THOUSANDS, before.thousands),
        delimiter=sample.delimiter,
        sheet=sample.sheet if len(sample.sheets) > 1 else "",
        columns=_by_field(posted, "col"),
        fixed=_by_field(posted, "fix"),
        **{
            name: _text(posted, name) or getattr(before, name)
            for name in ("tenant_type", "invoice_type", "payment_type")
        },
    )
    words = wiring.charge_words(sample, mapping.columns.get("charge_type", ""))
    said = dict(zip(posted.getlist("word"), posted.getlist("means"), strict=False))
    chosen = {word: said.get(word, charge) for word, charge in words.items()}
    return ColumnsForm(mapping=replace(mapping, charge_types=chosen), sample=sample)


def _by_field(posted: QueryDict, prefix: str) -> dict[str, str]:
    found = {each.name: _text(posted, f"{prefix}-{each.name}") for each in FIELDS}
    return {name: text for name, text in found.items() if text}


def _text(posted: QueryDict, name: str) -> str:
    return posted.get(name, "").strip()[:TEXT_MAX]


def _one_of(posted: QueryDict, name: str, known: Mapping[str, str], otherwise: str) -> str:
    value = posted.get(name, otherwise)
    return value if value in known else otherwise
