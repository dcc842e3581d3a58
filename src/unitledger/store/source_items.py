"""What programs send: the revision each item was last taken at, and work sent in bulk."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from unitledger.store.base import Owned, OwnedByOperator, choices_check, created_at, public_id


class BulkState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"


class SourceRevision(OwnedByOperator):
    """The newest revision of an item that was taken in, and what it said then."""

    source = models.TextField()
    kind = models.TextField()
    identifier_type = models.TextField()
    value = models.TextField()
    revision = models.BigIntegerField()
    content = models.JSONField()
    taken_at = models.DateTimeField()

    class Meta:
        db_table = "source_revision"
        constraints = [
            # One item has one newest revision, whichever program sent it.
            models.UniqueConstraint(
                fields=["operator", "source", "kind", "identifier_type", "value"],
                name="source_revision_once",
            ),
            models.CheckConstraint(
                condition=models.Q(revision__gte=0), name="source_revision_not_negative"
            ),
        ]


class BulkJob(OwnedByOperator):
    """Many items sent at once, taken in by the worker chunk by chunk."""

    public_id = public_id()
    # The sender's own name for the request: sent again, it is the same job.
    request_key = models.TextField(null=True)
    body_hash = models.BinaryField()
    asked_by = models.TextField()  # the API key's name, as it was then
    asked_by_id = models.UUIDField(null=True)
    is_dry_run = models.BooleanField()
    state = models.TextField(default=BulkState.WAITING)
    items = models.IntegerField()
    items_done = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)  # by outcome
    created_at = created_at()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "bulk_job"
        constraints = [
            models.UniqueConstraint(fields=["operator", "request_key"], name="bulk_job_asked_once"),
            choices_check("state", BulkState, "bulk_job_state_known"),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=~models.Q(state="finished"), name="bulk_job_open"
            ),
            models.Index(fields=["operator", "id"], name="bulk_job_newest"),
        ]


class BulkItem(OwnedByOperator):
    """One item of a bulk job as it came, and what became of it."""

    job = Owned("store.BulkJob", on_delete=models.CASCADE, db_index=False)
    job_id: int
    position = models.IntegerField()  # from 1
    raw = models.JSONField()
    result = models.JSONField(null=True)

    class Meta:
        db_table = "bulk_item"
        constraints = [
            models.UniqueConstraint(fields=["job", "position"], name="bulk_item_once"),
        ]


class CallWindow(OwnedByOperator):
    """How often an API key called within the minute: what its limit is counted on."""

    key = models.OneToOneField(
        "store.ApiKey",
        on_delete=models.CASCADE,
        primary_key=True,
        db_constraint=False,
        related_name="+",
    )
    key_id: int
    began_at = models.DateTimeField()
    calls = models.IntegerField()

    class Meta:
        db_table = "call_window"
