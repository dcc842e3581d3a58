"""A file from its upload to its result in a real browser, the worker at work beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.conftest import Database
from tests.connected import installed, new_operator
from tests.installed import worker

PASSWORD = "a storage door at dusk"
HEADER = "Site;Space;Customer no;Customer;Invoice no;Date;Due;Gross;Type;Text;Notes"
ROWS = (
    "Quay;C-018;1001;Caspian Dray;INV-023914;31.02.2026;28.02.2026;61,50;RENT;Rent;",
    "Quay;B-207;1002;Halcyon Props Ltd;INV-023989;01.10.2026;15.10.2026;388,20;RENT;Rent;",
    "Quay;B-208;;;INV-023990;01.10.2026;15.10.2026;96,00;RENT;Rent;who?",
    "Quay;A-114;1004;Bartholomew Quill;INV-024102;13.10.2026;27.10.2026;142,80;LOCKS;Lock;",
    "Quay;A-115;1005;Ottoline Verrick;INV-024177;01.10.2026;15.10.2026;1.132,00;RENT;Rent;",
)
Picture = Callable[[Page, str], None]


@pytest.fixture
def operator(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from unitledger.store.models import Membership, User

    with installed(monkeypatch):
        user = User.objects.create_user("bea@example.com", password=PASSWORD, first_name="Bea")
        Membership.objects.create(operator_id=new_operator("Quay"), user=user, role="bookkeeper")
        yield


@pytest.mark.usefixtures("operator")
def test_a_file_is_uploaded_named_checked_and_imported(
    site: str, browser: Browser, picture: Picture
) -> None:
    """uploads · names what a word means · reads the check · imports · reads the result"""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if _is_trouble(said) else None)
    page.goto(site)
    page.get_by_label("E-mail").fill("bea@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    page.get_by_role("link", name="Import", exact=True).click()
    content = "\n".join([HEADER, *ROWS]).encode()
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "invoices-sep-oct.csv", "mimeType": "text/csv", "buffer": content}
    )
    _seen(page, picture, "1-upload")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("heading", name="Which column is which?")).to_be_visible()
    expect(page.get_by_label("Column of Invoice number")).to_have_value("Invoice no")
    page.get_by_label("Currency of all rows").fill("GBP")
    page.get_by_label("Save it for the next file").check()
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("Choose what it means.")).to_be_visible()
    _seen(page, picture, "2-columns")
    page.get_by_label("Kind of charge of LOCKS").select_option("merchandise")
    expect(page.get_by_label("Save it for the next file")).to_be_checked()

    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    _seen(page, picture, "3-waiting")

    with worker():  # the page changes by itself
        expect(page.get_by_role("heading", name="Check before you import")).to_be_visible(
            timeout=30_000
        )
        expect(page.get_by_role("heading", name="2 rows cannot be read")).to_be_visible()
        _seen(page, picture, "4-check")
        with page.expect_download() as correction:
            page.get_by_role("link", name="Download the 2 rows with remarks").click()
        assert "INV-023914" in correction.value.path().read_text(encoding="utf-8-sig")
        page.get_by_role("button", name="Import 3 rows").click()
        result = page.get_by_role("heading", name="Imported: invoices-sep-oct.csv")
        expect(result).to_be_visible(timeout=30_000)
    _seen(page, picture, "5-refused")
    page.get_by_role("link", name="Created").click()
    expect(page.get_by_role("link", name="Invoice INV-023989")).to_be_visible()
    _seen(page, picture, "6-created")
    page.get_by_role("link", name="Import", exact=True).first.click()
    expect(page.get_by_role("link", name="invoices-sep-oct.csv")).to_be_visible()
    page.get_by_role("link", name="Profiles (1)").click()
    _seen(page, picture, "7-profiles")
    assert troubles == []


def _is_trouble(said: ConsoleMessage) -> bool:
    return said.type == "error" and "422" not in said.text  # the browser's word for a form's no


def _seen(page: Page, picture: Picture, step: str) -> None:
    """A picture of a wide and of a narrow screen, and nothing serious that axe finds."""
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        wider = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        picture(page, f"{step}-{width}")
        assert not wider, f"{step} is wider than {width} pixels"
    found = Axe().run(page).response["violations"]
    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    assert [(each["id"], each["nodes"][0]["html"]) for each in serious] == []
    page.set_viewport_size({"width": 1440, "height": 900})
