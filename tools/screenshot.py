"""Makes the README's picture: `python tools/screenshot.py` (needs Chromium on the PATH).

Starts a demo in a folder of its own, signs in as its user and takes the page a person sees first.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "images" / "dashboard.png"
WIDTH, HEIGHT = 1280, 900
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]


def main() -> None:
    home = Path(tempfile.mkdtemp(prefix="unitledger-picture-"))
    home.chmod(0o711)
    command = [sys.executable, "-m", "unitledger", "demo", "--no-browser", "--json", "--port", "0"]
    demo = subprocess.Popen(
        [*command, "--fauxero-port", "0"],
        env=os.environ | {"UNITLEDGER_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        _take(_address(demo))
    finally:
        demo.terminate()
        demo.wait(timeout=60)
        shutil.rmtree(home, ignore_errors=True)


def _address(demo: subprocess.Popen[str]) -> dict[str, str]:
    """What the demo's last line says: where it is and how to sign in."""
    assert demo.stdout is not None
    for line in demo.stdout:
        if line.startswith("{"):
            return json.loads(line)
    raise SystemExit("the demo ended without saying where it is")


def _take(demo: dict[str, str]) -> None:
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(demo["url"])
        page.get_by_label("E-mail").fill(demo["user"])
        page.get_by_label("Password").fill(demo["password"])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=str(PICTURE))
        browser.close()


if __name__ == "__main__":
    main()
