"""What an organisation held before our first write, beside our records: is it the same thing?

Pure rules. A person decides; these say what to show, how sure it is, and by what.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from unitledger.core.wording import name_key

# A bookkeeper dates by hand, or on the day it was seen; rent of the next month is further off.
INVOICE_DAYS = timedelta(days=3)
PAYMENT_DAYS = timedelta(days=7)
GONE = frozenset({"VOIDED", "DELETED"})
ARCHIVED = frozenset({"ARCHIVED", "GDPRREQUEST"})
MERGES_MAX = 5
Of = TypeVar("Of")
_COUNTED = re.compile(r"^(.*?)(\d+)$")


class Likeness(StrEnum):
    EXACT = "exact"
    LIKELY = "likely"
    CLASH = "clash"  # it bears our number or name and cannot be ours as it stands


_SURER = {Likeness.EXACT: 0, Likeness.LIKELY: 1, Likeness.CLASH: 2}


@dataclass(frozen=True, slots=True)
class Like:
    """How like two are, and by what, in words."""

    likeness: Likeness
    by: str
    rank: int = 0  # among equals the lower is the likelier


@dataclass(frozen=True, slots=True)
class OurContact:
    document_id: int
    number: str
    name: str
    email_mark: str | None


@dataclass(frozen=True, slots=True)
class TheirContact:
    xero_id: str
    name: str | None
    numbers: Sequence[str]  # its contact number and its account number
    email_mark: str | None
    status: str
    merged_to: str | None


@dataclass(frozen=True, slots=True)
class Money:
    """An invoice or a payment, on either side."""

    number: str | None
    dated_on: date | None
    total: Decimal | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Pair:
    """One of ours beside one of theirs."""

    document_id: int
    xero_id: str
    like: Like


@dataclass(frozen=True, slots=True)
class Counting:
    """A way of counting that both sides use: `INV-` with the first and last of each."""

    prefix: str
    ours: tuple[str, str]
    theirs: tuple[str, str]


def email_mark(email: str | None) -> str | None:
    """What tells two addresses apart without keeping them."""
    spelled = (email or "").strip().casefold()
    return hashlib.sha256(spelled.encode()).hexdigest() if "@" in spelled else None


def contact_pairs(
    ours: Iterable[OurContact], theirs: Sequence[TheirContact]
) -> Sequence[tuple[Pair, TheirContact]]:
    """For each tenant the likeliest contact, each contact at most once.

    A contact that was merged leads to the one it became. One that is archived takes no invoice:
    it is shown only where no active one is like the tenant.
    """
    by_id = {each.xero_id: each for each in theirs}
    index: dict[str, list[TheirContact]] = defaultdict(list)
    for each in theirs:
        for key in _keys(each.numbers, each.email_mark, each.name):
            index[key].append(each)
    found: list[tuple[Pair, TheirContact]] = []
    for tenant in ours:
        known: dict[str, TheirContact] = {}
        for key in _keys((tenant.number,), tenant.email_mark, tenant.name):
            known |= {each.xero_id: each for each in index.get(key, ())}
        for each in known.values():
            like = like_contact(tenant, each)
            became = _became(each, by_id)
            if like is None or became is None:
                continue
            if became is not each:
                like = Like(like.likeness, f"{like.by}, of one merged into it", like.rank)
            found.append((Pair(tenant.document_id, became.xero_id, like), became))
    return _one_to_one(found)


def like_contact(ours: OurContact, theirs: TheirContact) -> Like | None:
    same = {
        "number": bool(ours.number) and ours.number in theirs.numbers,
        "e-mail": ours.email_mark is not None and ours.email_mark == theirs.email_mark,
        "name": bool(theirs.name) and name_key(ours.name) == name_key(theirs.name or ""),
    }
    agreeing = [name for name, agrees in same.items() if agrees]
    if not agreeing:
        return None
    by = _listed(agreeing)
    rank = (not same["number"]) * 4 + (not same["e-mail"]) * 2 + (not same["name"])
    if theirs.status in ARCHIVED and theirs.merged_to is None:
        return Like(Likeness.CLASH, f"{by}; archived in Xero", rank)
    return Like(Likeness.EXACT if len(agreeing) > 1 else Likeness.LIKELY, by, rank)


def like_invoice(ours: Money, theirs: Money, *, status: str, same_tenant: bool) -> Like | None:
    """By number; or by tenant, amount and date."""
    same_number = bool(ours.number) and ours.number == theirs.number
    same_money = ours.total == theirs.total and theirs.currency in (None, ours.currency)
    days = _days_apart(ours, theirs)
    if same_number:
        if status in GONE:
            return Like(Likeness.CLASH, f"number; {status.lower()} in Xero")
        if not same_money:
            return Like(Likeness.CLASH, "number; the amount differs")
        if same_tenant or days == 0:
            more = ["tenant"] * same_tenant + ["date"] * (days == 0)
            return Like(Likeness.EXACT, _listed(["number", "amount", *more]))
        return Like(Likeness.LIKELY, "number and amount; tenant and date differ", rank=1)
    if status in GONE or not (same_money and same_tenant) or days is None:
        return None
    if days > INVOICE_DAYS.days:
        return None
    by = "tenant, amount and date" if days == 0 else f"tenant and amount, {_apart(days)}"
    return Like(Likeness.LIKELY, by, rank=2 + days)


def like_payment(
    ours: Money, theirs: Money, *, status: str, same_invoice: bool, same_tenant: bool
) -> Like | None:
    """By the invoice it pays, amount and date; or by tenant, amount and date."""
    if status in GONE or ours.total != theirs.total:
        return None
    days = _days_apart(ours, theirs)
    if days is None:
        return None
    when = "date" if days == 0 else _apart(days)
    if same_invoice and days == 0:
        return Like(Likeness.EXACT, "invoice, amount and date")
    if same_invoice and days <= PAYMENT_DAYS.days:
        return Like(Likeness.LIKELY, f"invoice and amount, {when}", rank=days)
    if same_tenant and days <= INVOICE_DAYS.days:
        return Like(Likeness.LIKELY, f"tenant, amount and {when}; another invoice", rank=20 + days)
    return None


def one_to_one(pairs: Iterable[Pair]) -> Sequence[Pair]:
    """The likeliest first; each of ours and each of theirs at most once."""
    return [pair for pair, _ in _one_to_one((each, None) for each in pairs)]


def shared_sequences(ours: Iterable[str], theirs: Iterable[str]) -> Sequence[Counting]:
    """Prefixes that both sides count under: sooner or later one needs the other's number."""
    mine, others = _counted(ours), _counted(theirs)
    return [
        Counting(prefix=mine[key][0], ours=_ends(mine[key][1]), theirs=_ends(others[key][1]))
        for key in sorted(mine.keys() & others.keys())
    ]


