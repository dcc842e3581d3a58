"""Using the embedded server: the first holder starts it, the last one's end stops it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from unitledger.postgres.account import server_account
from unitledger.postgres.cluster import DATABASE, ROLE, prepare_folders, read_password
from unitledger.postgres.errors import PostgresError, StartFailed, UnsupportedPlatform
from unitledger.postgres.layout import PORT, READY_LINE, Layout
from unitledger.postgres.locks import FileLock, is_taken
from unitledger.postgres.postmaster import wait_until_ready

READY_SECONDS_MAX = 90.0
LET_GO_SECONDS_MAX = 90.0
POLL_SECONDS = 0.02


@dataclass(frozen=True)
class EmbeddedServer:
    """A running server that this process holds."""

    home: Path
    sockets: Path
    password: str = field(repr=False)

    def url(self, database: str = DATABASE) -> str:
        """The database's address, password included: a secret."""
        host = quote(str(self.sockets), safe="")
        return f"postgresql://{ROLE}:{self.password}@/{quote(database)}?host={host}&port={PORT}"


@contextmanager
def hold(home: Path) -> Iterator[EmbeddedServer]:
    """Start the installation's server, or join it, and keep it running inside the block.

    On leaving, waits for the server's stop where nobody else holds it. Raises PostgresError.
    """
    if sys.platform not in ("linux", "darwin"):
        raise UnsupportedPlatform(platform=sys.platform)
    layout = Layout(home=home.absolute())
    prepare_folders(layout=layout, account=server_account())
    in_use = FileLock(layout.in_use_lock)
    in_use.share()  # waits here while an unused server is being stopped
    try:
        with FileLock(layout.start_lock):
            _ensure_running(layout)
        yield EmbeddedServer(
            home=layout.home, sockets=layout.sockets, password=read_password(layout)
        )
    finally:
        in_use.release()
        _wait_for_stop(layout, in_use)
        in_use.close()


def exists(home: Path) -> bool:
    """Whether this home already has a database."""
    return Layout(home=home.absolute()).data.is_dir()


def _ensure_running(layout: Layout) -> None:
    if not is_taken(layout.keeper_lock):
        _start_keeper(layout)
    if wait_until_ready(layout.data, seconds=READY_SECONDS_MAX) is None:
        raise StartFailed(log=layout.log, said=f"not ready in {READY_SECONDS_MAX:.0f} s")


def _start_keeper(layout: Layout) -> None:
    with layout.log.open("ab") as log:
        layout.log.chmod(0o600)
        keeper = subprocess.Popen(
            [sys.executable, "-m", "unitledger.postgres.keeper", str(layout.home)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,  # Ctrl-C in the terminal is for us, not for the server
            cwd="/",
        )
    assert keeper.stdout is not None
    with keeper.stdout as said:
        answer = said.readline().decode().strip()
    if answer != READY_LINE:
        keeper.wait()
        raise PostgresError(answer or f"PostgreSQL's keeper ended at once: see {layout.log}.")
    # From here on the keeper lives by itself; waiting for it is not ours.
    keeper.returncode = 0


def _wait_for_stop(layout: Layout, in_use: FileLock) -> None:
    """Return when the server has stopped, or as soon as it is seen that others still hold it."""
    deadline = time.monotonic() + LET_GO_SECONDS_MAX
    while is_taken(layout.keeper_lock) and time.monotonic() < deadline:
        if in_use.try_take():
            in_use.release()  # nobody holds it: the keeper is about to notice
        elif in_use.try_share():
            in_use.release()
            return
        time.sleep(POLL_SECONDS)
