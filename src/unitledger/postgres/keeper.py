"""The process that starts the server, restarts it when it dies, and stops it when unused.

Run as `python -m unitledger.postgres.keeper HOME`. It prints one line: `ready`, or the sentence
that says why not. Afterwards it sleeps in the system until the last holder has let go.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO

from unitledger.postgres.account import Account, server_account
from unitledger.postgres.cluster import (
    prepare_data,
    prepare_folders,
    prepare_sockets,
    server_command,
)
from unitledger.postgres.errors import PostgresError, StartFailed
from unitledger.postgres.layout import READY_LINE, Layout
from unitledger.postgres.locks import FileLock
from unitledger.postgres.postmaster import find_postmaster, is_alive, remove_stale_pid_file
from unitledger.postgres.programs import Programs, clean_environment, programs_for

START_SECONDS_MAX = 60.0
START_TRIES = 10
PASSING = ("shared memory block", "lock file")  # complaints that a dying server's children cause
RETRY_SECONDS = 1.0
STOP_SECONDS_MAX = 60.0
WATCH_SECONDS = 0.5
LOG_BYTES_MAX = 10_000_000
LOG_TAIL_BYTES = 4_000


class Keeper:
    """Keeps one installation's server running for as long as somebody holds it."""

    def __init__(self, *, layout: Layout, account: Account, programs: Programs) -> None:
        self._layout = layout
        self._account = account
        self._programs = programs
        self._unused = threading.Event()
        self._server: subprocess.Popen[Any] | None = None
        self._pid = 0

    def start(self) -> None:
        """Serve: take over a server whose keeper died, or start one.

        After a killed server its children need a moment to notice; until then PostgreSQL
        refuses the data folder, and is asked again.
        """
        found = find_postmaster(self._layout.data)
        if found is not None:
            self._server, self._pid = None, found.pid
            return
        for tries_left in reversed(range(START_TRIES)):
            try:
                self._start_once()
            except StartFailed as error:
                if tries_left == 0 or not any(words in str(error) for words in PASSING):
                    raise
                time.sleep(RETRY_SECONDS)
            else:
                return

    def keep(self) -> None:
        """Return when the server has been stopped because nobody held it any more."""
        threading.Thread(target=self._stop_when_unused, daemon=True).start()
        while True:
            self._wait_for_end()
            if self._unused.is_set():
                return
            self.start()
            if self._unused.is_set():
                self._stop()

    def let_go(self, _signal: int, _frame: FrameType | None) -> None:
        self._unused.set()
        self._ask_to_stop(signal.SIGINT)

    def _start_once(self) -> None:
        remove_stale_pid_file(self._layout.data)
        with _log_file(self._layout.log) as log:
            server = subprocess.Popen(
                server_command(layout=self._layout, programs=self._programs),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._layout.server,
                env=clean_environment(),
                **self._account.popen_options(),
            )
        self._server, self._pid = server, server.pid
        self._wait_until_ready(server)

    def _wait_until_ready(self, server: subprocess.Popen[Any]) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            found = find_postmaster(self._layout.data)
            if found is not None and found.is_ready:
                return
            if server.poll() is not None:
                raise StartFailed(log=self._layout.log, said=_last_complaint(self._layout.log))
            time.sleep(0.02)
        server.kill()
        server.wait()
        raise StartFailed(log=self._layout.log, said=f"not ready in {START_SECONDS_MAX:.0f} s")

    def _wait_for_end(self) -> None:
        if self._server is not None:
            self._server.wait()
            return
        while is_alive(self._pid) and find_postmaster(self._layout.data) is not None:
            time.sleep(WATCH_SECONDS)

    def _stop_when_unused(self) -> None:
        lock = FileLock(self._layout.in_use_lock)
        lock.take()  # sleeps here for the whole life of the server; never given back before we end
        self._unused.set()
        self._stop()

    def _stop(self) -> None:
        """Fast stop (open transactions roll back); after a minute the immediate one."""
        self._ask_to_stop(signal.SIGINT)
        deadline = time.monotonic() + STOP_SECONDS_MAX
        while time.monotonic() < deadline:
            if find_postmaster(self._layout.data) is None:
                return
            time.sleep(WATCH_SECONDS)
        self._ask_to_stop(signal.SIGQUIT)

    def _ask_to_stop(self, how: signal.Signals) -> None:
        found = find_postmaster(self._layout.data)
        if found is not None:
            os.kill(found.pid, how)


def main(home: str) -> int:
    layout = Layout(home=Path(home))
    lock = FileLock(layout.keeper_lock)
    if not lock.try_take():
        _say(READY_LINE)  # another keeper is at work; the caller looks at the server itself
        return 0
    lock.sign()
    try:
        keeper = _started_keeper(layout)
    except PostgresError as error:
        _say(str(error))
        return 1
    signal.signal(signal.SIGTERM, keeper.let_go)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _say(READY_LINE)
    keeper.keep()
    return 0


def _started_keeper(layout: Layout) -> Keeper:
    account = server_account()
    prepare_folders(layout=layout, account=account)
    programs = programs_for(account=account, layout=layout)
    prepare_data(layout=layout, account=account, programs=programs)
    prepare_sockets(layout=layout, account=account)
    keeper = Keeper(layout=layout, account=account, programs=programs)
    keeper.start()
    return keeper


def _say(line: str) -> None:
    """Tell the caller, then leave its pipe: it must not wait for our end."""
    try:
        os.write(sys.stdout.fileno(), f"{line}\n".encode())
    except BrokenPipeError:
        pass  # the caller was killed; the lock it held is free and we shall stop
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)


def _log_file(path: Path) -> BinaryIO:
    is_long = path.exists() and path.stat().st_size > LOG_BYTES_MAX
    stream = path.open("wb") if is_long else path.open("ab")
    path.chmod(0o600)
    return stream


def _last_complaint(log: Path) -> str:
    lines = log.read_bytes()[-LOG_TAIL_BYTES:].decode("utf-8", "replace").splitlines()
    complaints = [line for line in lines if "FATAL:" in line or "PANIC:" in line]
    return (complaints or lines or ["no reason given"])[-1].strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
