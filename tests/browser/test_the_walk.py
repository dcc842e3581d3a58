"""The walk a bookkeeper takes once: from the keys of an app to a payment sent again.

Every step leaves a picture in `build/walk`. The pages, the worker and fauxero are processes of
their own, as in a trial; only the business is taken in by the test.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.browser.standing import Fauxero, fauxero, worker
from tests.installed import seconds_until
from tests.people import PASSWORD, works_for
from unitledger.core.arrivals import Arrived
from unitledger.core.billing import Allocation, ChargeType, Record, RecordKey, RecordKind
from unitledger.demo.business import Business, simulate
from unitledger.system import DatabaseClock

PICTURES = Path(__file__).parents[2] / "build" / "walk"
ZONE = "Europe/London"
LAST_DAY = date(2026, 6, 30)
SEED = 7
TENANTS = slice(70, 94)  # some were there before, some move in
WIDE, NARROW, HIGH = 1440, 390, 900  # pixels
PATIENCE_MS = 60_000
SLOW_SECONDS = 6
BUSY = "The bank account is being reconciled by somebody else."
RUN = re.compile(r"^Run \d+$")
REFUSED = ("failed", "needs_attention")
METHODS = {"Card": "Credit card", "Bank transfer": "Online banking", "Cheque": "Debit card"}


@dataclass
class Walk:
    """One person at one browser, who keeps a picture of every step."""

    page: Page
    site: str
    xero: Fauxero
    operator_id: int
    business: Business
    troubles: list[str] = field(default_factory=list)
    _count: int = 0

    def keep(self, step: str, page: Page | None = None) -> None:
        self._count += 1
        shown = page or self.page
        shown.evaluate("scrollTo(0, 0)")
        # Hiding the caret takes an inline style, which our pages forbid.
        shown.screenshot(
            path=str(PICTURES / f"{self._count:02d}-{step}.png"), full_page=True, caret="initial"
        )
        if urlsplit(shown.url).netloc == urlsplit(self.site).netloc:
            for width in (WIDE, NARROW):
                shown.set_viewport_size({"width": width, "height": HIGH})
                needed = shown.evaluate("document.documentElement.scrollWidth")
                assert needed <= width, f"{step} needs {needed} of {width} pixels"
            shown.set_viewport_size({"width": WIDE, "height": HIGH})

    def opens(self, *names: str) -> None:
        for name in names:
            self.page.get_by_role("navigation").get_by_role(
                "link", name=name, exact=True
            ).first.click()

    def goes_to(self, part: str) -> None:
        """A part of Synchronize."""
        parts = self.page.get_by_role("navigation", name="Synchronize")
        parts.get_by_role("link", name=part).click()

    def presses(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("button", name=name).click()

    def is_told(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("status").filter(has_text=words).first).to_be_visible()

    def newest_run(self) -> int:
        """By the page of runs, which is open; 0 before the first."""
        links = self.page.get_by_role("main").get_by_role("link", name=RUN)
        return int(links.first.inner_text().split()[1]) if links.count() else 0

    def goes_to_new_run(self, *, after: int) -> None:
        def is_there() -> bool:
            self.page.reload()
            return self.newest_run() > after

        seconds_until(is_there)
        self.page.get_by_role("main").get_by_role("link", name=RUN).first.click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("Run")

    def sells(self, code: str) -> None:
        """Something that was never billed before."""
        first = next(each for each in self.business.invoices if each.lines[0].tax_percent)
        goods = replace(
            first.lines[0],
            charge_type=ChargeType.MERCHANDISE,
            charge_code=code,
            description="Packing tape",
            quantity=Decimal(1),
            unit_price=Decimal("3.60"),
            amount=Decimal("3.60"),
            tax_amount=Decimal("0.60"),
            period_start_on=None,
            period_end_on=None,
        )
        sold = replace(
            first,
            key=RecordKey(first.key.source, RecordKind.INVOICE, "number", "INV-9001"),
            number="INV-9001",
            issued_on=LAST_DAY,
            due_on=LAST_DAY,
            lines=(goods,),
            total=goods.amount,
        )
        take_in_all(self.operator_id, [sold])

    def is_paid_while_xero_refuses(self) -> str:
        """A payment comes in that Xero does not take; its number."""
        from unitledger.store.models import Document

        paid = {part.invoice for each in self.business.payments for part in each.allocations}
        owing = next(each for each in self.business.invoices if each.key not in paid)
        payment = replace(
            self.business.payments[-1],
            key=RecordKey(owing.key.source, RecordKind.PAYMENT, "number", "R-9001"),
            number="R-9001",
            tenant=owing.tenant,
            place=owing.place,
            paid_on=LAST_DAY,
            amount=owing.total,
            allocations=(Allocation(invoice=owing.key, amount=owing.total),),
        )
        self.xero.told(
            "faults", action="refuse_request", method="PUT", path="Payments", error=14, message=BUSY
        )
        take_in_all(self.operator_id, [payment])
        seconds_until(lambda: Document.objects.filter(number="R-9001", state__in=REFUSED).exists())
        return "R-9001"

    def hears(self, said: ConsoleMessage) -> None:
        where = said.location["url"]
        if said.type == "error" and not where.startswith(self.xero.url):
            self.troubles.append(f"{said.text} {where}")


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fauxero]:
    with fauxero() as running:
        monkeypatch.setenv("UNITLEDGER_XERO_URL", running.url)
        yield running


@pytest.fixture
def walk(database: object, emulator: Fauxero, site: str, browser: Browser) -> Iterator[Walk]:
    """An operator with half a year of business, and nothing else."""
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    context = browser.new_context(viewport={"width": WIDE, "height": HIGH})
    # Xero takes http://localhost for a redirect address, and not http://127.0.0.1.
    walk = Walk(context.new_page(), site.replace("127.0.0.1", "localhost"), emulator, *_imported())
    context.on("weberror", lambda error: walk.troubles.append(str(error.error)))
    walk.page.on("console", walk.hears)
    with worker():
        yield walk
    context.close()


def _imported() -> tuple[int, Business]:
    """An operator, Ada who runs it, and the records of its first tenants, taken in."""
    from unitledger.store.models import Location, Operator

    operator = Operator.objects.create(name="Larkspur Self Storage", handle_key="larkspur")
    works_for("ada", operator.pk)
    business = _first_tenants(simulate(seed=SEED, today=LAST_DAY))
    for name in sorted({each.place.location for each in business.invoices}):
        Location.objects.create(operator=operator, name=name, zone=ZONE, currency="GBP")
    take_in_all(operator.pk, (*business.tenants, *business.invoices, *business.payments))
    return operator.pk, business


def _first_tenants(whole: Business) -> Business:
    kept = {each.key for each in whole.tenants[TENANTS]}
    return replace(
        whole,
        tenants=whole.tenants[TENANTS],
        invoices=tuple(each for each in whole.invoices if each.tenant in kept),
        payments=tuple(
            replace(each, method=METHODS.get(each.method, each.method))
            for each in whole.payments
            if each.tenant in kept
        ),
    )


def take_in_all(operator_id: int, records: Sequence[Record]) -> None:
    from unitledger.engine import lease
    from unitledger.engine.intake import take_in
    from unitledger.store.models import Connection

    results = take_in(
        operator_id,
        [Arrived(records=[each], raw={}) for each in records],
        now=DatabaseClock().now(),
        zone=ZONE,
    )
    assert not [refusal for each in results for refusal in each.refusals]
    for connection in Connection.objects.filter(operator_id=operator_id):
        lease.wake(connection.organisation_id, now=DatabaseClock().now())


def test_the_walk_from_the_keys_to_a_payment_sent_again(walk: Walk) -> None:
    """
    signs in · reads the Quick guide · makes an app in the developer portal · saves its keys ·
    connects · maps categories, products, paid-to accounts, taxes, defaults, start date · looks
    at what would be sent · goes ahead · stops and resumes the backfill · finds a payment that
    did not sync · ReSync · Apply · reads the confirmation
    """
    signs_in(walk)
    client_id, secret = makes_an_app(walk)
    connects(walk, client_id, secret)
    maps_categories(walk)
    maps_products(walk)
    maps_paid_to(walk)
    sets_the_rest(walk)
    stops_and_resumes(walk, before=goes_ahead(walk))
    sends_a_payment_again(walk)
    assert walk.troubles == []
    assert walk.xero.asked("outbox")["count"] == 0
    assert walk.xero.asked("audit")["ok"]


def signs_in(walk: Walk) -> None:
    walk.page.goto(walk.site)
    walk.keep("sign-in")
    walk.page.get_by_label("E-mail").fill("ada@example.com")
    walk.page.get_by_label("Password").fill(PASSWORD)
    walk.presses("Sign in")
    expect(walk.page.get_by_role("heading", level=1)).to_be_visible()
    walk.keep("dashboard-before")


def makes_an_app(walk: Walk) -> tuple[str, str]:
    """Client ID and Client Secret of an app made by the guide's own words and values."""
    page = walk.page
    walk.opens("Accounting Software")
    expect(page.get_by_role("cell", name="Not connected")).to_be_visible()
    walk.keep("accounting-software")
    page.get_by_role("table").get_by_role("link", name="Xero", exact=True).click()
    expect(page.get_by_role("heading", name="Connect in five steps")).to_be_visible()
    walk.keep("quick-guide")
    typed = {
        name: page.get_by_label(name, exact=True).input_value()
        for name in ("App name", "Company or application URL", "Redirect URI")
    }
    with page.expect_popup() as opened:
        page.get_by_role("link", name="developer portal").click()
    portal = opened.value
    portal.get_by_role("button").first.click()
    portal.get_by_role("link", name="My Apps").first.click()
    walk.keep("portal-my-apps", portal)
    portal.get_by_role("link", name="New app").click()
    for name, value in typed.items():
        portal.get_by_label(name, exact=True).fill(value)
    portal.get_by_label("Web app").check()
    portal.get_by_label("I have read").check()
    walk.keep("portal-new-app", portal)
    portal.get_by_role("button", name="Create app").click()
    portal.get_by_role("link", name="Configuration").click()
    portal.get_by_role("button", name="Generate a secret").click()
    walk.keep("portal-configuration", portal)
    keys = (
        portal.get_by_label("Client ID").input_value(),
        portal.get_by_label("Client Secret").input_value(),
    )
    portal.close()
    return keys


