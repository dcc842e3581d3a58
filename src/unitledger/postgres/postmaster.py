"""A running server as its pid file tells it, believed only as far as the system agrees."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

POLL_SECONDS = 0.02
READY = "ready"


@dataclass(frozen=True)
class Postmaster:
    """The server's first process."""

    pid: int
    status: str

    @property
    def is_ready(self) -> bool:
        return self.status == READY


def find_postmaster(data: Path) -> Postmaster | None:
    """The live server of this data folder; None where the pid file is missing or stale."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if not lines or not lines[0].strip().lstrip("-").isdigit():
        return None
    pid = abs(int(lines[0]))
    if not _works_in(pid, data):
        return None
    return Postmaster(pid=pid, status=lines[7].strip() if len(lines) > 7 else "starting")


def remove_stale_pid_file(data: Path) -> None:
    """Take away a dead server's pid file, whose number another process may have by now.

    PostgreSQL does this itself, but refuses to start where the number was given to another process
    of the same user. It still guards its shared memory, so a server we overlooked is not harmed.
    """
    if find_postmaster(data) is None:
        (data / "postmaster.pid").unlink(missing_ok=True)


def wait_until_ready(data: Path, *, seconds: float) -> Postmaster | None:
    """The ready server, or None where there is none within the time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = find_postmaster(data)
        if found is not None and found.is_ready:
            return found
        time.sleep(POLL_SECONDS)
    return None


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _works_in(pid: int, data: Path) -> bool:
    """Whether the process is a server of this folder: a postmaster's working folder is its data."""
    if not is_alive(pid):
        return False
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == data.resolve()
        except OSError:
            return False  # gone meanwhile, a zombie, or another user's process
    shown = subprocess.run(
        ["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return str(data) in shown.stdout
