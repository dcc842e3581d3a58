"""Undoing a run: what it made in the books, taken back by a person's approval."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from unitledger.core.documents import DocumentKind
from unitledger.store.base import Owned, OwnedByOperator, choices_check, money_field, public_id


class UndoState(StrEnum):
    PLANNED = "planned"  # shown to a person, nothing done
    APPROVED = "approved"  # its writes go with the next batches
    ENDED = "ended"
    DECLINED = "declined"  # or outdated by a newer plan


class UndoOutcome(StrEnum):
    PLANNED = "planned"
    LEFT = "left"  # touched since, or not ours to take back: the reason says which
    UNDER_WAY = "under_way"
    UNDONE = "undone"
    FAILED = "failed"  # it is in the books as before


class Undo(OwnedByOperator):
    """One plan to take back what a run made."""

    public_id = public_id()
    organisation = Owned("store.Organisation", db_index=False)
    organisation_id: int
    run = Owned("store.Run")
    run_id: int
    state = models.TextField(default=UndoState.PLANNED)
    asked_by_name = models.TextField()
    asked_at = models.DateTimeField()
    approved_by_name = models.TextField(null=True)
    approved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "undo"
        constraints = [
            # A second click finds the plan of the first.
            models.UniqueConstraint(
                fields=["run"],
                condition=models.Q(state__in=["planned", "approved"]),
                name="undo_one_open_a_run",
            ),
            choices_check("state", UndoState, "undo_state_known"),
        ]
        indexes = [
            models.Index(
                fields=["organisation"],
                condition=models.Q(state="approved"),
                name="undo_approved",
            ),
        ]


class UndoItem(OwnedByOperator):
    """One document of an undone run: taken back, or left with the reason why."""

    undo = Owned("store.Undo", on_delete=models.CASCADE, db_index=False)
    undo_id: int
    document = Owned("store.Document", db_index=False)
    document_id: int
    effect = Owned("store.Effect", null=True, db_index=False)
    effect_id: int | None
    kind = models.TextField()
    amount = money_field(null=True)
    outcome = models.TextField(default=UndoOutcome.PLANNED)
    reason = models.TextField(default="")

    class Meta:
        db_table = "undo_item"
        constraints = [
            models.UniqueConstraint(fields=["undo", "document"], name="undo_item_once"),
            choices_check("kind", DocumentKind, "undo_item_kind_known"),
            choices_check("outcome", UndoOutcome, "undo_item_outcome_known"),
        ]
