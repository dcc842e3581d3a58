"""What people asked for by hand: who, when, which records. Append-only."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from unitledger.core.documents import DocumentKind
from unitledger.store.base import OwnedByOperator, choices_check, public_id


class ResyncRequest(OwnedByOperator):
    """One Apply: records of one kind that a person asked for again."""

    public_id = public_id()
    # Made from the form's one-time key and what was ticked: a second click is the first one.
    key = models.TextField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    user_id: int
    user_name = models.TextField()  # as it was then
    kind = models.TextField()
    record_ids = ArrayField(models.BigIntegerField())
    asked_at = models.DateTimeField()

    class Meta:
        db_table = "resync_request"
        constraints = [
            models.UniqueConstraint(fields=["operator", "key"], name="resync_request_once"),
            choices_check("kind", DocumentKind, "resync_request_kind_known"),
        ]
