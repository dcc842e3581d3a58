"""The programs the demo starts, and that none of them outlives it."""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from unitledger.installation import InstallationError

STOP_SECONDS = 25.0
POLL_SECONDS = 0.05
RESTARTS_MAX = 20
LOG_TAIL_BYTES = 2_000
_SET_PARENT_DEATH_SIGNAL = 1  # Linux: prctl(2), PR_SET_PDEATHSIG
_OURS = ("unitledger", "fauxero")
# Looked up before any fork: the child of a fork should do as little as it can.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class ProgramFailed(InstallationError):
    """A part of the demo did not start, or ended by itself."""

    def __init__(self, *, name: str, said: str) -> None:
        self.program = name
        super().__init__(f"The demo's {name} stopped: {said}")


def die_with_parent() -> None:
    """Linux: ask the kernel for SIGTERM when the parent is gone, also by `kill -9`.

    Elsewhere nothing is done; the next start ends what it finds (`Programs.end_leftovers`).
    """
    if _LIBC is not None:
        _LIBC.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM, 0, 0, 0)


@dataclass
class Programs:
    """Child processes by name, each with a log of its own."""

    folder: Path
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _again: dict[str, Callable[[], object]] = field(default_factory=dict)
    _restarts: int = 0

    def start(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        is_restarted: bool = False,
    ) -> None:
        """Start `python -m …` in a session of its own: Ctrl-C is for us to pass on.

        `is_restarted`: `mend` starts it again where it was killed.
        """
        with self._log(name).open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, **environment},
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        self._running[name] = process
        if is_restarted:
            self._again[name] = partial(
                self.start, name, arguments, environment=environment, is_restarted=True
            )
        self._write_down()

    def first_line(self, name: str, *, seconds: float) -> str:
        """The line a program prints when it is ready."""
        process = self._running[name]
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], seconds)
        line = process.stdout.readline().decode() if ready else ""
        if not line:
            raise self._failure(name)
        return line

    def check(self) -> None:
        """Raise where a program has ended by itself."""
        for name, process in self._running.items():
            if process.poll() is not None:
                raise self._failure(name)

    def mend(self) -> list[str]:
        """Start again what was killed; the names. Raises where that helps no more."""
        ended = [name for name, process in self._running.items() if process.poll() is not None]
        for name in ended:
            self._restarts += 1
            if name not in self._again or self._restarts > RESTARTS_MAX:
                raise self._failure(name)
            self._again[name]()
        return ended

    @property
    def pids(self) -> Mapping[str, int]:
        return {name: process.pid for name, process in self._running.items()}

    def stop(self) -> None:
        """Ask each to end, the last started first, and kill what does not.

        One after the other: the worker still gets fauxero's answers to what it has sent.
        """
        for process in reversed(self._running.values()):
            process.terminate()
            try:
                process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()
        self._file.unlink(missing_ok=True)

    def end_leftovers(self) -> None:
        """End what a killed demo left behind. Only processes that are still what was started."""
        try:
            left = json.loads(self._file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return
        for pid in left.values():
            if _is_ours(pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while any(_is_ours(pid) for pid in left.values()) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        for pid in left.values():
            if _is_ours(pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self._file.unlink(missing_ok=True)

    @property
    def _file(self) -> Path:
        return self.folder / "processes.json"

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def _write_down(self) -> None:
        self._file.write_text(json.dumps(self.pids), encoding="utf-8")

    def _failure(self, name: str) -> ProgramFailed:
        log = self._log(name)
        tail = log.read_bytes()[-LOG_TAIL_BYTES:].decode("utf-8", "replace").strip()
        said = tail.splitlines()[-1] if tail else "it said nothing."
        return ProgramFailed(name=name, said=f"{said} (see {log})")


def _is_ours(pid: int) -> bool:
    """Whether the process lives and runs one of our programs: a pid may be in use again."""
    command = _command(pid)
    return command is not None and any(word in command for word in _OURS)


def _command(pid: int) -> str | None:
    """The command line of a living process."""
    if Path("/proc/self").exists():
        try:
            # Empty for a zombie, which has ended already.
            return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
    asked = subprocess.run(
        ["ps", "-o", "stat=,command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, command = asked.stdout.strip().partition(" ")
    return None if state.startswith("Z") else command
