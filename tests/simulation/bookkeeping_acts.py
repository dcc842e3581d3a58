"""What a bookkeeper does in Xero meanwhile, drawn at random, to our documents and to theirs."""

from __future__ import annotations

from collections.abc import Callable

from fauxero.accounting.rows import Contact, Invoice, Payment
from tests.simulation.books import GONE, cents, receipt_of
from tests.simulation.stage import Stage


def raises_an_invoice(stage: Stage) -> None:
    """Their own; now and then under the number that our next invoice will have."""
    upcoming = f"I{stage.numbers.get('I', 0) + 1:03}"
    number = upcoming if stage.rng.random() < 0.3 else stage.next("X")
    line = {
        "description": "By hand",
        "quantity": 1,
        "unit_amount": f"{stage.rng.randint(1, 90)}.00",
        "account_code": "200",
    }
    name = stage.rng.choice(("Hand Customer", *sorted(stage.told.tenants.values())))
    stage.bookkeeper("raise_invoice", contact_name=name, number=number, lines=[line])


def edits_an_invoice(stage: Stage) -> None:
    if invoice := _ours(stage):
        amount = f"{stage.rng.randint(1, 90)}.00"
        stage.bookkeeper("edit_invoice", invoice_id=invoice.id, amount=amount)


def voids_an_invoice(stage: Stage) -> None:
    if invoice := _ours(stage):
        stage.bookkeeper("void_invoice", invoice_id=invoice.id)


def takes_money(stage: Stage) -> None:
    if invoice := _ours(stage):
        due = cents(invoice.total) - stage.books().paid_cents(invoice.id)
        amount = stage.rng.randint(1, due) if due > 1 else due
        stage.bookkeeper(
            "pay_invoice",
            invoice_id=invoice.id,
            amount=f"{amount // 100}.{amount % 100:02}",
            reference="over the counter",
        )


def deletes_a_payment(stage: Stage) -> None:
    if payment := _payment(stage):
        stage.bookkeeper("delete_payment", payment_id=payment.id)


def reconciles_a_payment(stage: Stage) -> None:
    if payment := _payment(stage):
        stage.bookkeeper(
            "reconcile_payment",
            payment_id=payment.id,
            is_reconciled=not payment.is_reconciled,
        )


def renames_a_contact(stage: Stage) -> None:
    if contact := _contact(stage):
        stage.bookkeeper("edit_contact", contact_id=contact.id, Name=f"{contact.name} Ltd")


def archives_a_contact(stage: Stage) -> None:
    if contact := _contact(stage):
        act = "restore_contact" if contact.status == "ARCHIVED" else "archive_contact"
        stage.bookkeeper(act, contact_id=contact.id)


def merges_contacts(stage: Stage) -> None:
    source, target = _contact(stage), _contact(stage)
    if source and target and source.id != target.id and target.status == "ACTIVE":
        stage.bookkeeper("merge_contacts", from_id=source.id, into_id=target.id)


def moves_the_lock_date(stage: Stage) -> None:
    period = stage.rng.choice((None, None, "2026-02-10", "2026-03-01"))
    stage.bookkeeper("set_lock_dates", period=period)


def archives_an_account(stage: Stage) -> None:
    if stage.bookkeeper("archive_account", code="200"):
        return
    stage.bookkeeper("restore_account", code="200")


def restores_an_account(stage: Stage) -> None:
    stage.bookkeeper("restore_account", code="200")


ACTS: tuple[tuple[int, Callable[[Stage], None]], ...] = (
    (3, raises_an_invoice),
    (3, edits_an_invoice),
    (2, voids_an_invoice),
    (3, takes_money),
    (3, deletes_a_payment),
    (3, reconciles_a_payment),
    (2, renames_a_contact),
    (2, archives_a_contact),
    (1, merges_contacts),
    (2, moves_the_lock_date),
    (1, archives_an_account),
    (2, restores_an_account),
)


def _ours(stage: Stage) -> Invoice | None:
    living = [
        each
        for each in stage.books().invoices.values()
        if each.created_by_app and each.status not in GONE
    ]
    return stage.rng.choice(sorted(living, key=lambda each: each.number or "")) if living else None


def _payment(stage: Stage) -> Payment | None:
    living = [each for each in stage.books().payments.values() if each.status not in GONE]
    ordered = sorted(living, key=lambda each: (receipt_of(each) or "", each.amount))
    return stage.rng.choice(ordered) if ordered else None


def _contact(stage: Stage) -> Contact | None:
    ours = [each for each in stage.books().contacts.values() if each.number]
    return stage.rng.choice(sorted(ours, key=lambda each: each.number or "")) if ours else None
