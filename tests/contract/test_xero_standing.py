"""What an organisation holds besides documents, over real HTTP: read before the first write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from fauxero.accounting.bookkeeper import ACTS
from fauxero.accounting.emails import set_reminders
from fauxero.clock import Clock
from fauxero.testing import Server, serve_in_thread
from fauxero.world import World
from tests.contract.wire_server import WireServer, answer
from unitledger.books.xero import XeroBooks
from unitledger.core.exchange import Access, BooksUnavailable, Theme

NOW = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
THEME = Theme("c7c37b83-ac95-45ea-88ba-8ad83a5f22fe", "Standard")


@dataclass(frozen=True)
class Held:
    """An organisation in which a bookkeeper acts, read through the adapter."""

    server: Server
    organisation_id: str
    books: XeroBooks
    access: Access

    def does(self, act: str, **arguments: Any) -> Any:
        return self.server.run(
            lambda world: ACTS[act](world.organisations[self.organisation_id].books, **arguments)
        )


@pytest.fixture
def held() -> Iterator[Held]:
    world = World(clock=Clock(start_at=NOW, speed=0))
    world.open([{"template": "uk"}])
    (organisation_id,) = world.organisations
    token = world.tester_token(organisation_id)["access_token"]
    access = Access(organisation_id, token, NOW + timedelta(minutes=30))
    with serve_in_thread(world) as server:
        books = XeroBooks(f"{server.url}/api.xro/2.0")
        yield Held(server, organisation_id, books, access)
        books.close()


def test_repeating_invoices_that_bill_customers_are_read_and_repeating_bills_are_not(
    held: Held,
) -> None:
    rita = held.does("add_contact", name="Repeat Rita")["ContactID"]
    line = {"Description": "Rent", "Quantity": 1, "UnitAmount": 80, "AccountCode": "2000"}
    for kind, reference in (("ACCREC", "Unit 7"), ("ACCPAY", "Cleaning")):
        held.does(
            "add_repeating_invoice",
            contact_id=rita,
            lines=[{**line, "AccountCode": "2000" if kind == "ACCREC" else "429"}],
            type=kind,
            reference=reference,
            starts_on="2026-11-01",
        )
    (found,), _, size = held.books.read_repeating(held.access)
    assert (found.contact, found.reference, found.every) == ("Repeat Rita", "Unit 7", "1 MONTHLY")
    assert found.next_on == date(2026, 11, 1)
    assert size > 0


def test_credit_notes_since_a_day_are_read_and_voided_ones_are_not(held: Held) -> None:
    line = {
        "description": "Goodwill",
        "quantity": 1,
        "unit_amount": "15.00",
        "account_code": "2000",
    }
    for number, day in (("CN-1", "2026-08-31"), ("CN-2", "2026-09-01"), ("CN-3", "2026-09-02")):
        raised = held.does(
            "raise_credit_note", contact_name="Ada Marsh", number=number, date=day, lines=[line]
        )
    held.does("void_credit", credit_id=raised["CreditNoteID"])
    page, _, _ = held.books.read_credits(held.access, since=date(2026, 9, 1), page=1)
    (found,) = page.found
    assert (found.number, found.contact, found.dated_on) == (
        "CN-2",
        "Ada Marsh",
        date(2026, 9, 1),
    )
    assert found.remaining == found.total > Decimal(0)
    assert page.page_count == 1


def test_reminders_are_off_until_somebody_switches_them_on(held: Held) -> None:
    assert held.books.read_reminders(held.access)[0] is False
    held.server.run(
        lambda world: set_reminders(world.organisations[held.organisation_id].books, enabled=True)
    )
    assert held.books.read_reminders(held.access)[0] is True


def test_the_payment_services_of_a_theme_are_named_where_we_may_ask(held: Held) -> None:
    (theme,), _, _ = held.books.read_themes(held.access)
    assert held.books.read_payment_links(held.access, theme)[0] == ()
    held.does("add_payment_service", name="PayFast")
    assert held.books.read_payment_links(held.access, theme)[0] == ("PayFast",)
    narrow = held.server.run(
        lambda world: world.tester_token(held.organisation_id, scopes=["accounting.settings"])
    )
    access = replace(held.access, token=narrow["access_token"])
    assert held.books.read_payment_links(access, theme)[0] is None


def test_where_our_permission_does_not_reach_payment_links_are_not_known() -> None:
    no_scope = answer("401 Unauthorized", b'{"Detail":"AuthorizationUnsuccessful"}')
    expired = answer("401 Unauthorized", b'{"Detail":"TokenExpired"}')
    access = Access("o", "t", NOW)
    with WireServer(no_scope, expired) as server:
        books = XeroBooks(f"{server.url}/api.xro/2.0")
        assert books.read_payment_links(access, THEME)[0] is None
        with pytest.raises(BooksUnavailable):
            books.read_payment_links(access, THEME)
        books.close()


def test_an_answer_that_says_nothing_of_reminders_is_not_taken_for_off() -> None:
    access = Access("o", "t", NOW)
    for body in (b'{"InvoiceReminders":[]}', b'{"InvoiceReminders":[{}]}', b"{}"):
        with WireServer(answer("200 OK", body)) as server:
            books = XeroBooks(f"{server.url}/api.xro/2.0")
            with pytest.raises(BooksUnavailable, match="InvoiceReminders"):
                books.read_reminders(access)
            books.close()
