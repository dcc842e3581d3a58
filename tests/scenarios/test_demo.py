"""`unitledger demo`, as a person who has just installed it runs it: real processes, one home."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

START_SECONDS = 180.0
STOP_SECONDS = 60.0
FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Home:
    """One installation's folder, and what of the product runs in it."""

    folder: Path
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "unitledger", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )

    def demo(self, *options: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
        """Started, ready, and still running."""
        process = subprocess.Popen(
            [sys.executable, "-m", "unitledger", "demo", *COMMON, *options],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self.running.append(process)
        assert process.stdout is not None
        return process, json.loads(process.stdout.readline())

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return {**kept, "UNITLEDGER_HOME": str(self.folder)}


COMMON = ("--no-browser", "--port", "0", "--fauxero-port", "0", "--json")


@pytest.fixture
def home() -> Iterator[Home]:
    folder = Path(tempfile.mkdtemp(prefix="unitledger-demo-"))
    folder.chmod(0o711)
    here = Home(folder / "home")
    yield here
    for process in here.running:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=STOP_SECONDS)
        assert process.stdout is not None
        process.stdout.close()
    shutil.rmtree(folder, ignore_errors=True)


def _signed_in_page(said: dict[str, Any]) -> str:
    with httpx2.Client(base_url=said["url"], follow_redirects=True) as browser:
        form = browser.get("/").text
        token = FORM_TOKEN.search(form)
        assert token is not None
        page = browser.post(
            "/sign-in",
            data={
                "csrfmiddlewaretoken": token[1],
                "email": said["user"],
                "password": said["password"],
            },
            headers={"Referer": f"{said['url']}/sign-in"},
        )
        return page.text


def _is_alive(url: str) -> bool:
    try:
        httpx2.get(url, timeout=2)
    except httpx2.TransportError:
        return False
    return True


def test_a_demo_ties_out_and_is_found_again(home: Home) -> None:
    """
    demo --exit     six months go into the books within a minute's calls, and tie out
    demo            the same data, no call; a page to sign in to; Ctrl-C stops everything
    """
    first = home.run("demo", "--exit", *COMMON)
    assert first.returncode == 0, first.stderr
    said = json.loads(first.stdout.splitlines()[-1])
    assert said["ties"] is True
    assert said["calls_used"] <= 50
    counts = {each["kind"]: each["source"]["count"] for each in said["by_kind"]}

    process, again = home.demo()
    assert again["calls_used"] == 0
    assert {each["kind"]: each["source"]["count"] for each in again["by_kind"]} == counts
    page = _signed_in_page(again)
    assert f"All {sum(counts.values()):,} records are in Xero." in page
    assert "difference <strong>£0.00</strong>" in page
    assert "Emulator" in page

    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=STOP_SECONDS) == 0
    assert not _is_alive(again["url"])
    assert not _is_alive(again["fauxero_url"])


def test_a_killed_demo_hinders_no_next_start_and_a_closed_terminal_stops_it(home: Home) -> None:
    """
    demo --empty    kill -9
    demo --empty    starts as if nothing had been; the terminal is closed (SIGHUP)
    """
    process, said = home.demo("--empty")
    process.kill()
    process.wait()

    again, found = home.demo("--empty")
    assert not _is_alive(said["url"])
    assert found["password"] == said["password"]
    assert "There are no records yet." in _signed_in_page(found)

    status = home.run("sync", "--wait")
    assert (status.returncode, "nothing to send" in status.stdout) == (0, True)
    again.send_signal(signal.SIGHUP)
    assert again.wait(timeout=STOP_SECONDS) == 0
    assert not _is_alive(found["fauxero_url"])


def test_a_port_in_use_is_said_in_one_sentence(home: Home) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = home.run("demo", "--exit", "--no-browser", "--port", port)

    assert result.returncode == 1
    assert result.stderr.strip().endswith(
        f"Error: Port {port} is in use: choose another with --port."
    )
