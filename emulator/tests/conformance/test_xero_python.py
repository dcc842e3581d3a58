"""Xero's own Python SDK against fauxero, changed in nothing but its addresses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from xero_python.accounting import (
    Account,
    AccountingApi,
    Contact,
    Contacts,
    Invoice,
    Invoices,
    LineItem,
    Payment,
    PaymentDelete,
    Payments,
)
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token, TokenApi
from xero_python.exceptions import (
    AccountingBadRequestException,
    NotFoundException,
    RateLimitException,
)
from xero_python.identity import IdentityApi

from tests.conftest import Xero


@dataclass
class Sdk:
    """The SDK as an application wires it, with its token store in memory."""

    xero: Xero
    token: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        given = self.xero.token
        self.token = {
            name: given[name]
            for name in ("access_token", "refresh_token", "expires_in", "token_type")
        }
        self.token |= {"scope": given["scope"].split(), "expires_at": None}
        oauth = OAuth2Token(client_id=given["client_id"], client_secret=given["client_secret"])
        self.client = ApiClient(
            Configuration(oauth2_token=oauth),
            oauth2_token_saver=self.token.update,
            oauth2_token_getter=lambda: self.token,
        )
        self.api = AccountingApi(self.client, base_url=f"{self.xero.server.url}/api.xro/2.0")
        self.identity = IdentityApi(self.client, base_url=self.xero.server.url)

    @property
    def organisation(self) -> str:
        return self.xero.organisation_id


@pytest.fixture
def sdk(xero: Xero) -> Iterator[Sdk]:
    """The token addresses are class attributes of the SDK: the one way to change them."""
    kept = TokenApi.refresh_token_url, TokenApi.revoke_token_url
    TokenApi.refresh_token_url = f"{xero.server.url}/connect/token"
    TokenApi.revoke_token_url = f"{xero.server.url}/connect/revocation"
    yield Sdk(xero)
    TokenApi.refresh_token_url, TokenApi.revoke_token_url = kept


def sales_invoice(number: str, contact_id: str, code: str, amount: str) -> Invoice:
    return Invoice(
        type="ACCREC",
        status="AUTHORISED",
        invoice_number=number,
        contact=Contact(contact_id=contact_id),
        date=date(2026, 3, 1),
        due_date=date(2026, 3, 15),
        line_items=[
            LineItem(
                description="Rent",
                quantity=Decimal(1),
                unit_amount=Decimal(amount),
                account_code=code,
            )
        ],
    )


def test_the_sdk_sees_its_connection_and_organisation(sdk: Sdk) -> None:
    [link] = sdk.identity.get_connections()
    assert link.tenant_id == sdk.organisation
    assert link.created_date_utc.year == 2026
    [organisation] = sdk.api.get_organisations(sdk.organisation).organisations
    assert organisation.organisation_id == sdk.organisation
    assert organisation.base_currency.name == "GBP"


def test_the_sdk_reads_the_settings(sdk: Sdk) -> None:
    accounts = sdk.api.get_accounts(sdk.organisation).accounts
    assert any(account.type.name == "BANK" for account in accounts)
    assert sdk.api.get_tax_rates(sdk.organisation).tax_rates
    assert sdk.api.get_tracking_categories(sdk.organisation).tracking_categories
    assert sdk.api.get_items(sdk.organisation).items is not None


def test_a_receivable_lives_from_contact_to_paid_and_back(sdk: Sdk) -> None:
    api, organisation = sdk.api, sdk.organisation
    [contact] = api.create_contacts(
        organisation, Contacts(contacts=[Contact(name="Ann Archer", contact_number="T-1")])
    ).contacts
    assert contact.name == "Ann Archer"
    code = sdk.xero.account(Type="REVENUE")["Code"]
    bank = sdk.xero.account(Type="BANK")["AccountID"]
    created = api.create_invoices(
        organisation,
        Invoices(
            invoices=[
                sales_invoice("R-1", contact.contact_id, code, "100.10"),
                sales_invoice("R-2", contact.contact_id, code, "50"),
            ]
        ),
        unitdp=4,
    ).invoices
    assert [invoice.invoice_number for invoice in created] == ["R-1", "R-2"]
    assert created[0].date == date(2026, 3, 1)
    assert created[0].sub_total == Decimal("100.10")
    total = created[0].total

    [payment] = api.create_payments(
        organisation,
        Payments(
            payments=[
                Payment(
                    invoice=Invoice(invoice_id=created[0].invoice_id),
                    account=Account(account_id=bank),
                    amount=total,
                    date=date(2026, 3, 2),
                    reference="R-1 Ann",
                )
            ]
        ),
    ).payments
    [paid] = api.get_invoice(organisation, created[0].invoice_id).invoices
    assert (paid.status, paid.amount_due) == ("PAID", Decimal("0.00"))
    assert paid.payments[0].payment_id == payment.payment_id

    api.delete_payment(organisation, payment.payment_id, PaymentDelete(status="DELETED"))
    [open_again] = api.get_invoice(organisation, created[0].invoice_id).invoices
    assert (open_again.status, open_again.amount_due) == ("AUTHORISED", total)

    changed = Invoice(status="VOIDED")
    [voided] = api.update_invoice(
        organisation, created[0].invoice_id, Invoices(invoices=[changed])
    ).invoices
    assert voided.status == "VOIDED"
    listed = api.get_invoices(organisation, statuses=["AUTHORISED"]).invoices
    assert [invoice.invoice_number for invoice in listed] == ["R-2"]


def test_the_sdk_pages_filters_and_asks_for_changes(sdk: Sdk) -> None:
    names = [Contact(name=f"Contact {n}") for n in range(5)]
    sdk.api.create_contacts(sdk.organisation, Contacts(contacts=names))
    page = sdk.api.get_contacts(sdk.organisation, page=2, page_size=2)
    assert len(page.contacts) == 2
    assert page.pagination.item_count == 5
    found = sdk.api.get_contacts(sdk.organisation, where='Name=="Contact 3"').contacts
    assert [contact.name for contact in found] == ["Contact 3"]
    assert sdk.api.get_contacts(sdk.organisation, search_term="contact 4").contacts


def test_a_refusal_reaches_the_sdks_caller_with_xeros_words(sdk: Sdk) -> None:
    ann = Contacts(contacts=[Contact(name="Ann Archer")])
    sdk.api.create_contacts(sdk.organisation, ann)
    with pytest.raises(AccountingBadRequestException) as refused:
        sdk.api.create_contacts(sdk.organisation, ann)
    assert "already assigned to another contact" in refused.value.reason
    assert refused.value.error_data["ErrorNumber"] == 10


def test_with_summarize_errors_false_the_sdk_finds_errors_on_each_element(sdk: Sdk) -> None:
    both = Contacts(contacts=[Contact(name="Ann Archer"), Contact(name="Ann Archer")])
    good, bad = sdk.api.create_contacts(sdk.organisation, both, summarize_errors=False).contacts
    assert good.has_validation_errors is False
    assert bad.has_validation_errors is True
    assert "already assigned" in bad.validation_errors[0].message


def test_an_unknown_id_is_not_found_for_the_sdk(sdk: Sdk) -> None:
    with pytest.raises(NotFoundException):
        sdk.api.get_invoice(sdk.organisation, "11111111-2222-3333-4444-555555555555")


def test_the_sdk_recognises_which_limit_was_hit(sdk: Sdk) -> None:
    # On the minute or day limit the SDK sleeps Retry-After and tries again, unasked; the
    # concurrent one carries no Retry-After, so it is reported at once.
    sdk.xero.fault("rate_limit", problem="concurrent", count=None)
    with pytest.raises(RateLimitException) as refused:
        sdk.api.get_accounts(sdk.organisation)
    assert refused.value.rate_limit == "concurrent"


def test_the_sdk_replays_under_an_idempotency_key(sdk: Sdk) -> None:
    ann = Contacts(contacts=[Contact(name="Ann Archer")])
    first = sdk.api.create_contacts(sdk.organisation, ann, idempotency_key="k1").contacts[0]
    again = sdk.api.create_contacts(sdk.organisation, ann, idempotency_key="k1").contacts[0]
    assert first.contact_id == again.contact_id


def test_the_sdk_refreshes_its_token_and_saves_the_new_one(sdk: Sdk) -> None:
    old = dict(sdk.token)
    sdk.xero.advance(1800)
    sdk.token["expires_at"] = 1.0  # the SDK compares with the machine's clock
    sdk.api.get_accounts(sdk.organisation)
    assert sdk.token["access_token"] != old["access_token"]
    assert sdk.token["refresh_token"] != old["refresh_token"]


def test_the_sdk_revokes_and_is_disconnected(sdk: Sdk) -> None:
    TokenApi(sdk.client, sdk.xero.token["client_id"], sdk.xero.token["client_secret"]).revoke_token(
        sdk.token["refresh_token"]
    )
    assert sdk.identity.get_connections() == []


def test_the_sdk_deletes_its_connection(sdk: Sdk) -> None:
    [link] = sdk.identity.get_connections()
    sdk.identity.delete_connection(link.id)
    assert sdk.identity.get_connections() == []


def test_the_sdk_reads_the_trial_balance(sdk: Sdk) -> None:
    [report] = sdk.api.get_report_trial_balance(sdk.organisation, date=date(2026, 3, 31)).reports
    assert report.report_name == "Trial Balance"
    assert report.rows[0].cells[0].value == "Account"
