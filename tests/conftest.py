"""A real PostgreSQL for the tests that ask for one, and a database of its own for each of them."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from unitledger import installation, postgres

TEMPLATE = "test_template"
_numbers = itertools.count(1)


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
    _make_database(server, TEMPLATE)
    os.environ["UNITLEDGER_HOME"] = str(server_home)
    os.environ["DATABASE_URL"] = server.url(TEMPLATE)
    with installation.connected():
        installation.migrate()
    yield TEMPLATE
    os.environ.clear()
    os.environ.update(kept)


@pytest.fixture
def database(
    server: postgres.EmbeddedServer, template: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """A clean, migrated database for this test alone, with Django's connection pointed at it."""
    from django.db import connections

    mine = Database(name=f"test_{next(_numbers)}", url="")
    mine = Database(name=mine.name, url=server.url(mine.name))
    _make_database(server, mine.name, template=template)
    monkeypatch.setenv("DATABASE_URL", mine.url)
    connections.settings["default"]["NAME"] = mine.name
    yield mine
    connections.close_all()
    connections.settings["default"]["NAME"] = template
    _drop_database(server, mine.name)


def _make_database(server: postgres.EmbeddedServer, name: str, template: str = "template1") -> None:
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    _execute(server, statement.format(sql.Identifier(name), sql.Identifier(template)))


def _drop_database(server: postgres.EmbeddedServer, name: str) -> None:
    # FORCE ends what a killed child process of the test left connected.
    _execute(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _execute(server: postgres.EmbeddedServer, statement: sql.Composed) -> None:
    with psycopg.connect(server.url("unitledger"), autocommit=True) as connection:
        connection.execute(statement)
