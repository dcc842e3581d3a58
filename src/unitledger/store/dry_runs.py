"""Dry runs: what a sync would write, worked out and kept for a person to look at."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from unitledger.store.base import Owned, OwnedByOperator, choices_check, public_id


class DryRunState(StrEnum):
    ASKED = "asked"
    MADE = "made"
    FAILED = "failed"


class DryRun(OwnedByOperator):
    """One dry run. `content` is `engine.dry_run.to_content`'s."""

    public_id = public_id()
    organisation = Owned("store.Organisation", db_index=False)
    organisation_id: int
    state = models.TextField(default=DryRunState.ASKED)
    asked_by_name = models.TextField()
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    content = models.JSONField(null=True)
    message = models.TextField(default="")

    class Meta:
        db_table = "dry_run"
        constraints = [choices_check("state", DryRunState, "dry_run_state_known")]
        indexes = [models.Index(fields=["organisation", "-asked_at"], name="dry_run_newest")]
