"""A person decides about records by hand: skip, handled, keep, write again, link, unlink."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.business import Business, business


@pytest.fixture
def operator(database: object) -> Iterator[Business]:
    with business() as made:
        yield made


def _bea():
    from unitledger.engine.auditing import Actor
    from unitledger.engine.handling.deciding import Person
    from unitledger.store.audit import ActorKind

    return Person(Actor(ActorKind.PERSON, "Bea Holt"))


def decides(operator: Business, act: str, name: str, note: str = "", key: str = "k"):
    from unitledger.core.documents import DocumentKind
    from unitledger.engine.handling.deciding import decide
    from unitledger.store.handlings import HandlingAct

    return decide(
        operator.operator_id,
        HandlingAct(act),
        DocumentKind(name.split()[0]),
        [document(name).record_id],
        note=note,
        by=_bea(),
        key=key,
        now=operator.tools.clock.now(),
    )


def undoes(operator: Business, handling: object) -> None:
    from unitledger.engine.handling.undoing import undo
    from unitledger.store.handlings import Handling

    assert isinstance(handling, Handling)
    undo(handling, by=_bea(), now=operator.tools.clock.now())


def links(operator: Business, name: str, xero_id: str, **how: object):
    from unitledger.engine.linking import link

    return link(
        operator.operator_id,
        document(name).pk,
        xero_id,
        by=_bea(),
        key="k",
        now=operator.tools.clock.now(),
        **how,  # pyright: ignore[reportArgumentType]
    )


def found(operator: Business, name: str, search: str = ""):
    from unitledger.engine.link_candidates import candidates, ours

    about = ours(operator.operator_id, document(name).pk)
    assert about is not None
    return candidates(operator.operator_id, about, search=search)


def document(name: str):
    from unitledger.store.models import Document

    kind, _, number = name.partition(" ")
    return Document.objects.get(kind=kind, number=number)


def raised(operator: Business, number: str, amount: str, contact: str = "Ada Marsh") -> str:
    """Somebody else's invoice in Xero; its id."""
    operator.bookkeeper(
        "raise_invoice",
        contact_name=contact,
        number=number,
        line_amount_types="Inclusive",
        lines=[
            {"description": "Rent", "quantity": 1, "unit_amount": amount, "account_code": "200"}
        ],
    )
    return next(
        each["InvoiceID"]
        for each in operator._listed("Invoices")
        if each["InvoiceNumber"] == number
    )


# -- skip, handled


def test_a_skipped_invoice_is_not_sent_and_says_who_skipped_it_and_why(
    operator: Business,
) -> None:
    operator.bills("1001", "120.00")
    decides(operator, "skip", "invoice 1001", "Billed by mistake")

    operator.syncs()

    assert operator.books() == []
    assert operator.states()["invoice 1001"] == "skipped"
    from unitledger.engine.reasons import problems_of

    (reason,) = problems_of(document("invoice 1001").problems)
    assert reason.sentence == "Bea Holt skipped it: Billed by mistake."


def test_a_skip_needs_a_reason(operator: Business) -> None:
    from unitledger.engine.handling.deciding import NotDone

    operator.bills("1001", "120.00")

    with pytest.raises(NotDone, match="Say why"):
        decides(operator, "skip", "invoice 1001", "  ")


def test_a_skip_taken_back_is_sent_again(operator: Business) -> None:
    operator.bills("1001", "120.00")
    handling = decides(operator, "skip", "invoice 1001", "Not ours")
    undoes(operator, handling)
    undoes(operator, handling)  # a second click changes nothing

    operator.syncs()

    assert operator.books() == ["1001 AUTHORISED 120.00 paid 0.00"]


def test_a_skipped_record_stays_skipped_when_its_source_changes_until_it_is_taken_up(
    operator: Business,
) -> None:
    operator.bills("1001", "120.00")
    decides(operator, "skip", "invoice 1001", "Not ours")
    operator.bills("1001", "90.00")
    operator.syncs()
    assert operator.books() == []

    decides(operator, "take_up", "invoice 1001")
    operator.syncs()

    assert operator.books() == ["1001 AUTHORISED 90.00 paid 0.00"]


def test_a_payment_on_a_skipped_invoice_says_so_and_goes_when_it_is_taken_up(
    operator: Business,
) -> None:
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "120.00"))
    decides(operator, "skip", "invoice 1001", "Not ours")
    operator.syncs()
    assert operator.reasons("payment R1") == ["needed_is_left_out"]

    decides(operator, "take_up", "invoice 1001")
    operator.syncs()

    assert operator.books() == ["1001 PAID 120.00 paid 120.00"]


