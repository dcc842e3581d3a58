"""Accounting Software, the Quick guide and every part of Synchronize."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.bookkeeping import invoice, line, payment, tenant
from tests.business import Business
from tests.connected import installed, new_operator
from tests.installed import business_of
from unitledger.core.billing import ChargeType
from unitledger.core.mapping import Dimension, Mapping, TrackingRule
from unitledger.engine.auditing import SYSTEM
from unitledger.engine.mapping import saving

pytestmark = pytest.mark.usefixtures("database")
XERO = "/settings/integration/xero"
SYNC = f"{XERO}/synchronize"
PARTS = ("categories", "products", "paid-to", "taxes", "defaults", "start", "history")
PAGE_BYTES_MAX = 100_000
QUERIES_MAX = 20


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[Business]:
    """An operator with two locations, connected, its business taken in and mapped."""
    from unitledger.store.models import Location

    with installed(monkeypatch) as stage:
        business = business_of(stage)
        for name in ("Ashford", "Brookvale"):
            Location.objects.create(
                operator_id=business.operator_id, name=name, zone="Europe/London", currency="GBP"
            )
        lock = replace(line("12.00", ChargeType.MERCHANDISE), charge_code="LOCK-70")
        business.takes_in(
            tenant(),
            invoice("INV-1", lines=(line("120.00"), lock)),
            invoice("INV-2", "60.00", at="Brookvale"),
            payment("R-1", ("INV-2", "60.00"), method="Mobile wallet", at="Brookvale"),
        )
        yield business


def person(
    operator_id: int, role: str = "bookkeeper", name: str = "bea", *locations: str
) -> Client:
    from unitledger.store.models import Location, Membership, User

    user = User.objects.create_user(f"{name}@example.com", first_name=name.capitalize())
    membership = Membership.objects.create(operator_id=operator_id, user=user, role=role)
    membership.locations.set(Location.objects.filter(name__in=locations))
    client = Client(HTTP_HOST="localhost")
    client.force_login(user)
    return client


def page(client: Client, part: str, **query: str) -> str:
    answer = client.get(f"{SYNC}/{part}", query)
    assert answer.status_code == 200
    return answer.content.decode()


def posts(client: Client, where: str, **typed: object) -> str:
    return client.post(f"{SYNC}/{where}", typed, follow=True).content.decode()


def mapping_of(house: Business) -> tuple[Mapping, int]:
    found, version = saving.newest(house.organisation_id)
    assert found is not None
    return found, version


def set_mapping(house: Business, change: saving.Change) -> None:
    saving.save_change(
        house.organisation_id, change, by=SYSTEM, user_id=None, now=house.tools.clock.now()
    )


def account_id(house: Business, code: str) -> str:
    from unitledger.engine.reading import stored_chart

    chart = stored_chart(house.organisation_id)
    assert chart is not None
    account = chart.account_by_code(code)
    assert account is not None
    return account.account_id


def _code(house: Business, account_id: str) -> str:
    from unitledger.engine.reading import stored_chart

    chart = stored_chart(house.organisation_id)
    account = chart.account(account_id) if chart else None
    assert account is not None
    return account.code or ""


def test_every_part_stays_within_twenty_queries_and_a_hundred_kilobytes(house: Business) -> None:
    client = person(house.operator_id)
    for part in (
        *PARTS,
        "categories?category=",
        "products?edit=1&kind=rent",
        "paid-to?method=Cash",
        "taxes?percent=20",
    ):
        with CaptureQueriesContext(database) as asked:
            answer = client.get(f"{SYNC}/{part}")
        assert answer.status_code == 200, part
        reads = [each for each in asked.captured_queries if "SELECT" in each["sql"][:20]]
        assert len(reads) <= QUERIES_MAX, (part, len(reads))
        assert len(answer.content) <= PAGE_BYTES_MAX, part


def test_without_a_connection_synchronize_says_why_and_leads_to_authenticate() -> None:
    text = page(person(new_operator()), "categories")
    assert "Connect to Xero first" in text
    assert f'href="{XERO}"' in text


def test_the_quick_guide_shows_this_installations_own_addresses_and_scopes() -> None:
    text = person(new_operator(), "viewer").get(f"{XERO}/guide").content.decode()
    assert "http://localhost/settings/integration/xero/callback" in text
    assert "offline_access" in text
    for step in ("My Apps", "New App", "Configuration", "Generate a secret", "Web app"):
        assert step in text


def test_accounting_software_lists_the_provider_with_its_state(house: Business) -> None:
    text = person(house.operator_id).get("/settings/integration/accounting-software")
    assert "Connected" in text.content.decode()
    nobody = person(new_operator(), name="nia").get("/settings/integration/accounting-software")
    assert "Not connected" in nobody.content.decode()


@pytest.mark.parametrize(
    "where",
    [
        "refresh",
        "categories/change",
        "categories/option",
        "categories/create",
        "products/change",
        "products/accept",
        "paid-to/change",
        "taxes/change",
        "taxes/prices",
        "defaults/change",
        "start/change",
    ],
)
def test_a_viewer_and_a_person_of_some_locations_change_nothing(
    house: Business, where: str
) -> None:
    viewer = person(house.operator_id, "viewer", "vic")
    some = person(house.operator_id, "bookkeeper", "sam", "Ashford")
    for client in (viewer, some):
        answer = client.post(f"{SYNC}/{where}", {"act": "save"})
        assert answer.status_code == 403, where
    assert mapping_of(house)[1] == 1


def test_looking_says_what_saving_would_touch_and_saves_nothing(house: Business) -> None:
    client = person(house.operator_id)
    text = posts(client, "products/change", kind="rent", account="260", act="look")
    assert "2 invoices (£192.00)" in text
    assert mapping_of(house)[1] == 1


def test_saving_makes_a_version_that_history_tells(house: Business) -> None:
    client = person(house.operator_id)
    text = posts(client, "products/change", kind="rent", account="260", act="save")
    assert "Saved as version 2" in text
    again = posts(client, "products/change", kind="rent", account="260", act="save")
    assert "Nothing changed" in again
    told = page(client, "history")
    assert "Version 2" in told
    assert "Bea" in told
    assert "260" in told


def test_a_rate_of_another_percentage_is_refused_where_it_is_chosen(house: Business) -> None:
    client = person(house.operator_id)
    answer = client.post(
        f"{SYNC}/products/change",
        {"kind": "rent", "account": "200", "tax-20": "RROUTPUT", "act": "save"},
    )
    assert answer.status_code == 422
    assert "Choose a rate of 20 %" in answer.content.decode()


def test_a_deposit_is_never_mapped_to_income(house: Business) -> None:
    client = person(house.operator_id)
    answer = client.post(
        f"{SYNC}/products/change", {"kind": "deposit", "account": "200", "act": "save"}
    )
    assert answer.status_code == 422
    assert "choose a liability account" in answer.content.decode()


def test_the_chain_shows_what_wins_and_where_it_comes_from(house: Business) -> None:
    client = person(house.operator_id)
    posts(client, "products/change", kind="rent", at="Ashford", account="260", act="save")
    text = page(client, "products", edit="1", kind="rent", at="Ashford")
    assert "Location ✓" in text
    listed = page(client, "products")
    assert "Rent at Ashford" in listed
    assert ">location<" in listed


def test_a_new_item_is_told_and_accepted_with_an_entry_of_its_own(house: Business) -> None:
    client = person(house.operator_id)
    text = page(client, "products")
    assert "1 new item</h2>" in text.replace(" appeared in your storage software", "</h2>")[:90000]
    from unitledger.store.models import Charge

    charge = Charge.objects.get(operator_id=house.operator_id, code="LOCK-70")
    posts(client, "products/accept", item=str(charge.pk))
    mapping, version = mapping_of(house)
    own = [each for each in mapping.charges if each.charge_code == "LOCK-70"]
    assert version == 2
    assert len(own) == 1
    assert own[0].account_code
    assert "appeared in your storage software" not in page(client, "products")


def test_a_method_nobody_chose_for_is_shown_on_the_default(house: Business) -> None:
    text = page(person(house.operator_id), "paid-to")
    assert "Nobody chose for Mobile wallet" in text
    assert "Anything not listed goes to" in text


def test_only_accounts_that_take_payments_are_taken(house: Business) -> None:
    client = person(house.operator_id)
    answer = client.post(
        f"{SYNC}/paid-to/change",
        {"method": "Cash", "account": account_id(house, "200"), "act": "save"},
    )
    assert answer.status_code == 422
    assert "takes no payments" in answer.content.decode()


def test_payments_that_are_entered_by_hand_are_left_out_and_come_back(house: Business) -> None:
    from unitledger.store.models import Document

    client = person(house.operator_id)
    posts(client, "paid-to/change", method="Mobile wallet", account="not-posted", act="save")
    house.syncs()
    paid = Document.objects.get(operator_id=house.operator_id, kind="payment")
    assert (paid.state, paid.problems[0]["code"]) == ("skipped", "method_not_posted")

    posts(client, "paid-to/change", method="Mobile wallet", account="default", act="save")
    house.syncs()
    paid.refresh_from_db()
    assert paid.state == "synced"


def test_an_archived_account_is_flagged_with_what_waits_on_it(house: Business) -> None:
    client = person(house.operator_id)
    mapping, _ = mapping_of(house)
    rule = mapping.method_rule(method="Mobile wallet", location="")
    assert rule is not None
    house.bookkeeper("archive_account", code=_code(house, rule.account_id))
    text = posts(client, "refresh", back="paid-to")
    assert "was archived" in text
    house.syncs()
    flagged = page(client, "paid-to")
    assert "it is archived in Xero" in flagged
    assert "1 payment waits" in flagged
    assert "Account gone" in flagged


def test_a_missing_option_is_created_once_and_adopted_by_name(house: Business) -> None:
    client = person(house.operator_id)
    posts(client, "categories/create", category="Region")
    set_mapping(
        house,
        lambda mapping: replace(
            mapping, tracking=(TrackingRule(category="Region", dimension=Dimension.LOCATION),)
        ),
    )
    text = page(client, "categories")
    assert "Create 2 options of Region in Xero" in text
    first = posts(client, "categories/create", category="Region", option=["Ashford", "Brookvale"])
    assert "was created in Xero" in first
    again = posts(client, "categories/create", category="Region", option=["ashford"])
    assert "was in Xero already" in again
    assert "2 of 2 in use" in page(client, "products") or "1 of 2 in use" in page(
        client, "products"
    )


def test_categories_are_searched_sorted_and_taken_out_of_use(house: Business) -> None:
    client = person(house.operator_id)
    rule = TrackingRule(category="Location", dimension=Dimension.LOCATION)
    set_mapping(house, lambda mapping: replace(mapping, tracking=(rule,)))
    assert "Brookvale" in page(client, "categories")
    found = page(client, "categories", q="ash")
    assert "Ashford" in found
    assert "Brookvale" not in found
    assert "Nothing is called “zebra”" in page(client, "categories", q="zebra")
    assert 'aria-sort="descending"' in page(client, "categories", sort="use")
    stop = {"category": "Location", "before": "Location", "stop": "1"}
    assert "2 invoices" in posts(client, "categories/change", **stop, act="look")
    assert "Nothing is tracked" in posts(client, "categories/change", **stop, act="save")


def test_a_record_priced_otherwise_than_its_location_waits(house: Business) -> None:
    client = person(house.operator_id)
    posts(client, "taxes/prices", location="Ashford", prices="without", act="save")
    house.syncs()
    assert house.reasons("invoice INV-1") == ["prices_differ"]
    assert house.states()["invoice INV-2"] == "synced"
    assert "1 document waits for a tax rate" in page(client, "taxes")


def test_defaults_are_checked_kept_and_written(house: Business) -> None:
    client = person(house.operator_id)
    typed = {"due": "days", "due_days": "14", "reference": "unit", "rounding": "stop"}
    wrong = client.post(f"{SYNC}/defaults/change", {**typed, "due_days": "soon", "act": "save"})
    assert wrong.status_code == 422
    assert 'value="soon"' in wrong.content.decode()
    unknown = client.post(f"{SYNC}/defaults/change", {**typed, "status": "PAID", "act": "save"})
    assert unknown.status_code == 422
    posts(client, "defaults/change", **typed, **{"send-email": "1"}, status="DRAFT", act="save")
    mapping, _ = mapping_of(house)
    assert mapping.invoice_status == "DRAFT"
    assert (mapping.due_days, [str(each) for each in mapping.contact_fields]) == (14, ["email"])


def test_moving_the_start_date_says_what_it_leaves_out(house: Business) -> None:
    client = person(house.operator_id)
    house.syncs()
    text = posts(client, "start/change", start_on="2030-01-01", act="look")
    assert "Stays in Xero as it is" in text
    saved = posts(client, "start/change", start_on="2030-01-01", act="save")
    assert "1 January 2030" in saved
