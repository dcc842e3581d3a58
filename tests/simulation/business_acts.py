"""What happens in the business, drawn at random, told to intake and noted by the auditor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from tests.simulation.records import (
    every_record,
    invoice_record,
    payment_record,
    tenant_record,
)
from tests.simulation.stage import Stage
from tests.simulation.told import ToldInvoice, ToldPayment

FIRST_NAMES = ("Ada", "Ben", "Cleo")
LAST_NAMES = ("Marsh", "Okoye")
METHODS = ("card", "cash", "bank transfer")


def rents(stage: Stage) -> None:
    key, name = stage.next("T"), _name(stage)
    stage.told.tenants[key] = name
    stage.writes(f"tenant {key} {name} rents")
    stage.tells(tenant_record(key, name))


def is_renamed(stage: Stage) -> None:
    key = stage.rng.choice(sorted(stage.told.tenants))
    stage.told.tenants[key] = name = _name(stage)
    stage.writes(f"tenant {key} is called {name} now")
    stage.tells(tenant_record(key, name))


def is_billed(stage: Stage) -> None:
    tenant = stage.rng.choice(sorted(stage.told.tenants))
    _tell(stage, "billed", *(_new_invoice(stage, tenant) for _ in range(stage.rng.randint(1, 4))))


def is_corrected(stage: Stage) -> None:
    if told := _some_invoice(stage):
        if stage.told.is_paid(told.number):
            return  # a source does not make a bill smaller than what was paid on it
        _tell(stage, "corrected", replace(told, lines=_lines(stage)))


def is_redated(stage: Stage) -> None:
    if told := _some_invoice(stage):
        _tell(stage, "redated", replace(told, on=_day(stage)))


def is_voided(stage: Stage) -> None:
    """Its payments are taken back in the same breath; now and then its amount changes too."""
    if not (told := _some_invoice(stage)):
        return
    paid = [each for each in stage.told.payments.values() if each.cents_on(told.number)]
    for payment in paid:
        _tell_payment(stage, "taken back", replace(payment, is_void=True))
    lines = _lines(stage) if stage.rng.random() < 0.2 else told.lines
    _tell(stage, "voided", replace(told, is_void=True, lines=lines))


def is_billed_after_all(stage: Stage) -> None:
    """The voiding was a mistake."""
    void = [each for each in stage.told.invoices.values() if each.is_void]
    if void:
        _tell(stage, "is to be paid after all", replace(stage.rng.choice(void), is_void=False))


def is_paid(stage: Stage) -> None:
    """In part, in full, or several invoices at once."""
    owed = [
        number
        for number, told in sorted(stage.told.invoices.items())
        if not told.is_void and stage.told.open_cents(number) > 0
    ]
    if not owed:
        return
    chosen = stage.rng.sample(owed, min(len(owed), stage.rng.choice((1, 1, 1, 2, 3))))
    parts = tuple((number, _part(stage, stage.told.open_cents(number))) for number in chosen)
    payment = ToldPayment(
        receipt=stage.next("R"),
        tenant=stage.told.invoices[chosen[0]].tenant,
        parts=parts,
        on=_day(stage),
        method=stage.rng.choice(METHODS),
    )
    _tell_payment(stage, "paid", payment)


def payment_is_changed(stage: Stage) -> None:
    """Another day, another way, or smaller parts."""
    if not (told := _some_payment(stage)):
        return
    match stage.rng.randrange(3):
        case 0:
            changed = replace(told, on=_day(stage))
        case 1:
            changed = replace(told, method=stage.rng.choice(METHODS))
        case _:
            parts = tuple((number, _part(stage, cents)) for number, cents in told.parts)
            changed = replace(told, parts=parts)
    _tell_payment(stage, "changed", changed)


def payment_is_moved(stage: Stage) -> None:
    """From one invoice to another on which as much is owed."""
    if not (told := _some_payment(stage)):
        return
    number, cents = told.parts[0]
    fitting = [
        other
        for other, invoice in sorted(stage.told.invoices.items())
        if not invoice.is_void
        and other not in dict(told.parts)
        and stage.told.open_cents(other) >= cents
    ]
    if fitting:
        parts = ((stage.rng.choice(fitting), cents), *told.parts[1:])
        _tell_payment(stage, f"moved away from {number}", replace(told, parts=parts))


def payment_is_taken_back(stage: Stage) -> None:
    if told := _some_payment(stage):
        _tell_payment(stage, "taken back", replace(told, is_void=True))


def payment_came_after_all(stage: Stage) -> None:
    """Taking it back was a mistake."""
    void = [
        each
        for each in stage.told.payments.values()
        if each.is_void
        and all(
            not stage.told.invoices[number].is_void and stage.told.open_cents(number) >= cents
            for number, cents in each.parts
        )
    ]
    if void:
        _tell_payment(stage, "came after all", replace(stage.rng.choice(void), is_void=False))


def everything_is_told_again(stage: Stage) -> None:
    """A full export, in one chunk or in several."""
    records = every_record(stage.told)
    size = stage.rng.choice((3, 7, 1_000))
    stage.writes(f"{len(records)} records are told again, {size} at a time")
    for start in range(0, len(records), size):
        stage.tells(*records[start : start + size])


ACTS: tuple[tuple[int, Callable[[Stage], None]], ...] = (
    (2, rents),
    (2, is_renamed),
    (8, is_billed),
    (4, is_corrected),
    (1, is_redated),
    (3, is_voided),
    (1, is_billed_after_all),
    (9, is_paid),
    (4, payment_is_changed),
    (3, payment_is_moved),
    (3, payment_is_taken_back),
    (1, payment_came_after_all),
    (2, everything_is_told_again),
)


def _new_invoice(stage: Stage, tenant: str) -> ToldInvoice:
    return ToldInvoice(number=stage.next("I"), tenant=tenant, lines=_lines(stage), on=_day(stage))


def _tell(stage: Stage, what: str, *invoices: ToldInvoice) -> None:
    for told in invoices:
        stage.told.invoices[told.number] = told
        stage.writes(f"invoice {told.number} of {told.tenant} {what}: {_pounds(told.cents)}")
    stage.tells(*(invoice_record(each) for each in invoices))


def _tell_payment(stage: Stage, what: str, told: ToldPayment) -> None:
    stage.told.payments[told.receipt] = told
    parts = ", ".join(f"{number} {_pounds(cents)}" for number, cents in told.parts)
    stage.writes(f"payment {told.receipt} {what}: {parts} on {told.on} by {told.method}")
    stage.tells(payment_record(told))


def _some_invoice(stage: Stage) -> ToldInvoice | None:
    living = [each for each in stage.told.invoices.values() if not each.is_void]
    return stage.rng.choice(living) if living else None


def _some_payment(stage: Stage) -> ToldPayment | None:
    living = [each for each in stage.told.payments.values() if not each.is_void]
    return stage.rng.choice(living) if living else None


def _name(stage: Stage) -> str:
    return f"{stage.rng.choice(FIRST_NAMES)} {stage.rng.choice(LAST_NAMES)}"


def _lines(stage: Stage) -> tuple[int, ...]:
    return tuple(stage.rng.randint(101, 9_999) for _ in range(stage.rng.randint(1, 3)))


def _part(stage: Stage, cents: int) -> int:
    return cents if stage.rng.random() < 0.4 or cents < 2 else stage.rng.randint(1, cents)


def _day(stage: Stage) -> date:
    return date(2026, 3, 31) - timedelta(days=stage.rng.randrange(60))


def _pounds(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
