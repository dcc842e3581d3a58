"""What is asked about the organisation as a whole: evidence gathered, and kept with a
fingerprint, so that an answer holds for what was seen and for nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.db import connection as database

from unitledger.core.likeness import shared_sequences
from unitledger.engine.going_live.facts import Facts
from unitledger.engine.lease import Lease
from unitledger.store.going_live import GoingLiveQuestion, Topic

ROWS_MAX = 50
NO_ADDRESS = "no address"
_NOT_OURS = """
    x.organisation_id = %(organisation)s AND x.kind = 'invoice' AND x.is_receivable
    AND x.status NOT IN ('VOIDED', 'DELETED')
    AND NOT EXISTS (SELECT 1 FROM document o WHERE o.organisation_id = x.organisation_id
                     AND o.kind = 'invoice' AND o.xero_id = x.xero_id)
    AND NOT EXISTS (SELECT 1 FROM going_live_match m WHERE m.organisation_id = x.organisation_id
                     AND m.kind = 'invoice' AND m.xero_id = x.xero_id)
"""
_OTHERS = f"""
    SELECT x.url, x.total, x.dated_on, x.number FROM xero_object x
     WHERE {_NOT_OURS} AND x.dated_on >= %(start)s ORDER BY x.dated_on, x.id
"""
_THEIR_NUMBERS = f"SELECT x.number FROM xero_object x WHERE {_NOT_OURS} AND x.number <> ''"
_OUR_NUMBERS = """
    SELECT %(prefix)s || d.number FROM document d
     WHERE d.organisation_id = %(organisation)s AND d.kind = 'invoice' AND d.is_wanted
       AND d.xero_id IS NULL AND d.dated_on >= %(start)s AND d.number <> ''
"""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a question rests on. `rows` are cells as `wording` shows them; `count` is of all."""

    topic: Topic
    count: int
    rows: Sequence[Sequence[Any]]
    about: Mapping[str, Any]

    @property
    def content(self) -> dict[str, Any]:
        shown = [list(each) for each in self.rows[:ROWS_MAX]]
        return {"count": self.count, "rows": shown, "about": dict(self.about)}

    @property
    def fingerprint(self) -> str:
        said = [self.topic, self.count, [list(each) for each in self.rows], dict(self.about)]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def money(amount: Decimal | None) -> Mapping[str, str] | str:
    return "" if amount is None else {"money": f"{amount:.2f}"}


def day(on: date | None) -> Mapping[str, str] | str:
    return "" if on is None else {"on": on.isoformat()}


def evidences(facts: Facts, *, held: Lease, start_on: date, prefix: str) -> Sequence[Evidence]:
    """One for each topic that there is something to ask about."""
    arguments = {"organisation": held.organisation_id, "start": start_on, "prefix": prefix}
    asked = (
        _credits(facts),
        _repeating(facts),
        _others(arguments),
        _turnover(facts),
        _reminders(facts),
        _payment_links(facts),
        _numbers(arguments),
    )
    return [each for each in asked if each is not None]


def keep(held: Lease, found: Sequence[Evidence]) -> None:
    """Ask what is new, ask anew what looks otherwise, drop what is there no longer."""
    mine = GoingLiveQuestion.objects.filter(organisation_id=held.organisation_id)
    known = {each.topic: each for each in mine.select_for_update()}
    for each in found:
        row = known.pop(each.topic, None) or GoingLiveQuestion(
            operator_id=held.operator_id, organisation_id=held.organisation_id, topic=each.topic
        )
        if row.fingerprint != each.fingerprint:
            row.fingerprint = each.fingerprint
            row.note, row.answered_by_name, row.answered_at = "", "", None
        row.evidence = each.content
        row.save()
    mine.filter(topic__in=list(known)).delete()


def _credits(facts: Facts) -> Evidence | None:
    rows = [
        (each.number or "", each.contact or "", day(each.dated_on), money(each.total))
        for each in facts.credits
    ]
    total = sum((each.total for each in facts.credits), Decimal(0))
    return _evidence(Topic.CREDITS, rows, total=f"{total:.2f}")


def _repeating(facts: Facts) -> Evidence | None:
    rows = [
        (each.contact or "", each.reference or "", each.every, day(each.next_on), money(each.total))
        for each in facts.repeating
    ]
    return _evidence(Topic.REPEATING, rows)


def _others(arguments: Mapping[str, Any]) -> Evidence | None:
    """Grouped by the site their links lead to, which is how the app that made them shows."""
    groups: dict[str, list[tuple[Decimal, date, str]]] = {}
    for url, total, dated_on, number in _rows(_OTHERS, arguments):
        site = (urlsplit(url).hostname if url else None) or NO_ADDRESS
        groups.setdefault(site, []).append((total, dated_on, number or ""))
    rows = [
        (
            site,
            str(len(found)),
            money(sum((each[0] for each in found), Decimal(0))),
            day(found[0][1]),
            day(found[-1][1]),
            ", ".join(each[2] for each in found[:3] if each[2]),
        )
        for site, found in sorted(groups.items(), key=lambda each: (-len(each[1]), each[0]))
    ]
    count = sum(len(found) for found in groups.values())
    return _evidence(Topic.OTHERS, rows, count=count)


def _turnover(facts: Facts) -> Evidence | None:
    rows = [
        (each.account, day(each.first_on), day(each.last_on), money(each.amount))
        for each in facts.turnover
    ]
    return _evidence(Topic.TURNOVER, rows)


def _reminders(facts: Facts) -> Evidence | None:
    return _evidence(Topic.REMINDERS, [("on",)] if facts.has_reminders else [])


def _payment_links(facts: Facts) -> Evidence | None:
    rows = [(theme, ", ".join(services)) for theme, services in facts.payment_links]
    if rows or not facts.are_links_hidden:
        return _evidence(Topic.PAYMENT_LINKS, rows)
    return Evidence(Topic.PAYMENT_LINKS, 0, (), {"hidden": True})


def _numbers(arguments: Mapping[str, Any]) -> Evidence | None:
    theirs = [row[0] for row in _rows(_THEIR_NUMBERS, arguments)]
    if not theirs:
        return None
    shared = shared_sequences((row[0] for row in _rows(_OUR_NUMBERS, arguments)), theirs)
    # Ours grow with every bill: what they are by now is no other question.
    rows = [(each.prefix or "digits alone", each.ours[0], *each.theirs) for each in shared]
    return _evidence(Topic.NUMBERS, rows)


def _evidence(
    topic: Topic, rows: Sequence[Sequence[Any]], *, count: int | None = None, **about: Any
) -> Evidence | None:
    if not rows:
        return None
    return Evidence(topic, len(rows) if count is None else count, tuple(rows), about)


def _rows(statement: str, arguments: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with database.cursor() as cursor:
        cursor.execute(statement, arguments)
        return cursor.fetchall()
