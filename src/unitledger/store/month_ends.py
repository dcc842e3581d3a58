"""Tie-outs that people asked for, and the months they closed on the strength of one."""

from __future__ import annotations

from enum import StrEnum

from django.conf import settings
from django.db import models

from unitledger.store.base import Owned, OwnedByOperator, choices_check, public_id


class TieOutState(StrEnum):
    ASKED = "asked"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"


class TieOutRequest(OwnedByOperator):
    """One tie-out a person asked for. A worker that takes it says here how far it is.

    `beat_at` is renewed while it reads: what a gone worker left is seen by its age.
    """

    public_id = public_id()
    # The form's one-time key: a second click is the first one.
    key = models.TextField()
    organisation = Owned("store.Organisation")
    organisation_id: int
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    user_id: int
    user_name = models.TextField()  # as it was then
    on = models.DateField(null=True)  # none: the last day either ledger has
    state = models.TextField(default=TieOutState.ASKED)
    doing = models.TextField(default="")
    documents = models.IntegerField(default=0)  # read or compared so far
    message = models.TextField(default="")
    result = Owned("store.TieOutResult", null=True)
    result_id: int | None
    asked_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "tie_out_request"
        constraints = [
            models.UniqueConstraint(fields=["operator", "key"], name="tie_out_request_once"),
            # Two at a time would read the same books twice.
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(state__in=["asked", "reading"]),
                name="tie_out_request_one_open",
            ),
            choices_check("state", TieOutState, "tie_out_request_state_known"),
        ]


class MonthClose(OwnedByOperator):
    """A month that people declared done, with the tie-out they looked at.

    Closing changes nothing in Xero. Reopened ones stay, with who and why.
    """

    public_id = public_id()
    organisation = Owned("store.Organisation")
    organisation_id: int
    month_on = models.DateField()  # its first day
    result = Owned("store.TieOutResult")
    result_id: int
    fingerprint = models.TextField()  # of the month's figures as they were closed
    prepared_by = models.TextField()
    reviewed_by = models.TextField(default="")
    note = models.TextField(default="")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    closed_by_id: int
    closed_by_name = models.TextField(default="")  # as it was then
    closed_at = models.DateTimeField()
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    reopened_by_id: int | None
    reopened_by_name = models.TextField(default="")
    reopened_at = models.DateTimeField(null=True)
    reopened_why = models.TextField(default="")

    class Meta:
        db_table = "month_close"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "month_on"],
                condition=models.Q(reopened_at__isnull=True),
                name="month_close_one_standing",
            ),
            models.CheckConstraint(
                condition=models.Q(month_on__day=1), name="month_close_is_a_first_day"
            ),
        ]