def test_what_is_in_xero_cannot_be_skipped(operator: Business) -> None:
    from unitledger.engine.handling.deciding import NotDone

    operator.bills("1001", "120.00")
    operator.syncs()

    with pytest.raises(NotDone, match="1001: it is in Xero"):
        decides(operator, "skip", "invoice 1001", "Not ours")


def test_the_same_form_twice_is_one_decision_and_one_audit_entry(operator: Business) -> None:
    from unitledger.store.models import AuditEntry, Handling

    operator.bills("1001", "120.00")
    first = decides(operator, "handled", "invoice 1001", "Entered by hand as 7001")
    second = decides(operator, "handled", "invoice 1001", "Entered by hand as 7001")

    assert first.pk == second.pk
    assert Handling.objects.count() == 1
    entry = AuditEntry.objects.filter(
        operator_id=operator.operator_id, act="records_handled_in_xero"
    ).get()
    assert entry.actor_name == "Bea Holt"
    assert entry.after["note"] == "Entered by hand as 7001"


# -- drift: keep theirs, write ours


def _edited_in_xero(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.syncs()
    operator.bookkeeper(
        "edit_invoice", invoice_id=operator.xero_id_of("invoice 1001"), amount="100.00"
    )
    _checks_again(operator, "invoice 1001")
    assert operator.states()["invoice 1001"] == "drifted"


def _checks_again(operator: Business, name: str) -> None:
    from unitledger.engine.resync import resync

    resync(operator.operator_id, [document(name).pk], now=operator.tools.clock.now())
    operator.syncs()


def test_ours_is_written_again_over_what_was_changed_in_xero(operator: Business) -> None:
    _edited_in_xero(operator)

    decides(operator, "write", "invoice 1001")
    operator.syncs()

    assert operator.books() == ["1001 AUTHORISED 120.00 paid 0.00"]
    assert operator.states()["invoice 1001"] == "synced"
    assert document("invoice 1001").overwrite_version is None


def test_ours_is_not_written_over_an_invoice_that_is_paid_by_then(operator: Business) -> None:
    _edited_in_xero(operator)
    decides(operator, "write", "invoice 1001")
    operator.bookkeeper("pay_invoice", invoice_id="1001", amount="50.00")

    operator.syncs()

    assert operator.reasons("invoice 1001") == ["paid_in_books"]
    assert document("invoice 1001").overwrite_version is None


def test_xeros_copy_is_kept_and_no_longer_asked_about(operator: Business) -> None:
    _edited_in_xero(operator)
    books = operator.books()

    decides(operator, "keep", "invoice 1001", "The discount was agreed")
    _checks_again(operator, "invoice 1001")

    assert operator.books() == books
    assert operator.states()["invoice 1001"] == "skipped"


def test_keeping_taken_back_shows_the_difference_again(operator: Business) -> None:
    _edited_in_xero(operator)
    handling = decides(operator, "keep", "invoice 1001", "Agreed")

    undoes(operator, handling)

    assert operator.states()["invoice 1001"] == "drifted"
    assert operator.reasons("invoice 1001") == ["edited_in_books"]


def test_a_payment_deleted_in_xero_is_made_again_only_when_a_person_says_so(
    operator: Business,
) -> None:
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "120.00"))
    operator.syncs()
    operator.bookkeeper("delete_payment", payment_id=operator.xero_id_of("payment R1"))
    _checks_again(operator, "payment R1")
    assert operator.reasons("payment R1") == ["voided_in_books"]
    assert operator.payments() == []

    decides(operator, "write", "payment R1")
    operator.syncs()

    assert operator.payments() == ["1001 120.00"]
    assert operator.states()["payment R1"] == "synced"


# -- link, unlink


def test_an_invoice_that_was_entered_by_hand_is_linked_and_then_paid(operator: Business) -> None:
    theirs = raised(operator, "1001", "120.00")
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "120.00"))
    operator.syncs()
    assert operator.reasons("invoice 1001") == ["exists_not_ours"]

    (candidate,) = found(operator, "invoice 1001")
    assert (candidate.xero_id, candidate.may_be_linked) == (theirs, True)
    links(operator, "invoice 1001", theirs, accepts_differences=True)
    operator.syncs()

    assert operator.states()["invoice 1001"] == "synced"
    assert operator.books() == ["1001 PAID 120.00 paid 120.00"]


