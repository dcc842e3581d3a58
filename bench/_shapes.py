"""The shape of Xero's answers for the stub, taken from a fauxero that lives for a moment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx2

from bench._business import MORNING, TOTAL
from fauxero.clock import Clock
from fauxero.testing import serve_in_thread
from fauxero.world import World

_CHART = ("Organisation", "Accounts", "TaxRates", "TrackingCategories")


def shapes() -> tuple[Mapping[str, bytes], Mapping[str, bytes]]:
    """An element of each kind with places like %(number)s in it, and the answers that stay."""
    world = World(clock=Clock(start_at=MORNING, speed=0))
    world.open([{"template": "uk"}])
    with serve_in_thread(world) as server:
        given = httpx2.post(f"{server.url}/_fauxero/token", json={}).json()
        headers = {
            "Authorization": f"Bearer {given['access_token']}",
            "xero-tenant-id": given["organisation_id"],
            "Accept": "application/json",
        }
        with httpx2.Client(base_url=f"{server.url}/api.xro/2.0/", headers=headers) as client:
            fixed = {name: client.get(name).content for name in _CHART}
            return _elements(client, fixed["Accounts"]), fixed


def _elements(client: httpx2.Client, accounts: bytes) -> Mapping[str, bytes]:
    sent = {"ContactNumber": "=number=", "AccountNumber": "=account=", "Name": "=name="}
    contact = _made(client, "Contacts", sent)
    invoice = _made(client, "Invoices", _invoice(contact["ContactID"]))
    bank = next(each for each in json.loads(accounts)["Accounts"] if each["Type"] == "BANK")
    payment = _made(
        client,
        "Payments",
        {
            "Invoice": {"InvoiceID": invoice["InvoiceID"]},
            "Account": {"AccountID": bank["AccountID"]},
            "Date": "2026-03-05",
            "Amount": float(TOTAL),
            "Reference": "=reference=",
        },
    )
    marks = {"number": "=number=", "reference": "=reference=", "url": "https://example.com/=url="}
    invoice_marks = {**marks, "id": invoice["InvoiceID"], "contact": contact["ContactID"]}
    # The contact inside of an invoice is shown as it is; only its id decides anything.
    contact_marks = {"number": "=number=", "account": "=account=", "name": "=name="}
    payment_marks = {"id": payment["PaymentID"], "invoice": invoice["InvoiceID"]}
    return {
        "Contacts": _template(contact, {**contact_marks, "id": contact["ContactID"]}),
        "Invoices": _template(_without_contact_number(invoice), invoice_marks),
        "Payments": _template(payment, {**payment_marks, "reference": "=reference="}),
    }


def _invoice(contact_id: str) -> Mapping[str, Any]:
    line = {"Quantity": 1, "AccountCode": "200", "TaxType": "OUTPUT2"}
    return {
        "Type": "ACCREC",
        "Contact": {"ContactID": contact_id},
        "InvoiceNumber": "=number=",
        "Status": "AUTHORISED",
        "Date": "2026-03-01",
        "DueDate": "2026-03-15",
        "CurrencyCode": "GBP",
        "LineAmountTypes": "Inclusive",
        "Reference": "=reference=",
        "Url": "https://example.com/=url=",
        "LineItems": [
            {**line, "Description": "Rent", "UnitAmount": 108},
            {**line, "Description": "Protection", "UnitAmount": 12},
        ],
    }


def _made(client: httpx2.Client, name: str, sent: Mapping[str, Any]) -> Any:
    answer = client.put(
        f"{name}?summarizeErrors=false&unitdp=4",
        json={name: [sent]},
        headers={"Idempotency-Key": name},
    )
    answer.raise_for_status()
    return answer.json()[name][0]


def _without_contact_number(invoice: Any) -> Any:
    contact = {**invoice["Contact"], "ContactNumber": "UL-1"}
    return {**invoice, "Contact": contact}


def _template(shown: Any, marks: Mapping[str, str]) -> bytes:
    text = json.dumps(shown, ensure_ascii=False, separators=(",", ":")).replace("%", "%%")
    for name, mark in marks.items():
        if text.count(f'"{mark}"') != 1:
            raise ValueError(f"{name} stands in {text.count(mark)} places of an answer")
        text = text.replace(f'"{mark}"', f'"%({name})s"')
    return text.encode()
