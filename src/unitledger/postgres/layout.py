"""Where everything of one embedded server lies, under the installation's home folder."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

PORT = 5432  # names the socket file; no network port is opened
SOCKET_PATH_BYTES_MAX = 100  # the system's limit is 103 on macOS and 107 on Linux
# Fixed, because TMPDIR may differ between the processes that meet here; owner and mode are checked.
SHORT_SOCKET_PARENT = Path("/tmp")  # noqa: S108
READY_LINE = "ready"  # what a keeper tells its caller when the server serves


@dataclass(frozen=True)
class Layout:
    """Paths only; nothing is made or read here."""

    home: Path

    @property
    def server(self) -> Path:
        return self.home / "postgres"

    @property
    def data(self) -> Path:
        return self.server / "data"

    @property
    def data_in_making(self) -> Path:
        return self.server / "data.new"

    @property
    def programs(self) -> Path:
        return self.server / "programs"

    @property
    def password_file(self) -> Path:
        return self.server / "password"

    @property
    def log(self) -> Path:
        return self.server / "postgres.log"

    @property
    def in_use_lock(self) -> Path:
        return self.server / "in-use.lock"

    @property
    def start_lock(self) -> Path:
        return self.server / "start.lock"

    @property
    def keeper_lock(self) -> Path:
        return self.server / "keeper.lock"

    @property
    def sockets(self) -> Path:
        """The folder of the server's socket; a short one elsewhere where ours is too long."""
        usual = self.server / "socket"
        if len(bytes(usual / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_BYTES_MAX:
            return usual
        digest = hashlib.sha256(bytes(self.home)).hexdigest()[:16]
        return SHORT_SOCKET_PARENT / f"unitledger-{digest}"


def make_enterable(folder: Path) -> None:
    """Make a folder, and those above it, that others may enter but not list or write."""
    missing = [step for step in (folder, *folder.parents) if not step.exists()]
    for step in reversed(missing):
        step.mkdir(exist_ok=True)
        step.chmod(0o711)
