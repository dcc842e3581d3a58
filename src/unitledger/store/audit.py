"""Who did what, when: written once, never changed."""

from __future__ import annotations

from enum import StrEnum

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now

from unitledger.store.base import OwnedByOperator, choices_check, public_id


class ActorKind(StrEnum):
    PERSON = "person"
    API_KEY = "api_key"
    SYSTEM = "system"  # unitledger by itself, and its command line


class AuditEntry(OwnedByOperator):
    """One act. The database refuses to change or delete it, also to the table's owner.

    No foreign keys: an entry outlives what it speaks of, and checking one would lock the row,
    which takes the privilege to update it.
    """

    public_id = public_id()
    operator = models.ForeignKey(
        "store.Operator",
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    operator_id: int
    at = models.DateTimeField(db_default=Now())  # the database's clock: no caller chooses
    actor_kind = models.TextField()
    actor_name = models.TextField()  # as it was then
    actor_id = models.UUIDField(null=True)  # public id of the user or API key
    address = models.TextField(null=True)  # where a person or a program asked from
    act = models.TextField()  # what was done, as in `organisation_connected`
    subject_kind = models.TextField()
    subject_id = models.TextField()
    subject_name = models.TextField()  # as it was then
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(null=True, encoder=DjangoJSONEncoder)

    class Meta:
        db_table = "audit_entry"
        constraints = [
            choices_check("actor_kind", ActorKind, "audit_entry_actor_kind_known"),
            # A word for people to read and programs to filter by, never a sentence.
            models.CheckConstraint(
                condition=models.Q(act__regex=r"^[a-z][a-z0-9_]{2,60}$"),
                name="audit_entry_act_is_a_word",
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "id"], name="audit_entry_newest"),
            models.Index(
                fields=["operator", "subject_kind", "subject_id"], name="audit_entry_subject"
            ),
        ]
