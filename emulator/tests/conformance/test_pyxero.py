"""pyxero 0.9.5, unmodified and at Xero's own addresses: it writes XML and reads JSON."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest
from xero import Xero as PyXero
from xero.auth import OAuth2Credentials
from xero.exceptions import XeroBadRequest, XeroNotFound, XeroRateLimitExceeded

from tests.conformance.conftest import Stage

REDIRECT = "http://localhost/callback"
SCOPES = [
    "offline_access",
    "accounting.settings",
    "accounting.contacts",
    "accounting.invoices",
    "accounting.payments",
    "accounting.banktransactions",
    "accounting.attachments",
]
TODAY = datetime.now(UTC).date()  # noqa: TID251 - the client lives in the machine's time


@pytest.fixture
def credentials(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> OAuth2Credentials:
    """Consent as pyxero's readme does it; a person's browser is played by one request."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("HTTPS_PROXY", "REQUESTS_CA_BUNDLE"):
        monkeypatch.setenv(name, stage.environment[name])
    stage.xero.control("POST", "settings", {"auto_approve": True})
    app = stage.xero.control("GET", "apps")["apps"][0]
    given = OAuth2Credentials(
        app["client_id"], app["client_secret"], callback_uri=REDIRECT, scope=SCOPES
    )
    url = urlsplit(given.generate_url())
    assert url.hostname == "login.xero.com"
    page = httpx.get(f"{stage.server.url}{url.path}?{url.query}", trust_env=False)
    # The library refuses http for any callback but in its insecure mode; only the code counts.
    given.verify(page.headers["location"].replace("http://", "https://"))
    given.set_default_tenant()
    return given


@pytest.fixture
def pyxero(credentials: OAuth2Credentials) -> PyXero:
    return PyXero(credentials)


def invoice(stage: Stage, number: str, **more: Any) -> dict[str, Any]:
    return {
        "Type": "ACCREC",
        "Status": "AUTHORISED",
        "InvoiceNumber": number,
        "Contact": {"Name": "Ann Archer & Söhne"},
        "Date": TODAY,
        "DueDate": TODAY + timedelta(days=14),
        "LineAmountTypes": "Exclusive",
        "LineItems": [
            {
                "Description": "Unit A12 <5 m²>",
                "Quantity": Decimal("1.5"),
                "UnitAmount": Decimal("10.00"),
                "AccountCode": stage.xero.account(Type="REVENUE")["Code"],
            },
            {
                "Description": "Insurance",
                "Quantity": 1,
                "UnitAmount": Decimal("2.50"),
                "AccountCode": stage.xero.account(Type="REVENUE")["Code"],
                "TaxType": "NONE",
            },
        ],
    } | more


def test_pyxero_writes_contacts_with_lists_inside(pyxero: PyXero) -> None:
    [made] = pyxero.contacts.put(
        {
            "Name": "Ann Archer",
            "EmailAddress": "ann@example.test",
            "IsCustomer": True,
            "Addresses": [{"AddressType": "POBOX", "AddressLine1": "1 High St", "City": "Ashford"}],
            "Phones": [{"PhoneType": "MOBILE", "PhoneNumber": "555-1234"}],
        }
    )
    [read] = pyxero.contacts.get(made["ContactID"])
    boxes = [part for part in read["Addresses"] if part["AddressType"] == "POBOX"]
    assert boxes[0]["City"] == "Ashford"
    read["FirstName"] = "Ann"
    [saved] = pyxero.contacts.save(read)  # all that was read goes back, as users do
    assert (saved["ContactID"], saved["FirstName"]) == (made["ContactID"], "Ann")
    assert [row["Name"] for row in pyxero.contacts.filter(Name="Ann Archer")] == ["Ann Archer"]


def test_pyxero_takes_a_receivable_from_invoice_to_paid(pyxero: PyXero, stage: Stage) -> None:
    [made] = pyxero.invoices.put(invoice(stage, "P-1"))
    assert made["Total"] == 20.5  # 15.00 + 20 % + 2.50
    assert made["LineItems"][0]["Description"] == "Unit A12 <5 m²>"
    assert made["Date"].date() == TODAY
    bank = stage.xero.account(Type="BANK")["Code"]
    [payment] = pyxero.payments.put(
        {
            "Invoice": {"InvoiceID": made["InvoiceID"]},
            "Account": {"Code": bank},
            "Date": TODAY,
            "Amount": Decimal("20.50"),
        }
    )
    assert pyxero.invoices.get("P-1")[0]["Status"] == "PAID"
    pyxero.payments.save({"PaymentID": payment["PaymentID"], "Status": "DELETED"})
    assert pyxero.invoices.get("P-1")[0]["AmountDue"] == 20.5


