"""Keys for programs: shown once, found by their first letters, ended at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests.connected import new_operator
from unitledger.engine.auditing import SYSTEM
from unitledger.engine.people import api_keys
from unitledger.engine.people.api_keys import KeyRefused, MadeKey, NoSuchKey
from unitledger.store.api_keys import ApiScope
from unitledger.system import RandomIds

pytestmark = pytest.mark.usefixtures("database")
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def _made(operator_id: int, *, is_test: bool = False) -> MadeKey:
    return api_keys.make(
        operator_id,
        name="Till",
        scopes=[ApiScope.READ],
        is_test=is_test,
        by=SYSTEM,
        ids=RandomIds(),
    )


def test_a_key_says_whose_it_is_and_what_it_may() -> None:
    operator_id = new_operator()

    found = api_keys.verify(_made(operator_id, is_test=True).text, now=NOW)

    assert found is not None
    assert (found.operator_id, found.name, found.is_test) == (operator_id, "Till", True)
    assert found.may(ApiScope.READ)
    assert not found.may(ApiScope.WRITE)


def test_only_a_hash_of_the_secret_is_kept() -> None:
    made = _made(new_operator())
    secret = made.text.removeprefix(made.row.prefix + "_")

    assert secret not in str(made.row.__dict__)
    assert secret.encode() not in bytes(made.row.secret_hash)


@pytest.mark.parametrize(
    "text", ["", "ul", "ul_live_", "ul_live_aaaaaaaa_nothing", "Bearer x", "ü" * 9]
)
def test_what_is_no_key_opens_nothing(text: str) -> None:
    _made(new_operator())

    assert api_keys.verify(text, now=NOW) is None


def test_a_right_beginning_with_a_wrong_secret_opens_nothing() -> None:
    made = _made(new_operator())

    assert api_keys.verify(made.text[:-1], now=NOW) is None


def test_a_revoked_key_opens_nothing_and_revoking_twice_is_noted_once() -> None:
    from unitledger.store.models import AuditEntry

    operator_id = new_operator()
    made = _made(operator_id)
    for _ in range(2):
        api_keys.revoke(operator_id, made.row.public_id, by=SYSTEM, now=NOW)

    assert api_keys.verify(made.text, now=NOW) is None
    assert list(AuditEntry.objects.order_by("id").values_list("act", flat=True)) == [
        "api_key_made",
        "api_key_revoked",
    ]


def test_another_operators_key_cannot_be_revoked() -> None:
    made = _made(new_operator())

    for key in (made.row.public_id, UUID(int=7)):
        with pytest.raises(NoSuchKey):
            api_keys.revoke(new_operator(), key, by=SYSTEM, now=NOW)
    assert api_keys.verify(made.text, now=NOW) is not None


def test_its_last_use_is_kept_once_a_minute() -> None:
    made = _made(new_operator())
    for seconds in (0, 30, 90):
        api_keys.verify(made.text, now=NOW + timedelta(seconds=seconds))
        made.row.refresh_from_db()
        assert made.row.last_used_at == NOW + timedelta(seconds=90 if seconds == 90 else 0)


@pytest.mark.parametrize(
    "name, scopes", [("", ["read"]), ("x" * 81, ["read"]), ("Till", []), ("Till", ["everything"])]
)
def test_a_key_without_name_or_purpose_is_not_made(name: str, scopes: list[str]) -> None:
    with pytest.raises(KeyRefused):
        api_keys.make(
            new_operator(), name=name, scopes=scopes, is_test=False, by=SYSTEM, ids=RandomIds()
        )
