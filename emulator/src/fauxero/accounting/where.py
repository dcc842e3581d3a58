"""Xero's filter language: parsed, checked against the fields of a resource, made a function.

Xero: documented (Requests and responses; Invoices; Contacts): == = != > >= < <=, AND/&&, OR/||,
double-quoted text without escapes, guid("..."), DateTime(y, m, d), true/false/null, and the
methods Contains, StartsWith, EndsWith, ToLower. Text matches ignore case (recorded on the wire)
and accents (documented). A method on null is a QueryParseException (reported): guard it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from fauxero.accounting.fields import parse_guid
from fauxero.accounting.resource import BadQuery

TEXT, GUID, NUMBER, DAY, INSTANT, FLAG, NULL = (
    "String",
    "Guid",
    "Decimal",
    "DateTime",
    "DateTime (UTC)",
    "Boolean",
    "null",
)

Getter = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A property a filter or an order may name: its kind and how to read it from a row."""

    kind: str
    read: Getter
    blind_to: frozenset[str] = frozenset()  # methods that match nothing here, silently


Fields = Mapping[str, Field]  # by lower-case path, e.g. "contact.contactid"


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter. `pins` are equalities that must hold, by lower-case path.

    `only_pin` says that the filter is one such equality and nothing else, so an index that
    answers it exactly needs no second look at the rows.
    """

    test: Callable[[Any], bool]
    pins: Mapping[str, Any]
    only_pin: bool


@lru_cache(maxsize=4096)
def folded_text(value: str) -> str:
    """Text as Xero compares it: no case, no accents."""
    if value.isascii():
        return value.lower()
    parts = unicodedata.normalize("NFKD", value)
    return "".join(part for part in parts if not unicodedata.combining(part)).casefold()


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>"[^"]*")
    | (?P<number>-?\d+(?:\.\d+)?[mMdDfF]?)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<op>==|!=|<>|>=|<=|&&|\|\||[=<>!().,])
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    value: str


def _tokens(source: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    text = source.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise BadQuery(f"Syntax error '{text[at:].lstrip()[:1]}'")
        kind = match.lastgroup or ""
        found.append(Token(kind, match[kind]))
        at = match.end()
    return found


@dataclass(frozen=True, slots=True)
class Value:
    """A compiled operand: how to get it, its kind, and the field path or constant it is."""

    kind: str
    read: Getter
    path: str | None = None
    constant: Any = None


@dataclass(frozen=True, slots=True)
class Test:
    """A compiled condition with the equalities it implies."""

    check: Callable[[Any], bool]
    pins: tuple[tuple[str, Any], ...] = ()
    only_pin: bool = False


DEPTH_MAX = 40  # nested brackets; Xero's own limit is not known
LENGTH_MAX = 8000


class _Parser:
    def __init__(self, source: str, fields: Fields) -> None:
        if len(source) > LENGTH_MAX:
            raise BadQuery("The where clause is too long")
        self._tokens = _tokens(source)
        self._at = 0
        self._depth = 0
        self._fields = fields

    def parse(self) -> Test:
        if not self._tokens:
            raise BadQuery("Expression expected")
        test = self._either()
        if self._at < len(self._tokens):
            raise BadQuery(f"Syntax error at '{self._tokens[self._at].value}'")
        return test

    # ---- conditions

    def _either(self) -> Test:
        test = self._both()
        while self._take_word("or") or self._take("||"):
            test = _disjoin(test, self._both())
        return test

    def _both(self) -> Test:
        test = self._condition()
        while self._take_word("and") or self._take("&&"):
            test = _conjoin(test, self._condition())
        return test

    def _condition(self) -> Test:
        if self._take("!") or self._take_word("not"):
            inner = self._condition()
            return Test(lambda row, check=inner.check: not check(row))
        if self._take("("):
            self._depth += 1
            if self._depth > DEPTH_MAX:
                raise BadQuery("The where clause is nested too deeply")
            test = self._either()
            self._expect(")")
            self._depth -= 1
            return test
        return self._comparison()

    def _comparison(self) -> Test:
        left = self._operand()
        token = self._peek()
        if token is None or token.value not in _OPERATORS:
            if left.kind != FLAG:
                raise BadQuery("Expression of type 'Boolean' expected")
            return Test(lambda row, read=left.read: read(row) is True)
        self._at += 1
        return _compare(left, token.value, self._operand())

    # ---- operands

    def _operand(self) -> Value:
        token = self._next()
        if token.kind == "text":
            return self._methods(_constant(TEXT, token.value[1:-1]))
        if token.kind == "number":
            return _constant(NUMBER, Decimal(token.value.rstrip("mMdDfF")))
        if token.kind != "word":
            raise BadQuery(f"Expression expected, found '{token.value}'")
        word = token.value.lower()
        if word in ("true", "false"):
            return _constant(FLAG, word == "true")
        if word == "null":
            return _constant(NULL, None)
        if word == "guid":
            return _constant(GUID, self._guid())
        if word == "datetime":
            return _constant(DAY, self._parsed() if self._take(".") else self._datetime())
        return self._methods(self._field(token.value))

    def _field(self, first: str) -> Value:
        path, name = first.lower(), first
        while path not in self._fields and self._take("."):
            part = self._next()
            path, name = f"{path}.{part.value.lower()}", f"{name}.{part.value}"
        field = self._fields.get(path)
        if field is None:
            raise BadQuery(f"No property or field '{name}' exists")
        return Value(field.kind, field.read, path)

    def _methods(self, value: Value) -> Value:
        while self._take("."):
            word = self._next().value
            method = word.lower()
            if method in ("hasvalue", "value"):
                value = _nullable(value, method)
                continue
            self._expect("(")
            argument = None if self._take(")") else self._operand()
            if argument is not None:
                self._expect(")")
            field = self._fields.get(value.path or "")
            if field is not None and method in field.blind_to:
                value = Value(FLAG, lambda row: False)
                continue
            value = _call(value, word, argument)
        return value

    def _guid(self) -> str:
        self._expect("(")
        token = self._next()
        self._expect(")")
        found = parse_guid(token.value[1:-1]) if token.kind == "text" else None
        if found is None:
            raise BadQuery("Guid should contain 32 digits with 4 dashes")
        return found

    def _datetime(self) -> datetime:
        self._expect("(")
        parts = [self._whole()]
        while self._take(","):
            parts.append(self._whole())
        self._expect(")")
        if len(parts) not in (3, 6):
            raise BadQuery("No applicable constructor exists in type 'DateTime'")
        try:
            return datetime(*parts, tzinfo=UTC)
        except ValueError:
            raise BadQuery("DateTime parameters describe an un-representable date") from None

    def _parsed(self) -> datetime:
        """DateTime.Parse("2026-03-01T09:00:00"): reported by Xero's own people to be taken."""
        if not self._take_word("parse"):
            raise BadQuery("No applicable method exists in type 'DateTime'")
        self._expect("(")
        token = self._next()
        self._expect(")")
        try:
            if token.kind != "text":
                raise ValueError
            at = datetime.fromisoformat(token.value[1:-1])
            return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        except (ValueError, OverflowError):
            raise BadQuery("String was not recognized as a valid DateTime.") from None

    def _whole(self) -> int:
        token = self._next()
        if token.kind != "number" or not token.value.isdigit():
            raise BadQuery(f"Number expected, found '{token.value}'")
        return int(token.value)

    # ---- tokens

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _next(self) -> Token:
        token = self._peek()
        if token is None:
            raise BadQuery("Expression expected")
        self._at += 1
        return token

    def _take(self, op: str) -> bool:
        token = self._peek()
        if token is None or token.kind != "op" or token.value != op:
            return False
        self._at += 1
        return True

    def _take_word(self, word: str) -> bool:
        token = self._peek()
        if token is None or token.kind != "word" or token.value.lower() != word:
            return False
        self._at += 1
        return True

    def _expect(self, op: str) -> None:
        if not self._take(op):
            raise BadQuery(f"'{op}' expected")


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: left == right,
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<>": lambda left, right: left != right,
    ">": lambda left, right: left is not None and right is not None and left > right,
    ">=": lambda left, right: left is not None and right is not None and left >= right,
    "<": lambda left, right: left is not None and right is not None and left < right,
    "<=": lambda left, right: left is not None and right is not None and left <= right,
}


