"""Many items at once: kept first, then taken in by the worker, each with its own result.

A job that was cut off goes on behind its last committed chunk; the order of the items does not
matter. A dry run is one transaction that is undone, so that its items may lean on each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, IntegerField, Value, When

from unitledger.core.source_items import ORDER, SourceItem
from unitledger.engine.arriving.items import take_items
from unitledger.engine.arriving.results import result_content
from unitledger.engine.intake import Limits, currencies_of_books
from unitledger.engine.ports import Clock
from unitledger.store.source_items import BulkItem, BulkJob, BulkState

CHUNK = 500
JOB_ITEMS_MAX = 100_000
ReadItem = Callable[[Any, int], SourceItem]  # the raw item and its position


class OtherRequest(Exception):
    """The sender's key names an earlier request with other items."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Which API key sent a job."""

    name: str
    public_id: str | None = None


def begin(
    operator_id: int,
    raws: Sequence[Any],
    *,
    by: Asker,
    is_dry_run: bool,
    body_hash: bytes,
    request_key: str | None,
) -> BulkJob:
    """Keep the items. The same `request_key` again is the same job; with another body it
    raises `OtherRequest`."""
    with transaction.atomic():
        if request_key is not None:
            known = BulkJob.objects.filter(operator_id=operator_id, request_key=request_key).first()
            if known is not None:
                if bytes(known.body_hash) != body_hash or known.is_dry_run != is_dry_run:
                    raise OtherRequest
                return known
        job = BulkJob.objects.create(
            operator_id=operator_id,
            request_key=request_key,
            body_hash=body_hash,
            asked_by=by.name,
            asked_by_id=by.public_id,
            is_dry_run=is_dry_run,
            items=len(raws),
        )
        BulkItem.objects.bulk_create(
            (
                BulkItem(operator_id=operator_id, job=job, position=position, raw={"item": raw})
                for position, raw in enumerate(raws, start=1)
            ),
            batch_size=CHUNK,
        )
        job.refresh_from_db()
    return job


def open_jobs() -> list[int]:
    return list(
        BulkJob.objects.exclude(state=BulkState.FINISHED)
        .order_by("id")
        .values_list("id", flat=True)
    )


def work_off(job_id: int, *, clock: Clock, read_item: ReadItem) -> None:
    """Take in what of the job is left. Two workers on one job change nothing twice: each
    chunk holds the job's row."""
    is_dry_run = BulkJob.objects.values_list("is_dry_run", flat=True).get(id=job_id)
    if is_dry_run:
        _try_out(job_id, clock=clock, read_item=read_item)
        return
    while _take_chunk(job_id, clock=clock, read_item=read_item):
        pass


def _take_chunk(job_id: int, *, clock: Clock, read_item: ReadItem) -> bool:
    """One chunk and its results in one transaction; whether more is left."""
    with transaction.atomic():
        job = _locked(job_id, now=clock.now())
        if job is None:
            return False
        rows = list(_todo(job)[:CHUNK])
        _take(job, rows, now=clock.now(), read_item=read_item)
        is_done = job.items_done >= job.items
        _save(job, is_done=is_done, now=clock.now())
    return not is_done


def _try_out(job_id: int, *, clock: Clock, read_item: ReadItem) -> None:
    with transaction.atomic():
        job = _locked(job_id, now=clock.now())
        if job is None:
            return
        rows = list(_todo(job))
        savepoint = transaction.savepoint()
        for start in range(0, len(rows), CHUNK):
            _take(job, rows[start : start + CHUNK], now=clock.now(), read_item=read_item)
        transaction.savepoint_rollback(savepoint)
        BulkItem.objects.bulk_update(rows, ["result"], batch_size=CHUNK)
        _save(job, is_done=True, now=clock.now())


def _locked(job_id: int, *, now: datetime) -> BulkJob | None:
    job = BulkJob.objects.select_for_update().get(id=job_id)
    if job.state == BulkState.FINISHED:
        return None
    job.state = BulkState.RUNNING
    job.started_at = job.started_at or now
    return job


def _todo(job: BulkJob) -> Any:
    """What an item may lean on comes first."""
    kinds = [When(raw__item__kind=str(kind), then=Value(place)) for kind, place in ORDER.items()]
    return (
        BulkItem.objects.filter(operator_id=job.operator_id, job=job, result__isnull=True)
        .annotate(order=Case(*kinds, default=Value(len(ORDER)), output_field=IntegerField()))
        .order_by("order", "position")
    )


def _take(job: BulkJob, rows: Sequence[BulkItem], *, now: datetime, read_item: ReadItem) -> None:
    items = [read_item(row.raw["item"], row.position) for row in rows]
    limits = Limits(currencies=currencies_of_books(job.operator_id))
    results = take_items(job.operator_id, items, now=now, limits=limits)
    for row, result in zip(rows, results, strict=True):
        setattr(row, "result", result_content(result))  # noqa: B010 - a JSON column takes a dict
    BulkItem.objects.bulk_update(rows, ["result"])
    found = Counter(job.counts)
    found.update(str(each.outcome) for each in results)
    job.counts = dict(found)
    job.items_done += len(rows)


def _save(job: BulkJob, *, is_done: bool, now: datetime) -> None:
    if is_done:
        job.state = BulkState.FINISHED
        job.finished_at = now
    job.save()
