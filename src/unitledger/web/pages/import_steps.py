"""Records > Import: one file where it is now, from its columns to its result."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from unitledger.store.records import ImportRun
from unitledger.store.uploads import Upload, UploadState
from unitledger.web.frame import framed
from unitledger.web.import_rows import RESULTS, reason_in_words, rows_of
from unitledger.web.members import Member
from unitledger.web.pages.import_columns import columns_page
from unitledger.web.pages.imports import STATES, for_importers, upload_of
from unitledger.web.scope import operator_scope

MARKED_MAX = 50
COLUMNS_SHOWN = 6
# What tells a row apart, as far as the file has it; the wrong cells come besides.
_TELLING = ("invoice_number", "payment_number", "tenant_number", "tenant_name", "unit",
            "issued_on", "paid_on", "total", "paid")  # fmt: skip


@require_GET
@never_cache
@for_importers
def one(request: HttpRequest, member: Member, public_id: uuid.UUID) -> HttpResponse:
    """A file where it is now."""
    found = upload_of(member, public_id)
    match found.state:
        case UploadState.NEW | UploadState.FAILED:
            return columns_page(request, member, found)
        case UploadState.CHECKING | UploadState.IMPORTING:
            return _page(request, member, found, "web/imports/working.html")
        case UploadState.CHECKED:
            return _checked(request, member, found)
        case UploadState.DONE | UploadState.STOPPED:
            return _result(request, member, found)
        case _:
            return _page(request, member, found, "web/imports/removed.html")


def _checked(request: HttpRequest, member: Member, found: Upload) -> HttpResponse:
    said = found.check_result or {}
    marked = said.get("refused", [])[:MARKED_MAX]
    kept = found.mapping or {}
    columns = _columns_shown(found, marked, said.get("header", []))
    context = {
        "said": said,
        "ready": said.get("rows_read", 0) - said.get("rows_refused", 0),
        "columns": columns,
        "refused": [_marked(each, columns) for each in marked],
        "changes": said.get("changes", [])[:MARKED_MAX],
        "read_as": kept.get("read_as", []),
        "has_records": bool(said.get("rows_read")),
    }
    return _page(request, member, found, "web/imports/check.html", context)


def _result(request: HttpRequest, member: Member, found: Upload) -> HttpResponse:
    said = found.result or {}
    shown = request.GET.get("show", "")
    if shown not in RESULTS:
        shown = "refused" if said.get("rows_refused") else "created"
    after = request.GET.get("after", "")
    with operator_scope(member.operator_id):
        run = ImportRun.objects.filter(pk=found.import_run_id).first()
        rows = rows_of(
            found.import_run_id,
            shown,
            header=said.get("header", []),
            after=int(after[:18]) if after.isascii() and after.isdigit() else 0,
        )
    context = {"said": said, "run": run, "shown": shown, "rows": rows, "results": RESULTS}
    return _page(request, member, found, "web/imports/result.html", context)


def _page(
    request: HttpRequest,
    member: Member,
    found: Upload,
    template: str,
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    whole = {"upload": found, "look": STATES[UploadState(found.state)], **(context or {})}
    return framed(request, member, template, whole)


def _columns_shown(
    found: Upload, refused: list[dict[str, Any]], header: Sequence[str]
) -> list[str]:
    """Those that tell the row apart, and those with something wrong; few enough to read."""
    columns = ((found.mapping or {}).get("mapping") or {}).get("columns") or {}
    telling = [columns[name] for name in _TELLING if name in columns]
    wrong = [reason["field"] for each in refused for reason in each["reasons"]]
    wanted = dict.fromkeys([*wrong, *(telling or header)])
    chosen = set([each for each in wanted if each in header][:COLUMNS_SHOWN])
    return [column for column in header if column in chosen]


def _marked(refused: Mapping[str, Any], columns: list[str]) -> dict[str, Any]:
    wrong = {part for each in refused["reasons"] for part in each["field"].split(" + ")}
    cells = refused["cells"]
    return {
        "row": refused["row"],
        "cells": [
            {"name": name, "text": cells.get(name, ""), "is_wrong": name in wrong}
            for name in columns
        ],
        "reasons": [reason_in_words(each) for each in refused["reasons"]],
    }
