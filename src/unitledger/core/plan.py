"""What a run would do to an organisation's books: counts and money, by kind and act.

A plan is a sum, built while the changes stream by; it stays small whatever their number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from unitledger.core.arithmetic import ZERO
from unitledger.core.compare import Act, Change
from unitledger.core.documents import DocumentKind
from unitledger.core.money import CurrencyMismatch

_FINGERPRINT_BYTES = 16
_FINGERPRINT_MODULUS = 1 << (8 * _FINGERPRINT_BYTES)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """The changes of one kind and act together.

    `before` and `after` are what the books hold of these documents by what we last wrote,
    and will hold. `moved` sums, document by document, the money that changes place: of a
    replaced payment all of it, of an updated invoice the difference.
    """

    count: int = 0
    before: Decimal = ZERO
    after: Decimal = ZERO
    moved: Decimal = ZERO

    def plus(self, other: PlanLine) -> PlanLine:
        return PlanLine(
            count=self.count + other.count,
            before=self.before + other.before,
            after=self.after + other.after,
            moved=self.moved + other.moved,
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """One organisation's plan, in its currency.

    `fingerprint` is equal for plans that make the same changes to the same documents, in
    any order: what a person approved is what may run.
    """

    currency: str
    lines: Mapping[tuple[DocumentKind, Act], PlanLine] = field(default_factory=dict)
    fingerprint: str = "0" * (2 * _FINGERPRINT_BYTES)

    def line(self, kind: DocumentKind, act: Act) -> PlanLine:
        return self.lines.get((kind, act), PlanLine())

    def of_acts(self, *acts: Act) -> PlanLine:
        """The changes of these acts together, of every kind."""
        total = PlanLine()
        for (_, act), line in self.lines.items():
            if act in acts:
                total = total.plus(line)
        return total

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be written."""
        return self.write_count == 0

    @property
    def write_count(self) -> int:
        return self.of_acts(Act.CREATE, Act.UPDATE, Act.VOID, Act.REPLACE).count

    def merged(self, other: Plan) -> Plan:
        """Both plans as one; they must be of one organisation and of different documents."""
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        lines = dict(self.lines)
        for name, line in other.lines.items():
            lines[name] = lines.get(name, PlanLine()).plus(line)
        prints = (int(self.fingerprint, 16), int(other.fingerprint, 16))
        return Plan(currency=self.currency, lines=lines, fingerprint=_printed(sum(prints)))


def plan_of(changes: Iterable[tuple[str, Change]], *, currency: str) -> Plan:
    """Sum up changes, each with its document's name (any text that tells it from others)."""
    lines: dict[tuple[DocumentKind, Act], PlanLine] = {}
    prints = 0
    for document, change in changes:
        name = (change.kind, change.act)
        lines[name] = lines.get(name, PlanLine()).plus(_line(change))
        if change.effects:
            prints += _print(document, change)
    return Plan(currency=currency, lines=lines, fingerprint=_printed(prints))


def _line(change: Change) -> PlanLine:
    return PlanLine(count=1, before=change.before, after=change.after, moved=_moved(change))


def _moved(change: Change) -> Decimal:
    match change.act:
        case Act.LEAVE | Act.CONFLICT:
            return ZERO
        case Act.REPLACE:
            return max(change.before, change.after)
        case _:
            return abs(change.after - change.before)


def _print(document: str, change: Change) -> int:
    text = "\x1f".join((document, change.kind, change.act, str(change.before), str(change.after)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:_FINGERPRINT_BYTES], "big")


def _printed(number: int) -> str:
    # A sum, not an exclusive or: a document counted twice must not cancel itself out.
    return format(number % _FINGERPRINT_MODULUS, f"0{2 * _FINGERPRINT_BYTES}x")
