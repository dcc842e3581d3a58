"""Words for tests that read and act on the integration report as people do."""

from __future__ import annotations

import re

from django.test import Client

from tests.bookkeeping import Ledger, invoice, tenant

REPORT = "/reports/accounting-software-integration"
HTMX = {"HTTP_HX_REQUEST": "true"}


def person(operator_id: int, role: str = "bookkeeper", name: str = "bea", *locations: str):
    from unitledger.store.models import Location, Membership, User

    user = User.objects.create_user(f"{name}@example.com", first_name=name.capitalize())
    membership = Membership.objects.create(operator_id=operator_id, user=user, role=role)
    membership.locations.set(Location.objects.filter(name__in=locations))
    client = Client(HTTP_HOST="localhost")
    client.force_login(user)
    return client


def page(client: Client, **asked: object) -> str:
    answer = client.get(REPORT, {"by": "invoices", **asked})
    assert answer.status_code == 200
    return answer.content.decode()


def shown(text: str) -> list[str]:
    """The numbers in the table, in order."""
    return re.findall(r'role="rowheader"[^>]*><a [^>]*>([^<]+)</a>', text)


def ticks(text: str) -> dict[str, str]:
    return {
        number: value
        for value, number in re.findall(
            r'value="([0-9a-f-]{36})" aria-label="Select ([^,]+),', text
        )
    }


def form(text: str) -> dict[str, str]:
    key = re.search(r'name="key" value="([^"]+)"', text)
    address = re.search(r'name="address" value="([^"]+)"', text)
    assert key and address
    return {
        "key": key[1],
        "address": address[1].replace("&amp;", "&"),
        "option": "resync",
    }


def one_refused_and_one_synced(ledger: Ledger) -> None:
    ledger.takes_in(tenant(), invoice("INV-1", "120.00"))
    ledger.syncs()
    ledger.business.fault("refuse_request", method="PUT", path="Invoices", error=14)
    ledger.takes_in(invoice("INV-2", "60.00"))
    ledger.syncs()
