"""File locks that the system gives back when their process dies."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path
from typing import Self

from unitledger.postgres.errors import HomeUnwritable

LOCK_FILE_MODE = 0o600


class FileLock:
    """One `flock` on one file. Not shared between threads; children do not inherit it."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, LOCK_FILE_MODE)
        except OSError as error:
            reason = error.strerror or str(error)
            raise HomeUnwritable(folder=path.parent, reason=reason) from error

    def share(self) -> None:
        """Wait for, and take, the lock that many may hold at once."""
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def take(self) -> None:
        """Wait for, and take, the lock that one alone may hold."""
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def try_share(self) -> bool:
        return self._try(fcntl.LOCK_SH)

    def try_take(self) -> bool:
        return self._try(fcntl.LOCK_EX)

    def release(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def sign(self) -> None:
        """Write our process id into the file, for people and tools that look."""
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode("ascii"), 0)

    def close(self) -> None:
        os.close(self._file)

    def __enter__(self) -> Self:
        self.take()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self._file, kind | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                return False
            raise
        return True


def is_taken(path: Path) -> bool:
    """Whether some process holds the lock alone."""
    lock = FileLock(path)
    try:
        return not lock.try_share()
    finally:
        lock.close()
