"""Mails of notices: one digest for what has come up, written down before it is sent.

A mail may arrive twice where a process died behind the sending; both carry the same id.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from django.db import transaction
from django.db.models import F

from unitledger.engine.auditing import Actor, Subject, note
from unitledger.engine.noticing.settings import setting_of
from unitledger.engine.noticing.watching import link
from unitledger.engine.ports import Clock
from unitledger.store.notices import MailState, Notice, NoticeKind, NoticeMail
from unitledger.store.people import Operator

HELD = timedelta(minutes=5)  # longer than any sending: afterwards another process may try
WAITS = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 240, 720))
LISTED_MAX = 50  # in one mail; the page has them all
NOTICES = "/settings/notices"


class MailFailed(Exception):
    """The mail did not go out. The text is for people."""


class Mailer(Protocol):
    @property
    def is_set_up(self) -> bool: ...
    def send(self, *, mail_id: str, recipients: Sequence[str], subject: str, text: str) -> None:
        """Raises `MailFailed`."""
        ...


def prepare(operator_id: int, *, now: datetime) -> NoticeMail | None:
    """Write the mail of what nobody was told of yet; None where there is nothing, nobody, or
    the last mail is too new."""
    with transaction.atomic():
        operator = Operator.objects.select_for_update().get(id=operator_id)
        setting = setting_of(operator_id)
        pending = Notice.objects.filter(
            operator_id=operator_id, mail=None, is_wanted=True, kind__in=setting.kinds
        ).order_by("id")
        if not setting.recipients:
            return None
        window = timedelta(minutes=setting.digest_minutes)
        mailed = Notice.objects.filter(operator_id=operator_id, mail__created_at__gt=now - window)
        if mailed.exclude(kind=NoticeKind.TEST).exists():
            return None
        # What was over before a mail could go is no news.
        notices = list(pending.filter(ended_at=None))
        if not notices:
            return None
        mail = _write(operator, setting.recipients, notices, now=now)
        Notice.objects.filter(id__in=[each.pk for each in notices]).update(mail=mail)
    return mail


def test_notice(operator_id: int, *, now: datetime, by: Actor) -> Notice:
    """A notice that says nothing, to see whether it arrives; its mail waits to be delivered."""
    setting = setting_of(operator_id)
    with transaction.atomic():
        operator = Operator.objects.select_for_update().get(id=operator_id)
        notice = Notice.objects.create(
            operator=operator,
            kind=NoticeKind.TEST,
            subject=f"test {now.isoformat()}",
            title="A test notice",
            text=f"{by.name} asked for it, to see whether notices arrive. Nothing is wrong.",
            path=NOTICES,
            created_at=now,
            ended_at=now,
        )
        if setting.recipients:
            notice.mail = _write(operator, setting.recipients, [notice], now=now)
            notice.save(update_fields=["mail"])
        subject = Subject("notice", str(notice.public_id), notice.title)
        note(operator_id, by, "notice_tested", subject)
    return notice


test_notice.__test__ = False  # pyright: ignore[reportFunctionMemberAccess] - not a test of pytest


def deliver_due(*, clock: Clock, mailer: Mailer) -> int:
    """Send what is due; how many went out."""
    due = NoticeMail.objects.filter(state=MailState.WAITING, next_at__lte=clock.now())
    ids = list(due.order_by("next_at", "id").values_list("id", flat=True)[:50])
    return sum(deliver(each, clock=clock, mailer=mailer) == MailState.SENT for each in ids)


def deliver(mail_id: int, *, clock: Clock, mailer: Mailer) -> MailState | None:
    """One try; None where another process has it, or it waits no more."""
    now = clock.now()
    with transaction.atomic():
        mail = (
            NoticeMail.objects.select_for_update(skip_locked=True)
            .filter(id=mail_id, state=MailState.WAITING, next_at__lte=now)
            .first()
        )
        if mail is None:
            return None
        NoticeMail.objects.filter(id=mail_id).update(next_at=now + HELD, tries=F("tries") + 1)
    error = ""
    try:
        mailer.send(
            mail_id=str(mail.public_id),
            recipients=mail.recipients,
            subject=mail.subject,
            text=mail.text,
        )
    except MailFailed as failed:
        error = str(failed)
    return _record(mail, error, tries=mail.tries + 1, now=clock.now())


def _record(mail: NoticeMail, error: str, *, tries: int, now: datetime) -> MailState:
    if not error:
        state, next_at, sent_at = MailState.SENT, None, now
    elif tries <= len(WAITS):
        state, next_at, sent_at = MailState.WAITING, now + WAITS[tries - 1], None
    else:
        state, next_at, sent_at = MailState.GIVEN_UP, None, None
    NoticeMail.objects.filter(id=mail.pk).update(
        state=state, next_at=next_at, sent_at=sent_at, last_error=error
    )
    return state


def _write(
    operator: Operator, recipients: Sequence[str], notices: Sequence[Notice], *, now: datetime
) -> NoticeMail:
    name = " ".join(operator.name.split())
    one = notices[0].title if len(notices) == 1 else f"{len(notices)} notices"
    return NoticeMail.objects.create(
        operator=operator,
        recipients=list(recipients),
        subject=f"{name}: {one}"[:200],
        text=_text(operator, notices),
        next_at=now,
        created_at=now,
    )


def _text(operator: Operator, notices: Sequence[Notice]) -> str:
    parts: list[str] = []
    for each in notices[:LISTED_MAX]:
        url = link(operator, each.path)
        parts.append("\n".join([each.title, each.text, *([url] if url else [])]))
    if len(notices) > LISTED_MAX:
        parts.append(f"And {len(notices) - LISTED_MAX} more, which the list of notices has.")
    url = link(operator, NOTICES)
    foot = f"Sent by unitledger to who takes notices of {operator.name}."
    parts.append(f"--\n{foot}" + (f"\nChange this: {url}" if url else ""))
    return "\n\n".join(parts) + "\n"
