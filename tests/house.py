"""A furnished house: one operator with one of everything that an address can name, people in
every role, and an administrator of another operator who would like to look."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection as database
from django.test import Client

from tests.bookkeeping import invoice, payment, tenant
from tests.business import Business
from tests.connected import installed, new_operator
from tests.installed import business_of
from tests.people import browser
from tests.programs import Program, program
from tests.receiving import receiver
from tests.unit.webhooks.test_source_hooks import billed
from unitledger.engine.auditing import COMMAND_LINE
from unitledger.sources.sixstorage import sign
from unitledger.store.base import OwnedByOperator

SECRET = "a secret between two"
PROFILE = """
name = "Tenants"
source = "desk"
file = { dates = ["%Y-%m-%d"], zone = "Europe/London" }
tenant = { key = { type = "number", column = "No" }, number = "No", name = "Name" }
"""
REPORT = "/reports/accounting-software-integration"
# What nobody else may read anywhere: our tenant, our numbers.
OURS = ("Winifred Marsh", "HARBOUR-77", "RECEIPT-77")
# Tables that are no operator's, and yet tell whose login is what.
LOGINS = ("app_user", "recovery_code", "membership_locations")


@dataclass
class House:
    business: Business
    ids: dict[str, str] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    programs: dict[str, Program] = field(default_factory=dict)

    @property
    def operator_id(self) -> int:
        return self.business.operator_id

    def state(self) -> dict[str, tuple[object, ...]]:
        """What the operator's rows hold, table by table, as one short sum each."""
        owned = list(apps.get_app_config("store").get_models())
        tables = [each._meta.db_table for each in owned if issubclass(each, OwnedByOperator)]
        held: dict[str, tuple[object, ...]] = {}
        with database.cursor() as cursor:
            for table in (*tables, *LOGINS):
                mine = "" if table in LOGINS else f"WHERE operator_id = {self.operator_id}"
                cursor.execute(
                    f"SELECT count(*), md5(string_agg(t::text, chr(10) ORDER BY t::text)) "
                    f'FROM "{table}" t {mine}'
                )
                held[table] = cursor.fetchone() or ()
        return held

    def changed_since(self, before: dict[str, tuple[object, ...]]) -> list[str]:
        now = self.state()
        return [table for table in now if now[table] != before[table]]


@contextmanager
def furnished(patch: pytest.MonkeyPatch) -> Iterator[House]:
    """Records at Ashford, sent to Xero; nothing at Brookvale."""
    patch.setenv("UNITLEDGER_WEBHOOKS_PRIVATE", "1")
    with installed(patch) as stage, receiver() as listening:
        house = House(business_of(stage))
        _people(house)
        _records(house)
        _doors(house, listening.url)
        _files(house)
        yield house


def _people(house: House) -> None:
    from unitledger.store.models import Location

    operator_id = house.operator_id
    for name in ("Ashford", "Brookvale"):
        Location.objects.create(
            operator_id=operator_id, name=name, zone="Europe/London", currency="GBP"
        )
    for name, role in (
        ("mary", "administrator"),
        ("bea", "bookkeeper"),
        ("vic", "viewer"),
        ("kim", "bookkeeper"),
        ("nora", "viewer"),
    ):
        _login(house, name, operator_id, role, *(("Brookvale",) if name == "kim" else ()))
    _login(house, "eve", new_operator("Ashford"), "administrator")
    house.clients["nobody"] = browser()
    house.programs["ours"] = program(operator_id)
    house.programs["theirs"] = program()


def _login(house: House, name: str, operator_id: int, role: str, *locations: str) -> None:
    """Signed in, and able to post from pages of their own only."""
    from unitledger.store.models import Location, Membership, User

    user = User.objects.create_user(f"{name}@example.com", first_name=name.capitalize())
    membership = Membership.objects.create(operator_id=operator_id, user=user, role=role)
    membership.locations.set(Location.objects.filter(name__in=locations, operator_id=operator_id))
    client = browser()
    client.force_login(user)
    house.clients[name] = client
    house.ids[name] = str(user.public_id)


