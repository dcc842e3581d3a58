"""Source records: one real event, one record; its versions, its names, and raw arrivals."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from unitledger.core.billing import RecordKind
from unitledger.store.base import Owned, OwnedByOperator, choices_check, created_at, public_id


class ImportState(StrEnum):
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"


class ImportRun(OwnedByOperator):
    """One reading of one file. `rows_done` is committed with the rows: a killed import
    goes on behind it."""

    public_id = public_id()
    file_name = models.TextField()
    file_hash = models.BinaryField()
    profile = models.JSONField()
    profile_hash = models.BinaryField()
    state = models.TextField(default=ImportState.RUNNING)
    rows_done = models.BigIntegerField(default=0)
    records_created = models.BigIntegerField(default=0)
    records_changed = models.BigIntegerField(default=0)
    records_unchanged = models.BigIntegerField(default=0)
    rows_refused = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "import_run"
        constraints = [choices_check("state", ImportState, "import_run_state_known")]


class Arrival(OwnedByOperator):
    """What came in, before anything was understood: a file's row, a message's body."""

    import_run = Owned("store.ImportRun", null=True, db_index=False)
    import_run_id: int | None
    row_number = models.BigIntegerField(null=True)
    raw = models.JSONField()
    refusals = models.JSONField(null=True)  # field, rule, remedy of each; null: accepted
    received_at = created_at()

    class Meta:
        db_table = "arrival"
        constraints = [
            # A resumed import cannot take a row twice.
            models.UniqueConstraint(fields=["import_run", "row_number"], name="arrival_row_once"),
        ]


class SourceRecord(OwnedByOperator):
    """The current row of one real event. Its content is its newest version's."""

    public_id = public_id()
    kind = models.TextField()
    version = models.IntegerField(default=1)
    content_hash = models.BinaryField()
    is_void = models.BooleanField(default=False)
    created_at = created_at()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "source_record"
        constraints = [
            choices_check("kind", RecordKind, "source_record_kind_known"),
            models.CheckConstraint(
                condition=models.Q(version__gte=1), name="source_record_version_counts_from_one"
            ),
        ]


class RecordIdentifier(OwnedByOperator):
    """A name a record goes by. A record may have several: printed number, guid."""

    record = Owned("store.SourceRecord", db_index=False)
    record_id: int
    source = models.TextField()
    kind = models.TextField()
    identifier_type = models.TextField()
    value = models.TextField()

    class Meta:
        db_table = "record_identifier"
        constraints = [
            # Invariant 1: one real event, one record. The channel an arrival came by is not
            # part of its identity, so the same event by file and by webhook is one row.
            models.UniqueConstraint(
                fields=["operator", "source", "kind", "identifier_type", "value"],
                name="record_identifier_once",
            ),
        ]
        indexes = [models.Index(fields=["record"], name="record_identifier_record")]


class SourceAlias(OwnedByOperator):
    """After a change of storage software: the old system's identifier of a record that the
    new system calls otherwise."""

    old_source = models.TextField()
    kind = models.TextField()
    old_identifier_type = models.TextField()
    old_value = models.TextField()
    record = Owned("store.SourceRecord")
    record_id: int
    stated_at = created_at()

    class Meta:
        db_table = "source_alias"
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "old_source", "kind", "old_identifier_type", "old_value"],
                name="source_alias_once",
            ),
        ]


class RecordVersion(OwnedByOperator):
    """What a record said at one time. Append-only: history stays."""

    record = Owned("store.SourceRecord", db_index=False)
    record_id: int
    version = models.IntegerField()
    content = models.JSONField()
    arrival = Owned("store.Arrival", null=True)
    arrival_id: int | None
    received_at = created_at()

    class Meta:
        db_table = "record_version"
        constraints = [
            models.UniqueConstraint(fields=["record", "version"], name="record_version_once"),
        ]
