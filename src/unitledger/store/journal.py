"""Documents, effects and batches: what the books should hold and every attempt to get there."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models

from unitledger.core.documents import DocumentKind, DocumentState
from unitledger.core.effects import EffectKind, EffectState
from unitledger.store.base import (
    Owned,
    OwnedByOperator,
    choices_check,
    created_at,
    money_field,
    public_id,
)


class BatchState(StrEnum):
    SENDING = "sending"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"  # its elements are settled by looking


class RunState(StrEnum):
    RUNNING = "running"
    FINISHED = "finished"
    INTERRUPTED = "interrupted"
    OUT_OF_QUOTA = "out_of_quota"
    FAILED = "failed"


class BrakeState(StrEnum):
    FREE = "free"
    HELD = "held"
    APPROVED = "approved"


class Document(OwnedByOperator):
    """What the books should hold for one source record, and where that stands.

    Location, building, date, amount and tenant are copied in when it is planned, so that
    the report is one indexed read.
    """

    public_id = public_id()
    # Bound when it is planned.
    organisation = Owned("store.Organisation", null=True, db_index=False)
    organisation_id: int | None
    kind = models.TextField()
    record = Owned("store.SourceRecord", db_index=False)
    record_id: int
    part = models.TextField(default="")  # for a payment: the record id of the invoice it settles
    parent = Owned("store.Document", null=True, db_index=False)  # the contact of an invoice, …
    parent_id: int | None
    state = models.TextField(default=DocumentState.NEW)
    problems = models.JSONField(default=list)  # why it is not synced: code and facts of each
    # What was done to make it fit, and what Xero warned of: sentences, kept with what is sent.
    notes = models.JSONField(db_default=models.Value([], models.JSONField()))  # pyright: ignore
    wanted_version = models.IntegerField()  # the source version the books should show
    planned_version = models.IntegerField(default=0)
    applied_version = models.IntegerField(default=0)
    mapping_version = models.IntegerField(null=True)
    is_wanted = models.BooleanField(default=True)  # false: voided, or no longer allocated
    # Passed on to the next effects; a person's ReSync goes before the backlog.
    priority = models.SmallIntegerField(db_default=0)
    # The version that a person said to write over what was changed in the books; cleared when
    # that is done, and worth nothing for any other version.
    overwrite_version = models.IntegerField(null=True)
    incarnation = models.IntegerField(default=1)
    handle = models.TextField(null=True)
    # Stands in the invoice's Url in the books; made from the source's key, so that a restored
    # database still recognises its own.
    link_token = models.TextField(null=True)
    xero_id = models.TextField(null=True)
    applied_content = models.JSONField(null=True)  # the wanted document as last applied
    last_attempt_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    # Copies for the report.
    number = models.TextField(default="")
    dated_on = models.DateField(null=True)
    amount = money_field(null=True)
    currency = models.CharField(max_length=3, null=True)
    location = Owned("store.Location", null=True)
    location_id: int | None
    building = Owned("store.Building", null=True)
    building_id: int | None
    unit_number = models.TextField(null=True)
    tenant_record = Owned("store.SourceRecord", null=True)
    tenant_record_id: int | None
    created_at = created_at()

    class Meta:
        db_table = "document"
        constraints = [
            # What a source record asks of one organisation's books is asked once.
            models.UniqueConstraint(
                fields=["operator", "organisation", "kind", "record", "part"],
                name="document_once",
                nulls_distinct=False,
            ),
            # One object in Xero is at most one document of ours.
            models.UniqueConstraint(
                fields=["organisation", "kind", "xero_id"],
                condition=models.Q(xero_id__isnull=False),
                name="document_one_an_object",
            ),
            choices_check("kind", DocumentKind, "document_kind_known"),
            choices_check("state", DocumentState, "document_state_known"),
            # Synced means: in the books under an id, showing the newest version.
            models.CheckConstraint(
                condition=~models.Q(state="synced", is_wanted=True)
                | models.Q(xero_id__isnull=False, applied_version=models.F("wanted_version")),
                name="document_synced_is_in_the_books",
            ),
        ]
        indexes = [
            models.Index(
                fields=["operator", "id"],
                condition=~models.Q(planned_version=models.F("wanted_version")),
                name="document_to_plan",
            ),
            models.Index(fields=["record"], name="document_record"),
            models.Index(fields=["parent"], name="document_parent"),
            models.Index(
                fields=["operator", "link_token"],
                condition=models.Q(link_token__isnull=False),
                name="document_link",
            ),
            models.Index(
                fields=["organisation", "kind"],
                condition=models.Q(xero_id__isnull=False, verified_at__isnull=True),
                name="document_to_verify",
            ),
            models.Index(
                fields=["operator", "kind", "state", "dated_on", "id"], name="document_report"
            ),
        ]


class Run(OwnedByOperator):
    """One stretch of work on one organisation."""

    public_id = public_id()
    organisation = Owned("store.Organisation")
    organisation_id: int
    trigger = models.TextField()  # schedule, event, person, cli
    started_by_name = models.TextField(db_default="")  # where a person asked for it
    state = models.TextField(default=RunState.RUNNING)
    phase = models.TextField(default="starting")
    fence = models.BigIntegerField()
    owner = models.TextField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    effects_planned = models.IntegerField(default=0)
    effects_applied = models.IntegerField(default=0)
    effects_refused = models.IntegerField(default=0)
    effects_unknown = models.IntegerField(default=0)
    calls_used = models.IntegerField(default=0)
    # What waited when it began to send: writes by effect kind. It only grows.
    planned = models.JSONField(db_default=models.Value({}, models.JSONField()))  # pyright: ignore
    message = models.TextField(default="")

    class Meta:
        db_table = "run"
        constraints = [
            # Invariant 8, once more: whatever the leases do, two running rows cannot stand.
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(state="running"),
                name="run_one_at_a_time",
            ),
            choices_check("state", RunState, "run_state_known"),
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="run_newest")]


class Batch(OwnedByOperator):
    """One request, written down before it is sent: its key and its exact bytes."""

    organisation = Owned("store.Organisation", db_index=False)
    organisation_id: int
    run = Owned("store.Run", db_index=False)
    run_id: int
    kind = models.TextField()
    state = models.TextField(default=BatchState.SENDING)
    idempotency_key = models.TextField(unique=True)
    method = models.TextField()
    path = models.TextField()
    body = models.BinaryField()
    effect_ids = ArrayField(models.BigIntegerField())  # in the order of the body
    owner = models.TextField()
    fence = models.BigIntegerField()
    claimed_at = models.DateTimeField()
    deadline_at = models.DateTimeField()  # no first byte after it
    token_expires_at = models.DateTimeField()
    sends = models.SmallIntegerField(default=1)
    http_status = models.IntegerField(null=True)
    messages = models.JSONField(default=list)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "batch"
        constraints = [
            choices_check("kind", EffectKind, "batch_kind_known"),
            choices_check("state", BatchState, "batch_state_known"),
        ]
        indexes = [
            models.Index(
                fields=["organisation"],
                condition=models.Q(state="sending"),
                name="batch_sending",
            ),
            models.Index(fields=["run", "id"], name="batch_run"),
        ]


class Effect(OwnedByOperator):
    """One intended write."""

    organisation = Owned("store.Organisation", db_index=False)
    organisation_id: int
    document = Owned("store.Document", db_index=False)
    document_id: int
    kind = models.TextField()
    state = models.TextField(default=EffectState.WAITING)
    brake = models.TextField(default="free")  # held until a person approves it
    priority = models.SmallIntegerField(default=0)  # higher goes first
    source_version = models.IntegerField()
    mapping_version = models.IntegerField(null=True)
    incarnation = models.IntegerField(default=1)
    handle = models.TextField()
    payload = models.TextField()  # the rendered element, without the ids it hangs on
    content = models.JSONField(null=True)  # the wanted document, to compare with later
    total = money_field(null=True)  # what the books should answer
    target_id = models.TextField(null=True)  # Xero id, for an update, void or deletion
    batch = Owned("store.Batch", null=True, db_index=False)
    batch_id: int | None
    batch_size = models.SmallIntegerField(default=1)
    batch_max = models.SmallIntegerField(default=50)
    absences = models.SmallIntegerField(default=0)
    unknowns = models.SmallIntegerField(default=0)
    last_verdict = models.TextField(null=True)
    safe_after = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)
    messages = models.JSONField(default=list)
    created_at = created_at()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "effect"
        constraints = [
            # Section 5.2: at most one in-flight or unknown effect per target object. A second
            # write could overtake the first, or be told apart from it by nothing.
            models.UniqueConstraint(
                fields=["document"],
                condition=models.Q(state__in=["in_flight", "unknown"]),
                name="effect_one_open_a_document",
            ),
            # A newer plan takes the place of a waiting effect; it never queues behind it.
            models.UniqueConstraint(
                fields=["document", "kind"],
                condition=models.Q(state="waiting"),
                name="effect_one_waiting_a_document_and_kind",
            ),
            choices_check("kind", EffectKind, "effect_kind_known"),
            choices_check("state", EffectState, "effect_state_known"),
            choices_check("brake", BrakeState, "effect_brake_known"),
            # An unknown effect always says when it will be looked at.
            models.CheckConstraint(
                condition=~models.Q(state="unknown") | models.Q(look_at__isnull=False),
                name="effect_unknown_has_a_look_ahead",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "kind", "-priority", "id"],
                condition=models.Q(state="waiting"),
                name="effect_waiting",
            ),
            models.Index(
                fields=["organisation", "kind"],
                condition=models.Q(state__in=["in_flight", "unknown"]),
                name="effect_open",
            ),
            models.Index(fields=["document", "id"], name="effect_document"),
        ]


class EffectDependency(OwnedByOperator):
    """An effect that may go only after another was applied (a void after the deletions of
    its payments, a payment's next incarnation after the deletion of the one before)."""

    effect = Owned("store.Effect", on_delete=models.CASCADE, db_index=False)
    effect_id: int
    needs = Owned("store.Effect")
    needs_id: int

    class Meta:
        db_table = "effect_dependency"
        constraints = [
            models.UniqueConstraint(fields=["effect", "needs"], name="effect_dependency_once"),
        ]