def connects(walk: Walk, client_id: str, secret: str) -> None:
    page = walk.page
    page.get_by_role("navigation", name="Xero").get_by_role("link", name="Synchronize").click()
    expect(page.get_by_text("Connect to Xero first")).to_be_visible()
    walk.keep("synchronize-not-yet")
    page.get_by_role("navigation", name="Xero").get_by_role("link", name="Authenticate").click()
    expect(page.get_by_role("button", name="Connect to Xero")).to_be_disabled()
    page.get_by_label("Client ID").fill(client_id)
    page.get_by_label("Client Secret").fill(secret)
    walk.keep("authenticate")
    walk.presses("Save")
    walk.is_told("Keys saved")
    walk.keep("keys-saved")
    walk.presses("Connect to Xero")
    expect(page.get_by_role("heading", name="wants access")).to_be_visible()
    walk.keep("consent")
    walk.presses("Allow access")
    expect(page.get_by_role("heading", name="Choose the organisation")).to_be_visible()
    page.get_by_label("Start date").fill(walk.business.start_on.isoformat())
    walk.keep("choose-organisation")
    walk.presses("Connect")
    walk.is_told("Connected to")
    walk.keep("connected")


def maps_categories(walk: Walk) -> None:
    page = walk.page
    page.get_by_role("navigation", name="Xero").get_by_role("link", name="Synchronize").click()
    walk.keep("nothing-mapped")
    walk.presses("Suggest a mapping")
    walk.opens("Synchronize")
    walk.keep("categories-suggested")
    page.get_by_role("link", name="Add category").click()
    page.get_by_label("Name", exact=True).fill("Unit type")
    walk.presses("Create in Xero")
    walk.is_told("Unit type was created in Xero")
    page.get_by_label("Xero tracking category").select_option("Unit type")
    page.get_by_label("Filled from").select_option("unit_type")
    expect(page.locator("#effect")).to_contain_text("Saving would")
    walk.keep("category-what-changes")
    walk.presses("Save")
    walk.is_told("Saved as version 2")
    walk.keep("options-missing")
    walk.presses(re.compile("Create . options of Unit type in Xero"))
    walk.is_told("was created in Xero")
    walk.keep("options-created")


