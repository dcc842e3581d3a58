"""What happened to a record, in order: arrivals, writes and answers, Xero's side, differences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from unitledger.core.effects import EffectState
from unitledger.store.handlings import Handling
from unitledger.store.holdings import Finding, FindingState, XeroObject
from unitledger.store.journal import Document, Effect
from unitledger.store.records import RecordVersion
from unitledger.store.requests import ResyncRequest
from unitledger.web import words
from unitledger.web.options import OPTIONS
from unitledger.web.words import Look

SHOWN = 50
ARRIVED = Look("Arrived", "queued", "mute")
CHANGED = Look("Changed", "changed", "wait")
SENT = Look("Sent", "changed", "wait")
COMPARED = Look("Compared", "synced", "ok")
DIFFERS = Look("Differs", "drifted", "drift")
HEALED = Look("Settled", "synced", "ok")
ASKED = Look("Asked", "queued", "mute")
DECIDED = Look("Decided", "skipped", "mute")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened; the newest stands first on a page."""

    at: datetime
    look: Look
    title: str
    text: str = ""
    address: str | None = None


@dataclass(frozen=True, slots=True)
class InXero:
    """What Xero last showed of one document of the record."""

    document: Document
    look: Look
    held: XeroObject | None


@dataclass(frozen=True, slots=True)
class Happened:
    """The newest arrivals, writes and differences of a record, as they are kept."""

    versions: Sequence[RecordVersion]
    effects: Sequence[Effect]
    findings: Sequence[Finding]


def happened(record_id: int, documents: Sequence[Document]) -> Happened:
    """Within an operator's scope; each the newest first."""
    ids = [each.pk for each in documents]
    versions = RecordVersion.objects.filter(record_id=record_id)
    effects = Effect.objects.filter(document_id__in=ids)
    findings = Finding.objects.filter(document_id__in=ids)
    return Happened(
        list(versions.select_related("arrival__import_run").order_by("-version")[:SHOWN]),
        list(effects.select_related("batch").order_by("-id")[:SHOWN]),
        list(findings.order_by("-id")[:SHOWN]),
    )


def time_line(
    record_id: int, documents: Sequence[Document], found: Happened | None = None
) -> Sequence[Entry]:
    """Within an operator's scope: of the newest of each sort, in all the newest first."""
    found = found or happened(record_id, documents)
    entries = [
        *_arrivals(found.versions),
        *_writes(found.effects),
        *_compared(documents),
        *_differences(found.findings),
        *_requests(record_id, documents),
        *_decisions(record_id, documents),
    ]
    return sorted(entries, key=lambda each: each.at, reverse=True)[:SHOWN]


def in_xero(documents: Sequence[Document]) -> Sequence[InXero]:
    held = {
        each.document_id: each
        for each in XeroObject.objects.filter(
            xero_id__in=[each.xero_id for each in documents if each.xero_id],
            document_id__in=[each.pk for each in documents],
        )
    }
    return [
        InXero(each, words.DOCUMENTS[each.state], held.get(each.pk))  # pyright: ignore
        for each in documents
    ]


def _arrivals(versions: Sequence[RecordVersion]) -> Iterator[Entry]:
    for each in versions:
        is_first = each.version == 1
        arrival = each.arrival
        where = ""
        if arrival is not None and arrival.import_run is not None:
            where = f"{arrival.import_run.file_name}, row {arrival.row_number:,}"
        title = "Arrived" if is_first else f"Changed at its source, version {each.version}"
        yield Entry(each.received_at, ARRIVED if is_first else CHANGED, title, where)


def _writes(effects: Sequence[Effect]) -> Iterator[Entry]:
    for each in effects:
        word = each.kind.replace("_", " ").capitalize()
        look = words.EFFECTS[EffectState(each.state)]
        said = " ".join(str(message) for message in each.messages or ())
        if each.settled_at is not None:
            yield Entry(
                each.settled_at, look, f"{word}: {look.word[0].lower()}{look.word[1:]}", said
            )
        if each.batch is not None:
            size = len(each.batch.effect_ids)
            records = "1 record" if size == 1 else f"{size} records"
            yield Entry(each.batch.claimed_at, SENT, f"{word}: sent", f"A call with {records}.")


def _compared(documents: Sequence[Document]) -> Iterator[Entry]:
    for each in documents:
        if each.verified_at is not None:
            yield Entry(each.verified_at, COMPARED, "Compared with what Xero holds")


def _differences(findings: Sequence[Finding]) -> Iterator[Entry]:
    for each in findings:
        yield Entry(each.first_seen_at, DIFFERS, "A difference was found", each.evidence["says"])
        if each.closed_at is not None:
            is_healed = each.state == FindingState.HEALED
            title = "The difference is gone" if is_healed else "The difference was accepted"
            yield Entry(each.closed_at, HEALED, title)


def _requests(record_id: int, documents: Sequence[Document]) -> Iterator[Entry]:
    if not documents:
        return
    asked = ResyncRequest.objects.filter(
        kind=documents[0].kind, record_ids__contains=[record_id]
    ).order_by("-id")
    for each in asked[:SHOWN]:
        address = reverse("resync-request", args=[each.public_id])
        yield Entry(each.asked_at, ASKED, f"ReSync asked for by {each.user_name}", "", address)


def _decisions(record_id: int, documents: Sequence[Document]) -> Iterator[Entry]:
    if not documents:
        return
    made = Handling.objects.filter(kind=documents[0].kind, record_ids__contains=[record_id])
    for each in made.order_by("-id")[:SHOWN]:
        address = reverse("decision", args=[each.public_id])
        title = f"{OPTIONS[each.act].word}: {each.user_name}"
        yield Entry(each.at, DECIDED, title, each.note, address)
        if each.undone_at is not None:
            yield Entry(each.undone_at, DECIDED, f"Taken back by {each.undone_by}", "", address)
