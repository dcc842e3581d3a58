from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from unitledger.core.dates import plain
from unitledger.core.documents import DocumentKind
from unitledger.core.exchange import Held
from unitledger.engine.reconcile.values import IN_LEDGER, ZERO, Difference, View

_NOUN = {DocumentKind.INVOICE: "Invoice", DocumentKind.PAYMENT: "Payment"}


class OnlyInBooks:
    """Xero holds a sales invoice or a payment received that the source does not know.

    It may be right (other business in the same organisation) or income entered twice, once by
    hand. We never change or adopt it by ourselves. Only what is dated since the connection's
    start counts, bills and the like never do.
    """

    name: ClassVar[str] = "only_in_books"
    remedy: ClassVar[str] = "Record it at the source, link it, or accept it as other business."
    grace: ClassVar[timedelta] = timedelta(0)
    sample_max: ClassVar[int] = 200
    is_kept: ClassVar[bool] = True

    def check(
        self, held: Held, view: View, *, our_invoice: int | None, our_number: bool
    ) -> Difference | None:
        """`our_invoice` is our record whose invoice it settles; `our_number` says that the
        number is one of ours too."""
        if held.kind not in _NOUN or held.status not in IN_LEDGER[held.kind]:
            return None
        if held.dated_on is None or not view.start_on <= held.dated_on <= view.on:
            return None
        return Difference(
            rule=self.name,
            subject=f"{held.kind}:{held.xero_id}",
            document=f"{_NOUN[held.kind]} {held.number or held.reference or held.xero_id}",
            says=f"{held.total} of {plain(held.dated_on)} exists in Xero and is not ours"
            f"{_where(held, view, our_invoice=our_invoice, our_number=our_number)}.",
            remedy=self.remedy,
            kind=held.kind,
            source_amount=ZERO,
            books_amount=held.total,
            dated_on=held.dated_on,
            xero_id=held.xero_id,
            number=held.number or held.reference,
            is_of_others=True,
        )


def _where(held: Held, view: View, *, our_invoice: int | None, our_number: bool) -> str:
    if our_invoice is not None:
        return ", on an invoice that is"
    if our_number:
        return ", under a number that is"
    if held.kind is DocumentKind.PAYMENT:
        return f", on {view.account(held.account_id)}"
    codes = sorted({each.account_code for each in held.postings if each.account_code})
    return f", on account {', '.join(codes)}" if codes else ""