def _constant(kind: str, value: Any) -> Value:
    return Value(kind, lambda row: value, None, value)


def _compare(left: Value, operator: str, right: Value) -> Test:
    kinds = {left.kind, right.kind} - {NULL}
    if len(kinds) > 1 and kinds != {DAY, INSTANT}:
        raise BadQuery(
            f"Operator '{operator}' incompatible with operand types '{left.kind}' and "
            f"'{right.kind}'"
        )
    fold = _FOLDS[INSTANT if INSTANT in kinds else next(iter(kinds), NULL)]
    compare = _OPERATORS[operator]
    left_of, right_of = _folded(left, fold), _folded(right, fold)

    def check(row: Any) -> bool:
        return compare(left_of(row), right_of(row))

    if operator in ("==", "=") and left.path is not None and right.path is None:
        return Test(check, ((left.path, fold(right.constant)),), only_pin=True)
    return Test(check)


def _folded(value: Value, fold: Getter) -> Getter:
    if value.path is None and value.constant is not None:
        constant = fold(value.constant)
        return lambda row: constant
    read = value.read
    return lambda row: fold(read(row))


def _fold_text(value: Any) -> Any:
    return None if value is None else folded_text(value)


def _fold_day(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.date() if value.time() == time.min else value
    return value


def _fold_instant(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time.min, UTC)
    return value


_FOLDS: dict[str, Getter] = {
    TEXT: _fold_text,
    DAY: _fold_day,
    INSTANT: _fold_instant,
    GUID: lambda value: value,
    NUMBER: lambda value: value,
    FLAG: lambda value: value,
    NULL: lambda value: value,
}


def _nullable(value: Value, member: str) -> Value:
    """Property.HasValue and Property.Value, as .NET's nullable types have them."""
    if value.kind == TEXT:
        raise BadQuery(f"No property or field '{member}' exists in type 'String'")
    if member == "value":
        return value
    return Value(FLAG, lambda row, read=value.read: read(row) is not None)


_CHECKS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda whole, part: part in whole,
    "startswith": lambda whole, part: whole.startswith(part),
    "endswith": lambda whole, part: whole.endswith(part),
}


