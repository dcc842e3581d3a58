"""Reading as one operator: the database itself hides every other operator's rows."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models

from tests.connected import new_operator
from unitledger.store.base import OwnedByOperator
from unitledger.web.scope import locations_of_asker, operator_scope

pytestmark = pytest.mark.usefixtures("database")

# What no page may read at all: secrets, and who is asked for them.
HIDDEN = {"xero_app", "consent", "consent_request"}


def _owned() -> list[type[models.Model]]:
    models_ = apps.get_app_config("store").get_models()
    return [each for each in models_ if issubclass(each, OwnedByOperator)]


def _organisation(operator_id: int) -> None:
    from unitledger.store.models import Organisation

    Organisation.objects.create(operator_id=operator_id, xero_id=f"x{operator_id}", name="Books")


def test_another_operators_rows_are_invisible() -> None:
    from unitledger.store.models import Location, Organisation

    mine, theirs = new_operator("Ashford"), new_operator("Brookvale")
    for operator_id in (mine, theirs):
        _organisation(operator_id)

    with operator_scope(mine):
        assert list(Location.objects.values_list("name", flat=True)) == ["Ashford"]
        assert set(Organisation.objects.values_list("operator_id", flat=True)) == {mine}
        assert not Location.objects.filter(operator_id=theirs).exists()


def test_behind_the_scope_everything_is_seen_again() -> None:
    from unitledger.store.models import Location

    mine = new_operator("Ashford")
    new_operator("Brookvale")
    with operator_scope(mine):
        pass

    assert Location.objects.count() == 2


@pytest.mark.parametrize("model", _owned(), ids=lambda model: model._meta.db_table)
def test_every_operator_owned_table_is_guarded(model: type[models.Model]) -> None:
    """Row security is on, for a policy that compares the operator; an unset one sees nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relrowsecurity, p.polname FROM pg_class c "
            "LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polpermissive WHERE c.relname = %s",
            [model._meta.db_table],
        )
        is_guarded, policy = cursor.fetchone()
    assert is_guarded
    assert policy == f"{model._meta.db_table}_of_operator"


@pytest.mark.parametrize("table", sorted(HIDDEN))
def test_secrets_cannot_be_read_by_a_page(table: str) -> None:
    mine = new_operator()
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        operator_scope(mine),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT * FROM {table}")


def test_a_page_can_change_nothing() -> None:
    from unitledger.store.models import Location

    mine = new_operator("Ashford")
    with pytest.raises(DatabaseError, match="permission denied"), operator_scope(mine):
        Location.objects.update(name="Elsewhere")


def test_a_tie_out_is_its_operators_own() -> None:
    from unitledger.store.models import Organisation, TieOutResult

    mine, theirs = new_operator(), new_operator()
    for operator_id in (mine, theirs):
        _organisation(operator_id)
        TieOutResult.objects.create(
            operator_id=operator_id,
            organisation=Organisation.objects.get(operator_id=operator_id),
            on=date(2026, 11, 22),
            read_at=datetime(2026, 11, 22, tzinfo=UTC),
            ties=True,
            differences_count=0,
            calls=8,
            content={},
        )

    with operator_scope(theirs):
        assert [each.operator_id for each in TieOutResult.objects.all()] == [theirs]


def test_a_person_of_one_location_sees_nothing_of_the_others() -> None:
    """Also in a query that forgets to ask: documents, tenants and places of one site."""
    from unitledger.store.models import Document, Invoice, Location, Tenant

    operator_id = new_operator("Ashford", "Brookvale")
    sites = list(Location.objects.order_by("id"))
    for site in sites:
        who = _record(operator_id, "tenant")
        Tenant.objects.create(operator_id=operator_id, record=who, number=site.name, name="X")
        bill = _record(operator_id, "invoice")
        Invoice.objects.create(
            operator_id=operator_id,
            record=bill,
            number=f"{site.name}-1",
            tenant_record=who,
            location=site,
            issued_on="2026-11-01",
            due_on="2026-11-15",
            currency="GBP",
            prices_include_tax=True,
            total="10.00",
        )
        for kind, record, location in (("contact", who, None), ("invoice", bill, site)):
            Document.objects.create(
                operator_id=operator_id,
                kind=kind,
                record=record,
                wanted_version=1,
                location=location,
                number=site.name,
            )

    token = locations_of_asker.set([sites[0].pk])
    try:
        with operator_scope(operator_id):
            seen = [
                list(Location.objects.values_list("name", flat=True)),
                list(Tenant.objects.values_list("number", flat=True)),
                list(Invoice.objects.values_list("number", flat=True)),
                sorted(Document.objects.values_list("kind", "number")),
            ]
    finally:
        locations_of_asker.reset(token)

    assert seen == [
        ["Ashford"],
        ["Ashford"],
        ["Ashford-1"],
        [("contact", "Ashford"), ("invoice", "Ashford")],
    ]


def _record(operator_id: int, kind: str):
    from unitledger.store.models import SourceRecord

    return SourceRecord.objects.create(
        operator_id=operator_id, kind=kind, content_hash=b"x", changed_at="2026-11-22T00:00:00Z"
    )
