"""Whatever is done with money in whatever order, the ledger follows from the documents.

Each seed is one walk; a failing one names its seed in the test's id. Refusals are part of the
walk: a refused step leaves the books as they were.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from fauxero.accounting.books import Books
from fauxero.accounting.ledger import OutOfBalance
from fauxero.accounting.money import cents
from fauxero.accounting.resource import RequestRefused
from fauxero.ids import Ids
from tests.accounting.story import ORGANISATION_ID, Story, line

STEPS = 60


class Walk:
    """One person after another at the same books, choosing at random."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.story = Story()
        self.contacts = [self.story.contact(), self.story.contact("Orla Finnegan")]

    def step(self) -> None:
        act = self.random.choice(ACTS)
        try:
            act(self)
        except RequestRefused:
            pass  # what a person may not do is part of the walk

    # ---- choosing

    def amount(self, most: Decimal = Decimal(200)) -> Decimal:
        return max(cents(most * self.random.randint(1, 110) / 100), Decimal("0.01"))

    def one(self, table: Any) -> Any:
        rows = list(table)
        if not rows:
            raise RequestRefused
        return self.random.choice(rows)

    def lines(self, codes: tuple[str, ...] = ("2000", "2310", "8000", "429")) -> list[Any]:
        count = self.random.randint(1, 3)
        return [
            line(str(self.amount()), AccountCode=self.random.choice(codes)) for _ in range(count)
        ]

    def header(self, *types: str) -> dict[str, Any]:
        return {
            "Type": self.random.choice(types),
            "Contact": {"ContactID": self.random.choice(self.contacts)},
            "Date": f"2026-11-{self.random.randint(1, 28):02d}",
            "LineAmountTypes": self.random.choice(["Inclusive", "Exclusive", "NoTax"]),
        }

    # ---- acts

    def invoice(self) -> None:
        more = {"DueDate": "2026-12-15", "Status": "AUTHORISED", "LineItems": self.lines()}
        self.story.put("invoices", **self.header("ACCREC", "ACCREC", "ACCPAY"), **more)

    def credit_note(self) -> None:
        status = self.random.choice(["DRAFT", "AUTHORISED", "AUTHORISED"])
        header = self.header("ACCRECCREDIT", "ACCRECCREDIT", "ACCPAYCREDIT")
        self.story.put("creditnotes", **header, Status=status, LineItems=self.lines())

    def money(self) -> None:
        header = self.header("RECEIVE", "SPEND", "RECEIVE-PREPAYMENT", "SPEND-PREPAYMENT")
        bank = {"BankAccount": {"Code": "090"}}
        self.story.put("banktransactions", **header, **bank, LineItems=self.lines())

    def overpayment(self) -> None:
        header = self.header("RECEIVE-OVERPAYMENT", "SPEND-OVERPAYMENT")
        lines = [{"Description": "Too much", "LineAmount": self.amount()}]
        more = {"LineAmountTypes": "NoTax", "BankAccount": {"Code": "090"}, "LineItems": lines}
        self.story.put("banktransactions", **header | more)

    def pay(self) -> None:
        invoice = self.one(self.story.books.invoices)
        element = {
            "Invoice": {"InvoiceID": invoice.id},
            "Account": {"Code": "9000"},
            "Amount": self.amount(invoice.amount_due),
        }
        self.story.put("payments", **element)

    def allocate(self) -> None:
        credit, invoice = self.one(self.story.books.credits), self.one(self.story.books.invoices)
        most = min(credit.remaining, invoice.amount_due)
        amount = str(self.random.choice([most, self.amount(most)]))
        self.story.allocating({f"{credit.kind}ID": credit.id}, {"InvoiceID": invoice.id}, amount)

    def take_off(self) -> None:
        allocation = self.one(self.story.books.allocations)
        self.story.bookkeeper("remove_allocation", allocation_id=allocation.id)

    def refund(self) -> None:
        credit = self.one(self.story.books.credits)
        amount = self.random.choice([None, self.amount(credit.remaining)])
        self.story.bookkeeper("refund_credit", credit_id=credit.id, amount=amount)

    def void_credit(self) -> None:
        self.story.bookkeeper("void_credit", credit_id=self.one(self.story.books.credits).id)

    def approve(self) -> None:
        credit = self.one(self.story.books.credits)
        status = self.random.choice(["AUTHORISED", "DELETED"])
        self.story.post("creditnotes", credit.id, Status=status)

    def edit(self) -> None:
        row = self.one(self.story.books.bank_transactions)
        self.story.post("banktransactions", row.id, LineItems=self.lines())

    def delete(self) -> None:
        books = self.story.books
        name, table = self.random.choice(
            [
                ("payments", books.payments),
                ("banktransactions", books.bank_transactions),
                ("banktransfers", books.bank_transfers),
                ("batchpayments", books.batch_payments),
            ]
        )
        self.story.post(name, self.one(table).id, Status="DELETED")

    def batch(self) -> None:
        ids = {self.one(self.story.books.invoices).id for _ in range(2)}
        self.story.bookkeeper("pay_batch", invoice_ids=sorted(ids), account_code="9000")

    def transfer(self) -> None:
        self.story.bookkeeper(
            "transfer_money", from_code="9000", to_code="090", amount=self.amount()
        )

    def journal(self) -> None:
        amount = self.amount()
        lines = [
            {"account_code": "8010", "line_amount": amount},
            {"account_code": "2000", "line_amount": -amount},
        ]
        types = self.random.choice(["NoTax", "Inclusive"])
        self.story.bookkeeper(
            "post_journal", narration="Release", lines=lines, line_amount_types=types
        )

    def void_journal(self) -> None:
        row = self.one(self.story.books.manual_journals)
        self.story.bookkeeper("void_journal", manual_journal_id=row.id)

    def overpay(self) -> None:
        invoice = self.one(self.story.books.invoices)
        amount = invoice.amount_due + self.amount()
        self.story.bookkeeper("overpay_invoice", invoice_id=invoice.id, amount=amount)


