"""How two mappings differ, choice by choice, in people's words: for history and audit log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from unitledger.core.chart import Chart
from unitledger.core.mapping import UNSTATED_PERCENT, ChargeRule, Mapping, TrackingRule
from unitledger.core.mapping_check import method_words, named, subject_of


@dataclass(frozen=True, slots=True)
class Told:
    """One choice: what it is about, and what was and is chosen; None: nothing."""

    subject: str
    before: str | None
    after: str | None


def told(before: Mapping | None, after: Mapping, chart: Chart | None) -> tuple[Told, ...]:
    """Every choice that the two do not share."""
    was = dict(_choices(before, chart)) if before is not None else {}
    now = dict(_choices(after, chart))
    subjects = dict.fromkeys((*was, *now))
    return tuple(
        Told(subject, was.get(subject), now.get(subject))
        for subject in subjects
        if was.get(subject) != now.get(subject)
    )


def _choices(mapping: Mapping, chart: Chart | None) -> Iterator[tuple[str, str]]:
    for rule in mapping.charges:
        yield subject_of(rule), _charge(rule, chart)
    for rule in mapping.methods:
        account = chart.account(rule.account_id) if chart else None
        landing = named(account) if account else rule.account_id
        words = landing if rule.is_posted else "not posted"
        yield f"payments by {method_words(rule)}", words
    for rule in mapping.tracking:
        yield f"category {rule.category}", _tracking(rule)
        for value, option in rule.options:
            yield f"{value} in {rule.category}", option
    for rule in mapping.taxes:
        place = f" at {rule.location}" if rule.location else ""
        yield f"tax of {_percent(rule.percent)}{place}", _rate(rule.tax_type, chart)
    for location, includes_tax in mapping.prices:
        yield f"prices at {location}", "with tax included" if includes_tax else "without tax"
    yield from _defaults(mapping)


def _defaults(mapping: Mapping) -> Iterator[tuple[str, str]]:
    rounding = mapping.rounding
    yield (
        "rounding",
        f"up to {rounding.limit} to {rounding.account_code}" if rounding else "the document stops",
    )
    yield (
        "due date",
        "as the source says"
        if mapping.due_days is None
        else (f"{mapping.due_days} days after the invoice"),
    )
    yield "invoice number prefix", mapping.invoice_prefix or "none"
    yield "invoice status", mapping.invoice_status
    yield "reference", mapping.reference_style.value
    yield "contact fields", ", ".join(each.value for each in mapping.contact_fields) or "none"


def _charge(rule: ChargeRule, chart: Chart | None) -> str:
    account = chart.account_by_code(rule.account_code) if chart and rule.account_code else None
    parts = [named(account) if account else rule.account_code or "inherited account"]
    parts += [
        f"{_percent(percent)}: {_rate(tax_type, chart)}" for percent, tax_type in rule.tax_types
    ]
    if rule.item_code:
        parts.append(f"item {rule.item_code}")
    return "; ".join(parts)


def _tracking(rule: TrackingRule) -> str:
    words = f"from {rule.dimension.value.replace('_', ' ')}"
    if rule.default_option:
        return f"{words}; else {rule.default_option}"
    return words if rule.is_required else f"{words}; without option: untracked"


def _percent(percent: str) -> str:
    return "tax not stated" if percent == UNSTATED_PERCENT else f"{percent} %"


def _rate(tax_type: str, chart: Chart | None) -> str:
    rate = chart.tax_rate(tax_type) if chart else None
    return rate.name if rate else tax_type