def _call(value: Value, word: str, argument: Value | None) -> Value:
    method = word.lower()
    if value.kind != TEXT:
        raise BadQuery(f"No applicable method '{word}' exists in type '{value.kind}'")
    read = _guarded(value)
    if method in ("tolower", "toupper", "trim") and argument is None:
        return Value(TEXT, read)  # comparing ignores case anyway
    check = _CHECKS.get(method)
    if check is None or argument is None or argument.kind != TEXT:
        raise BadQuery(f"No applicable method '{word}' exists in type 'String'")
    part = _guarded(argument)
    return Value(FLAG, lambda row: check(folded_text(read(row)), folded_text(part(row))))


def _guarded(value: Value) -> Getter:
    def read(row: Any) -> str:
        found = value.read(row)
        if found is None:
            raise BadQuery("Object reference not set to an instance of an object.")
        return found

    return read


def _conjoin(left: Test, right: Test) -> Test:
    one, two = left.check, right.check
    return Test(lambda row: one(row) and two(row), left.pins + right.pins)


def _disjoin(left: Test, right: Test) -> Test:
    one, two = left.check, right.check
    return Test(lambda row: one(row) or two(row))


def parse_where(source: str, fields: Fields) -> Filter:
    """Parse `source`. Raises BadQuery on nonsense; the filter itself may, on an unguarded null."""
    test = _Parser(source, fields).parse()
    return Filter(test.check, dict(test.pins), test.only_pin)


def parse_order(source: str, fields: Fields) -> list[tuple[Getter, bool]]:
    """Return (read, descending) pairs of "Field [ASC|DESC], ...". Raises BadQuery."""
    keys: list[tuple[Getter, bool]] = []
    for part in source.split(","):
        words = part.split()
        if not 1 <= len(words) <= 2 or (len(words) == 2 and words[1].upper() not in _DIRECTIONS):
            raise BadQuery(f"Syntax error in order '{part.strip()}'")
        field = fields.get(words[0].lower())
        if field is None:
            raise BadQuery(f"No property or field '{words[0]}' exists")
        keys.append((_folded(Value(field.kind, field.read, ""), _FOLDS[field.kind]), _down(words)))
    return keys


_DIRECTIONS = ("ASC", "DESC", "ASCENDING", "DESCENDING")


def _down(words: list[str]) -> bool:
    return len(words) == 2 and words[1].upper().startswith("DESC")
