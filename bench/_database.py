"""A PostgreSQL of the bench's own, started for it and gone with it."""

from __future__ import annotations

import base64
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from unitledger import installation, postgres

KEY = base64.urlsafe_b64encode(bytes(32)).decode()
DROPS_MAX = 30
EMPTY = "empty"  # migrated once, and copied: migrating takes longer than a small bench
SHOWN_SETTINGS = (
    "server_version",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "wal_sync_method",
    "shared_buffers",
)


class Databases:
    """The databases of one bench, made as copies of one another."""

    def __init__(self, server: postgres.EmbeddedServer) -> None:
        self._server = server
        self._is_migrated = False

    def url(self, name: str) -> str:
        return self._server.url(name)

    def make(self, name: str, *, template: str = "template1") -> str:
        """Make the database `name`, or make it again; its address."""
        close_connections()
        self.drop(name)
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return self.url(name)

    def make_empty(self, name: str) -> str:
        """Make the database `name` with every table and nothing in it, and point at it."""
        if not self._is_migrated:
            use(self.make(EMPTY))
            installation.migrate()
            self._is_migrated = True
        url = self.make(name, template=EMPTY)
        use(url)
        return url

    def drop(self, name: str) -> None:
        statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        for _ in range(DROPS_MAX):
            try:
                self._execute(statement.format(sql.Identifier(name)))
            except psycopg.errors.InsufficientPrivilege:
                time.sleep(1)  # the server's own vacuum is in it, which only ends by itself
            else:
                return
        raise RuntimeError(f"the database {name} cannot be dropped")

    def settings(self) -> Mapping[str, str]:
        with psycopg.connect(self.url("unitledger")) as connection:
            rows = connection.execute(
                "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)",
                [list(SHOWN_SETTINGS)],
            ).fetchall()
        found = dict(rows)
        return {name: found[name] for name in SHOWN_SETTINGS}

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("unitledger"), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def databases() -> Iterator[Databases]:
    """A temporary installation with fsync and synchronous_commit as in production."""
    folder = Path(tempfile.mkdtemp(prefix="unitledger-bench-"))
    folder.chmod(0o711)  # the server's user passes through; it cannot look around
    try:
        with postgres.hold(folder) as server:
            yield Databases(server)
            close_connections()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def use(url: str) -> None:
    """Point this process at a database."""
    is_first = "DATABASE_URL" not in os.environ or not _is_set_up
    os.environ["DATABASE_URL"] = url
    os.environ["UNITLEDGER_KEY"] = KEY
    if is_first:
        _set_up()
        return
    from django.db import connections

    from unitledger.settings import database_settings

    connections.close_all()
    connections.settings["default"].update(database_settings(url))


def close_connections() -> None:
    if _is_set_up:
        from django.db import connections

        connections.close_all()


_is_set_up = False


def _set_up() -> None:
    global _is_set_up
    installation.set_up_django()
    _is_set_up = True
