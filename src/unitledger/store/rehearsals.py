"""Rehearsals: a whole backfill into an emulator, kept as figures and never as links."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from unitledger.store.base import Owned, OwnedByOperator, choices_check, public_id


class RehearsalState(StrEnum):
    ASKED = "asked"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"  # by a person


class Rehearsal(OwnedByOperator):
    """One rehearsal. `content` is what `demo.rehearsing` found: sums, reasons, a tie-out.

    It was made in a database of its own, which is gone: nothing here names an object there.
    `beat_at` is renewed while a worker watches it: what a gone worker left is seen by its age.
    """

    public_id = public_id()
    organisation = Owned("store.Organisation", db_index=False)
    organisation_id: int
    state = models.TextField(default=RehearsalState.ASKED)
    asked_by_name = models.TextField()
    asked_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    doing = models.TextField(default="")
    sent = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    mapping_version = models.IntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    content = models.JSONField(null=True)
    message = models.TextField(default="")

    class Meta:
        db_table = "rehearsal"
        constraints = [
            choices_check("state", RehearsalState, "rehearsal_state_known"),
            # A second click finds the first one.
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(state__in=["asked", "running"]),
                name="rehearsal_one_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-asked_at"], name="rehearsal_newest")]
