"""Answers in Xero's shapes, as documented or recorded on the wire, for the adapter's tests."""

from __future__ import annotations

import json
from typing import Any

import httpx2

from unitledger.books.xero.client import Reply
from unitledger.books.xero.render import compose
from unitledger.core.effects import EffectKind
from unitledger.core.exchange import Element, WriteRequest

ZERO_ID = "00000000-0000-0000-0000-000000000000"
CONTACT_ID = "a3675fc4-f8dd-4f03-ba5b-f1870566bcd7"
INVOICE_ID = "c7c37b83-ac95-45ea-88ba-8ad83a5f22fe"
PAYMENT_ID = "61ed71fc-01bf-4eb8-8419-8a18789ff45f"
ACCOUNT_ID = "5690f1e8-1d02-4893-90c2-ee1a69eff942"


def numbered_id(number: int) -> str:
    return f"{number:08d}-1111-4222-8333-444455556666"


def reply(
    status: int,
    body: Any = b"",
    *,
    content_type: str | None = "application/json; charset=utf-8",
    **headers: str,
) -> Reply:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if content_type is not None:
        given["content-type"] = content_type
    return Reply(status, httpx2.Headers(given), data)


def envelope(name: str, *rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "Id": "83b5715a-6a77-4c16-b5b8-2da08b5fde44",
        "Status": "OK",
        "ProviderName": "unitledger",
        "DateTimeUTC": "/Date(1552432238716)/",
        **more,
        name: list(rows),
    }


def contact(number: str = "6S-1", **changed: Any) -> dict[str, Any]:
    return {
        "ContactID": CONTACT_ID,
        "ContactNumber": number,
        "AccountNumber": "T-1",
        "ContactStatus": "ACTIVE",
        "Name": "Ada Moss",
        "Addresses": [{"AddressType": "STREET"}, {"AddressType": "POBOX"}],
        "UpdatedDateUTC": "/Date(1552432238623+0000)/",
        "HasValidationErrors": False,
        **changed,
    }


def invoice(number: str = "R1", **changed: Any) -> dict[str, Any]:
    return {
        "Type": "ACCREC",
        "InvoiceID": INVOICE_ID,
        "InvoiceNumber": number,
        "Reference": "",
        "Payments": [],
        "AmountDue": 120.0,
        "AmountPaid": 0.0,
        "HasErrors": False,
        "Contact": {"ContactID": CONTACT_ID, "Name": "Ada Moss", "ContactPersons": []},
        "DateString": "2026-10-01T00:00:00",
        "Date": "/Date(1790812800000+0000)/",
        "DueDateString": "2026-10-15T00:00:00",
        "DueDate": "/Date(1792022400000+0000)/",
        "Status": "AUTHORISED",
        "LineAmountTypes": "Inclusive",
        "LineItems": [
            {
                "Description": "Rent B114",
                "UnitAmount": 120.0,
                "TaxType": "OUTPUT2",
                "TaxAmount": 20.0,
                "LineAmount": 120.0,
                "AccountCode": "200",
                "Tracking": [{"Name": "Location", "Option": "Leeds", "Options": []}],
                "Quantity": 1.0,
                "ValidationErrors": [],
            }
        ],
        "SubTotal": 100.0,
        "TotalTax": 20.0,
        "Total": 120.0,
        "UpdatedDateUTC": "/Date(1790840999000+0000)/",
        "CurrencyCode": "GBP",
        **changed,
    }


def payment(reference: str | None = "R1 · k7f3q2m8xw", **changed: Any) -> dict[str, Any]:
    row = {
        "PaymentID": PAYMENT_ID,
        "Date": "/Date(1790899200000+0000)/",
        "Amount": 50.0,
        "PaymentType": "ACCRECPAYMENT",
        "Status": "AUTHORISED",
        "UpdatedDateUTC": "/Date(1790899200123+0000)/",
        "IsReconciled": False,
        "Account": {"AccountID": ACCOUNT_ID, "Code": "090"},
        "Invoice": {
            "Type": "ACCREC",
            "InvoiceID": INVOICE_ID,
            "CurrencyCode": "GBP",
            "Contact": {"ContactID": CONTACT_ID},
        },
        **changed,
    }
    return row if reference is None else {**row, "Reference": reference}


def invoice_request(*numbers: str, kind: EffectKind = EffectKind.CREATE_INVOICE) -> WriteRequest:
    elements = [
        Element('{"Type":"ACCREC"}', number, parent_id=CONTACT_ID, target_id=numbered_id(index))
        for index, number in enumerate(numbers)
    ]
    return compose(kind, elements, idempotency_key="key")


def contact_request(*numbers: str, kind: EffectKind = EffectKind.CREATE_CONTACT) -> WriteRequest:
    elements = [Element('{"Name":"A"}', each, target_id=CONTACT_ID) for each in numbers]
    return compose(kind, elements, idempotency_key="key")


def payment_request(*payments: tuple[str, str, str]) -> WriteRequest:
    """Each of (handle, invoice id, amount)."""
    elements = [
        Element(f'{{"Amount":{amount}}}', handle, parent_id=invoice_id)
        for handle, invoice_id, amount in payments
    ]
    return compose(EffectKind.CREATE_PAYMENT, elements, idempotency_key="key")


def refused(row: dict[str, Any], *messages: str, key: str = "Message") -> dict[str, Any]:
    """As Xero gives it back under summarizeErrors=false (recorded): zero id, ERROR."""
    zeroed = {
        name: (ZERO_ID if name in ("ContactID", "InvoiceID", "PaymentID") else value)
        for name, value in row.items()
    }
    return {
        **zeroed,
        "StatusAttributeString": "ERROR",
        "HasErrors": True,
        "ValidationErrors": [{key: each} for each in messages],
    }


def accepted(row: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {**row, "StatusAttributeString": "OK", **changed}