def _one_to_one(pairs: Iterable[tuple[Pair, Of]]) -> Sequence[tuple[Pair, Of]]:
    ordered = sorted(
        pairs,
        key=lambda each: (
            _SURER[each[0].like.likeness],
            each[0].like.rank,
            each[0].document_id,
            each[0].xero_id,
        ),
    )
    ours, theirs = set[int](), set[str]()
    chosen: list[tuple[Pair, Of]] = []
    for pair, of in ordered:
        if pair.document_id not in ours and pair.xero_id not in theirs:
            ours.add(pair.document_id)
            theirs.add(pair.xero_id)
            chosen.append((pair, of))
    return chosen


def _keys(numbers: Sequence[str], mark: str | None, name: str | None) -> Iterable[str]:
    yield from (f"number {each}" for each in numbers if each)
    if mark:
        yield f"mark {mark}"
    if name:
        yield f"name {name_key(name)}"


def _became(contact: TheirContact, by_id: Mapping[str, TheirContact]) -> TheirContact | None:
    """The contact itself, or what it was merged into in the end; None where that is not known."""
    for _ in range(MERGES_MAX):
        if contact.merged_to is None:
            return contact
        into = by_id.get(contact.merged_to)
        if into is None:
            return None
        contact = into
    return None


def _counted(numbers: Iterable[str]) -> dict[str, tuple[str, list[tuple[int, str]]]]:
    """Prefix in one spelling → (as first written, the numbers under it)."""
    found: dict[str, tuple[str, list[tuple[int, str]]]] = {}
    for number in numbers:
        match = _COUNTED.match(number)
        if match and match[2].isascii():
            under = found.setdefault(match[1].casefold(), (match[1], []))
            under[1].append((int(match[2]), number))
    return found


def _ends(numbers: Sequence[tuple[int, str]]) -> tuple[str, str]:
    return min(numbers)[1], max(numbers)[1]


def _days_apart(ours: Money, theirs: Money) -> int | None:
    if ours.dated_on is None or theirs.dated_on is None:
        return None
    return abs((ours.dated_on - theirs.dated_on).days)


def _apart(days: int) -> str:
    return "1 day apart" if days == 1 else f"{days} days apart"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
