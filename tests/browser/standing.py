"""What a trial of unitledger consists of: fauxero, the pages and a worker, each a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

STOP_SECONDS = 30


@dataclass(frozen=True)
class Fauxero:
    """A fauxero in a process of its own, with one British organisation without history."""

    url: str

    def told(self, what: str, **how: Any) -> Any:
        """Ask its control door for something."""
        answer = httpx2.post(f"{self.url}/_fauxero/{what}", json=how, timeout=30)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def asked(self, what: str) -> Any:
        return httpx2.get(f"{self.url}/_fauxero/{what}", timeout=30).json()

    def writes(self) -> int:
        """Requests to write that its API was asked so far."""
        entries = self.asked("requests")["requests"]
        return sum(1 for each in entries if each["is_api"] and each["method"] != "GET")

    def clear_faults(self) -> None:
        httpx2.delete(f"{self.url}/_fauxero/faults", timeout=30)


@contextmanager
def fauxero() -> Iterator[Fauxero]:
    command = ("fauxero", "serve", "--port", "0", "--organisation", "uk", "--empty", "--json")
    with _running(*command) as (_, line):
        yield Fauxero(url=json.loads(line)["url"])


@contextmanager
def worker() -> Iterator[subprocess.Popen[str]]:
    with _running("unitledger", "worker", "--json") as (process, _):
        yield process


@contextmanager
def _running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`python -m …` and the line it prints when it is ready; ended with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, f"{' '.join(arguments)} did not start"
        yield process, line
    finally:
        process.terminate()
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()
