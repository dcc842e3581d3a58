"""The operating-system user that the server runs as."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unitledger.postgres.errors import NoUnprivilegedUser, PrivateFolder, UserWithoutName

UNPRIVILEGED_USER = "nobody"


@dataclass(frozen=True)
class Account:
    """Who runs PostgreSQL: ourselves, or (when we are root, which PostgreSQL refuses) `nobody`."""

    name: str
    uid: int
    gid: int
    is_other: bool

    def popen_options(self) -> Mapping[str, Any]:
        """Keyword arguments that make `subprocess` run a program as this user."""
        if not self.is_other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        if self.is_other:
            os.chown(path, self.uid, self.gid)

    def require_way_to(self, folder: Path) -> None:
        """Raise where this user may not enter the folder or one above it. Opens nothing."""
        if not self.is_other:
            return
        for step in [*reversed(folder.resolve().parents), folder.resolve()]:
            if step.exists() and not self._may_enter(step):
                raise PrivateFolder(folder=step, user=self.name)

    def _may_enter(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        if status.st_gid == self.gid:
            return bool(status.st_mode & 0o010)
        return bool(status.st_mode & 0o001)


def server_account() -> Account:
    """The user to run the server as. Makes no user and needs no `useradd`."""
    if os.geteuid() != 0:
        return _own_account()
    try:
        entry = pwd.getpwnam(UNPRIVILEGED_USER)
    except KeyError:
        raise NoUnprivilegedUser(name=UNPRIVILEGED_USER) from None
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid, is_other=True)


def _own_account() -> Account:
    uid = os.geteuid()
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise UserWithoutName(uid=uid) from None
    return Account(name=entry.pw_name, uid=uid, gid=os.getegid(), is_other=False)
