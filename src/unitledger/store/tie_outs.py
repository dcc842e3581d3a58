"""Tie-outs as they came out, for the pages: reading the books afresh takes calls and time."""

from __future__ import annotations

from django.db import models

from unitledger.store.base import Owned, OwnedByOperator, public_id


class TieOutResult(OwnedByOperator):
    """One tie-out, with both sides and every difference. Append-only: month ends are kept."""

    public_id = public_id()
    organisation = Owned("store.Organisation")
    organisation_id: int
    on = models.DateField()
    read_at = models.DateTimeField()
    ties = models.BooleanField()
    differences_count = models.IntegerField()
    calls = models.IntegerField()
    content = models.JSONField()

    class Meta:
        db_table = "tie_out_result"
        indexes = [models.Index(fields=["organisation", "-read_at"], name="tie_out_result_newest")]
