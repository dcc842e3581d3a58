"""Before the first write: what an organisation held already, and what people decided about it."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from unitledger.core.documents import DocumentKind
from unitledger.core.likeness import Likeness
from unitledger.store.base import Owned, OwnedByOperator, choices_check


class LookState(StrEnum):
    NEW = "new"  # nobody has asked for it
    ASKED = "asked"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"


class MatchAnswer(StrEnum):
    OPEN = "open"
    LINKED = "linked"
    LEFT = "left"  # Xero has it; ours is not sent
    BOOKED = "booked"  # ours is sent all the same, for a reason


class Topic(StrEnum):
    """What is asked about the organisation as a whole, in the order of the page."""

    CREDITS = "credits"
    REPEATING = "repeating"
    OTHERS = "others"
    TURNOVER = "turnover"
    REMINDERS = "reminders"
    PAYMENT_LINKS = "payment_links"
    NUMBERS = "numbers"


class GoingLive(OwnedByOperator):
    """One organisation's way to its first sync; while it is under way nothing is created.

    `beat_at` is renewed while a worker reads: what a gone worker left is seen by its age.
    """

    organisation = Owned("store.Organisation", db_index=False)
    organisation_id: int
    opened_at = models.DateTimeField()
    state = models.TextField(default=LookState.NEW)
    key = models.TextField(default="")  # the form's one-time key: a second click is the first
    asked_by_name = models.TextField(default="")
    asked_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    doing = models.TextField(default="")
    documents = models.IntegerField(default=0)
    calls = models.IntegerField(default=0)
    message = models.TextField(default="")
    looked_at = models.DateTimeField(null=True)  # of the last one that came to its end
    looked_from_on = models.DateField(null=True)
    matched_to = models.BigIntegerField(db_default=0)  # the newest document that was compared
    went_live_at = models.DateTimeField(null=True)
    went_live_by_name = models.TextField(default="")

    class Meta:
        db_table = "going_live"
        constraints = [
            models.UniqueConstraint(fields=["organisation"], name="going_live_once"),
            choices_check("state", LookState, "going_live_state_known"),
        ]


class GoingLiveContact(OwnedByOperator):
    """A contact as the organisation held it before the first write, to compare tenants with.

    No address is kept: of an e-mail only what tells it apart from another.
    """

    organisation = Owned("store.Organisation", db_index=False)
    organisation_id: int
    xero_id = models.TextField()
    name = models.TextField(null=True)
    number = models.TextField(null=True)
    account_number = models.TextField(null=True)
    email_mark = models.TextField(null=True)
    status = models.TextField()
    merged_to = models.TextField(null=True)

    class Meta:
        db_table = "going_live_contact"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "xero_id"], name="going_live_contact_once"
            ),
        ]


class GoingLiveMatch(OwnedByOperator):
    """An object in Xero that may be a record of ours, and what a person said of it."""

    organisation = Owned("store.Organisation", db_index=False)
    organisation_id: int
    document = Owned("store.Document", db_index=False)
    document_id: int
    kind = models.TextField()
    xero_id = models.TextField()
    likeness = models.TextField()
    by = models.TextField()  # what they have in common, in words
    shown = models.JSONField()  # of Xero's side, as it was read
    answer = models.TextField(default=MatchAnswer.OPEN)
    note = models.TextField(default="")
    answered_by_name = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "going_live_match"
        constraints = [
            models.UniqueConstraint(fields=["document"], name="going_live_match_once"),
            choices_check("kind", DocumentKind, "going_live_match_kind_known"),
            choices_check("likeness", Likeness, "going_live_match_likeness_known"),
            choices_check("answer", MatchAnswer, "going_live_match_answer_known"),
        ]
        indexes = [
            models.Index(fields=["organisation", "answer", "kind"], name="going_live_match_open"),
        ]


class GoingLiveQuestion(OwnedByOperator):
    """Something about the organisation that a person must have seen before the first write."""

    organisation = Owned("store.Organisation", db_index=False)
    organisation_id: int
    topic = models.TextField()
    evidence = models.JSONField()
    fingerprint = models.TextField()  # of the evidence: something else there is asked anew
    note = models.TextField(default="")
    answered_by_name = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "going_live_question"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "topic"], name="going_live_question_once"
            ),
            choices_check("topic", Topic, "going_live_question_topic_known"),
        ]
