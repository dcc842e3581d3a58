"""Webhooks: changes told to others, and what the storage software tells us."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models

from unitledger.store.base import Owned, OwnedByOperator, choices_check, created_at, public_id


class TargetState(StrEnum):
    ACTIVE = "active"
    OFF = "off"  # a person switched it off
    DISABLED = "disabled"  # we gave up: too many deliveries failed


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class HookArrivalState(StrEnum):
    NEW = "new"  # kept, not yet looked at
    TAKEN = "taken"
    IGNORED = "ignored"  # the profile says that this event makes no record
    REFUSED = "refused"
    UNKNOWN = "unknown"  # the profile does not name this event


class WebhookTarget(OwnedByOperator):
    """An address that wants to be told. Its secret is encrypted; the key lies elsewhere."""

    public_id = public_id()
    name = models.TextField()
    url = models.TextField()
    secret_sealed = models.BinaryField()
    states = ArrayField(models.TextField(), default=list)  # of documents; none: every state
    state = models.TextField(default=TargetState.ACTIVE)
    failures_in_a_row = models.IntegerField(default=0)
    disabled_because = models.TextField(null=True)
    # Changes up to here have become deliveries.
    told_up_to = models.BigIntegerField(default=0)
    created_at = created_at()

    class Meta:
        db_table = "webhook_target"
        constraints = [
            choices_check("state", TargetState, "webhook_target_state_known"),
            models.UniqueConstraint(fields=["operator", "url"], name="webhook_target_once"),
        ]


class StateChange(OwnedByOperator):
    """A document went from one state to another. Written by a trigger, in the transaction
    of the change itself, where somebody wants to be told."""

    document = Owned("store.Document", db_index=False)
    document_id: int
    old_state = models.TextField()
    new_state = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "state_change"
        indexes = [models.Index(fields=["operator", "id"], name="state_change_next")]


class WebhookDelivery(OwnedByOperator):
    """One message to one address: its exact text, and how far it got."""

    public_id = public_id()
    target = Owned("store.WebhookTarget", on_delete=models.CASCADE, db_index=False)
    target_id: int
    event = models.TextField()  # record.state_changed, test
    about = models.TextField(default="")  # the record, for people
    body = models.TextField()
    state = models.TextField(default=DeliveryState.WAITING)
    tries = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    last_status = models.IntegerField(null=True)
    last_error = models.TextField(null=True)
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "webhook_delivery"
        constraints = [
            choices_check("state", DeliveryState, "webhook_delivery_state_known"),
            # What waits always says until when.
            models.CheckConstraint(
                condition=~models.Q(state="waiting") | models.Q(next_at__isnull=False),
                name="webhook_delivery_waits_until",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=models.Q(state="waiting"),
                name="webhook_delivery_due",
            ),
            models.Index(fields=["target", "-id"], name="webhook_delivery_newest"),
        ]


class WebhookTry(OwnedByOperator):
    """One attempt at a delivery, and what came back."""

    delivery = Owned("store.WebhookDelivery", on_delete=models.CASCADE)
    delivery_id: int
    at = models.DateTimeField()
    status = models.IntegerField(null=True)
    error = models.TextField(null=True)
    answer = models.TextField(default="")  # its beginning
    milliseconds = models.IntegerField()

    class Meta:
        db_table = "webhook_try"


class SourceHook(OwnedByOperator):
    """An address of ours that the storage software posts to, and how its messages are read."""

    public_id = public_id()
    name = models.TextField()
    secret_sealed = models.BinaryField()
    profile = models.TextField()  # TOML, as a person last saved it
    is_open = models.BooleanField(default=True)
    # Messages whose signature was wrong leave nothing but this count.
    refused = models.BigIntegerField(default=0)
    last_refused_at = models.DateTimeField(null=True)
    created_at = created_at()

    class Meta:
        db_table = "source_hook"
        constraints = [
            models.UniqueConstraint(fields=["operator", "name"], name="source_hook_once"),
        ]


class HookArrival(OwnedByOperator):
    """One message with a good signature, kept byte for byte before anything is understood."""

    public_id = public_id()
    hook = Owned("store.SourceHook", db_index=False)
    hook_id: int
    body = models.BinaryField()
    body_hash = models.BinaryField()
    content_type = models.TextField(default="")
    received_at = models.DateTimeField()
    repeats = models.IntegerField(default=0)  # the same bytes came again, and changed nothing
    last_repeated_at = models.DateTimeField(null=True)
    state = models.TextField(default=HookArrivalState.NEW)
    event = models.TextField(default="")
    results = models.JSONField(default=list)  # what became of each record it spoke of
    readings = models.IntegerField(default=0)
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "hook_arrival"
        constraints = [
            choices_check("state", HookArrivalState, "hook_arrival_state_known"),
            # The signature covers no time, so a recorded message could be sent again: the
            # same bytes count once.
            models.UniqueConstraint(fields=["hook", "body_hash"], name="hook_arrival_once"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(state="new"), name="hook_arrival_new"),
            models.Index(fields=["operator", "-id"], name="hook_arrival_newest"),
        ]
