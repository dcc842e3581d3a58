"""One installation: its home folder, its database, its key, and what of it is running.

Every command begins with `with opened():` and so finds the same installation:

    UNITLEDGER_HOME   its home folder; otherwise one for this Python environment
    DATABASE_URL      its database; otherwise the embedded PostgreSQL under the home folder
    UNITLEDGER_KEY    its encryption key; otherwise a file under the home folder
"""

from __future__ import annotations

import atexit
import base64
import binascii
import contextlib
import hashlib
import json
import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from unitledger import postgres
from unitledger.postgres.errors import HomeUnwritable
from unitledger.postgres.locks import FileLock, is_taken

ROOT_HOMES = Path("/var/lib/unitledger")
KEY_BYTES = 32
RUNNING_LOCK = "running.lock"
PRIVATE_FILE_MODE = 0o600
MIGRATION_LOCK = 7_305_811_402  # any number; every process that migrates asks for the same one


class InstallationError(Exception):
    """The installation cannot be used. The message is one sentence with the remedy in it."""


class NoDatabaseOpen(InstallationError):
    def __init__(self) -> None:
        super().__init__("No database is open: set DATABASE_URL, or open the installation first.")


class BadKey(InstallationError):
    def __init__(self, *, place: str) -> None:
        super().__init__(
            f"The encryption key in {place} is not {KEY_BYTES} bytes in URL-safe base64: "
            "put back the key that this installation was made with."
        )


class AlreadyRunning(InstallationError):
    def __init__(self, *, home: Path) -> None:
        super().__init__(
            f"unitledger already runs in {home}: stop it first, or set UNITLEDGER_HOME to a folder "
            "of its own for the second one."
        )


class SchemaBehind(InstallationError):
    def __init__(self, *, pending: int) -> None:
        super().__init__(
            f"The database lacks {pending} migrations of this release: run `unitledger migrate`."
        )


@dataclass(frozen=True)
class Running:
    """What a long-lived command (`demo`, `serve`) tells the others about itself."""

    pid: int
    web_url: str | None = None
    fauxero_url: str | None = None
    operator: str | None = None
    database_url: str | None = None  # only where it is not the embedded one
    processes: Mapping[str, int] = field(default_factory=dict[str, int])  # name → pid


@dataclass(frozen=True)
class Database:
    """An installation's database, reachable as long as it is held."""

    url: str = field(repr=False)  # holds the password
    is_embedded: bool


# Held from the first `write_running` on: the system gives it back when the process dies.
_running_lock: FileLock | None = None
# The database that this process opened; one at a time, because Django's settings are one.
_opened: Database | None = None