def maps_products(walk: Walk) -> None:
    page = walk.page
    walk.goes_to("Products")
    for code in ("LOCK70", "BOXL"):
        page.get_by_label(f"Select {code}").check()
    page.get_by_label("Account for all ticked").select_option(label="2200 Merchandise Sales")
    walk.keep("products-ticked")
    walk.presses("Set account")
    walk.is_told("Saved as version")
    walk.sells("TAPE50")
    page.reload()
    expect(page.get_by_role("heading", name="1 new item appeared")).to_be_visible()
    walk.keep("product-new-item")
    walk.presses("Accept 1 suggestion")
    walk.is_told("Saved as version")
    page.get_by_role("link", name="Change Late fee", exact=True).click()
    page.get_by_label("Account for late fee").select_option(label="2300 Administration Fees")
    expect(page.locator("#effect")).to_contain_text("Saving would")
    walk.keep("product-what-changes")
    walk.presses("Save")
    walk.is_told("Saved as version")
    walk.keep("products-mapped")


def maps_paid_to(walk: Walk) -> None:
    page = walk.page
    walk.goes_to("Paid to Account")
    for method in ("Credit card", "Debit card", "Online banking", "Cash", "Direct debit"):
        expect(page.get_by_role("rowheader", name=method)).to_be_visible()
    walk.keep("paid-to")
    page.get_by_role("link", name="Change for Cash").click()
    walk.keep("paid-to-choices")
    page.get_by_role("radio").nth(1).check()
    expect(page.locator("#effect")).to_contain_text("Saving would")
    walk.presses("Save")
    walk.is_told(re.compile("Saved as version|Nothing changed"))
    walk.keep("paid-to-chosen")


