"""The walk that the report is for: find what did not sync, tick, ReSync, Apply, read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.business import Business
from tests.conftest import Database
from tests.connected import installed
from tests.installed import business_of

PASSWORD = "a storage door at dusk"
REPORT = "/reports/accounting-software-integration"
Picture = Callable[[Page, str], None]


@pytest.fixture
def operator(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Business]:
    """A month of which two payments were refused by Xero."""
    with installed(monkeypatch) as stage:
        made = business_of(stage)
        _person(made.operator_id)
        made.bills("INV-1001", "120.00", tenant="Ada Marsh")
        made.bills("INV-1002", "84.00", tenant="Ben Tidewell")
        made.bills("INV-1003", "61.50", tenant="Cora Lindqvist-Abernathy")
        made.syncs()
        made.is_paid("RC-1", ("INV-1001", "120.00"), tenant="Ada Marsh")
        made.syncs()
        for receipt, invoice, amount, tenant in (
            ("RC-2", "INV-1002", "84.00", "Ben Tidewell"),
            ("RC-3", "INV-1003", "61.50", "Cora Lindqvist-Abernathy"),
        ):
            made.fault("refuse_request", method="PUT", path="Payments", error=14)
            made.is_paid(receipt, (invoice, amount), tenant=tenant)
            made.syncs(is_asked_by_person=False)  # so that the earlier one is not tried again
        yield made


def _person(operator_id: int) -> None:
    from unitledger.store.models import Membership, User

    user = User.objects.create_user("bea@example.com", password=PASSWORD, first_name="Bea")
    Membership.objects.create(operator_id=operator_id, user=user, role="bookkeeper")


def _signed_in(browser: Browser, site: str, **how: object) -> Page:
    page = browser.new_page(**how)  # pyright: ignore[reportArgumentType]
    page.goto(site)
    page.get_by_label("E-mail").fill("bea@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    return page


def test_non_synced_payments_are_found_sent_again_and_told(
    operator: Business, site: str, browser: Browser, picture: Picture
) -> None:
    """
    opens the report from the menu · Search by Payments, Non-synced, Get Report
    · ticks two of them · ReSync · Apply · reads the confirmation · the list has changed
    """
    page = _signed_in(browser, site, viewport={"width": 1440, "height": 900})
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)

    page.get_by_role("link", name="Accounting Software Integration Report").click()
    page.get_by_role("form", name="Filter").get_by_text("Payments").click()
    page.get_by_label("Status", exact=True).select_option("non-synced")
    page.get_by_role("button", name="Get Report").click()
    expect(page.get_by_role("heading", name="2 payments are not synced")).to_be_visible()
    expect(page).to_have_url(re.compile("by=payments"))
    picture(page, "1-non-synced")

    apply = page.get_by_role("button", name="Apply")
    expect(apply).to_be_disabled()
    page.get_by_label("Select RC-2").check()
    page.get_by_label("Select RC-3").check()
    expect(page.get_by_text("2 selected")).to_be_visible()
    expect(apply).to_be_disabled()
    page.get_by_label("Sync option").select_option("resync")
    expect(apply).to_be_enabled()
    picture(page, "2-ticked")

    apply.click()
    confirmation = page.get_by_role("dialog")
    expect(confirmation).to_contain_text("0 synced, 0 failed, 2 waiting")
    picture(page, "3-under-way")
    operator.syncs()
    expect(confirmation).to_contain_text("2 synced, 0 failed, 0 waiting", timeout=15_000)
    picture(page, "4-confirmation")

    confirmation.get_by_role("link", name="Done").click()
    expect(page.get_by_role("heading", name="No payments with status Non-synced")).to_be_visible()
    picture(page, "5-afterwards")
    assert sorted(operator.payments()) == [
        "INV-1001 120.00",
        "INV-1002 84.00",
        "INV-1003 61.50",
    ]
    assert troubles == []


def test_the_report_works_without_script(
    operator: Business, site: str, browser: Browser, picture: Picture
) -> None:
    page = _signed_in(browser, site, java_script_enabled=False)
    page.goto(f"{site}{REPORT}?by=payments")
    page.get_by_label("Select RC-2").check()
    page.get_by_label("Sync option").select_option("resync")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("0 synced, 0 failed, 1 waiting")).to_be_visible()
    picture(page, "confirmation")
    operator.syncs()
    page.reload()
    expect(page.get_by_text("1 synced, 0 failed, 0 waiting")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_of_the_report_is_wider_than_the_window(
    operator: Business, site: str, browser: Browser, picture: Picture, width: int, scheme: str
) -> None:
    page = _signed_in(browser, site, viewport={"width": width, "height": 844}, color_scheme=scheme)
    for name, path in (
        ("all", f"{REPORT}?by=payments&status=all"),
        ("invoices", f"{REPORT}?by=invoices&status=all"),
        ("tenants", f"{REPORT}?by=tenants&status=all"),
        ("empty", f"{REPORT}?by=payments&status=all&q=zebra"),
        ("dates", f"{REPORT}?by=payments&period=custom&from=2026-03-09&to=2026-03-01"),
    ):
        page.goto(f"{site}{path}")
        picture(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    page.goto(f"{site}{REPORT}?by=payments&status=all")
    page.get_by_role("link", name="RC-2").click()
    expect(page.get_by_role("heading", name="Payment RC-2")).to_be_visible()
    picture(page, "record")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(f"{site}{REPORT}?by=invoices&status=all")
    page.get_by_role("link", name="INV-1001").click()
    picture(page, "record-invoice")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_report_is_worked_by_keyboard(operator: Business, site: str, browser: Browser) -> None:
    page = _signed_in(browser, site)
    page.goto(f"{site}{REPORT}?by=payments")

    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.keyboard.press("s")
    page.keyboard.press("R")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("1 waiting")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
