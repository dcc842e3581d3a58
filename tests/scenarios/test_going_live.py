"""Before the first write: what the organisation held already is shown, and a person answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.business import Business, business
from unitledger.core.documents import DocumentKind
from unitledger.core.likeness import Likeness
from unitledger.engine import steering
from unitledger.engine.auditing import COMMAND_LINE
from unitledger.engine.going_live import answering, looking, standing
from unitledger.engine.going_live.opening import open_for
from unitledger.engine.handling.deciding import NotDone, Person
from unitledger.engine.steering import SteeringError
from unitledger.store.going_live import MatchAnswer, Topic

MARY = Person(COMMAND_LINE)
MARCH = date(2026, 3, 1)
SALES = {"description": "Storage", "quantity": 1, "account_code": "2000"}


@pytest.fixture
def newcomer(database: object) -> Iterator[Business]:
    """A business whose organisation has a life of its own, before the first sync."""
    with business() as made:
        _is_new(made)
        yield made


def _is_new(made: Business) -> None:
    from unitledger.store.models import Organisation

    organisation = Organisation.objects.get(id=made.organisation_id)
    assert open_for(organisation, now=made.tools.clock.now())


def _raised(
    made: Business, number: str | None, amount: str, *, of: str = "Ada Marsh", on: date = MARCH
) -> Any:
    """A sales invoice that somebody made in Xero, tax included."""
    return made.bookkeeper(
        "raise_invoice",
        contact_name=of,
        number=number,
        date=on,
        due_date=on,
        line_amount_types="Inclusive",
        lines=[{**SALES, "unit_amount": amount}],
    )


def _matches(made: Business) -> list[tuple[str, str, str, str, str]]:
    from unitledger.store.models import GoingLiveMatch

    rows = GoingLiveMatch.objects.select_related("document").order_by("kind", "document__number")
    return [(each.kind, each.document.number, each.likeness, each.by, each.answer) for each in rows]


def _topics(made: Business) -> list[Topic]:
    found = standing.under_way(made.organisation_id)
    return list(found.topics) if found else []


def _answers(made: Business, answer: MatchAnswer, *, note: str = "", **which: Any) -> Any:
    return answering.answer_matches(
        made.organisation_id,
        answering.open_matches(made.organisation_id, **which),
        answer,
        note=note,
        by=MARY,
        key=made.tools.ids.state_token(),
        now=made.tools.clock.now(),
    )


def _says(made: Business, topic: Topic, note: str = "Seen and settled.") -> bool:
    return answering.answer_question(
        made.organisation_id, topic, note=note, by=MARY, now=made.tools.clock.now()
    )


def _gives_go_ahead(made: Business) -> None:
    steering.go_ahead(made.organisation_id, by=COMMAND_LINE, now=made.tools.clock.now())


def _answers_all_questions(made: Business) -> None:
    for topic in _topics(made):
        _says(made, topic)


def test_an_organisation_that_holds_nothing_asks_nothing_and_goes_live_by_itself(
    database: object,
) -> None:
    from unitledger.store.models import GoingLive

    calls: list[int] = []
    for is_new in (False, True):
        with business() as made:
            if is_new:
                _is_new(made)
            made.bills("1001", "120.00")
            before = made.calls()
            made.syncs()
            calls.append(made.calls() - before)
            assert made.books() == ["1001 AUTHORISED 120.00 paid 0.00"]
        if not is_new:
            _forget(made)
    assert calls[1] - calls[0] <= 2
    assert GoingLive.objects.get().went_live_at is not None


def _forget(made: Business) -> None:
    """Make room for another operator of the same handle."""
    from unitledger.store.models import Operator

    Operator.objects.filter(id=made.operator_id).update(handle_key="before")


def test_an_invoice_under_our_number_is_linked_with_its_payment_and_nothing_is_doubled(
    newcomer: Business,
) -> None:
    raised = _raised(newcomer, "1001", "120.00")
    newcomer.bookkeeper(
        "pay_invoice", invoice_id=raised["InvoiceID"], amount="120.00", date=date(2026, 3, 5)
    )
    newcomer.bills("1001", "120.00")
    newcomer.is_paid("R1", ("1001", "120.00"), on=date(2026, 3, 5))
    newcomer.bills("1002", "60.00", on=date(2026, 3, 20))
    writes = newcomer.writes()

    outcome = newcomer.syncs()

    assert newcomer.writes() == writes
    assert outcome is not None and "wait for your answer" in outcome.message
    assert _matches(newcomer) == [
        ("contact", "T-ADA", "likely", "name", "open"),
        ("invoice", "1001", "exact", "number, amount, tenant and date", "open"),
        ("payment", "R1", "exact", "invoice, amount and date", "open"),
    ]
    assert Topic.TURNOVER in _topics(newcomer)
    with pytest.raises(SteeringError, match="1 invoice that Xero may hold already"):
        _gives_go_ahead(newcomer)

    assert _answers(newcomer, MatchAnswer.LINKED).done == 3
    _answers_all_questions(newcomer)
    assert newcomer.syncs() is None or newcomer.writes() == writes  # not before the go-ahead
    _gives_go_ahead(newcomer)
    newcomer.settles()

    assert newcomer.writes() == writes + 1
    assert newcomer.contacts() == ["Ada Marsh"]
    assert newcomer.books() == [
        "1001 PAID 120.00 paid 120.00",
        "1002 AUTHORISED 60.00 paid 0.00",
    ]
    assert set(newcomer.states().values()) == {"synced"}


def test_an_invoice_of_another_number_is_likely_by_tenant_amount_and_date_and_may_be_left(
    newcomer: Business,
) -> None:
    _raised(newcomer, "INV-7", "120.00", on=date(2026, 3, 3))
    newcomer.bills("1001", "120.00")
    newcomer.is_paid("R1", ("1001", "120.00"))
    newcomer.syncs()
    assert _matches(newcomer)[1] == (
        "invoice",
        "1001",
        "likely",
        "tenant and amount, 2 days apart",
        "open",
    )
    with pytest.raises(NotDone, match="Say why"):
        _answers(newcomer, MatchAnswer.LEFT, kind=DocumentKind.INVOICE)

    _answers(newcomer, MatchAnswer.LINKED, kind=DocumentKind.CONTACT)
    left = _answers(newcomer, MatchAnswer.LEFT, kind=DocumentKind.INVOICE, note="By hand in March")
    _answers_all_questions(newcomer)
    _gives_go_ahead(newcomer)
    newcomer.settles()

    assert left.done == 1
    assert newcomer.books() == ["INV-7 AUTHORISED 120.00 paid 0.00"]
    assert newcomer.states()["invoice 1001"] == "skipped"
    assert newcomer.reasons("payment R1") == ["needed_is_left_out"]


def test_a_number_that_somebody_elses_invoice_bears_is_a_clash_and_is_not_linked(
    newcomer: Business,
) -> None:
    _raised(newcomer, "1001", "66.00", of="Somebody Else")
    newcomer.bills("1001", "120.00")
    newcomer.syncs()

    assert _matches(newcomer) == [
        ("invoice", "1001", "clash", "number; the amount differs", "open")
    ]
    answered = _answers(newcomer, MatchAnswer.LINKED)
    assert answered.done == 0 and "cannot be ours" in answered.sentence
    _answers(newcomer, MatchAnswer.BOOKED, note="Ours goes under another number")
    _answers_all_questions(newcomer)
    _gives_go_ahead(newcomer)
    newcomer.settles()
    assert newcomer.reasons("invoice 1001") == ["exists_not_ours"]


def test_contacts_are_matched_by_number_e_mail_and_name_and_merged_ones_are_followed(
    newcomer: Business,
) -> None:
    old = newcomer.bookkeeper("add_contact", name="Ada M. Marsh")
    new = newcomer.bookkeeper("add_contact", name="Marsh, Ada", email="ADA@example.com")
    newcomer.bookkeeper("merge_contacts", from_id=old["ContactID"], into_id=new["ContactID"])
    gone = newcomer.bookkeeper("add_contact", name="Ben Yard")
    newcomer.bookkeeper("archive_contact", contact_id=gone["ContactID"])
    newcomer.bookkeeper("add_contact", name="Cleo Dunn")
    newcomer.bills("1001", "10.00", tenant="Ada M. Marsh")
    newcomer.bills("1002", "20.00", tenant="Ben Yard")
    newcomer.bills("1003", "30.00", tenant="Cleo Dunn")
    newcomer.syncs()

    assert [each[1:4] for each in _matches(newcomer)] == [
        ("T-ADA", "likely", "name, of one merged into it"),
        ("T-BEN", "clash", "name; archived in Xero"),
        ("T-CLEO", "likely", "name"),
    ]
    linked = _answers(newcomer, MatchAnswer.LINKED)
    assert linked.done == 2
    _answers(newcomer, MatchAnswer.BOOKED, note="He moved out; this is his son")
    _answers_all_questions(newcomer)
    _gives_go_ahead(newcomer)
    newcomer.settles()

    assert newcomer.books_by_contact() == [
        "1001 Marsh, Ada",
        "1002 Ben Yard (T-BEN)",
        "1003 Cleo Dunn",
    ]
    assert len(newcomer.contacts()) == 5


def test_a_namesake_who_is_somebody_else_gets_a_contact_of_their_own_with_a_suffix(
    newcomer: Business,
) -> None:
    newcomer.bookkeeper("add_contact", name="Ada Marsh")
    newcomer.bills("1001", "120.00")
    newcomer.syncs()
    _answers(newcomer, MatchAnswer.BOOKED, note="Another Ada")
    _answers_all_questions(newcomer)
    _gives_go_ahead(newcomer)
    newcomer.settles()

    assert newcomer.contacts() == ["Ada Marsh", "Ada Marsh (T-ADA)"]
    assert newcomer.books_by_contact() == ["1001 Ada Marsh (T-ADA)"]


def test_what_stands_in_the_organisation_is_asked_about_with_its_evidence(
    newcomer: Business,
) -> None:
    from unitledger.store.models import GoingLiveQuestion

    someone = newcomer.bookkeeper("add_contact", name="Repeat Rita")
    newcomer.bookkeeper(
        "add_repeating_invoice",
        contact_id=someone["ContactID"],
        reference="Unit 7",
        lines=[{"Description": "Rent", "Quantity": 1, "UnitAmount": 80, "AccountCode": "200"}],
        status="AUTHORISED",
    )
    newcomer.bookkeeper("add_payment_service", name="PayFast")
    newcomer.bookkeeper(
        "raise_credit_note",
        contact_id=someone["ContactID"],
        number="CN-1",
        date="2026-03-02",
        lines=[{**SALES, "unit_amount": "15.00"}],
    )
    other = _raised(newcomer, "2041", "44.00", of="Repeat Rita")
    newcomer.bookkeeper(
        "edit_invoice", invoice_id=other["InvoiceID"], Url="https://app.stora.example/i/2041"
    )
    newcomer.server.run(
        lambda world: world.organisations[newcomer.xero_id].books.set_organisation(
            _with_reminders(world.organisations[newcomer.xero_id].books.organisation)
        )
    )
    newcomer.bills("1001", "120.00")
    newcomer.syncs()

    assert _topics(newcomer) == list(Topic)
    evidence = {each.topic: each.evidence for each in GoingLiveQuestion.objects.all()}
    assert evidence["repeating"]["rows"][0][:3] == ["Repeat Rita", "Unit 7", "1 MONTHLY"]
    # Our permission does not cover payment services, so a person is asked to look.
    assert evidence["payment_links"] == {**evidence["payment_links"], "rows": [], "count": 0}
    assert evidence["payment_links"]["about"] == {"hidden": True}
    assert evidence["credits"]["rows"][0][:2] == ["CN-1", "Repeat Rita"]
    assert evidence["others"]["rows"][0][:2] == ["app.stora.example", "1"]
    assert evidence["numbers"]["rows"] == [["digits alone", "1001", "2041", "2041"]]
    ((account, first, last, amount),) = evidence["turnover"]["rows"]
    assert (account[:4], first, last) == ("2000", {"on": "2026-03-01"}, {"on": "2026-03-31"})
    assert amount == {"money": "21.67"}  # 36.67 of the invoice less 15.00 of the credit note


def _with_reminders(organisation: Any) -> Any:
    from dataclasses import replace

    return replace(organisation, reminders_on=True)


def test_other_evidence_opens_an_answered_question_again_and_the_same_does_not(
    newcomer: Business,
) -> None:
    _raised(newcomer, "A-1", "44.00", of="Coffee Bar")
    newcomer.bills("1001", "120.00")
    newcomer.syncs()
    _answers_all_questions(newcomer)
    assert _topics(newcomer) == []

    _looks_again(newcomer)
    assert _topics(newcomer) == []

    _raised(newcomer, "A-2", "44.00", of="Coffee Bar")
    _looks_again(newcomer)
    assert Topic.OTHERS in _topics(newcomer)


def _looks_again(made: Business) -> None:
    assert looking.ask(made.organisation_id, by=COMMAND_LINE, now=made.tools.clock.now())
    made.syncs()


def test_records_that_arrive_later_are_compared_before_the_go_ahead(newcomer: Business) -> None:
    _raised(newcomer, "1002", "60.00")
    newcomer.bills("1001", "120.00")
    newcomer.syncs()
    _answers(newcomer, MatchAnswer.LINKED)
    _answers_all_questions(newcomer)
    newcomer.bills("1002", "60.00")

    with pytest.raises(SteeringError, match="just arrived"):
        _gives_go_ahead(newcomer)
    newcomer.syncs()
    assert ("invoice", "1002", "exact") in [each[:3] for each in _matches(newcomer)]
    with pytest.raises(SteeringError, match="1 invoice"):
        _gives_go_ahead(newcomer)


def test_a_look_of_yesterday_is_taken_again_before_the_go_ahead(newcomer: Business) -> None:
    _raised(newcomer, "A-1", "44.00", of="Coffee Bar")
    newcomer.bills("1001", "120.00")
    newcomer.syncs()
    _answers_all_questions(newcomer)
    newcomer.passes(90_000)

    with pytest.raises(SteeringError, match="more than a day ago"):
        _gives_go_ahead(newcomer)
    _looks_again(newcomer)
    _gives_go_ahead(newcomer)
    newcomer.settles()
    assert newcomer.states()["invoice 1001"] == "synced"


def test_a_look_that_broke_off_goes_on_and_ends(newcomer: Business) -> None:
    from unitledger.store.models import GoingLive

    _raised(newcomer, "1001", "120.00")
    newcomer.bills("1001", "120.00")
    newcomer.fault("error_before_commit", method="GET", path="RepeatingInvoices", count=9)
    newcomer.syncs()
    assert GoingLive.objects.get().state == "reading"
    assert newcomer.books() == ["1001 AUTHORISED 120.00 paid 0.00"]

    newcomer.server.run(lambda world: world.faults.clear())
    newcomer.passes(120)
    newcomer.syncs(is_asked_by_person=False)

    assert GoingLive.objects.get().state == "done"
    assert Likeness.EXACT in [each[2] for each in _matches(newcomer)]