def sets_the_rest(walk: Walk) -> None:
    page = walk.page
    walk.goes_to("Taxes")
    walk.keep("taxes")
    page.get_by_label("Prices at Ashford").select_option(index=1)
    walk.presses("Save Ashford")
    walk.is_told("Saved as version")
    walk.keep("taxes-prices")
    walk.goes_to("Defaults")
    page.get_by_label("E-mail").check()
    expect(page.locator("#effect")).to_contain_text("Saving would")
    walk.keep("defaults-what-changes")
    walk.presses("Save")
    walk.is_told("Saved as version")
    walk.goes_to("Start date")
    page.get_by_label("Send what is dated on or after").fill("2026-04-01")
    walk.presses("See what changes")
    expect(page.get_by_role("heading", name="Beginning on 1 April 2026")).to_be_visible()
    walk.keep("start-date-what-it-leaves-out")
    page.get_by_role("link", name="Cancel").click()
    walk.goes_to("History")
    walk.keep("mapping-history")


def goes_ahead(walk: Walk) -> int:
    """Nothing is sent until a person has looked and said so. Gives the newest run before."""
    page = walk.page
    page.get_by_role("navigation", name="Xero").get_by_role("link", name="Going live").click()
    expect(page.get_by_text("Nothing there could be booked twice")).to_be_visible(
        timeout=PATIENCE_MS
    )
    walk.keep("going-live")
    walk.opens("Sync runs")
    expect(page.get_by_text("Waits for your go-ahead")).to_be_visible()
    walk.keep("waits-for-go-ahead")
    before = walk.newest_run()
    page.get_by_role("link", name="Look at what would be sent").click()
    walk.presses("Work out what would be sent")
    expect(page.get_by_text("records would be sent")).to_be_visible(timeout=PATIENCE_MS)
    walk.keep("dry-run")
    walk.opens("Accounting Software Integration Report")
    page.get_by_role("table").get_by_role("rowheader").get_by_role("link").first.click()
    walk.keep("one-record-before")
    page.get_by_role("link", name="Preview").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Preview of payment")
    walk.keep("preview")
    walk.opens("Sync runs", "Dry run")
    page.get_by_role("link", name=re.compile("^Send .* records…")).click()
    expect(page.get_by_role("dialog")).to_contain_text("Nobody is e-mailed")
    walk.keep("confirm")
    assert walk.xero.writes() == 6, "only the category and its five options may be there yet"
    # As slow as on a busy evening, so that there is time to watch and to stop.
    walk.xero.told("faults", action="delay", path="Invoices", count=None, seconds=SLOW_SECONDS)
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^Send")).click()
    walk.is_told("Everything from the start date on is sent now")
    walk.keep("gone-ahead")
    return before


def stops_and_resumes(walk: Walk, *, before: int) -> None:
    page = walk.page
    walk.goes_to_new_run(after=before)
    expect(page.get_by_role("progressbar", name="Calls done")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text(re.compile(r"^[1-9]\d* of \d+ records$"))).to_be_visible(
        timeout=PATIENCE_MS
    )
    page.get_by_role("link", name="Stop…").click()
    walk.presses("Stop after this batch")
    walk.keep("stopping")
    expect(page.get_by_role("heading", name="Stopped")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("others wait")).to_be_visible()
    walk.keep("stopped")
    walk.xero.clear_faults()
    walk.presses("Resume")
    walk.is_told("Resumed")
    walk.opens("Sync runs")
    walk.goes_to_new_run(after=before + 1)
    expect(page.get_by_role("heading", name="Done")).to_be_visible(timeout=PATIENCE_MS)
    walk.keep("run-done")
    walk.opens("Sync runs")
    walk.keep("runs")


def sends_a_payment_again(walk: Walk) -> None:
    page = walk.page
    number = walk.is_paid_while_xero_refuses()
    walk.opens("Accounting Software Integration Report")
    page.get_by_role("form", name="Filter").get_by_text("Payments").click()
    page.get_by_label("Status", exact=True).select_option("non-synced")
    walk.presses("Get Report")
    expect(page.get_by_role("heading", name="1 payment is not synced")).to_be_visible()
    walk.keep("report-non-synced")
    page.get_by_label(f"Select {number}").check()
    page.get_by_label("Sync option").select_option("resync")
    walk.keep("report-ticked")
    walk.presses("Apply")
    confirmation = page.get_by_role("dialog")
    expect(confirmation).to_contain_text("1 synced, 0 failed, 0 waiting", timeout=PATIENCE_MS)
    walk.keep("confirmation")
    confirmation.get_by_role("link", name="Done").click()
    expect(page.get_by_role("heading", name="No payments with status Non-synced")).to_be_visible()
    page.get_by_label("Status", exact=True).select_option("all")
    walk.presses("Get Report")
    walk.keep("report-all")
    walk.opens("Dashboard")
    walk.keep("dashboard-after")
