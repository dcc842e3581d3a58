"""A database restored from a backup that knows less than Xero does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from tests.business import Business

if TYPE_CHECKING:
    from tests.conftest import Database
    from unitledger.postgres import EmbeddedServer


@pytest.fixture
def operator(database: Database) -> Iterator[Business]:
    from tests.business import business

    with business() as made:
        yield made


def test_a_restored_database_sends_nothing_that_is_in_the_books_already(
    operator: Business, database: Database, server: EmbeddedServer
) -> None:
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "50.00"))
    _back_up(server, database)
    operator.syncs()

    _restore(server, database)
    _hold(operator)
    operator.syncs()

    assert operator.contacts() == ["Ada Marsh"]
    assert operator.books() == ["1001 AUTHORISED 120.00 paid 50.00"]
    assert operator.payments() == ["1001 50.00"]
    assert set(operator.states().values()) == {"synced"}


def test_a_restored_database_goes_on_with_what_never_arrived(
    operator: Business, database: Database, server: EmbeddedServer
) -> None:
    operator.bills("1001", "120.00")
    operator.bills("1002", "80.00")
    _back_up(server, database)
    operator.fault("refuse_request", method="PUT", body_contains='"1002"', count=None)
    operator.syncs()
    operator.server.run(lambda world: world.faults.clear())

    _restore(server, database)
    _hold(operator)
    operator.syncs()

    assert operator.books() == [
        "1001 AUTHORISED 120.00 paid 0.00",
        "1002 AUTHORISED 80.00 paid 0.00",
    ]


def test_a_restored_database_takes_new_payments_beside_the_ones_it_finds(
    operator: Business, database: Database, server: EmbeddedServer
) -> None:
    operator.bills("1001", "120.00")
    operator.syncs()
    operator.is_paid("R1", ("1001", "50.00"))
    _back_up(server, database)
    operator.syncs()

    _restore(server, database)
    _hold(operator)
    operator.is_paid("R2", ("1001", "20.00"))
    operator.syncs()

    assert operator.payments() == ["1001 20.00", "1001 50.00"]


def _hold(operator: Business) -> None:
    from unitledger.store.models import Connection

    Connection.objects.filter(organisation_id=operator.organisation_id).update(state="held")


def _back_up(server: EmbeddedServer, database: Database) -> None:
    _copy(server, database.name, f"{database.name}_backup")


def _restore(server: EmbeddedServer, database: Database) -> None:
    _run(server, sql.SQL("DROP DATABASE {}").format(sql.Identifier(database.name)))
    _copy(server, f"{database.name}_backup", database.name)
    _run(server, sql.SQL("DROP DATABASE {}").format(sql.Identifier(f"{database.name}_backup")))


def _copy(server: EmbeddedServer, source: str, target: str) -> None:
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    _run(server, statement.format(sql.Identifier(target), sql.Identifier(source)))


def _run(server: EmbeddedServer, statement: sql.Composed) -> None:
    from django.db import connections

    connections.close_all()
    with psycopg.connect(server.url("unitledger"), autocommit=True) as connection:
        connection.execute(statement)
