"""Answers against Xero's own description of them, and that description's requests against us."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from tests.conformance import openapi
from tests.conformance.openapi import Operation
from tests.conformance.test_tap_xero import write_a_month
from tests.conftest import Xero

EXAMPLES = 3  # for each of some 200 operations

# Where the description is wrong, or samples what it calls an enumeration. Each: a part of a
# problem's words, and why it is none.
KNOWN_ERRORS: dict[str, str] = {
    "BatchPayment/TotalAmount": "a number by the schema, a text in all of its own examples",
    "BatchPayment/IsReconciled": "a flag by the schema, a text in all of its own examples",
}

# What fauxero answers 501 for, of all that the description has: whole collections, and parts.
NOT_MODELLED_BELOW = ("/Budgets", "/ExpenseClaims", "/PurchaseOrders", "/Receipts", "/Setup")
NOT_MODELLED = frozenset(
    {
        "POST /BrandingThemes/{BrandingThemeID}/PaymentServices",
        "PUT /PaymentServices",
        "GET /Contacts/{ContactID}/CISSettings",
        "GET /Organisation/{OrganisationID}/CISSettings",
        "PUT /LinkedTransactions",
        "POST /LinkedTransactions/{LinkedTransactionID}",
        "DELETE /LinkedTransactions/{LinkedTransactionID}",
        "PUT /RepeatingInvoices",
        "POST /RepeatingInvoices",
        "POST /RepeatingInvoices/{RepeatingInvoiceID}",
        "GET /Reports",
        "GET /Reports/{ReportID}",
        "GET /Reports/BudgetSummary",
        "GET /Reports/TenNinetyNine",
    }
)


def is_modelled(operation: Operation) -> bool:
    below = operation.path.startswith(NOT_MODELLED_BELOW)
    return not below and operation.words not in NOT_MODELLED


@dataclass
class Checked:
    """Calls fauxero and holds every JSON answer against the description."""

    xero: Xero
    spec: dict[str, Any]
    problems: dict[str, None] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)

    def call(self, operation: Operation, path: str, **how: Any) -> Any:
        answer = self.xero.call(operation.method, path, **how)
        if answer.status_code not in (200, 204):
            return answer
        self.answered.add(operation.words)
        if operation.schema and "json" in answer.headers.get("content-type", ""):
            for problem in openapi.problems(self.spec, operation.schema, answer.json()):
                if not any(known in problem for known in KNOWN_ERRORS):
                    self.problems[f"{operation.words} {problem}"] = None
        return answer


@pytest.fixture
def checked(xero: Xero) -> Checked:
    spec = openapi.description()
    path = f"organisations/{xero.organisation_id}"
    xero.control("POST", path, {"minute": 10**6, "day": 10**6, "app_minute": 10**6})
    scopes = ["accounting.journals.read", *xero.token["scope"].split()]
    xero.token |= xero.new_token(scopes=scopes)
    return Checked(xero, spec)


def keys_of(xero: Xero, collection: str) -> dict[str, str]:
    """The path parameters that reading one element of a collection can have."""
    answer = xero.get(f"{collection}?page=1")
    if answer.status_code != 200:
        return {}
    body = answer.json()
    rows = body[list(body)[-1]]
    if not rows:
        return {}
    names = ("ID", "Number", "Type", "Code")
    return {name: str(value) for name, value in rows[0].items() if name.endswith(names)}


def write_the_rest(xero: Xero) -> None:
    """What a month of `write_a_month` leaves out."""
    bank = {"AccountID": xero.account(Type="BANK")["AccountID"]}
    invoices = [row for row in xero.rows("Invoices?page=1") if row["Status"] == "AUTHORISED"]
    part = [{"Invoice": {"InvoiceID": row["InvoiceID"]}, "Amount": 1} for row in invoices[-2:]]
    batch = {"Account": bank, "Date": "2026-03-02", "Payments": part}
    sales = xero.account(Type="REVENUE")["Code"]
    line = {"Description": "Rent", "Quantity": 1, "UnitAmount": 7, "AccountCode": sales}
    prepaid = {
        "Type": "RECEIVE-PREPAYMENT",
        "Contact": {"Name": "Tenant 4"},
        "BankAccount": bank,
        "LineItems": [line],
    }
    journal = {
        "Narration": "accrual",
        "Status": "POSTED",
        "JournalLines": [
            {"LineAmount": 5, "AccountCode": sales},
            {"LineAmount": -5, "AccountCode": xero.account(Type="EXPENSE")["Code"]},
        ],
    }
    for path, body in (
        ("BatchPayments", batch),
        ("BankTransactions", prepaid),
        ("ManualJournals", journal),
        ("ContactGroups", {"Name": "Long stays"}),
        ("Quotes", {"Contact": {"Name": "Tenant 1"}, "Date": "2026-03-02", "LineItems": [line]}),
    ):
        answer = xero.put(path, body)
        assert answer.status_code == 200, (path, answer.text)
    for collection in ("Invoices", "Contacts", "CreditNotes", "Accounts", "BankTransactions"):
        key = xero.rows(collection)[0][f"{collection[:-1]}ID"]
        name = f"{collection}/{key}/Attachments/a.txt"
        xero.call("PUT", name, content=b"a file", headers={"Content-Type": "text/plain"})


def test_every_read_of_the_description_is_answered_as_it_says(checked: Checked) -> None:
    xero = checked.xero
    write_a_month(xero)
    write_the_rest(xero)
    keys = {name: keys_of(xero, name) for name in COLLECTIONS}
    for operation in openapi.operations(checked.spec):
        if operation.method != "GET":
            continue
        collection = operation.path.split("/")[1]
        known = {**keys.get(collection, {}), **ATTACHMENT_OF.get(collection, {})}
        path = operation.path
        for name in re.findall(r"{(\w+)}", path):
            path = path.replace(f"{{{name}}}", known.get(name, "none"))
        is_aged = "Aged" in operation.path
        query = {"contactId": keys["Contacts"]["ContactID"]} if is_aged else {}
        answer = checked.call(operation, path.strip("/"), params=query)
        assert answer.status_code in (200, 404, 501), (path, answer.text)
        assert (answer.status_code == 501) != is_modelled(operation), (path, answer.text)
    assert "\n".join(checked.problems) == ""


COLLECTIONS = (
    *("Accounts", "BatchPayments", "BankTransactions", "BankTransfers", "BrandingThemes"),
    *(
        "Contacts",
        "ContactGroups",
        "CreditNotes",
        "Invoices",
        "Items",
        "Journals",
        "ManualJournals",
    ),
    *("Organisation", "Overpayments", "Payments", "Prepayments", "Quotes", "TaxRates"),
    *("TrackingCategories", "Users"),
)
ATTACHMENT_OF = {
    name: {"FileName": "a.txt", "AttachmentID": "a.txt"}
    for name in ("Invoices", "Contacts", "CreditNotes", "Accounts", "BankTransactions")
}


def test_writes_are_answered_as_the_description_says(checked: Checked) -> None:
    xero = checked.xero
    by_words = {found.words: found for found in openapi.operations(checked.spec)}
    bank = {"AccountID": xero.account(Type="BANK")["AccountID"]}
    note = xero.invoice("x") | {"Type": "ACCRECCREDIT"}
    del note["InvoiceNumber"], note["DueDate"]
    pay = {"Invoice": {"InvoiceNumber": "O-1"}, "Account": bank, "Amount": 10}
    for words, body in (
        ("PUT /Contacts", {"Contacts": [{"Name": "Bob", "EmailAddress": "b@example.test"}]}),
        ("POST /Contacts", {"Contacts": [{"Name": "Bob", "FirstName": "B"}]}),
        ("PUT /Invoices", {"Invoices": [xero.invoice("O-1"), xero.invoice("O-2")]}),
        ("POST /Invoices", {"Invoices": [{"InvoiceNumber": "O-2", "Status": "VOIDED"}]}),
        ("PUT /Payments", {"Payments": [pay]}),
        ("PUT /CreditNotes", {"CreditNotes": [note]}),
        ("PUT /Items", {"Items": [{"Code": "box", "Name": "Box"}]}),
        ("PUT /TrackingCategories", {"Name": "Kind"}),
        ("PUT /Accounts", {"Code": "9876", "Name": "Fees", "Type": "REVENUE"}),
        ("PUT /Contacts", {"Contacts": [{"Name": "Bob"}, {"Name": "Eve"}]}),
    ):
        for summarize in ("true", "false"):
            operation = by_words[words]
            path = operation.path.strip("/")
            checked.call(operation, path, json=body, params={"summarizeErrors": summarize})
    assert "\n".join(checked.problems) == ""


def fuzzed(spec: dict[str, Any]) -> list[Operation]:
    return [found for found in openapi.operations(spec) if is_modelled(found)]


def test_no_request_that_the_description_allows_makes_fauxero_fail(
    checked: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests drawn from the description, against every operation: no 500, no unlisted 501."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    xero = checked.xero
    write_a_month(xero)
    write_the_rest(xero)
    keys = {name: keys_of(xero, name) for name in COLLECTIONS}
    drawn = schemathesis.openapi.from_dict(checked.spec)
    headers = {
        "Authorization": f"Bearer {xero.token['access_token']}",
        "xero-tenant-id": xero.organisation_id,
        "Accept": "application/json",
    }
    said: dict[int, int] = {}
    refused: dict[str, str] = {}

    def send(operation: Operation, case: schemathesis.Case) -> None:
        # An id drawn at random is never found: the ones there are bring a request further.
        known = keys.get(operation.path.split("/")[1], {})
        for name in case.path_parameters or {}:
            if name in known:
                case.path_parameters[name] = known[name]
        case.headers = {}
        answer = case.call(base_url=f"{xero.server.url}/api.xro/2.0", headers=headers)
        said[answer.status_code] = said.get(answer.status_code, 0) + 1
        is_fine = answer.status_code < 500 or answer.status_code == 501
        assert is_fine, (operation.words, answer.text)
        if answer.status_code == 501:
            refused.setdefault(operation.words, answer.text)

    for operation in fuzzed(checked.spec):
        strategy = drawn[operation.path][operation.method].as_strategy()

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=strategy)
        def try_some(case: schemathesis.Case) -> None:
            send(operation, case)  # noqa: B023 - called in this round of the loop only

        try_some()
    # A fuzzer that is always refused would prove nothing.
    assert said.get(200, 0) > 50, said
    # What is left out of an operation that is modelled is named: a field, parameter or form.
    for words, text in refused.items():
        assert re.search(r"Not modelled by fauxero: .+ (not modelled|as PDF)", text), (words, text)
        print(words, text)
