"""What Xero holds, as answers and sweeps told us, and what does not agree."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from unitledger.core.documents import DocumentKind
from unitledger.store.base import Owned, OwnedByOperator, choices_check, created_at, money_field


class FindingState(StrEnum):
    OPEN = "open"
    HEALED = "healed"
    ACCEPTED = "accepted"  # by a person, with a reason


class XeroObject(OwnedByOperator):
    """One object as Xero last showed it. Ours where `document` is set."""

    organisation = Owned("store.Organisation", db_index=False)
    organisation_id: int
    kind = models.TextField()
    xero_id = models.TextField()
    document = Owned("store.Document", null=True, db_index=False)
    document_id: int | None
    status = models.TextField()
    number = models.TextField(null=True)
    name = models.TextField(null=True)
    reference = models.TextField(null=True)
    token = models.TextField(null=True)  # the handle at the end of a payment's reference
    url = models.TextField(null=True)
    contact_id = models.TextField(null=True)
    invoice_id = models.TextField(null=True)
    account_id = models.TextField(null=True)
    dated_on = models.DateField(null=True)
    currency = models.TextField(null=True)
    total = money_field(null=True)
    amount_due = money_field(null=True)
    amount_paid = money_field(null=True)
    is_receivable = models.BooleanField(default=True)
    is_reconciled = models.BooleanField(default=False)
    merged_to = models.TextField(null=True)
    updated_at_xero = models.DateTimeField(null=True)
    written_at_xero = models.DateTimeField(null=True)  # `updated_at_xero` of our last write
    read_at = models.DateTimeField()

    class Meta:
        db_table = "xero_object"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "xero_id"], name="xero_object_once"
            ),
            choices_check("kind", DocumentKind, "xero_object_kind_known"),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "kind", "number"],
                condition=models.Q(number__isnull=False),
                name="xero_object_number",
            ),
            models.Index(
                fields=["organisation", "token"],
                condition=models.Q(token__isnull=False),
                name="xero_object_token",
            ),
            models.Index(
                models.F("organisation"),
                models.Func(models.F("name"), function="lower"),
                condition=models.Q(kind="contact"),
                name="xero_object_contact_name",
            ),
        ]


class Finding(OwnedByOperator):
    """One discrepancy, with its evidence; closed when it heals."""

    organisation = Owned("store.Organisation")
    organisation_id: int
    rule = models.TextField()
    subject = models.TextField()  # what it is about, in the rule's own terms
    document = Owned("store.Document", null=True)
    document_id: int | None
    xero_id = models.TextField(null=True)
    state = models.TextField(default=FindingState.OPEN)
    evidence = models.JSONField()
    first_seen_at = created_at()
    last_seen_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "finding"
        constraints = [
            # A discrepancy seen again is the same finding.
            models.UniqueConstraint(
                fields=["organisation", "rule", "subject"],
                condition=models.Q(state="open"),
                name="finding_one_open_a_subject",
            ),
            choices_check("state", FindingState, "finding_state_known"),
        ]


class Installation(models.Model):
    """Who this database believes it is; another host or a restore starts held (5.7)."""

    singleton = models.BooleanField(primary_key=True, default=True)
    mark = models.TextField()  # equal to the mark kept beside the installation's files
    created_at = created_at()

    class Meta:
        db_table = "installation"
        constraints = [
            models.CheckConstraint(condition=models.Q(singleton=True), name="installation_is_one"),
        ]
