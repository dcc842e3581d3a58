"""One record: where it stands, why, what was or will be sent, and everything tried so far."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from unitledger import wiring
from unitledger.core.chart import Chart
from unitledger.core.documents import DocumentKind, Wanted, WantedInvoice, wanted_from_content
from unitledger.core.effects import EffectState
from unitledger.engine.exporting import NOUNS
from unitledger.engine.handling.fitness import fitting
from unitledger.engine.handling.standing import seen
from unitledger.engine.preview import Entry, entries_of
from unitledger.engine.reading import stored_chart
from unitledger.engine.report import Filter, report
from unitledger.store.holdings import FindingState
from unitledger.store.journal import Document, Effect
from unitledger.store.records import RecordVersion, SourceRecord
from unitledger.web import words
from unitledger.web.frame import framed, now
from unitledger.web.members import Member, for_members
from unitledger.web.options import Option, offered
from unitledger.web.pages.report import shown
from unitledger.web.report_query import KINDS
from unitledger.web.scope import operator_scope
from unitledger.web.time_line import happened, in_xero, time_line
from unitledger.web.words import Look


@dataclass(frozen=True, slots=True)
class Attempt:
    """One intended write and what it came to."""

    effect: Effect
    word: str
    look: Look
    messages: Sequence[str]
    payload: str


@dataclass(frozen=True, slots=True)
class Sending:
    """What was sent for one document, or goes next."""

    wanted: Wanted
    is_applied: bool
    currency: str | None
    tracking: str
    entries: Sequence[Entry]  # what it does in the books

    @property
    def is_invoice(self) -> bool:
        return isinstance(self.wanted, WantedInvoice)


@require_GET
@never_cache
@for_members
def record(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    with operator_scope(member.operator_id):
        source = SourceRecord.objects.filter(public_id=public_id).first()
        documents = list(Document.objects.filter(record=source).order_by("id")) if source else []
        if source is None or not documents:
            raise Http404("There is no such record.")
        kind = DocumentKind(documents[0].kind)
        asked = Filter(
            operator_id=member.operator_id,
            kind=kind,
            record_ids=[source.pk],
            location_ids=member.location_ids,
        )
        rows = report(asked).rows
        if not rows:
            raise Http404("There is no such record.")
        found = happened(source.pk, documents)
        charts = _charts(documents)
        context = {
            "shown": [shown(row) for row in rows],
            "one": NOUNS[kind],
            "by": next(name for name, each in KINDS.items() if each is kind),
            "sendings": _sendings(documents, found.effects, charts),
            "names": _names(charts),
            "attempts": [_attempt(each) for each in found.effects],
            "versions": _versions(found.versions),
            "line": time_line(source.pk, documents, found),
            "in_xero": [each for each in in_xero(documents) if each.held is not None],
            "differences": [each for each in found.findings if each.state == FindingState.OPEN],
            "choices": _choices(member, documents),
            "form_key": wiring.shared_tools().ids.state_token(),
        }
    return framed(request, member, "web/record.html", context)


def _choices(member: Member, documents: Sequence[Document]) -> list[Option]:
    """What this person may decide about the record as it stands, besides a ReSync."""
    ids = [each.pk for each in documents]
    standings = seen(member.operator_id, ids, now=now())
    fit = {act for standing in standings for act in fitting(standing)}
    return [each for each in offered(member) if each.act in fit]


def _charts(documents: Sequence[Document]) -> Mapping[int, Chart]:
    """By organisation that the record is bound to, where its chart was read."""
    bound = {each.organisation_id for each in documents if each.organisation_id is not None}
    read = {each: stored_chart(each) for each in bound}
    return {each: chart for each, chart in read.items() if chart is not None}


def _sendings(
    documents: Sequence[Document], effects: Sequence[Effect], charts: Mapping[int, Chart]
) -> list[Sending]:
    """By document: the newest content that was planned, else what was applied."""
    sendings: list[Sending] = []
    for document in documents:
        planned = next((each for each in effects if _is_of(each, document)), None)
        content = planned.content if planned else document.applied_content
        if content:
            wanted = wanted_from_content(content)
            is_applied = planned is None or planned.state == EffectState.APPLIED
            chart = charts.get(document.organisation_id or 0)
            entries = entries_of(wanted, chart=chart) if chart else ()
            currency = document.currency
            sendings.append(Sending(wanted, is_applied, currency, _tracking(wanted), entries))
    return sendings


def _is_of(effect: Effect, document: Document) -> bool:
    is_its = effect.document_id == document.pk and effect.content is not None
    return is_its and effect.state != EffectState.SUPERSEDED


def _tracking(wanted: Wanted) -> str:
    if not isinstance(wanted, WantedInvoice):
        return ""
    pairs = {pair for line in wanted.lines for pair in (line.tracking or {}).items()}
    return ", ".join(f"{category}: {option}" for category, option in sorted(pairs))


def _names(charts: Mapping[int, Chart]) -> Mapping[str, str]:
    """Account code or id, tax type → how the organisation's own chart calls it."""
    names: dict[str, str] = {}
    for chart in charts.values():
        names |= {rate.tax_type: rate.name for rate in chart.tax_rates}
        for account in chart.accounts:
            name = f"{account.code or ''} {account.name}".strip()
            names[account.account_id] = name
            if account.code:
                names[account.code] = name
    return names


def _attempt(effect: Effect) -> Attempt:
    state = EffectState(effect.state)
    messages = [str(each) for each in (effect.messages or ())]
    return Attempt(
        effect=effect,
        word=effect.kind.replace("_", " ").capitalize(),
        look=words.EFFECTS[state],
        messages=messages,
        payload=_pretty(effect.payload),
    )


def _pretty(payload: str) -> str:
    try:
        return json.dumps(json.loads(payload), indent=2, ensure_ascii=False)
    except ValueError:
        return payload  # shown as it was written


def _versions(rows: Sequence[RecordVersion]) -> list[dict[str, Any]]:
    return [
        {
            "version": each.version,
            "received_at": each.received_at,
            "content": json.dumps(each.content, indent=2, ensure_ascii=False),
        }
        for each in rows
    ]
