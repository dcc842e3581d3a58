"""A real browser on real pages, with a picture of every step kept under `build/browser`."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import Database

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "build" / "browser"
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not for the session: while it runs, Playwright's loop runs in this thread, which Django
    takes for a reason to refuse queries. Nothing here shares a connection between the two."""
    program = shutil.which("chromium")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing: the browser tests never skip in CI")
        pytest.skip("Chromium is missing (Debian, Ubuntu: apt install chromium)")
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        running = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield running
        running.close()


@pytest.fixture
def site(database: Database) -> Iterator[str]:
    """The pages as they are served in earnest, on this test's database."""
    process = subprocess.Popen(
        [sys.executable, "-m", "unitledger", "web", "--port", str(_free_port()), "--json"],
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        found = re.search(r'"url": "([^"]+)"', process.stdout.readline())
        assert found, "the pages were not served"
        _wait_for(found[1])
        yield found[1]
    finally:
        process.terminate()
        process.wait(timeout=30)
        if process.stdout:
            process.stdout.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            httpx2.get(f"{url}/sign-in")
            return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keep what the page looks like now."""
    folder = PICTURES / request.node.name
    folder.mkdir(parents=True, exist_ok=True)

    def keep(page: Page, step: str) -> None:
        # Hiding the caret takes an inline style, which our pages forbid.
        page.screenshot(path=str(folder / f"{step}.png"), full_page=True, caret="initial")

    return keep
