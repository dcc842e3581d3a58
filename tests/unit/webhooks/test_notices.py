"""What needs a person is told once an event, several in one mail. (AC-58)"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client

from tests.bookkeeping import Ledger, invoice, ledger_of, payment, tenant
from tests.people import signed_in, works_for
from tests.post_office import PostOffice, post_office
from tests.receiving import Receiver, receiver
from unitledger.engine.auditing import COMMAND_LINE
from unitledger.engine.noticing import mailing, watching
from unitledger.engine.noticing.settings import KINDS, SettingRefused, save_setting
from unitledger.outbound import Mailer
from unitledger.system import RandomIds

PAGE = "/settings/notices"
MARY = "mary@harbour.example"


@dataclass
class Stage:
    """A ledger that is watched, and where its mail arrives."""

    ledger: Ledger
    office: PostOffice

    def asks(self, *kinds: str, recipients: tuple[str, ...] = (MARY,), failures_from: int = 2):
        save_setting(
            self.ledger.operator_id,
            recipients=recipients,
            kinds=kinds or [str(each) for each in KINDS],
            failures_from=failures_from,
            digest_minutes=60,
            tells_webhooks=True,
            by=COMMAND_LINE,
        )

    def looks(self) -> int:
        """As the worker does every few seconds; how many events are new."""
        clock = self.ledger.tools.clock
        operator_id = self.ledger.operator_id
        new = watching.watch(operator_id, now=clock.now(), ids=RandomIds())
        mailing.prepare(operator_id, now=clock.now())
        mailing.deliver_due(clock=clock, mailer=Mailer(self.office.url, "books@harbour.example"))
        return new

    def loses_its_connection(self, *, is_lost: bool = True) -> None:
        from unitledger.store.models import Connection

        state, reason = ("lost", "Xero says the consent ended.") if is_lost else ("active", None)
        Connection.objects.update(state=state, reason=reason)

    def has_failures(self, count: int) -> None:
        from unitledger.store.models import Document

        mine = Document.objects.filter(kind="invoice").order_by("id")
        mine.update(state="new")
        ids = list(mine.values_list("id", flat=True)[:count])
        Document.objects.filter(id__in=ids).update(
            state="failed", organisation_id=self.ledger.business.organisation_id
        )

    def passes(self, **time: int) -> None:
        self.ledger.tools.clock.sleep(timedelta(**time).total_seconds())

    @property
    def mails(self) -> list[tuple[str, str]]:
        return [
            (str(each["Subject"]), each.get_payload(decode=True).decode())  # pyright: ignore
            for each in self.office.got
        ]


@pytest.fixture
def stage(database: object) -> Iterator[Stage]:
    with ledger_of() as ledger, post_office() as office:
        yield Stage(ledger, office)


@contextmanager
def told(stage: Stage) -> Iterator[Receiver]:
    from unitledger.store.models import WebhookTarget

    with receiver() as listening:
        WebhookTarget.objects.create(
            operator_id=stage.ledger.operator_id,
            name="Screen",
            url=listening.url,
            secret_sealed=stage.ledger.tools.vault.seal("a secret"),
        )
        yield listening


def test_a_lost_connection_is_told_once_and_again_when_it_is_lost_again(stage: Stage) -> None:
    """
    lost           one mail and one message, however often it is looked
    mended, lost   another event, another mail
    """
    from unitledger.engine.delivering import delivering
    from unitledger.outbound import Poster

    stage.asks()
    stage.loses_its_connection()
    with told(stage) as listening:
        assert [stage.looks(), stage.looks(), stage.looks()] == [1, 0, 0]
        tools = stage.ledger.tools
        poster = Poster(may_be_private=True)
        assert delivering.deliver_due(clock=tools.clock, poster=poster, vault=tools.vault) == 1
        (_, body) = listening.got[0]

    ((subject, text),) = stage.mails
    assert "connection to" in subject
    assert "Xero says the consent ended." in text
    assert "/settings/integration/xero" in text
    assert stage.office.recipients == [[MARY]]
    message = json.loads(body)
    assert (message["type"], message["notice"]["kind"]) == ("notice", "connection_lost")

    stage.loses_its_connection(is_lost=False)
    assert stage.looks() == 0
    stage.passes(hours=2)
    stage.loses_its_connection()
    assert stage.looks() == 1
    assert len(stage.mails) == 2


def test_what_comes_up_within_the_hour_is_one_digest_and_not_a_mail_a_record(stage: Stage) -> None:
    """
    two failures       at the threshold: a mail at once
    a third, a limit,
    a new method       nothing for an hour, then all in one mail
    """
    from unitledger.store.models import CallBudget

    ledger = stage.ledger
    stage.asks()
    ledger.takes_in(tenant(), *(invoice(f"INV-{number}") for number in (1, 2, 3)))
    stage.has_failures(1)
    assert stage.looks() == 0
    stage.has_failures(2)
    assert stage.looks() == 1
    assert "2 records are not in" in stage.mails[0][0]

    stage.has_failures(3)
    stage.passes(minutes=1)
    now = ledger.tools.clock.now()
    CallBudget.objects.update_or_create(
        organisation_id=ledger.business.organisation_id,
        defaults={
            "operator_id": ledger.operator_id,
            "blocked_until_at": now + timedelta(hours=9),
            "blocked_by": "day",
        },
    )
    ledger.takes_in(payment("R1", ("INV-1", "5.00"), method="Crypto"))
    assert stage.looks() == 2, "the limit, and a method nobody chose an account for"
    assert len(stage.mails) == 1
    stage.passes(minutes=61)
    assert stage.looks() == 0

    subject, text = stage.mails[1]
    assert "2 notices" in subject
    assert "takes no more calls" in text
    assert "New payment method: Crypto" in text
    assert len(stage.mails) == 2


def test_nobody_is_told_of_what_nobody_asked_for(stage: Stage) -> None:
    from unitledger.store.models import Notice

    stage.asks("failures")
    stage.loses_its_connection()

    assert stage.looks() == 1
    assert stage.mails == []
    assert Notice.objects.get().is_wanted is False


def test_a_mail_that_is_not_taken_is_tried_again(stage: Stage) -> None:
    from unitledger.store.models import NoticeMail

    stage.asks()
    stage.loses_its_connection()
    stage.office.is_refusing = True
    stage.looks()
    mail = NoticeMail.objects.get()
    assert (mail.state, mail.tries, "450" in mail.last_error) == ("waiting", 1, True)

    stage.office.is_refusing = False
    stage.looks()
    assert stage.mails == []
    stage.passes(minutes=2)
    stage.looks()

    assert len(stage.mails) == 1
    assert str(NoticeMail.objects.get().public_id) in str(stage.office.got[0]["Message-ID"])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"recipients": ["mary"]}, "recipients"),
        ({"recipients": ["a@b.example\nBcc: c@d.example"]}, "recipients"),
        ({"failures_from": 0}, "failures_from"),
        ({"digest_minutes": 7}, "digest_minutes"),
        ({"kinds": ["weather"]}, "kinds"),
    ],
)
def test_a_wrong_setting_is_refused_by_field(wrong: dict[str, object], field: str) -> None:
    right = {
        "recipients": [MARY],
        "kinds": [],
        "failures_from": 1,
        "digest_minutes": 60,
        "tells_webhooks": False,
    }
    with pytest.raises(SettingRefused) as refused:
        save_setting(1, **{**right, **wrong}, by=COMMAND_LINE)
    assert refused.value.field == field


def _form(**changed: object) -> dict[str, object]:
    return {
        "recipients": f"{MARY}\n",
        "kind": ["failures"],
        "failures_from": "3",
        "digest_minutes": "15",
        "webhooks": "yes",
        **changed,
    }


def test_an_administrator_says_who_is_told_and_tries_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    a wrong number     is said beside the field, and what was typed stays
    a test             arrives, and is in the list
    the worker         tells of what happens then by itself
    bookkeepers        and other operators see none of it
    """
    from tests.connected import new_operator
    from unitledger.jobs import doors

    monkeypatch.setenv("UNITLEDGER_SMTP", stage.office.url)
    mary: Client = signed_in(works_for("mary", stage.ledger.operator_id))
    wrong = mary.post(f"{PAGE}/save", _form(failures_from="many"))
    assert wrong.status_code == 422
    assert 'value="many"' in wrong.content.decode()
    assert "Give a whole number" in wrong.content.decode()

    both = ["failures", "connection_lost"]
    assert mary.post(f"{PAGE}/save", _form(kind=both)).status_code == 302
    page = mary.post(f"{PAGE}/test", follow=True).content.decode()
    assert f"A test was mailed to {MARY}" in page
    assert "A test notice" in page
    assert len(stage.mails) == 1
    stage.loses_its_connection()
    doors.notice(0)
    doors.notice(0)
    assert "connection to" in stage.mails[1][0]
    assert len(stage.mails) == 2

    clerk = signed_in(works_for("carl", stage.ledger.operator_id, "bookkeeper"))
    assert clerk.get(PAGE).status_code == 403
    stranger = signed_in(works_for("tom", new_operator()))
    assert "A test notice" not in stranger.get(PAGE).content.decode()
    assert MARY not in stranger.get(PAGE).content.decode()
    monkeypatch.delenv("UNITLEDGER_SMTP")
    assert "No mail server is set up" in mary.get(PAGE).content.decode()
