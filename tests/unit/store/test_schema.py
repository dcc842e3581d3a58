"""The schema as the database has it: what the models promise is really there."""

from __future__ import annotations

from django.apps import apps
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from tests.conftest import Database
from unitledger.store.base import Owned, OwnedByOperator


def test_every_constraint_and_index_the_models_declare_is_in_the_database(
    database: Database,
) -> None:
    missing: list[str] = []
    with connection.cursor() as cursor:
        for model in apps.get_app_config("store").get_models():
            options = model._meta
            there = connection.introspection.get_constraints(cursor, options.db_table)
            declared = [*options.constraints, *options.indexes]
            missing += [each.name for each in declared if each.name not in there]
    assert missing == []


def test_the_migrations_make_what_the_models_say(database: Database) -> None:
    loader = MigrationLoader(connection)
    changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(
        graph=loader.graph
    )
    assert "store" not in changes


def test_a_row_can_point_only_at_rows_of_its_own_operator(database: Database) -> None:
    """Every key between owned rows includes the operator, in the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, array_agg(a.attname ORDER BY a.attname)::text[] "
            "FROM pg_constraint c JOIN pg_attribute a "
            "ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey) "
            "WHERE c.contype = 'f' GROUP BY c.oid, c.conrelid"
        )
        there = {(table, tuple(columns)) for table, columns in cursor.fetchall()}
    wanted = {
        (model._meta.db_table, tuple(sorted(("operator_id", field.column))))
        for model in _owned()
        for field in model._meta.local_fields
        if isinstance(field, Owned)
    }
    assert wanted
    assert wanted - there == set()


def test_the_database_shows_a_request_only_the_rows_of_its_operator(database: Database) -> None:
    """Every owned table has row-level security with a policy."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relrowsecurity "
            "AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)"
        )
        guarded = {row[0] for row in cursor.fetchall()}
    owned = {model._meta.db_table for model in _owned()}
    assert owned
    assert owned - guarded == set()


def _owned() -> list[type[OwnedByOperator]]:
    models = apps.get_app_config("store").get_models()
    return [each for each in models if issubclass(each, OwnedByOperator)]