def test_what_has_another_amount_is_not_linked(operator: Business) -> None:
    from unitledger.engine.handling.deciding import NotDone

    theirs = raised(operator, "1001", "96.00")
    operator.bills("1001", "120.00")
    operator.syncs()

    with pytest.raises(NotDone, match="differ in amount"):
        links(operator, "invoice 1001", theirs, accepts_differences=True)


def test_differences_that_may_be_are_asked_about_first(operator: Business) -> None:
    from unitledger.engine.handling.deciding import NotDone

    theirs = raised(operator, "H-7", "120.00", contact="Somebody Else")
    operator.bills("1001", "120.00")
    operator.fault("refuse_request", method="PUT", path="Invoices", error=14)
    operator.syncs()

    assert theirs in [each.xero_id for each in found(operator, "invoice 1001", "H-7")]
    with pytest.raises(NotDone, match="number"):
        links(operator, "invoice 1001", theirs)


def test_a_draft_in_xero_is_not_in_the_books(operator: Business) -> None:
    operator.bookkeeper(
        "raise_invoice",
        contact_name="Ada Marsh",
        number="1001",
        status="DRAFT",
        line_amount_types="Inclusive",
        lines=[{"description": "Rent", "quantity": 1, "unit_amount": "120", "account_code": "200"}],
    )
    operator.bills("1001", "120.00")
    operator.syncs()
    (candidate,) = found(operator, "invoice 1001")

    links(operator, "invoice 1001", candidate.xero_id, accepts_differences=True)

    assert operator.states()["invoice 1001"] == "drifted"
    assert operator.reasons("invoice 1001") == ["draft_in_books"]


def test_one_object_is_linked_to_one_record(operator: Business) -> None:
    from unitledger.engine.handling.deciding import NotDone

    theirs = raised(operator, "H-7", "120.00")
    operator.bills("1001", "120.00")
    operator.bills("1002", "120.00")
    operator.fault("refuse_request", method="PUT", path="Invoices", error=14)
    operator.syncs()
    links(operator, "invoice 1001", theirs, accepts_differences=True)

    assert theirs not in [each.xero_id for each in found(operator, "invoice 1002", "H-7")]
    with pytest.raises(NotDone, match="no such object"):
        links(operator, "invoice 1002", theirs, accepts_differences=True)


def test_an_unlinked_record_is_not_sent_until_a_person_asks(operator: Business) -> None:
    theirs = raised(operator, "1001", "120.00")
    operator.bills("1001", "120.00")
    operator.syncs()
    handling = links(operator, "invoice 1001", theirs, accepts_differences=True)
    unlinked = decides(operator, "unlink", "invoice 1001", "It is another tenant's")
    writes = operator.writes()
    operator.syncs()
    assert operator.writes() == writes
    assert operator.reasons("invoice 1001") == ["unlinked"]

    undoes(operator, unlinked)

    assert operator.xero_id_of("invoice 1001") == theirs
    assert handling.record_ids == [document("invoice 1001").record_id]
    operator.syncs()
    assert operator.states()["invoice 1001"] == "synced"


def test_a_link_taken_back_leaves_the_record_as_it_was(operator: Business) -> None:
    theirs = raised(operator, "1001", "120.00")
    operator.bills("1001", "120.00")
    operator.syncs()
    handling = links(operator, "invoice 1001", theirs, accepts_differences=True)

    undoes(operator, handling)
    operator.syncs()

    assert operator.reasons("invoice 1001") == ["exists_not_ours"]
    assert document("invoice 1001").xero_id is None


def test_an_invoice_with_linked_payments_is_not_unlinked(operator: Business) -> None:
    from unitledger.engine.handling.deciding import NotDone

    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "120.00"))
    operator.syncs()

    with pytest.raises(NotDone, match="unlink them first"):
        decides(operator, "unlink", "invoice 1001")


def test_what_is_on_its_way_is_not_decided_about(operator: Business) -> None:
    from unitledger.engine.handling.deciding import NotDone

    operator.bills("1000", "10.00")
    operator.syncs()
    operator.bills("1001", "120.00")
    operator.fault("error_after_commit", method="PUT", path="Invoices", status=500)
    operator.fault("organisation_offline", method="GET", path="Invoices")
    operator.syncs()

    with pytest.raises(NotDone, match="on its way"):
        decides(operator, "skip", "invoice 1001", "Not ours")
