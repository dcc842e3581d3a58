"""The link that stands in Xero beside an invoice leads back to our record."""

from __future__ import annotations

from urllib.parse import urlsplit

from tests.bookkeeping import invoice, ledger_of, tenant
from tests.conftest import Database
from tests.connected import new_operator
from tests.people import signed_in, works_for
from unitledger.core.documents import DocumentKind


def test_the_link_in_xero_leads_to_the_record_of_who_may_see_it(database: Database) -> None:
    """
    its own people                the record
    somebody of two operators     is asked to change to the other one first
    strangers, other locations    there is no such thing
    """
    from unitledger.store.models import Location, SourceRecord, XeroObject

    with ledger_of() as ledger:
        ledger.takes_in(tenant(), invoice())
        ledger.syncs()
        held = XeroObject.objects.get(kind=DocumentKind.INVOICE)
        way = urlsplit(held.url or "").path
        mary = signed_in(works_for("mary", ledger.operator_id))
        record = SourceRecord.objects.get(kind="invoice").public_id

        assert mary.get(way).headers["Location"] == f"/records/{record}"
        assert mary.get(way, follow=True).status_code == 200

        other = new_operator()
        both = works_for("ben", other)
        works_for("ben", ledger.operator_id)
        led = signed_in(both).get(way, follow=True)
        assert led.redirect_chain[0][0] == "/operators"
        assert "This link leads to a record of Test Storage." in led.content.decode()

        elsewhere = Location.objects.get(operator_id=ledger.operator_id, name="Brookvale").pk
        kim = works_for("kim", ledger.operator_id, "viewer", locations=[elsewhere])
        assert signed_in(kim).get(way).status_code == 404
        assert signed_in(works_for("tom", other)).get(way).status_code == 404
        assert mary.get("/r/00000000000000000000").status_code == 404