ACTS: list[Callable[[Walk], None]] = [
    *(Walk.invoice, Walk.invoice, Walk.credit_note, Walk.money, Walk.overpayment, Walk.overpay),
    *(Walk.pay, Walk.allocate, Walk.allocate, Walk.allocate, Walk.take_off, Walk.refund),
    *(Walk.void_credit, Walk.approve, Walk.edit, Walk.delete, Walk.batch, Walk.transfer),
    *(Walk.journal, Walk.void_journal),
]


@pytest.mark.parametrize("seed", range(25))
def test_the_ledger_follows_from_the_documents_at_every_step(seed: int) -> None:
    walk = Walk(seed)
    for _ in range(STEPS):
        walk.step()
        walk.story.books.check()


def test_a_walk_meets_every_kind_of_row() -> None:
    """So that the walks above prove something."""
    met: set[str] = set()
    for seed in range(25):
        walk = Walk(seed)
        for _ in range(STEPS):
            walk.step()
        books = walk.story.books
        met |= {f"{row.kind} {row.status}" for row in books.credits}
        met |= {f"{row.type} {row.status}" for row in books.bank_transactions}
        met |= {f"batch {row.status}" for row in books.batch_payments}
        met |= {f"allocation {row.is_deleted}" for row in books.allocations}
        met |= {f"journal {row.status}" for row in books.manual_journals}
    for kind in ("CreditNote", "Overpayment", "Prepayment"):
        assert {f"{kind} {status}" for status in ("AUTHORISED", "PAID", "VOIDED")} <= met
    assert {"batch AUTHORISED", "batch DELETED", "SPEND-TRANSFER DELETED"} <= met
    assert {"allocation True", "allocation False", "journal POSTED", "journal VOIDED"} <= met


def test_books_come_back_from_their_rows_as_they_were() -> None:
    walk = Walk(7)
    for _ in range(STEPS):
        walk.step()
    books = walk.story.books
    again = Books.load(
        books.drain_changes(),
        organisation_id=ORGANISATION_ID,
        clock=walk.story.clock,
        ids=Ids("again"),
    )
    again.check()
    assert again.snapshot() == books.snapshot()


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("credits", {"allocated": Decimal("0.01")}),
        ("credits", {"status": "VOIDED"}),
        ("allocations", {"is_deleted": True}),
        ("bank_transactions", {"total": Decimal("1.23")}),
        ("bank_transfers", {"amount": Decimal("1.23")}),
        ("batch_payments", {"total": Decimal("1.23")}),
        ("batch_payments", {"status": "DELETED"}),
        ("manual_journals", {"status": "VOIDED"}),
    ],
)
def test_the_audit_finds_a_row_that_was_tampered_with(table: str, change: dict[str, Any]) -> None:
    story = Story()
    invoice = story.invoice("120.00")
    story.allocate(story.credit_note("50.00"), invoice, "50.00")
    story.money()
    story.bookkeeper("pay_batch", invoice_ids=[invoice["InvoiceID"]])
    story.bookkeeper("transfer_money", from_code="9000", to_code="090", amount="5.00")
    story.bookkeeper("post_manual_adjustment", debit_code="850", credit_code="4000", amount="1.00")
    books = story.books
    books.check()
    rows: Any = getattr(books, table)
    row = next(iter(rows))
    rows.put(replace(row, **change))
    with pytest.raises(OutOfBalance):
        books.check()


def test_the_audit_finds_a_journal_that_no_document_asks_for() -> None:
    story = Story()
    story.money()
    journal = story.books.journals["1"]
    story.books.journals.put(replace(journal, id="2", source_id=story.books.ids.uuid()))
    with pytest.raises(OutOfBalance):
        story.books.check()
