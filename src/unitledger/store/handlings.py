"""What people decided about records by hand, and the filters they keep for themselves."""

from __future__ import annotations

from enum import StrEnum

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from unitledger.core.documents import DocumentKind
from unitledger.store.base import OwnedByOperator, choices_check, created_at, public_id


class HandlingAct(StrEnum):
    SKIP = "skip"  # it is not to be sent
    HANDLED = "handled"  # a person did in Xero what was to be done
    KEEP = "keep"  # Xero's copy stays as it is, though it differs from ours
    WRITE = "write"  # ours is written again over what was changed in Xero
    LINK = "link"  # what Xero holds already is this record
    UNLINK = "unlink"  # what it was linked to is not this record
    TAKE_UP = "take_up"  # a skipped or unlinked record is to be sent after all


class Handling(OwnedByOperator):
    """One act of a person on records of one kind, with what stood before it."""

    public_id = public_id()
    # Made from the form's one-time key and what was chosen: a second click is the first one.
    key = models.TextField()
    act = models.TextField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    user_id: int | None  # none: the command line
    user_name = models.TextField()  # as it was then
    kind = models.TextField()
    record_ids = ArrayField(models.BigIntegerField())  # those it was done to
    note = models.TextField(default="")  # the reason given
    before = models.JSONField()  # by document id: the columns that the act changed
    left_out = models.JSONField(default=dict)  # why it was not done to others: sentence → records
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.TextField(default="")

    class Meta:
        db_table = "handling"
        constraints = [
            models.UniqueConstraint(fields=["operator", "key"], name="handling_once"),
            choices_check("act", HandlingAct, "handling_act_known"),
            choices_check("kind", DocumentKind, "handling_kind_known"),
        ]


class SavedFilter(OwnedByOperator):
    """A report's address under a name; one person's, or everybody's of the operator."""

    public_id = public_id()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    user_id: int  # who saved it
    is_shared = models.BooleanField()
    name = models.TextField()
    address = models.TextField()  # the report's query string
    created_at = created_at()

    class Meta:
        db_table = "saved_filter"
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "user", "name"], name="saved_filter_one_a_name"
            ),
        ]
