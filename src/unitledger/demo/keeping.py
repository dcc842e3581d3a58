"""What the demo remembers from one start to the next, beside its database."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from unitledger.installation import InstallationError

FOLDER = "demo"
FILE = "demo.json"
STATE_FILE = "fauxero.db"
PLAY_FILE = "living.json"
PRIVATE_MODE = 0o600


class NotADemo(InstallationError):
    def __init__(self, *, home: Path) -> None:
        super().__init__(
            f"{home} holds a business that the demo did not make: set UNITLEDGER_HOME to an empty "
            "folder for the demo."
        )


class HoldsRecords(InstallationError):
    """The other kind of demo was begun here, and somebody has brought records into it."""

    def __init__(self, *, home: Path, is_empty_kind: bool) -> None:
        begun = "with --empty" if is_empty_kind else "without --empty"
        super().__init__(
            f"The demo in {home} was begun {begun} and holds records that were brought in since: "
            "--fresh throws them away and begins anew; UNITLEDGER_HOME chooses another folder."
        )


@dataclass(frozen=True)
class Kept:
    """The password is of a fictional business on this machine; the file is the user's own."""

    operator_id: int
    operator_name: str
    user: str
    password: str = field(repr=False)
    is_empty: bool  # begun with --empty
    seed: int
    played_on: str  # the day the play ends on, so that it can be played again to the letter
    is_set_up: bool = False  # connected, mapped, and its records are in
    api_key: str = field(default="", repr=False)  # of the play that goes on


def folder_of(home: Path) -> Path:
    """The demo's folder, made where it is missing."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def read_kept(folder: Path) -> Kept | None:
    try:
        return Kept(**json.loads((folder / FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def keep(folder: Path, kept: Kept) -> None:
    draft = folder / f"{FILE}.new"
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_MODE)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(asdict(kept), stream)
    draft.replace(folder / FILE)


def forget_books(folder: Path) -> None:
    """Throw fauxero's books away; it must not run."""
    for file in folder.glob(f"{STATE_FILE}*"):
        file.unlink()


def forget(folder: Path) -> None:
    """Forget who the demo was, and how far its play went."""
    (folder / FILE).unlink(missing_ok=True)
    (folder / PLAY_FILE).unlink(missing_ok=True)
