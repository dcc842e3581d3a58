"""Keys for programs that ask and send on an operator's behalf."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from unitledger.store.base import OwnedByOperator, public_id


class ApiScope(StrEnum):
    """What a key may do. The table keeps the words, so that more can be added."""

    READ = "read"  # records, their states, the report
    WRITE = "write"  # send locations, tenants, invoices, payments
    WEBHOOKS = "webhooks"  # set up where changes are told


class ApiKey(OwnedByOperator):
    """One key. Its secret is shown once, when it is made; only a hash of it is kept."""

    public_id = public_id()
    name = models.TextField()
    prefix = models.TextField(unique=True)  # its first letters: shown, and found by
    secret_hash = models.BinaryField()  # SHA-256: the secret is long and random
    scopes = ArrayField(models.TextField())
    is_test = models.BooleanField()  # everything is tried out, nothing is kept or sent
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(
        "store.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_by_id: int | None
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_key"
        indexes = [models.Index(fields=["operator", "id"], name="api_key_newest")]