def home() -> Path:
    """The installation's folder; not made here.

    One for each Python environment, so that two checkouts do not migrate each other's database.
    """
    chosen = os.environ.get("UNITLEDGER_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    name = hashlib.sha256(os.fsencode(sys.prefix)).hexdigest()[:12]
    if os.geteuid() == 0:
        return ROOT_HOMES / name
    data_home = os.environ.get("XDG_DATA_HOME")
    base = Path(data_home) if data_home else Path("~/.local/share").expanduser()
    return base.absolute() / "unitledger" / name


def database_url() -> str:
    """The address Django connects to in this process: a secret."""
    if _opened is not None:
        return _opened.url
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise NoDatabaseOpen
    return url


@contextlib.contextmanager
def database(folder: Path | None = None) -> Iterator[Database]:
    """The installation's database; the embedded server runs at least as long as the block."""
    folder = folder or home()
    running = read_running(folder)
    elsewhere = os.environ.get("DATABASE_URL") or (running.database_url if running else None)
    if elsewhere:
        postgres.check_server(elsewhere)
        yield Database(url=elsewhere, is_embedded=False)
        return
    with postgres.hold(folder) as server:
        yield Database(url=server.url(), is_embedded=True)


@contextlib.contextmanager
def opened() -> Iterator[Database]:
    """Open the installation for this process: database found or started, Django set up.

    The embedded database is brought up to date; another one must be already (SchemaBehind).
    """
    with connected() as found:
        if found.is_embedded:
            migrate()
        elif pending := pending_migrations():
            raise SchemaBehind(pending=pending)
        yield found


@contextlib.contextmanager
def connected() -> Iterator[Database]:
    """As `opened`, but leaves the schema as it is."""
    global _opened
    with database() as found:
        _opened = found
        try:
            set_up_django()
            yield found
        finally:
            _close_connections()
            _opened = None


def open_for_process() -> Database:
    """As `opened`, until the process ends: for a web server's worker that has no block."""
    stack = contextlib.ExitStack()
    found = stack.enter_context(opened())
    atexit.register(stack.close)
    return found


def set_up_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unitledger.settings")
    django.setup()


def pending_migrations() -> int:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate() -> None:
    """Apply what is pending, one process at a time."""
    from django.core.management import call_command
    from django.db import connection

    if not pending_migrations():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def encryption_key(folder: Path | None = None) -> bytes:
    """The key for secrets at rest, in the form `cryptography.fernet.Fernet` takes.

    It lies apart from the database's folder, so that a copy of the one does not hold the other.
    """
    given = os.environ.get("UNITLEDGER_KEY")
    if given:
        return _checked_key(given, place="UNITLEDGER_KEY")
    file = (folder or home()) / "keys" / "encryption.key"
    if not file.exists():
        _make_key(file)
    return _checked_key(file.read_text(encoding="ascii"), place=str(file))


def write_running(running: Running, folder: Path | None = None) -> None:
    """Tell the other commands what runs, from now until this process ends or forgets.

    May be called again as more is started. Raises AlreadyRunning where another process told first.
    """
    global _running_lock
    folder = folder or home()
    if _running_lock is None:
        postgres.make_enterable(folder)
        lock = FileLock(folder / RUNNING_LOCK)
        if not lock.try_take():
            lock.close()
            raise AlreadyRunning(home=folder)
        _running_lock = lock
    _write_private(_running_file(folder), json.dumps(asdict(running), indent=2))


def read_running(folder: Path | None = None) -> Running | None:
    """What runs now; None where nothing does, whatever a killed process left behind."""
    folder = folder or home()
    try:
        if not (folder / RUNNING_LOCK).exists() or not is_taken(folder / RUNNING_LOCK):
            return None
        return Running(**json.loads(_running_file(folder).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None  # it has just begun, or is about to end
    except PermissionError as error:
        raise HomeUnwritable(folder=folder, reason="it belongs to another user") from error


def forget_running(folder: Path | None = None) -> None:
    """Take back what this process told."""
    global _running_lock
    if _running_lock is None:
        return
    _running_file(folder or home()).unlink(missing_ok=True)
    _running_lock.close()
    _running_lock = None


def _running_file(folder: Path) -> Path:
    return folder / "running.json"


def _make_key(file: Path) -> None:
    """Make the key once; of two processes at the same time one wins and both use its key."""
    _make_private_folder(file.parent)
    key = base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    _write_private(draft, key)
    try:
        os.link(draft, file)
    except FileExistsError:
        pass  # another process was first; its key holds
    finally:
        draft.unlink()


def _checked_key(text: str, *, place: str) -> bytes:
    key = text.strip().encode("ascii", "replace")
    try:
        is_whole = len(base64.urlsafe_b64decode(key)) == KEY_BYTES
    except binascii.Error:
        is_whole = False
    if not is_whole:
        raise BadKey(place=place)
    return key


def _write_private(file: Path, text: str) -> None:
    """Write whole or not at all, readable by the owner alone."""
    draft = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        postgres.make_enterable(file.parent)
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE_MODE)
    except OSError as error:
        raise HomeUnwritable(folder=file.parent, reason=error.strerror or str(error)) from error
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)


def _make_private_folder(folder: Path) -> None:
    try:
        postgres.make_enterable(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise HomeUnwritable(folder=folder, reason=error.strerror or str(error)) from error


def _close_connections() -> None:
    from django.db import connections

    connections.close_all()
