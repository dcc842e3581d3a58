"""The audit log: every act once, with its author; nothing is taken back."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from tests.connected import new_operator
from unitledger.engine.auditing import SYSTEM, Subject, note

pytestmark = pytest.mark.usefixtures("database")
THING = Subject("location", "1", "Riverside")


def test_an_entry_tells_who_did_what_to_what() -> None:
    entry = note(new_operator(), SYSTEM, "location_renamed", THING, before={"name": "Old"})
    entry.refresh_from_db()

    assert (entry.actor_name, entry.act, entry.subject_name) == (
        "unitledger",
        "location_renamed",
        "Riverside",
    )
    assert entry.before == {"name": "Old"}
    assert entry.at is not None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET act = 'nothing_done'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
    ],
)
def test_the_database_lets_nobody_change_what_was_written(statement: str) -> None:
    note(new_operator(), SYSTEM, "location_renamed", THING)

    with (
        pytest.raises(DatabaseError, match=r"permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET act = 'abc'", "DELETE FROM audit_entry"]
)
def test_the_trigger_refuses_even_where_the_privilege_was_given_back(statement: str) -> None:
    note(new_operator(), SYSTEM, "location_renamed", THING)

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("GRANT UPDATE, DELETE ON audit_entry TO CURRENT_USER")
        cursor.execute(statement)


def test_secrets_never_get_into_an_entry() -> None:
    entry = note(
        new_operator(), SYSTEM, "keys_saved", THING, after={"client_secret": "s3cr3t", "id": "A"}
    )

    assert entry.after == {"client_secret": "[hidden]", "id": "A"}


def test_an_act_is_a_word_and_never_a_sentence() -> None:
    with pytest.raises(DatabaseError, match="audit_entry_act_is_a_word"), transaction.atomic():
        note(new_operator(), SYSTEM, "Something happened!", THING)
