"""From a form to one of the bookkeeper's acts."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fauxero.accounting.bookkeeper import ACTS
from fauxero.accounting.resource import RequestRefused

if TYPE_CHECKING:
    from fauxero.world import Host, World

# What a page offers, in the words it uses once the act is done.
DONE: Mapping[str, str] = {
    "edit_invoice": "The invoice was changed.",
    "approve_invoice": "The invoice was approved.",
    "void_invoice": "The invoice was voided.",
    "delete_invoice": "The invoice was deleted.",
    "pay_invoice": "The payment was added.",
    "delete_payment": "The payment was removed.",
    "reconcile_payment": "Done: the payment's bank line.",
    "edit_credit_note": "The credit note was changed.",
    "void_credit": "It was voided.",
    "allocate_credit": "The credit was set against the invoice.",
    "remove_allocation": "The credit was taken off the invoice.",
    "refund_credit": "The credit was paid back.",
    "receive_money": "The money was received.",
    "spend_money": "The money was spent.",
    "edit_bank_transaction": "The bank transaction was changed.",
    "reconcile_bank_transaction": "Done: the transaction's bank line.",
    "delete_bank_transaction": "The bank transaction was removed.",
    "post_manual_adjustment": "The journal was posted.",
    "edit_journal": "The journal was changed.",
    "void_journal": "The journal was voided.",
    "raise_credit_note": "The credit note was raised.",
    "edit_contact": "The contact was changed.",
    "archive_contact": "The contact was archived.",
    "restore_contact": "The contact was restored.",
    "merge_contacts": "The contacts were merged.",
    "archive_account": "The account was archived.",
    "restore_account": "The account was restored.",
    "archive_tracking_option": "The option was archived.",
    "rename_tracking_option": "The option was renamed.",
    "set_lock_dates": "The lock dates were set.",
}
_FLAGS = frozenset({"is_reconciled"})
# An empty field of these means something: no lock.
_MAY_BE_EMPTY = frozenset({"period", "year_end"})
_NOT_ARGUMENTS = frozenset({"act", "csrf"})


def in_words(act: str) -> str:
    return DONE.get(act, "")


def perform(world: World, host: Host, form: Mapping[str, str]) -> str | None:
    """Do what the form says, all or nothing. Return what was wrong, or None."""
    name = form.get("act", "")
    act: Callable[..., Any] | None = ACTS.get(name) if name in DONE else None
    if act is None:
        return "There is no such act."
    given = {
        field: _value(field, text)
        for field, text in form.items()
        if field not in _NOT_ARGUMENTS and (text.strip() or field in _MAY_BE_EMPTY)
    }
    if line := {name[5:]: given.pop(name) for name in list(given) if name.startswith("line.")}:
        given["lines"] = [line | {"quantity": "1"}]
    world.remember_past(host)
    try:
        inspect.signature(act).bind(host.books, **given)
        with host.books.transaction():
            act(host.books, **given)
    except (RequestRefused, TypeError, ValueError) as error:
        return str(error)
    return None


def _value(field: str, text: str) -> Any:
    if field in _FLAGS:
        return text == "true"
    return text.strip() or None
