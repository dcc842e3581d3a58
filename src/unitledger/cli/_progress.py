"""Showing a person how far a run is, while it goes on in this process or in another."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

from unitledger.engine.ports import Clock

if TYPE_CHECKING:
    # Django's models may be imported only when the installation is open.
    from unitledger.engine.progress import Progress as Look

REFRESH_SECONDS = 0.5


class Stopping:
    """Ctrl-C, SIGTERM and SIGHUP end the work behind what is in flight; a second one at once."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    def __call__(self) -> bool:
        return self._asked.is_set()

    def wait(self, seconds: float) -> bool:
        return self._asked.wait(seconds)

    @contextmanager
    def listening(self) -> Iterator[Stopping]:
        names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {name: signal.signal(name, self._ask) for name in names}
        try:
            yield self
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)

    def _ask(self, _signal: int, _frame: FrameType | None) -> None:
        if self._asked.is_set():
            raise KeyboardInterrupt
        self._asked.set()


@contextmanager
def shown(
    organisation_id: int, *, name: str, clock: Clock, is_wanted: bool = True
) -> Iterator[None]:
    """A bar by calls on standard error for as long as the block lasts; none off a terminal."""
    if not is_wanted or not sys.stderr.isatty():
        yield
        return
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[says]}"),
        console=Console(stderr=True),
        transient=True,
    )
    ended = threading.Event()
    task = bar.add_task(name, total=1.0, says="")

    def look() -> None:
        from django.db import connections

        from unitledger.engine.progress import progress

        try:
            while not ended.wait(REFRESH_SECONDS):
                now = progress(organisation_id, now=clock.now())
                whole = now.calls_used + now.calls_left
                bar.update(task, completed=now.calls_used, total=whole or 1, says=_says(now))
        finally:
            connections.close_all()

    # A thread of its own reads rows with a connection of its own: the run's thread is busy.
    watcher = threading.Thread(target=look, name="progress", daemon=True)
    with bar:
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()


def _says(now: Look) -> str:
    if now.unknown and not now.calls_left:
        by = f", settled by {now.settled_by:%H:%M}" if now.settled_by else ""
        return f"{now.calls_used} calls, {now.unknown} unanswered{by}"
    parts = [now.phase or "waiting", f"{now.calls_used} calls"]
    if now.calls_left:
        parts.append(f"about {now.calls_left} to go")
        parts.append(in_words(now.time_left))
    return ", ".join(parts)


def in_words(time: timedelta) -> str:
    seconds = max(1, round(time.total_seconds()))
    return f"{seconds} s left" if seconds < 60 else f"about {round(seconds / 60)} min left"
