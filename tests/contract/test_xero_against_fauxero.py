"""The adapter over real HTTP against the emulator: one life of documents, and every fault."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from fauxero.clock import Clock
from fauxero.testing import Server, serve_in_thread
from fauxero.world import World
from unitledger.books.xero import XeroBooks
from unitledger.books.xero.client import Timeouts
from unitledger.core.chart import Chart
from unitledger.core.documents import (
    DocumentKind,
    Wanted,
    WantedContact,
    WantedInvoice,
    WantedLine,
    WantedPayment,
)
from unitledger.core.effects import EffectKind, Verdict
from unitledger.core.exchange import (
    Access,
    Answer,
    BooksUnavailable,
    Element,
    ElementAnswer,
    Held,
)

CONTACT, INVOICE, PAYMENT = DocumentKind.CONTACT, DocumentKind.INVOICE, DocumentKind.PAYMENT
# The emulator's clock stands still here, so that no test depends on the hour it runs at.
NOW = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
_keys = itertools.count()
UNKNOWN_ID = "c7c37b83-ac95-45ea-88ba-8ad83a5f22fe"


@dataclass(frozen=True)
class Xero:
    """An emulated organisation, reached through the adapter."""

    server: Server
    organisation_id: str
    books: XeroBooks
    access: Access
    chart: Chart

    def put(self, wanted: Wanted, *, parent_id: str | None = None) -> ElementAnswer:
        return self.put_all([(wanted, parent_id)]).elements[0]

    def put_all(self, wanted: Sequence[tuple[Wanted, str | None]]) -> Answer:
        kind = EffectKind(f"create_{wanted[0][0].kind}")
        elements = [
            Element(self.books.render(each), handle_of(each), parent_id=parent)
            for each, parent in wanted
        ]
        return self.make(kind, elements)

    def make(self, kind: EffectKind, elements: Sequence[Element]) -> Answer:
        request = self.books.compose(kind, elements, idempotency_key=f"key-{next(_keys)}")
        return self.books.send(request, self.access)

    def fail(self, action: str, **how: Any) -> None:
        self.server.run(lambda world: world.faults.add(action, **how))

    def held(self, kind: DocumentKind, **narrowed: Any) -> Sequence[Held]:
        return self.books.read_held(kind, self.access, page=1, **narrowed).held


@pytest.fixture
def xero() -> Iterator[Xero]:
    world = World(clock=Clock(start_at=NOW, speed=0))
    world.open([{"template": "uk", "minute": 5_000}])
    (organisation_id,) = world.organisations
    token = world.tester_token(organisation_id)["access_token"]
    access = Access(organisation_id, token, NOW + timedelta(minutes=30))
    with serve_in_thread(world) as server:
        books = XeroBooks(f"{server.url}/api.xro/2.0", timeouts=Timeouts(read=5))
        chart, _, _ = books.read_chart(access, read_at=NOW)
        yield Xero(server, organisation_id, books, access, chart)
        books.close()


def handle_of(wanted: Wanted) -> str:
    match wanted:
        case WantedContact():
            return wanted.contact_number
        case WantedInvoice():
            return wanted.number
        case WantedPayment():
            return wanted.reference


def tenant(number: int = 1, **changed: str) -> WantedContact:
    plain = WantedContact(f"6S-{number}", f"T{number}", f"Tenant {number}")
    return replace(plain, **changed)


def revenue_code(chart: Chart) -> str:
    return next(each.code for each in chart.accounts if each.type == "REVENUE" and each.code)


def rent(xero: Xero, number: str = "R1", amount: str = "120.00") -> WantedInvoice:
    line = WantedLine(
        description="Rent B114",
        quantity=Decimal(1),
        unit_amount=Decimal(amount),
        account_code=revenue_code(xero.chart),
        tax_type="OUTPUT2",
        line_amount=Decimal(amount),
        tax_amount=Decimal("20.00"),
        tracking={xero.chart.tracking[0].name: next(iter(xero.chart.tracking[0].options))},
    )
    return WantedInvoice(
        number=number,
        contact="T-1",
        issued_on=NOW.date(),
        due_on=NOW.date() + timedelta(days=14),
        currency="GBP",
        prices_include_tax=True,
        lines=(line,),
        total=Decimal(amount),
        reference="B114",
        url="https://books.example/d/1",
    )


def card(xero: Xero, amount: str, *, token: str = "k7f3q2m8xw") -> WantedPayment:
    bank = next(each for each in xero.chart.accounts if each.type == "BANK")
    return WantedPayment(
        account_id=bank.account_id,
        paid_on=NOW.date(),
        amount=Decimal(amount),
        reference=f"R1 B114 · {token}",
    )


def an_invoice(xero: Xero, number: str = "R1") -> str:
    contact_id = xero.put(tenant()).xero_id
    invoice_id = xero.put(rent(xero, number), parent_id=contact_id).xero_id
    assert invoice_id is not None
    return invoice_id


def verdicts(answer: Answer) -> list[Verdict]:
    return [answer.whole] if answer.whole else [each.verdict for each in answer.elements]


def test_the_chart_offers_accounts_rates_and_tracking(xero: Xero) -> None:
    assert xero.chart.facts.currency == "GBP"
    assert any(each.takes_payments for each in xero.chart.accounts)
    assert xero.chart.tax_rate("OUTPUT2") is not None
    assert xero.chart.tracking[0].options


def test_a_tenant_an_invoice_and_a_part_payment_arrive_to_the_cent(xero: Xero) -> None:
    contact = xero.put(tenant())
    invoice = xero.put(rent(xero), parent_id=contact.xero_id)
    assert invoice.held is not None
    assert (invoice.held.total, invoice.held.total_tax) == (Decimal("120.00"), Decimal("20.00"))
    assert (invoice.held.number, invoice.held.contact_id) == ("R1", contact.xero_id)
    assert invoice.held.url == "https://books.example/d/1"
    payment = xero.put(card(xero, "50.00"), parent_id=invoice.xero_id)
    assert payment.verdict is Verdict.APPLIED
    assert payment.held is not None
    assert (payment.held.total, payment.held.invoice_id) == (Decimal("50.00"), invoice.xero_id)
    left = xero.books.read_one(INVOICE, xero.access, invoice.xero_id or "")
    assert left is not None
    assert (left.amount_due, left.amount_paid, left.status) == (
        Decimal("70.00"),
        Decimal("50.00"),
        "AUTHORISED",
    )


def test_an_unpaid_invoice_can_be_corrected_and_voided_by_its_id(xero: Xero) -> None:
    invoice_id = an_invoice(xero)
    text = xero.books.render(rent(xero, amount="90.00"))
    update = Element(text, "R1", target_id=invoice_id)
    changed = xero.make(EffectKind.UPDATE_INVOICE, [update]).elements[0]
    assert changed.held is not None
    assert (changed.held.total, len(changed.held.postings)) == (Decimal("90.00"), 1)
    voided = xero.make(EffectKind.VOID_INVOICE, [Element("", "R1", target_id=invoice_id)])
    assert voided.elements[0].held is not None
    assert voided.elements[0].held.status == "VOIDED"


def test_a_paid_invoice_is_not_voided_until_its_payment_is_deleted(xero: Xero) -> None:
    invoice_id = an_invoice(xero)
    payment_id = xero.put(card(xero, "120.00"), parent_id=invoice_id).xero_id
    void = Element("", "R1", target_id=invoice_id)
    refused = xero.make(EffectKind.VOID_INVOICE, [void]).elements[0]
    assert refused.verdict is Verdict.REFUSED
    assert refused.messages
    delete = Element("", "R1 B114 · k7f3q2m8xw", target_id=payment_id)
    deleted = xero.make(EffectKind.DELETE_PAYMENT, [delete]).elements[0]
    assert deleted.held is not None
    assert (deleted.verdict, deleted.held.status) == (Verdict.APPLIED, "DELETED")
    assert xero.make(EffectKind.VOID_INVOICE, [void]).elements[0].verdict is Verdict.APPLIED


def test_a_tenants_new_name_reaches_the_contact_by_its_id(xero: Xero) -> None:
    contact_id = xero.put(tenant()).xero_id
    text = xero.books.render(tenant(name="Ada Moss-Lane"))
    update = Element(text, "6S-1", target_id=contact_id)
    changed = xero.make(EffectKind.UPDATE_CONTACT, [update]).elements[0]
    assert changed.held is not None
    assert (changed.xero_id, changed.held.name) == (contact_id, "Ada Moss-Lane")


@pytest.mark.parametrize("second", [tenant(2, name="Tenant 1"), tenant(1, name="Another")])
def test_a_second_contact_of_the_same_name_or_number_is_taken(
    xero: Xero, second: WantedContact
) -> None:
    xero.put(tenant())
    assert xero.put(second).verdict is Verdict.TAKEN
    assert len([each for each in xero.held(CONTACT) if each.number == "6S-1"]) == 1


def test_a_second_put_of_an_invoice_number_is_taken_and_changes_nothing(xero: Xero) -> None:
    invoice_id = an_invoice(xero)
    (contact,) = xero.held(CONTACT)
    again = xero.put(rent(xero, amount="999.00"), parent_id=contact.xero_id)
    assert again.verdict is Verdict.TAKEN
    (held,) = xero.held(INVOICE, numbers=["R1"])
    assert (held.xero_id, held.total) == (invoice_id, Decimal("120.00"))


def test_one_bad_invoice_in_fifty_leaves_forty_nine(xero: Xero) -> None:
    contact_id = xero.put(tenant()).xero_id
    wanted: list[tuple[Wanted, str | None]] = [
        (rent(xero, f"R{number}"), contact_id) for number in range(50)
    ]
    bad = rent(xero, "R7")
    line = replace(bad.lines[0], account_code="no-such")
    wanted[7] = (replace(bad, lines=(line,)), contact_id)
    answer = xero.put_all(wanted)
    assert [each.handle for each in answer.elements if each.verdict is Verdict.APPLIED] == [
        f"R{number}" for number in range(50) if number != 7
    ]
    assert answer.elements[7].verdict is Verdict.REFUSED


def test_payments_of_one_batch_have_each_its_own_fate(xero: Xero) -> None:
    invoice_id = an_invoice(xero)
    wanted: list[tuple[Wanted, str | None]] = [
        (card(xero, "500.00", token="a" * 10), invoice_id),
        (card(xero, "20.00", token="b" * 10), invoice_id),
        (card(xero, "600.00", token="c" * 10), invoice_id),
        (card(xero, "30.00", token="d" * 10), invoice_id),
    ]
    answer = xero.put_all(wanted)
    assert verdicts(answer) == [
        Verdict.REFUSED,
        Verdict.APPLIED,
        Verdict.REFUSED,
        Verdict.APPLIED,
    ]
    assert "exceeds the amount outstanding" in " ".join(answer.elements[0].messages)


def test_a_payment_is_found_again_by_its_reference_even_when_deleted(xero: Xero) -> None:
    invoice_id = an_invoice(xero)
    wanted = card(xero, "50.00")
    payment_id = xero.put(wanted, parent_id=invoice_id).xero_id
    xero.make(EffectKind.DELETE_PAYMENT, [Element("", wanted.reference, target_id=payment_id)])
    (held,) = xero.held(PAYMENT, numbers=[wanted.reference])
    assert (held.xero_id, held.status) == (payment_id, "DELETED")
    assert xero.held(PAYMENT, ids=[payment_id])[0].xero_id == payment_id
    assert not xero.held(PAYMENT, ids=[UNKNOWN_ID])


@pytest.mark.parametrize(
    ("fault", "verdict", "is_there"),
    [
        ({"action": "cut_before_commit"}, Verdict.UNKNOWN, False),
        ({"action": "commit_late", "seconds": 30}, Verdict.UNKNOWN, False),
        ({"action": "cut_after_commit"}, Verdict.UNKNOWN, True),
        ({"action": "cut_mid_answer"}, Verdict.UNKNOWN, True),
        ({"action": "error_before_commit", "status": 500}, Verdict.UNKNOWN, False),
        ({"action": "error_after_commit", "status": 502}, Verdict.UNKNOWN, True),
        ({"action": "error_before_commit", "status": 503}, Verdict.OFFLINE, False),
        ({"action": "rate_limit", "problem": "minute"}, Verdict.NOT_SENT, False),
        ({"action": "rate_limit", "problem": "concurrent"}, Verdict.NOT_SENT, False),
        ({"action": "refuse_request", "error": 14}, Verdict.REQUEST_REFUSED, False),
        ({"action": "refuse_request", "error": 404}, Verdict.REQUEST_REFUSED, False),
        ({"action": "organisation_offline"}, Verdict.OFFLINE, False),
    ],
)
def test_every_fault_of_a_write_is_told_for_what_it_is(
    xero: Xero, fault: dict[str, Any], verdict: Verdict, is_there: bool
) -> None:
    xero.fail(method="PUT", **fault)
    answer = xero.put_all([(tenant(1), None), (tenant(2), None)])
    assert verdicts(answer) == [verdict]
    xero.server.run(lambda world: world.faults.clear())
    assert bool(xero.held(CONTACT)) is is_there


def test_a_limit_of_the_minute_says_when_to_come_back(xero: Xero) -> None:
    xero.server.run(
        lambda world: world.set_limits(xero.organisation_id, minute=5)
    )  # four went to the chart
    xero.put(tenant(1))
    answer = xero.put_all([(tenant(2), None)])
    assert answer.whole is Verdict.NOT_SENT
    assert answer.limits.problem == "minute"
    assert 0 < (answer.limits.retry_after_seconds or 0) <= 60


def test_a_token_that_ran_out_is_told_apart_from_a_lost_permission(xero: Xero) -> None:
    def token(world: World, scopes: Sequence[str]) -> str:
        return world.tester_token(xero.organisation_id, scopes=scopes)["access_token"]

    narrow = xero.server.run(lambda world: token(world, ["accounting.contacts"]))
    without_scope = replace(xero, access=replace(xero.access, token=narrow))
    answer = without_scope.put_all([(rent(xero), UNKNOWN_ID)])
    assert answer.whole is Verdict.DISCONNECTED
    assert "scope" in answer.messages[0]
    elsewhere = replace(xero, access=replace(xero.access, organisation_id=UNKNOWN_ID))
    assert elsewhere.put_all([(tenant(), None)]).whole is Verdict.DISCONNECTED
    xero.server.run(lambda world: world.advance(1_801))
    assert xero.put_all([(tenant(), None)]).whole is Verdict.NOT_SENT


def test_the_same_key_and_bytes_give_the_same_answer_and_one_contact(xero: Xero) -> None:
    element = Element(xero.books.render(tenant()), "6S-1")
    request = xero.books.compose(EffectKind.CREATE_CONTACT, [element], idempotency_key="k")
    first = xero.books.send(request, xero.access)
    second = xero.books.send(request, xero.access)
    assert first.elements == second.elements
    other = Element(xero.books.render(tenant(2)), "6S-2")
    changed = xero.books.compose(EffectKind.CREATE_CONTACT, [other], idempotency_key="k")
    assert xero.books.send(changed, xero.access).whole is Verdict.UNKNOWN
    assert len(xero.held(CONTACT)) == 1


def test_a_sweep_reads_every_contact_once_over_its_pages(xero: Xero) -> None:
    for start in range(0, 1_050, 50):
        batch: list[tuple[Wanted, str | None]] = [
            (tenant(number), None) for number in range(start, start + 50)
        ]
        assert set(verdicts(xero.put_all(batch))) == {Verdict.APPLIED}
    first = xero.books.read_held(CONTACT, xero.access, page=1)
    second = xero.books.read_held(CONTACT, xero.access, page=2)
    assert (first.page_count, len(first.held), len(second.held)) == (2, 1_000, 50)
    assert len({each.xero_id for each in (*first.held, *second.held)}) == 1_050
    assert first.books_at is not None


def test_a_sweep_since_a_moment_reads_only_what_changed_after_it(xero: Xero) -> None:
    xero.put(tenant(1))
    xero.server.run(lambda world: world.advance(600))
    since = xero.books.read_held(CONTACT, xero.access, page=1).books_at
    assert since is not None
    xero.server.run(lambda world: world.advance(5))
    xero.put(tenant(2))
    assert [each.number for each in xero.held(CONTACT, modified_since=since)] == ["6S-2"]


def test_archived_contacts_are_seen(xero: Xero) -> None:
    contact_id = xero.put(tenant()).xero_id or ""
    xero.server.run(
        lambda world: _archive(world.organisations[xero.organisation_id].books, contact_id)
    )
    (held,) = xero.held(CONTACT)
    assert held.status == "ARCHIVED"


def _archive(books: Any, contact_id: str) -> None:
    from fauxero.accounting.bookkeeper import archive_contact

    with books.transaction():
        archive_contact(books, contact_id=contact_id)


def test_an_id_xero_never_issued_is_nothing(xero: Xero) -> None:
    assert xero.books.read_one(INVOICE, xero.access, UNKNOWN_ID) is None


def test_a_read_that_fails_says_who_acts_next(xero: Xero) -> None:
    xero.fail("organisation_offline")
    with pytest.raises(BooksUnavailable) as failure:
        xero.held(CONTACT)
    assert failure.value.verdict is Verdict.OFFLINE


def test_five_threads_may_send_at_once(xero: Xero) -> None:
    with ThreadPoolExecutor(max_workers=5) as pool:
        answers = list(pool.map(lambda number: xero.put(tenant(number)), range(20)))
    assert {each.verdict for each in answers} == {Verdict.APPLIED}
    assert len({each.xero_id for each in answers}) == 20


def test_the_trial_balance_follows_the_documents(xero: Xero) -> None:
    invoice_id = an_invoice(xero)
    xero.put(card(xero, "50.00"), parent_id=invoice_id)
    rows, _ = xero.books.read_trial_balance(xero.access, on=NOW.date())
    assert sum(each.debit for each in rows) == sum(each.credit for each in rows)
    debtors = next(each for each in xero.chart.accounts if each.system == "DEBTORS")
    (row,) = [each for each in rows if each.account_id == debtors.account_id]
    assert row.debit - row.credit == Decimal("70.00")
