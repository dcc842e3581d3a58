"""A record's preview: what would be sent, its double entry, every problem and its fix."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from unitledger import wiring
from unitledger.core.billing import RecordKind
from unitledger.core.documents import DocumentKind
from unitledger.core.exchange import BooksUnavailable, ConsentLost, IdentityUnavailable
from unitledger.engine.budget import DayUsedUp
from unitledger.engine.exporting import NOUNS
from unitledger.engine.preview import NotConnected as NoBooks
from unitledger.engine.preview import Preview, preview
from unitledger.engine.report import Filter, report
from unitledger.store.records import SourceRecord
from unitledger.web.fixes import page_of
from unitledger.web.frame import framed
from unitledger.web.members import Member, for_members
from unitledger.web.scope import operator_scope

_KINDS: Mapping[str, DocumentKind] = {
    RecordKind.TENANT: DocumentKind.CONTACT,
    RecordKind.INVOICE: DocumentKind.INVOICE,
    RecordKind.PAYMENT: DocumentKind.PAYMENT,
}


@dataclass(frozen=True, slots=True)
class ShownProblem:
    sentence: str
    remedy: str
    fix: str | None


@dataclass(frozen=True, slots=True)
class ShownPreview:
    preview: Preview
    problems: Sequence[ShownProblem]
    payloads: Sequence[tuple[str, str]]  # what is done, and the element as it is sent


@require_GET
@never_cache
@for_members
def record_preview(request: HttpRequest, member: Member, public_id: UUID) -> HttpResponse:
    with operator_scope(member.operator_id):
        source = SourceRecord.objects.filter(public_id=public_id).first()
        kind = _KINDS.get(source.kind) if source else None
        if source is None or kind is None:
            raise Http404("There is no such record.")
        # As the report shows it: nobody looks at a record of a location that is not theirs.
        asked = Filter(
            operator_id=member.operator_id,
            kind=kind,
            record_ids=[source.pk],
            location_ids=member.location_ids,
        )
        row = next(iter(report(asked).rows), None)
        if row is None:
            raise Http404("There is no such record.")
    previews, trouble = _previews(member.operator_id, source.pk)
    context = {
        "row": row,
        "one": NOUNS[row.kind],
        "previews": previews,
        "trouble": trouble,
    }
    return framed(request, member, "web/sync/preview.html", context)


def _previews(operator_id: int, record_id: int) -> tuple[list[ShownPreview], str]:
    """The previews, or why there are none."""
    try:
        found = preview(operator_id, record_id, tools=wiring.shared_tools())
    except (BooksUnavailable, ConsentLost, DayUsedUp, IdentityUnavailable, NoBooks) as error:
        return [], str(error)
    return [_shown(each) for each in found], ""


def _shown(each: Preview) -> ShownPreview:
    return ShownPreview(
        preview=each,
        problems=[
            ShownProblem(problem.sentence, problem.remedy, page_of(problem.code))
            for problem in each.problems
        ],
        payloads=[
            (act.sentence, json.dumps(json.loads(act.payload), indent=2, ensure_ascii=False))
            for act in each.acts
        ],
    )
