"""Where a rehearsal runs: a process with a home of its own, and nothing of ours in its hands.

It is told neither this installation's database nor its key nor its address of Xero. It finds an
empty home, in which it starts a database server and an emulator of its own.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unitledger.engine.rehearsal.running import StageFailed
from unitledger.postgres.locks import FileLock

PROGRAM = "unitledger.demo.rehearsing"
EMULATOR = "fauxero"
PROGRESS, RESULT, LOG, LOCK = "progress.json", "result.json", "rehearsal.log", "rehearsal.lock"
STOP_SECONDS = 60.0
# What this installation is; none of it is handed on.
OURS: Sequence[str] = (
    "DATABASE_URL",
    "UNITLEDGER_HOME",
    "UNITLEDGER_KEY",
    "UNITLEDGER_MARK",
    "UNITLEDGER_XERO_URL",
)
NOT_INSTALLED = (
    "A rehearsal needs the emulator, which is not installed here: install `unitledger[demo]`."
)


class ProcessStage:
    """`engine.rehearsal.running.Stage` with a process for each rehearsal."""

    def __init__(self, folder: Path) -> None:
        self.where = folder

    @staticmethod
    def is_possible() -> bool:
        return importlib.util.find_spec(EMULATOR) is not None

    @contextlib.contextmanager
    def folder(self, name: str) -> Iterator[Path]:
        """Raises StageFailed where there is no emulator."""
        if not self.is_possible():
            raise StageFailed(NOT_INSTALLED)
        self.where.mkdir(mode=0o711, parents=True, exist_ok=True)
        _sweep(self.where)
        mine = self.where / name
        mine.mkdir(mode=0o711)
        lock = FileLock(mine / LOCK)
        lock.try_take()
        try:
            yield mine
        finally:
            lock.close()
            shutil.rmtree(mine, ignore_errors=True)

    @contextlib.contextmanager
    def play(self, folder: Path) -> Iterator[_ProcessPlay]:
        environment = {name: each for name, each in os.environ.items() if name not in OURS}
        with (folder / LOG).open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", PROGRAM, str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**environment, "UNITLEDGER_HOME": str(folder / "home")},
                start_new_session=True,
            )
        try:
            yield _ProcessPlay(process, folder)
        finally:
            _end(process)


@dataclass(frozen=True, slots=True)
class _ProcessPlay:
    process: subprocess.Popen[bytes]
    folder: Path

    def progress(self) -> Mapping[str, Any]:
        try:
            return json.loads((self.folder / PROGRESS).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}

    def result(self) -> Mapping[str, Any] | None:
        if self.process.poll() is None:
            return None
        try:
            found = json.loads((self.folder / RESULT).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise StageFailed(self._last_words()) from None
        if "error" in found:
            raise StageFailed(found["error"])
        return found

    def _last_words(self) -> str:
        lines = (self.folder / LOG).read_text(encoding="utf-8", errors="replace").splitlines()
        said = lines[-1] if lines else "it said nothing"
        return f"The rehearsal ended before its end: {said}"


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end, and with it what it started; then make it."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _sweep(folder: Path) -> None:
    """Throw away what a killed worker left: nobody holds the lock of it."""
    for left in folder.iterdir():
        lock = FileLock(left / LOCK) if (left / LOCK).exists() else None
        if lock is not None and lock.try_take():
            lock.close()
            shutil.rmtree(left, ignore_errors=True)