def _records(house: House) -> None:
    from unitledger.store.models import (
        Document,
        Handling,
        Invoice,
        Location,
        Organisation,
        Payment,
        ResyncRequest,
        Run,
        Tenant,
        Undo,
        Unit,
    )

    business, mary = house.business, house.clients["mary"]
    _, number, receipt = OURS
    business.takes_in(
        tenant("T1", OURS[0]),
        invoice(number),
        invoice("HARBOUR-78"),
        payment(receipt, (number, "50.00")),
    )
    business.syncs()
    business.takes_in(invoice("HARBOUR-79"))
    organisation = Organisation.objects.get(id=house.business.organisation_id)
    bill = Invoice.objects.get(number=number)
    left = Invoice.objects.get(number="HARBOUR-79")
    run = Run.objects.latest("id")
    house.ids |= {
        "organisation": str(organisation.public_id),
        "record": str(bill.record.public_id),
        "open record": str(left.record.public_id),
        "way back": Document.objects.get(record=bill.record).link_token or "",
        "invoice": str(bill.record.public_id),
        "payment": str(Payment.objects.get().record.public_id),
        "tenant": str(Tenant.objects.get().record.public_id),
        "unit": str(Unit.objects.get().public_id),
        "run": str(run.public_id),
        "location": str(
            Location.objects.get(name="Ashford", operator_id=house.operator_id).public_id
        ),
    }
    mary.post(f"/books/runs/{run.public_id}/undo")
    ticked = {"address": "by=invoices", "record": left.record.public_id, "key": "k1"}
    mary.post(f"{REPORT}/apply", {**ticked, "option": "resync"})
    mary.post(f"{REPORT}/apply", {**ticked, "option": "skip", "note": "Ours"})
    house.ids |= {
        "undo": str(Undo.objects.get().public_id),
        "request": str(ResyncRequest.objects.get().public_id),
        "decision": str(Handling.objects.get().public_id),
    }


def _files(house: House) -> None:
    """A file that waits for its columns, and a profile."""
    from unitledger.store.models import ImportProfile, Upload

    mary = house.clients["mary"]
    sent = SimpleUploadedFile("tenants.csv", b"Customer no,Customer\n1,Imogen\n")
    mary.post("/import/upload", {"file": sent})
    mary.post("/import/profiles", {"text": PROFILE})
    house.ids |= {
        "upload": str(Upload.objects.get().public_id),
        "import profile": str(ImportProfile.objects.get().public_id),
    }


def _doors(house: House, listening: str) -> None:
    """Links, keys, filters, hooks and webhooks, made on the pages."""
    from unitledger.store.models import (
        ApiKey,
        HookArrival,
        PersonLink,
        SavedFilter,
        SourceHook,
        WebhookDelivery,
        WebhookTarget,
    )

    mary = house.clients["mary"]
    mary.post(
        "/settings/people/invite", {"email": "tom@example.com", "role": "viewer", "key": "k1"}
    )
    mary.post(f"{REPORT}/filters", {"address": "by=invoices", "name": "Mine"})
    mary.post("/settings/api-and-webhooks/add", {"name": "Warehouse", "url": listening})
    target = WebhookTarget.objects.get()
    mary.post(f"/settings/api-and-webhooks/{target.public_id}/test")
    mary.post("/settings/billing-source/open", {"name": "6Storage", "secret": SECRET})
    hook = SourceHook.objects.get()
    body = json.dumps(billed()).encode()
    house.clients["nobody"].post(
        f"/hooks/6storage/{hook.public_id}",
        body,
        content_type="application/json",
        headers={"X-6Storage-webhook-signature": sign(body, secret=SECRET)},
    )
    ours = house.programs["ours"]
    job = ours.post("jobs", {"items": [ours.location(name="Ashford")]})
    house.ids |= {
        "key": str(ApiKey.objects.get(operator_id=house.operator_id).public_id),
        "link": str(PersonLink.objects.get().public_id),
        "filter": str(SavedFilter.objects.get().public_id),
        "webhook": str(target.public_id),
        "delivery": str(WebhookDelivery.objects.get().public_id),
        "hook": str(hook.public_id),
        "message": str(HookArrival.objects.get().public_id),
        "job": job.json()["id"],
        "session": _second_session(house, "mary"),
        "token": _token(house),
    }


def _token(house: House) -> str:
    """Of an invitation that is still good."""
    from unitledger import wiring
    from unitledger.engine.people.members import invite

    tools = wiring.shared_tools()
    made = invite(
        house.operator_id,
        email="ulla@example.com",
        role="viewer",
        location_ids=(),
        key="k2",
        by=COMMAND_LINE,
        ids=tools.ids,
        now=tools.clock.now(),
    )
    assert made.token is not None
    return made.token


def _second_session(house: House, name: str) -> str:
    """In another browser."""
    from django.contrib.auth import SESSION_KEY

    from unitledger.store.base import new_public_id
    from unitledger.store.models import User
    from unitledger.store.session_store import PUBLIC_ID, SessionStore

    kept = SessionStore()
    kept[PUBLIC_ID] = str(new_public_id())
    kept[SESSION_KEY] = str(User.objects.get(public_id=house.ids[name]).pk)
    kept.save()
    return kept[PUBLIC_ID]
