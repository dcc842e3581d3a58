"""Keep discrepancies as findings: opened when first seen, closed when they heal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

from django.db import transaction

from unitledger.engine.reconcile.values import Difference
from unitledger.store.holdings import Finding, FindingState


class KeptRule(Protocol):
    """What the keeper asks of a rule."""

    name: ClassVar[str]
    grace: ClassVar[timedelta]
    sample_max: ClassVar[int]
    is_kept: ClassVar[bool]


@dataclass(frozen=True, slots=True)
class Kept:
    opened: int = 0
    healed: int = 0


def with_acceptance(
    organisation_id: int, differences: Iterable[Difference]
) -> Sequence[Difference]:
    """Mark what a person has looked at and accepted, as long as its amounts stay the same."""
    accepted = {
        (each.rule, each.subject): each.evidence
        for each in Finding.objects.filter(
            organisation_id=organisation_id, state=FindingState.ACCEPTED
        ).order_by("id")
    }
    if not accepted:
        return list(differences)
    return [
        replace(each, is_accepted=_amounts(each) == _kept_amounts(accepted, each))
        for each in differences
    ]


def keep(
    organisation_id: int,
    operator_id: int,
    differences: Sequence[Difference],
    *,
    rules: Sequence[KeptRule],
    now: datetime,
) -> Kept:
    """Store what was found. What is open and was not found again has healed.

    Of each rule at most `sample_max` are stored, and none younger than its grace.
    """
    with transaction.atomic():
        open_now = {
            (each.rule, each.subject): each
            for each in Finding.objects.select_for_update().filter(
                organisation_id=organisation_id, state=FindingState.OPEN
            )
        }
        seen = {(each.rule, each.subject) for each in differences if not each.is_accepted}
        healed = [each.pk for key, each in open_now.items() if key not in seen]
        Finding.objects.filter(id__in=healed).update(
            state=FindingState.HEALED, closed_at=now, last_seen_at=now
        )
        opened = []
        for difference in _worth_keeping(differences, rules=rules, now=now):
            known = open_now.get((difference.rule, difference.subject))
            if known is None:
                opened.append(_finding(organisation_id, operator_id, difference, now=now))
            else:
                known.evidence = _evidence(difference)
                known.last_seen_at = now
                known.save(update_fields=["evidence", "last_seen_at"])
        Finding.objects.bulk_create(opened)
    return Kept(opened=len(opened), healed=len(healed))


def _worth_keeping(
    differences: Sequence[Difference], *, rules: Sequence[KeptRule], now: datetime
) -> Iterable[Difference]:
    known = {rule.name: rule for rule in rules}
    counts: dict[str, int] = {}
    subjects: set[tuple[str, str]] = set()
    for each in differences:
        rule = known.get(each.rule)
        key = (each.rule, each.subject)
        if rule is None or not rule.is_kept or each.is_accepted or key in subjects:
            continue
        if each.seen_since is not None and now - each.seen_since < rule.grace:
            continue
        counts[each.rule] = counts.get(each.rule, 0) + 1
        if counts[each.rule] <= rule.sample_max:
            subjects.add(key)
            yield each


def _finding(
    organisation_id: int, operator_id: int, difference: Difference, *, now: datetime
) -> Finding:
    return Finding(
        operator_id=operator_id,
        organisation_id=organisation_id,
        rule=difference.rule,
        subject=difference.subject,
        document_id=difference.document_id,
        xero_id=difference.xero_id,
        evidence=_evidence(difference),
        last_seen_at=now,
    )


def _evidence(difference: Difference) -> dict[str, Any]:
    return {
        "document": difference.document,
        "says": difference.says,
        "remedy": difference.remedy,
        **_amounts(difference),
    }


def _amounts(difference: Difference) -> dict[str, str | None]:
    return {
        "source_amount": _written(difference.source_amount),
        "books_amount": _written(difference.books_amount),
    }


def _kept_amounts(
    accepted: Mapping[tuple[str, str], Mapping[str, Any]], difference: Difference
) -> Mapping[str, Any] | None:
    evidence = accepted.get((difference.rule, difference.subject))
    if evidence is None:
        return None
    return {name: evidence.get(name) for name in ("source_amount", "books_amount")}


def _written(amount: Any) -> str | None:
    return None if amount is None else format(amount, ".2f")
