"""A real PostgreSQL for the tests that ask for one, and a database of its own for each of them."""

from __future__ import annotations

import base64
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from unitledger import installation, postgres

TEMPLATE = "test_template"
APPEND_ONLY = ("audit_entry",)
NO_SERVER = "postgresql:///none?host=/nonexistent"
_numbers = itertools.count(1)


def pytest_configure() -> None:
    """Set Django up, so that test modules may import models; no server is asked for yet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", NO_SERVER)
        patch.setenv("UNITLEDGER_KEY", base64.urlsafe_b64encode(bytes(32)).decode())
        installation.set_up_django()


@dataclass(frozen=True)
class Database:
    """One test's own database; Django in this process and in child processes uses it."""

    name: str
    url: str


@pytest.fixture(scope="session")
def server_home() -> Iterator[Path]:
    """An installation folder that the server's user may enter, whoever runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="unitledger-tests-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server(server_home: Path) -> Iterator[postgres.EmbeddedServer]:
    """The embedded server, started once a session. Several sessions may run at the same time."""
    with postgres.hold(server_home) as running:
        yield running


@pytest.fixture(scope="session")
def template(server: postgres.EmbeddedServer, server_home: Path) -> Iterator[str]:
    """The name of a database with all migrations applied, to be copied and not to be used."""
    kept = dict(os.environ)
    _execute(server, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    os.environ["UNITLEDGER_HOME"] = str(server_home)
    os.environ["DATABASE_URL"] = server.url(TEMPLATE)
    _point_django_at(server.url(TEMPLATE))
    with installation.connected():
        installation.migrate()
    yield TEMPLATE
    os.environ.clear()
    os.environ.update(kept)


@pytest.fixture(scope="session")
def used_databases() -> list[Database]:
    """Databases that earlier tests have left behind, empty again."""
    return []


@pytest.fixture
def database(
    server: postgres.EmbeddedServer,
    template: str,
    used_databases: list[Database],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Database]:
    """A clean, migrated database for this test alone, with Django's connection pointed at it.

    Making and dropping one costs more than most tests, so they are emptied and used again.
    """
    with lent_database(server, template, used_databases, monkeypatch) as mine:
        yield mine


@contextmanager
def lent_database(
    server: postgres.EmbeddedServer,
    template: str,
    used_databases: list[Database],
    patch: pytest.MonkeyPatch,
) -> Iterator[Database]:
    """The same, for as long as the block: a few modules share one among their tests."""
    mine = used_databases.pop() if used_databases else _new_database(server, template)
    patch.setenv("DATABASE_URL", mine.url)
    _point_django_at(mine.url)
    yield mine
    _point_django_at(server.url(template))
    _empty(mine)
    used_databases.append(mine)


def _new_database(server: postgres.EmbeddedServer, template: str) -> Database:
    """A copy of the template whose commits do not wait for the disk: no test cuts the power."""
    name = f"test_{next(_numbers)}"
    copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    _execute(server, copy.format(sql.Identifier(name), sql.Identifier(template)))
    hasty = sql.SQL("ALTER DATABASE {} SET synchronous_commit = off")
    _execute(server, hasty.format(sql.Identifier(name)))
    return Database(name=name, url=server.url(name))


def _empty(database: Database) -> None:
    """Delete every row but those the migrations made; end what a killed child left connected."""
    with psycopg.connect(database.url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename = current_user "
            "AND pid <> pg_backend_pid()"
        )
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
            "AND tablename NOT IN ('django_migrations', 'django_content_type', 'auth_permission')"
        ).fetchall()
        # Most tests write into a few of the many tables.
        holding = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
        filled = connection.execute(
            sql.SQL(" UNION ALL ").join(
                holding.format(sql.Literal(table), sql.Identifier(table)) for (table,) in tables
            )
        ).fetchall()
        for (table,) in filled:
            if table in APPEND_ONLY:
                _empty_append_only(connection, sql.Identifier(table))
            else:
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))


def _empty_append_only(connection: psycopg.Connection, table: sql.Identifier) -> None:
    """The owner of a table can lend itself what it took away; the product never does."""
    for statement in (
        "GRANT DELETE ON {} TO CURRENT_USER",
        "ALTER TABLE {} DISABLE TRIGGER USER",
        "DELETE FROM {}",
        "ALTER TABLE {} ENABLE TRIGGER USER",
        "REVOKE DELETE ON {} FROM CURRENT_USER",
    ):
        connection.execute(sql.SQL(statement).format(table))


def _point_django_at(url: str) -> None:
    from django.db import connections

    from unitledger.settings import database_settings

    connections.close_all()
    connections.settings["default"].update(database_settings(url))


def _execute(server: postgres.EmbeddedServer, statement: sql.Composed) -> None:
    with psycopg.connect(server.url("unitledger"), autocommit=True) as connection:
        connection.execute(statement)