def test_pyxero_writes_several_in_one_request(pyxero: PyXero, stage: Stage) -> None:
    pyxero.invoices.put([invoice(stage, f"P-{number}") for number in range(5)])
    found = pyxero.invoices.filter(Status="AUTHORISED", page=1, order="InvoiceNumber")
    assert [row["InvoiceNumber"] for row in found] == [f"P-{number}" for number in range(5)]
    since = datetime.now(UTC) - timedelta(hours=1)  # noqa: TID251
    assert len(pyxero.invoices.filter(since=since)) == 5
    assert len(pyxero.invoices.filter(DueDate__gt=date(2020, 1, 1), page=1)) == 5


def test_pyxero_credits_an_invoice_and_takes_it_back(pyxero: PyXero, stage: Stage) -> None:
    [made] = pyxero.invoices.put(invoice(stage, "P-1"))
    note = invoice(stage, "unused") | {"Type": "ACCRECCREDIT", "CreditNoteNumber": "CN-1"}
    del note["InvoiceNumber"], note["DueDate"]
    [credit] = pyxero.creditnotes.put(note)
    pyxero.creditnotes.put_allocation(
        credit["CreditNoteID"],
        {"Amount": Decimal("5.00"), "Invoice": {"InvoiceID": made["InvoiceID"]}, "Date": TODAY},
    )
    assert pyxero.invoices.get("P-1")[0]["AmountDue"] == 15.5
    [allocation] = pyxero.creditnotes.get(credit["CreditNoteID"])[0]["Allocations"]
    assert allocation["Amount"] == 5
    pyxero.creditnotes.delete_allocation(credit["CreditNoteID"], allocation["AllocationID"])
    assert pyxero.invoices.get("P-1")[0]["AmountDue"] == 20.5


def test_pyxero_receives_money_and_transfers_it(pyxero: PyXero, stage: Stage) -> None:
    bank, savings = [row for row in stage.xero.rows("Accounts") if row["Type"] == "BANK"][:2]
    [received] = pyxero.banktransactions.put(
        {
            "Type": "RECEIVE",
            "Contact": {"Name": "Ann Archer"},
            "BankAccount": {"Code": bank["Code"]},
            "LineItems": invoice(stage, "x")["LineItems"],
        }
    )
    assert received["Total"] == 17.5  # Inclusive is the default here
    [transfer] = pyxero.banktransfers.put(
        {
            "FromBankAccount": {"Code": bank["Code"]},
            "ToBankAccount": {"Code": savings["Code"]},
            "Amount": Decimal("10.00"),
        }
    )
    assert transfer["Amount"] == 10


def test_pyxero_attaches_a_file_and_writes_a_note(pyxero: PyXero, stage: Stage) -> None:
    [made] = pyxero.invoices.put(invoice(stage, "P-1"))
    key = made["InvoiceID"]
    pyxero.invoices.put_attachment(key, "lease.txt", io.BytesIO(b"the lease"), "text/plain")
    attachments = pyxero.invoices.get_attachments(key)["Attachments"]
    assert [part["FileName"] for part in attachments] == ["lease.txt"]
    assert pyxero.invoices.get_attachment_data(key, "lease.txt") == b"the lease"
    pyxero.invoices.put_history(key, "Called the tenant")
    notes = [part.get("Details") for part in pyxero.invoices.get_history(key)["HistoryRecords"]]
    assert "Called the tenant" in notes


def test_pyxero_reads_the_settings(pyxero: PyXero) -> None:
    assert pyxero.organisations.all()[0]["Name"] == "Demo Company (UK)"
    assert pyxero.accounts.filter(Type="BANK")
    for name in ("taxrates", "trackingcategories", "currencies", "items", "users"):
        assert getattr(pyxero, name).all() is not None
    assert pyxero.organisations.actions()


def test_pyxero_is_told_what_is_wrong(pyxero: PyXero, stage: Stage) -> None:
    pyxero.contacts.put({"Name": "Ann"})
    with pytest.raises(XeroBadRequest) as refused:
        pyxero.contacts.put({"Name": "Ann"})
    assert "already assigned to another contact" in refused.value.errors[0]
    with pytest.raises(XeroNotFound):
        pyxero.invoices.get("11111111-2222-3333-4444-555555555555")
    stage.xero.fault("rate_limit", problem="minute")
    with pytest.raises(XeroRateLimitExceeded):
        pyxero.contacts.all()


def test_pyxero_refreshes_its_token(credentials: OAuth2Credentials) -> None:
    before = dict(credentials.token)
    after = credentials.refresh()
    assert after["refresh_token"] != before["refresh_token"]
    assert PyXero(credentials).contacts.all() == []
