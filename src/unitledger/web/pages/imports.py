"""Records > Import: files on their way in, what was imported before, and the acts between."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from unitledger import wiring
from unitledger.core.refusals import SourceRefused
from unitledger.engine.uploading import asking, keeping
from unitledger.store.records import ImportRun
from unitledger.store.uploads import ImportProfile, PartPurpose, Upload, UploadState
from unitledger.web.frame import framed, now
from unitledger.web.members import Guarded, Member, P, Page, for_bookkeepers
from unitledger.web.scope import operator_scope
from unitledger.web.uploads import is_too_large
from unitledger.web.words import Look

WHOLE_FILES = "A file may hold any location's records: only who sees all locations imports."
HISTORY = 30
STATES = {
    UploadState.NEW: Look("Needs its columns", "attention", "warn"),
    UploadState.CHECKING: Look("Being checked", "changed", "wait"),
    UploadState.CHECKED: Look("Ready to import", "attention", "warn"),
    UploadState.IMPORTING: Look("Being imported", "changed", "wait"),
    UploadState.DONE: Look("Imported", "synced", "ok"),
    UploadState.STOPPED: Look("Stopped", "attention", "warn"),
    UploadState.FAILED: Look("Cannot be read", "failed", "bad"),
    UploadState.DROPPED: Look("Removed", "skipped", "mute"),
}
RUNS = {
    "running": Look("Going on", "changed", "wait"),
    "finished": Look("Imported", "synced", "ok"),
    "stopped": Look("Stopped", "attention", "warn"),
}


def for_importers(page: Page[P]) -> Guarded[P]:
    """A page for those who may import: a file is not kept to locations."""

    @for_bookkeepers
    @wraps(page)
    def guarded(
        request: HttpRequest, member: Member, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        if member.location_ids:
            raise PermissionDenied(WHOLE_FILES)
        return page(request, member, *args, **kwargs)

    return guarded


@require_GET
@never_cache
@for_importers
def imports(request: HttpRequest, member: Member) -> HttpResponse:
    return start_page(request, member)


@require_POST
@for_importers
def upload(request: HttpRequest, member: Member) -> HttpResponse:
    """Keep the file; what it is is seen by its content."""
    sent = request.FILES.get("file")
    error = ""
    if is_too_large(request):
        refused = keeping.TooMuch()
        error = f"{refused.message} {refused.remedy}"
    elif sent is None:
        error = "Choose a file first."
    if error or sent is None:
        return start_page(request, member, error=error)
    try:
        kept = keeping.keep(
            member.operator_id,
            name=str(sent.name),
            pieces=sent.chunks(),
            by=member.actor,
            now=now(),
        )
    except SourceRefused as refused:
        return start_page(request, member, error=f"{refused.message} {refused.remedy}")
    return redirect("import", kept.public_id)


def start_page(request: HttpRequest, member: Member, *, error: str = "") -> HttpResponse:
    before = request.GET.get("before", "")
    with operator_scope(member.operator_id):
        open_ones = list(Upload.objects.filter(state__in=keeping.OPEN).order_by("-id"))
        found = ImportRun.objects.order_by("-id")
        if before.isascii() and before.isdigit():
            found = found.filter(id__lt=int(before[:18]))
        runs = list(found[: HISTORY + 1])
        by_run = {
            each.import_run_id: each.public_id
            for each in Upload.objects.filter(import_run__in=[run.pk for run in runs[:HISTORY]])
        }
        profiles = ImportProfile.objects.count()
    context = {
        "error": error,
        "open": [(each, STATES[UploadState(each.state)]) for each in open_ones],
        "runs": [
            {"run": each, "look": RUNS[each.state], "upload": by_run.get(each.pk)}
            for each in runs[:HISTORY]
        ],
        "older": runs[HISTORY - 1].pk if len(runs) > HISTORY else None,
        "profiles": profiles,
        "limit": keeping.UPLOAD_BYTES_MAX // 1_000_000,
    }
    status = 422 if error else 200
    return framed(request, member, "web/imports/start.html", context, status=status)


@require_POST
@for_importers
def take(request: HttpRequest, member: Member, public_id: uuid.UUID) -> HttpResponse:
    """Import, or go on where it was stopped. A second click changes nothing."""
    return _acted(
        request, member, public_id, lambda it: asking.ask_import(it.pk, by=member.actor, now=now())
    )


@require_POST
@for_importers
def stop(request: HttpRequest, member: Member, public_id: uuid.UUID) -> HttpResponse:
    return _acted(request, member, public_id, lambda it: asking.ask_stop(it.pk, by=member.actor))


@require_POST
@for_importers
def back(request: HttpRequest, member: Member, public_id: uuid.UUID) -> HttpResponse:
    return _acted(request, member, public_id, lambda it: asking.back_to_columns(it.pk))


@require_POST
@for_importers
def drop(request: HttpRequest, member: Member, public_id: uuid.UUID) -> HttpResponse:
    found = upload_of(member, public_id)
    try:
        asking.drop(found.pk, by=member.actor, now=now())
    except SourceRefused as refused:
        messages.error(request, f"{refused.message} {refused.remedy}")
        return redirect("import", public_id)
    messages.info(request, f"{found.file_name} was removed. Records that are in stay in.")
    return redirect("imports")


@require_GET
@never_cache
@for_importers
def correction(request: HttpRequest, member: Member, public_id: uuid.UUID) -> HttpResponseBase:
    """The refused rows in the file's own form, with the reason beside each."""
    found = upload_of(member, public_id)
    if not keeping.parts_of(found, PartPurpose.REFUSED).exists():
        raise Http404("There is no correction file for it any more.")
    pieces = keeping.pieces_of(found, PartPurpose.REFUSED)
    ending, kind = ("xlsx", _WORKBOOK) if found.is_workbook else ("csv", "text/csv")
    answer = StreamingHttpResponse(pieces, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="refused-rows.{ending}"'
    return answer


_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def upload_of(member: Member, public_id: uuid.UUID) -> Upload:
    with operator_scope(member.operator_id):
        found = Upload.objects.filter(public_id=public_id).first()
    if found is None:
        raise Http404("There is no such file.")
    return found


def _acted(
    request: HttpRequest,
    member: Member,
    public_id: uuid.UUID,
    act: Callable[[Upload], object],
) -> HttpResponse:
    try:
        act(upload_of(member, public_id))
    except SourceRefused as refused:
        messages.error(request, f"{refused.message} {refused.remedy}")
    return redirect("import", public_id)


def read_as(lines: list[Any]) -> list[dict[str, str]]:
    """How the columns were read, for the check's page."""
    return [
        {
            "column": each.column,
            "field": each.field.label,
            "how": each.how or "chosen",
            "example": each.example[:80],
        }
        for each in lines
        if each.column
    ] + [
        {"column": "", "field": each.field.label, "how": "for all rows", "example": each.fixed}
        for each in lines
        if each.fixed and not each.column
    ]


def profiles_fitting(member: Member, header: list[str]) -> list[ImportProfile]:
    """Saved profiles whose columns the file has, the one that uses most first."""
    with operator_scope(member.operator_id):
        saved = list(ImportProfile.objects.order_by("name"))
    needed = {each.pk: wiring.columns_of_profile(each.text) for each in saved}
    fitting = [each for each in saved if needed[each.pk] and needed[each.pk] <= set(header)]
    return sorted(fitting, key=lambda each: -len(needed[each.pk]))
