"""Short words for telling a story to one organisation's books."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from fauxero.accounting import bookkeeper
from fauxero.accounting.books import Books
from fauxero.accounting.reports import trial_balance
from fauxero.accounting.resource import Element, ListPage, ListQuery, Outcome, WriteOptions
from fauxero.accounting.resources import RESOURCES, SUB_RESOURCES
from fauxero.clock import Clock
from fauxero.ids import Ids

ORGANISATION_ID = "96d8fbb9-e7bf-4327-a284-cb5da3384f97"
CREDITS = ("CreditNote", "Overpayment", "Prepayment")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Story:
    def __init__(self, template: str = "uk") -> None:
        self.clock = Clock(start_at=NOON, speed=0)
        self.books = Books.build(
            template, organisation_id=ORGANISATION_ID, clock=self.clock, ids=Ids("story")
        )
        self.options = WriteOptions(unit_decimals=4, app_id="app-1")

    # ---- the four verbs

    def put(self, path: str, **element: Any) -> Outcome:
        return RESOURCES[path].create(self.books, element, self.options)

    def post(self, path: str, key: str | None = None, **element: Any) -> Outcome:
        return RESOURCES[path].create_or_update(self.books, element, self.options, key=key)

    def read(self, path: str, key: str) -> Element:
        found = RESOURCES[path].read_one(self.books, key, unit_decimals=4)
        assert found is not None
        return found

    def list(self, path: str, **query: Any) -> ListPage:
        return RESOURCES[path].read_list(self.books, ListQuery(**query))

    # ---- short cuts; each fails the test when the books refuse

    def contact(self, name: str = "Bea Wainwright", **more: Any) -> str:
        return done(self.put("contacts", Name=name, **more))["ContactID"]

    def invoice(self, amount: str = "120.00", **more: Any) -> Element:
        return done(self.put("invoices", **self.invoice_request(amount, **more)))

    def invoice_request(self, amount: str = "120.00", **more: Any) -> Element:
        known = self.books.active_contact_named("Bea Wainwright")
        request: Element = {
            "Type": "ACCREC",
            "Contact": {"ContactID": known.id if known else self.contact()},
            "Date": "2026-11-01",
            "DueDate": "2026-11-15",
            "Status": "AUTHORISED",
            "LineAmountTypes": "Inclusive",
            "LineItems": [line(amount)],
        }
        return request | more

    def pay(self, invoice: Element, amount: str | None = None, **more: Any) -> Element:
        return done(self.put("payments", **self.payment_request(invoice, amount, **more)))

    def payment_request(self, invoice: Element, amount: str | None = None, **more: Any) -> Element:
        due = self.read("invoices", invoice["InvoiceID"])["AmountDue"]
        request: Element = {
            "Invoice": {"InvoiceID": invoice["InvoiceID"]},
            "Account": {"Code": "090"},
            "Amount": Decimal(amount) if amount else due,
            "Date": "2026-11-10",
        }
        return request | more

    def credit_note(self, amount: str = "120.00", **more: Any) -> Element:
        return done(self.put("creditnotes", **self.credit_note_request(amount, **more)))

    def credit_note_request(self, amount: str = "120.00", **more: Any) -> Element:
        request = self.invoice_request(amount) | {"Type": "ACCRECCREDIT", "DueDate": None}
        return request | more

    def money(self, amount: str = "120.00", **more: Any) -> Element:
        """Money received into the bank, coded like a sale; `Type` says otherwise."""
        return done(self.put("banktransactions", **self.money_request(amount, **more)))

    def money_request(self, amount: str = "120.00", **more: Any) -> Element:
        request: Element = {
            "Type": "RECEIVE",
            "Contact": self.invoice_request()["Contact"],
            "BankAccount": {"Code": "090"},
            "Date": "2026-11-08",
            "LineItems": [line(amount)],
        }
        return request | more

    def overpayment(self, amount: str = "120.00", **more: Any) -> Element:
        made = self.money(**self.overpaid(amount) | more)
        return self.read("overpayments", made["OverpaymentID"])

    def overpaid(self, amount: str = "120.00") -> Element:
        return {
            "Type": "RECEIVE-OVERPAYMENT",
            "LineAmountTypes": "NoTax",
            "LineItems": [{"Description": "Paid too much", "LineAmount": Decimal(amount)}],
        }

    def prepayment(self, amount: str = "120.00", **more: Any) -> Element:
        made = self.money(amount, **{"Type": "RECEIVE-PREPAYMENT"} | more)
        return self.read("prepayments", made["PrepaymentID"])

    def refund(self, credit: Element, amount: str | None = None, **more: Any) -> Element:
        """Pay back a credit note, overpayment or prepayment; all that is left by default."""
        return done(self.put("payments", **self.refund_request(credit, amount, **more)))

    def refund_request(self, credit: Element, amount: str | None = None, **more: Any) -> Element:
        kind = next(name for name in CREDITS if f"{name}ID" in credit)
        left = self.read(f"{kind.lower()}s", credit[f"{kind}ID"])["RemainingCredit"]
        request: Element = {
            kind: {f"{kind}ID": credit[f"{kind}ID"]},
            "Account": {"Code": "090"},
            "Amount": Decimal(amount) if amount else left,
            "Date": "2026-11-10",
        }
        return request | more

    def allocating(self, credit: Element, invoice: Element, amount: str, **more: Any) -> Outcome:
        kind = next(name for name in CREDITS if f"{name}ID" in credit)
        request = {"Amount": Decimal(amount), "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
        resource = SUB_RESOURCES[f"{kind.lower()}s", "allocations"]
        return resource.create(self.books, credit[f"{kind}ID"], request | more, self.options)

    def allocate(self, credit: Element, invoice: Element, amount: str, **more: Any) -> Element:
        return done(self.allocating(credit, invoice, amount, **more))

    def take_off(self, credit: Element, allocation: Element) -> Element:
        kind = next(name for name in CREDITS if f"{name}ID" in credit)
        resource = SUB_RESOURCES[f"{kind.lower()}s", "allocations"]
        with self.books.transaction():
            return resource.delete(self.books, credit[f"{kind}ID"], allocation["AllocationID"])

    def bookkeeper(self, act: str, **arguments: Any) -> Element:
        return bookkeeper.ACTS[act](self.books, **arguments)

    def balance(self, code: str) -> Decimal:
        """Year-to-date balance of an account in the trial balance, debit positive."""
        return balances(trial_balance(self.books, {})).get(code, Decimal(0))


def line(amount: str = "120.00", **more: Any) -> Element:
    return {
        "Description": "Unit A12, November",
        "Quantity": Decimal(1),
        "UnitAmount": Decimal(amount),
        "AccountCode": "2000",
    } | more


def done(outcome: Outcome) -> Element:
    assert not outcome.errors, outcome.errors
    return outcome.element


def refused(outcome: Outcome) -> tuple[str, ...]:
    assert outcome.errors, outcome.element
    return tuple(outcome.errors)


def balances(report: Element) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for section in report["Rows"][1:-1]:
        for row in section["Rows"]:
            name, _, _, debit, credit = (cell["Value"] for cell in row["Cells"])
            code = name.rpartition("(")[2].rstrip(")")
            found[code] = Decimal(debit or 0) - Decimal(credit or 0)
    return found
