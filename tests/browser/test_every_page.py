"""Every page in a real browser: nothing wider than the window, nothing said on the console, and
nothing that axe holds to be serious. What needs no browser is in tests/unit/web/test_every_page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page
from playwright.sync_api import Error as PlaywrightError

from tests.conftest import Database
from tests.house import House, furnished
from tests.unit.web.test_every_route import ROUTES
from unitledger.engine.reconcile.recording import tie_out_and_keep

PASSWORD = "a storage door at dusk"
WIDTHS = (390, 1440)
# Those with most on them, which axe sees in the dark and on a phone too.
FULL = ("", "reports/accounting-software-integration", "records/<uuid:public_id>")
SERIOUS = ("serious", "critical")
NOT_PAGES = (".csv", ".svg", ".xlsx", ".json", "callback")


@pytest.fixture
def house(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    from unitledger.store.models import User

    with furnished(monkeypatch) as made:
        mary = User.objects.get(username="mary@example.com")
        mary.set_password(PASSWORD)
        mary.save()
        tie_out_and_keep(made.business.organisation_id, tools=made.business.tools)
        yield made


@dataclass
class Walk:
    page: Page
    axe: Axe = field(default_factory=Axe)
    said: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append(message.text)

    def opens(self, site: str, path: str, *, is_full: bool) -> None:
        self.page.set_viewport_size({"width": 1440, "height": 900})
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        try:
            answer = self.page.goto(f"{site}{path}")
        except PlaywrightError as error:
            if "Download is starting" in error.message:
                return  # a file, no page
            raise
        if answer is None or answer.status != 200:
            self.wrong.append(f"{path}: answered {answer.status if answer else 'nothing'}")
            return
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.wrong.append(f"{path}: {wide} wide in a window of {width}")
        self.wrong += [f"{path}: {each}" for each in self.said]
        self._is_looked_through(path, "light, 1440")
        if is_full:
            self.page.set_viewport_size({"width": 390, "height": 900})
            # Without motion: a colour on its way from light to dark has no contrast to speak of.
            self.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
            self._is_looked_through(path, "dark, 390")

    def _is_looked_through(self, path: str, how: str) -> None:
        found = self.axe.run(self.page).response["violations"]
        self.wrong += [
            f"{path} ({how}): {each['id']}: {node['html'][:200]}"
            for each in found
            if each["impact"] in SERIOUS
            for node in each["nodes"][:3]
        ]
        self.said.clear()  # what axe itself said while it looked


def _paths(house: House) -> Iterator[tuple[str, bool]]:
    """What an administrator can open, and whether it is one of the full ones."""
    for address, route in ROUTES.items():
        if route.get is not None and not route.none_for and not address.endswith(NOT_PAGES):
            thing = house.ids.get(route.thing, "")
            yield "/" + re.sub(r"<[^>]+>", thing, address), address in FULL


def _signed_in(site: str, browser: Browser) -> Page:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{site}/sign-in")
    page.get_by_label("E-mail").fill("mary@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site}/")
    return page


def test_every_page_fits_its_window_and_nothing_in_it_is_in_anybodys_way(
    house: House, site: str, browser: Browser
) -> None:
    walk = Walk(_signed_in(site, browser))
    paths = list(_paths(house))

    for path, is_full in paths:
        walk.opens(site, path, is_full=is_full)

    assert not walk.wrong, "\n".join(walk.wrong)
    assert len(paths) > 50
