"""Making the database once, and the command line that serves it."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from unitledger.postgres.account import Account
from unitledger.postgres.errors import ForeignFolder, HomeUnwritable, OtherMajorVersion
from unitledger.postgres.layout import PORT, Layout, make_enterable
from unitledger.postgres.programs import Programs

SUPERUSER = "postgres"
ROLE = "unitledger"  # not a superuser: row-level security holds for it
DATABASE = "unitledger"


def prepare_folders(*, layout: Layout, account: Account) -> None:
    """Make the folders that are missing. Existing folders keep their owner and mode."""
    try:
        for folder in (layout.home, layout.server, layout.programs):
            make_enterable(folder)
    except OSError as error:
        raise HomeUnwritable(folder=layout.home, reason=error.strerror or str(error)) from error
    account.require_way_to(layout.server)


def prepare_sockets(*, layout: Layout, account: Account) -> None:
    folder = layout.sockets
    try:
        folder.mkdir(mode=0o700)
        account.own(folder)
    except FileExistsError:
        status = folder.lstat()
        if folder.is_symlink() or status.st_uid != account.uid:
            raise ForeignFolder(folder=folder) from None
        folder.chmod(0o700)


def prepare_data(*, layout: Layout, account: Account, programs: Programs) -> None:
    """Make the database where there is none yet: whole, or not at all."""
    if layout.data.is_dir():
        _require_same_major(layout=layout, programs=programs)
        return
    new = layout.data_in_making
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    account.own(new)
    _initialise(new, account=account, programs=programs, layout=layout)
    _create_role(new, account=account, programs=programs, password=_new_password(layout))
    new.rename(layout.data)


def read_password(layout: Layout) -> str:
    return layout.password_file.read_text(encoding="ascii").strip()


def server_command(*, layout: Layout, programs: Programs) -> list[str]:
    """How to serve: by socket only, no network, every commit on disk before it is confirmed."""
    settings = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": _quoted(layout.sockets),
        "unix_socket_permissions": "0700",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "jit": "off",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [programs.path("postgres"), "-D", str(layout.data), *options]


def _initialise(data: Path, *, account: Account, programs: Programs, layout: Layout) -> None:
    # The superuser's password is not kept: nothing needs it, and single-user mode can set another.
    with _password_file(layout, account=account) as file:
        programs.run(
            "initdb",
            f"--pgdata={data}",
            f"--username={SUPERUSER}",
            f"--pwfile={file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
            account=account,
            folder=data,
        )


@contextmanager
def _password_file(layout: Layout, *, account: Account) -> Iterator[Path]:
    file = layout.server / f"superuser.{os.getpid()}"
    file.unlink(missing_ok=True)
    _write_private(file, secrets.token_hex(32))
    try:
        account.own(file)
        yield file
    finally:
        file.unlink(missing_ok=True)


def _create_role(data: Path, *, account: Account, programs: Programs, password: str) -> None:
    statements = (
        f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB CREATEROLE",
        f"ALTER ROLE {ROLE} PASSWORD '{password}'",
        f"CREATE DATABASE {DATABASE} OWNER {ROLE}",
        f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC",
    )
    programs.run(
        "postgres",
        "--single",
        "-D",
        str(data),
        "-c",
        "exit_on_error=on",
        "-c",
        "log_statement=none",
        "postgres",
        account=account,
        folder=data,
        stdin="".join(f"{statement}\n" for statement in statements),
    )


def _new_password(layout: Layout) -> str:
    layout.password_file.unlink(missing_ok=True)
    password = secrets.token_hex(32)
    _write_private(layout.password_file, password)
    return password


def _write_private(file: Path, text: str) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(f"{text}\n")
        stream.flush()
        os.fsync(stream.fileno())


def _require_same_major(*, layout: Layout, programs: Programs) -> None:
    found = _found_major(layout)
    if found != programs.major:
        raise OtherMajorVersion(data=layout.data, found=found, wanted=programs.major)


def _found_major(layout: Layout) -> str:
    try:
        return (layout.data / "PG_VERSION").read_text(encoding="ascii").strip()
    except OSError as error:
        raise HomeUnwritable(folder=layout.data, reason=error.strerror or str(error)) from error


def _quoted(folder: Path) -> str:
    """A list setting's element: a folder's name may hold spaces and commas."""
    return '"' + str(folder).replace('"', '""') + '"'
