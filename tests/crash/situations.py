"""For every kind of effect, a day on which exactly that write is waiting, and how it ends well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.business import Business
from unitledger.core.effects import EffectKind


@dataclass(frozen=True)
class Situation:
    """`before` is synced in peace; then `event` happens, and its sync is disturbed."""

    before: Callable[[Business], None]
    event: Callable[[Business], None]
    contacts: tuple[str, ...]
    books: tuple[str, ...]
    payments: tuple[str, ...] = ()


def _nothing(_: Business) -> None:
    """A business before its first day."""


def _one_invoice(operator: Business) -> None:
    operator.bills("1001", "120.00")


def _a_part_payment(operator: Business) -> None:
    operator.bills("1001", "120.00")
    operator.is_paid("R1", ("1001", "50.00"))


_ADA = ("Ada Marsh",)

SITUATIONS: dict[EffectKind, Situation] = {
    EffectKind.CREATE_CONTACT: Situation(
        before=_nothing,
        event=lambda operator: operator.rents("Ada Marsh") and None,
        contacts=_ADA,
        books=(),
    ),
    EffectKind.UPDATE_CONTACT: Situation(
        before=lambda operator: operator.rents("Ada Marsh", key="T-1") and None,
        event=lambda operator: operator.rents("Ada Fenwick", key="T-1") and None,
        contacts=("Ada Fenwick",),
        books=(),
    ),
    EffectKind.CREATE_INVOICE: Situation(
        before=lambda operator: operator.rents("Ada Marsh") and None,
        event=lambda operator: operator.bills("1001", "120.00") and None,
        contacts=_ADA,
        books=("1001 AUTHORISED 120.00 paid 0.00",),
    ),
    EffectKind.UPDATE_INVOICE: Situation(
        before=_one_invoice,
        event=lambda operator: operator.bills("1001", "90.00") and None,
        contacts=_ADA,
        books=("1001 AUTHORISED 90.00 paid 0.00",),
    ),
    EffectKind.VOID_INVOICE: Situation(
        before=_one_invoice,
        event=lambda operator: operator.bills("1001", "120.00", is_void=True) and None,
        contacts=_ADA,
        books=(),
    ),
    # A part payment: the one write that Xero would take twice.
    EffectKind.CREATE_PAYMENT: Situation(
        before=_one_invoice,
        event=lambda operator: operator.is_paid("R1", ("1001", "50.00")) and None,
        contacts=_ADA,
        books=("1001 AUTHORISED 120.00 paid 50.00",),
        payments=("1001 50.00",),
    ),
    EffectKind.DELETE_PAYMENT: Situation(
        before=_a_part_payment,
        event=lambda operator: operator.is_paid("R1", ("1001", "50.00"), is_void=True) and None,
        contacts=_ADA,
        books=("1001 AUTHORISED 120.00 paid 0.00",),
    ),
}


def assert_ended_well(operator: Business, situation: Situation) -> None:
    """The books hold each thing once, and our rows say so."""
    assert tuple(operator.contacts()) == situation.contacts
    assert tuple(operator.books()) == situation.books
    assert tuple(operator.payments()) == situation.payments
    assert set(operator.states().values()) <= {"synced"}
