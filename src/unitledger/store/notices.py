"""Notices: what needs a person, whom it is sent to, and the mails it went out with."""

from __future__ import annotations

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models

from unitledger.store.base import Owned, OwnedByOperator, choices_check, created_at, public_id


class NoticeKind(StrEnum):
    CONNECTION_LOST = "connection_lost"
    FAILURES = "failures"  # more records failed or wait for a person than the threshold
    UNMAPPED = "unmapped"  # a charge or payment method that nobody has mapped yet
    DAY_LIMIT = "day_limit"  # Xero takes no more calls today
    TEST = "test"


class MailState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


class NoticeSetting(OwnedByOperator):
    """What an operator wants to be told of, and where. Without a row: nothing by mail."""

    recipients = ArrayField(models.TextField(), default=list)
    kinds = ArrayField(models.TextField(), default=list)
    failures_from = models.IntegerField(default=10)
    digest_minutes = models.IntegerField(default=60)  # a mail at most this often
    tells_webhooks = models.BooleanField(default=True)

    class Meta:
        db_table = "notice_setting"
        constraints = [
            models.UniqueConstraint(fields=["operator"], name="notice_setting_once"),
        ]


class NoticeMail(OwnedByOperator):
    """One mail of one or several notices: its exact text, and how far it got."""

    public_id = public_id()
    recipients = ArrayField(models.TextField())
    subject = models.TextField()
    text = models.TextField()
    state = models.TextField(default=MailState.WAITING)
    tries = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notice_mail"
        constraints = [
            choices_check("state", MailState, "notice_mail_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state="waiting") | models.Q(next_at__isnull=False),
                name="notice_mail_waits_until",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=models.Q(state="waiting"), name="notice_mail_due"
            ),
            models.Index(fields=["operator", "-id"], name="notice_mail_newest"),
        ]


class Notice(OwnedByOperator):
    """One event that needs a person, told once; open as long as it lasts."""

    public_id = public_id()
    kind = models.TextField()
    subject = models.TextField()  # what it is about: `connection 3`, `charge 17`
    title = models.TextField()
    text = models.TextField()
    path = models.TextField(default="")  # of the page that helps
    mail = Owned("store.NoticeMail", null=True)
    mail_id: int | None
    webhooks = models.IntegerField(default=0)  # how many addresses were told
    is_wanted = models.BooleanField(default=True)  # false: the operator asked not to be told
    created_at = created_at()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notice"
        constraints = [
            choices_check("kind", NoticeKind, "notice_kind_known"),
            # Once an event: while it lasts nobody can write it a second time.
            models.UniqueConstraint(
                fields=["operator", "kind", "subject"],
                condition=models.Q(ended_at__isnull=True),
                name="notice_once_an_event",
            ),
        ]
        indexes = [models.Index(fields=["operator", "-id"], name="notice_newest")]
