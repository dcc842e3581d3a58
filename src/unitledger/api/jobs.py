"""Bulk jobs: many items in one request, taken in by the worker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Schema, Status
from ninja.params.functions import Header
from pydantic import Field

from unitledger.api.access import key_of, why_dry
from unitledger.api.bodies import BULK_BODY_MAX, read_items
from unitledger.api.places import address_of
from unitledger.api.problems import Problem, Refused
from unitledger.api.routes import router
from unitledger.api.sending import DryRun, body_of
from unitledger.core.source_items import ItemKind
from unitledger.engine.arriving import bulk
from unitledger.engine.people.api_keys import VerifiedKey
from unitledger.engine.scope import operator_scope
from unitledger.store.api_keys import ApiScope
from unitledger.store.source_items import BulkItem, BulkJob

PAGE = 500
PROBLEMS: dict[Any, Any] = {frozenset((400, 401, 403, 404, 409, 413, 422, 429)): Problem}
RequestKey = Header(
    None,
    alias="Idempotency-Key",
    max_length=200,
    pattern=r"^[!-~]+$",
    description="Your own name of this request: sent again, it is the same job.",
)


class Job(Schema):
    """A bulk job and how far it is."""

    id: str
    state: str = Field(description="waiting, running or finished")
    dry_run: bool
    dry_run_because: str | None
    items: int
    items_done: int
    counts: dict[str, int]
    created_at: str
    started_at: str | None
    finished_at: str | None
    url: str
    result_url: str | None = Field(description="The result file, once the job is finished.")


class Jobs(Schema):
    jobs: list[Job]


def _bulk_body() -> dict[str, Any]:
    body = body_of(*ItemKind)
    content = body["requestBody"]["content"]
    content["application/json"]["schema"]["properties"]["items"]["maxItems"] = bulk.JOB_ITEMS_MAX
    content["application/x-ndjson"] = {
        "schema": {"type": "string", "description": "One item a line, each saying its kind."}
    }
    return body


@router.post(
    "/jobs", tags=["Bulk jobs"], response={202: Job, **PROBLEMS}, openapi_extra=_bulk_body()
)
def begin(
    request: HttpRequest, dry_run: bool = DryRun, request_key: str | None = RequestKey
) -> Any:
    """Send up to 100,000 items, each saying its `kind`, in any order."""
    key = key_of(request, ApiScope.WRITE)
    body = read_items(request, limit=BULK_BODY_MAX, items_max=bulk.JOB_ITEMS_MAX)
    try:
        job = bulk.begin(
            key.operator_id,
            [_storable(each) for each in body.items],
            by=bulk.Asker(key.name, str(key.public_id)),
            is_dry_run=dry_run or why_dry(key) is not None,
            body_hash=body.digest,
            request_key=request_key,
        )
    except bulk.OtherRequest:
        raise Refused(
            409,
            "request_key_used",
            f"“{request_key}” names an earlier request with other items.",
            remedy="Choose a new Idempotency-Key for new items.",
        ) from None
    return Status(202, _shown(request, job, key))


@router.get("/jobs", tags=["Bulk jobs"], response={200: Jobs, **PROBLEMS})
def newest(request: HttpRequest) -> dict[str, Any]:
    """The operator's newest fifty jobs."""
    key = key_of(request, ApiScope.READ)
    with operator_scope(key.operator_id):
        jobs = list(BulkJob.objects.filter(operator_id=key.operator_id).order_by("-id")[:50])
    return {"jobs": [_shown(request, each, key) for each in jobs]}


@router.get("/jobs/{public_id}", tags=["Bulk jobs"], response={200: Job, **PROBLEMS})
def one(request: HttpRequest, public_id: UUID) -> dict[str, Any]:
    """How far a job is."""
    key = key_of(request, ApiScope.READ)
    return _shown(request, _job(key, public_id), key)


@router.get(
    "/jobs/{public_id}/result",
    tags=["Bulk jobs"],
    response=PROBLEMS,
    openapi_extra={
        "responses": {
            200: {
                "description": "One result a line, in the order sent",
                "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
            }
        }
    },
)
def result(request: HttpRequest, public_id: UUID) -> Any:
    """The result file: one result a line, in the order the items were sent."""
    key = key_of(request, ApiScope.READ)
    job = _job(key, public_id)
    if job.finished_at is None:
        raise Refused(
            409,
            "job_not_finished",
            f"{job.items_done:,} of {job.items:,} items are done.",
            remedy="Ask for the job until its state is finished.",
        )
    answer = StreamingHttpResponse(
        _lines(job, address_of(request, key.operator_id)), content_type="application/x-ndjson"
    )
    answer["Content-Disposition"] = f'attachment; filename="job-{job.public_id}.ndjson"'
    return answer


def _lines(job: BulkJob, address: Any) -> Iterator[bytes]:
    behind = 0
    while True:
        with operator_scope(job.operator_id):
            rows = list(
                BulkItem.objects.filter(
                    operator_id=job.operator_id, job_id=job.pk, position__gt=behind
                ).order_by("position")[:PAGE]
            )
        for row in rows:
            content: dict[str, Any] = row.result or {}
            yield json.dumps({**content, "url": address(content)}).encode() + b"\n"
        if len(rows) < PAGE:
            return
        behind = rows[-1].position


def _job(key: VerifiedKey, public_id: UUID) -> BulkJob:
    with operator_scope(key.operator_id):
        job = BulkJob.objects.filter(operator_id=key.operator_id, public_id=public_id).first()
    if job is None:
        raise Refused(404, "not_found", "There is no such job.", remedy="Check its id.")
    return job


def _shown(request: HttpRequest, job: BulkJob, key: VerifiedKey) -> dict[str, Any]:
    address = request.build_absolute_uri(f"/api/v1/jobs/{job.public_id}")
    return {
        "id": str(job.public_id),
        "state": str(job.state),
        "dry_run": job.is_dry_run,
        "dry_run_because": why_dry(key),
        "items": job.items,
        "items_done": job.items_done,
        "counts": job.counts,
        "created_at": job.created_at.isoformat(),
        "started_at": job.started_at.isoformat() if job.started_at else None,
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
        "url": address,
        "result_url": f"{address}/result" if job.finished_at else None,
    }


def _storable(item: Any) -> Any:
    """What PostgreSQL's JSON cannot hold is kept in a form that will be refused by itself."""
    text = json.dumps(item, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return ascii(item)
    return ascii(item) if "\\u0000" in text else item
