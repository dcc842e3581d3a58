from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from unitledger.core.documents import WantedInvoice, WantedPayment
from unitledger.core.exchange import Held
from unitledger.core.translate import expected_postings
from unitledger.engine.reconcile.rules.base import PairRule
from unitledger.engine.reconcile.values import ZERO, Difference, Pair, View


class AccountDiffers(PairRule):
    """The money stands on another account in Xero.

    Totals agree, and yet the profit by kind of income, or the clearing account that should
    come to nothing, does not.
    """

    name = "account_differs"
    remedy = "Keep Xero's account, or set the mapping's account again in Xero."

    def check(self, pair: Pair, view: View) -> Iterator[Difference]:
        held, wanted = pair.held, pair.expected.wanted
        if held is None or not pair.is_live or pair.expected.is_pending:
            return
        match wanted:
            case WantedPayment() if held.account_id and held.account_id != wanted.account_id:
                yield self.difference(
                    pair,
                    f"The mapping says {view.account(wanted.account_id)}, "
                    f"Xero holds it on {view.account(held.account_id)}.",
                )
            case WantedInvoice() if held.postings and held.total == wanted.total:
                yield from self._lines(pair, wanted, held)
            case _:
                pass

    def _lines(self, pair: Pair, wanted: WantedInvoice, held: Held) -> Iterator[Difference]:
        gross = {each.account_code: each.net + each.tax for each in expected_postings(wanted)}
        found = _gross_by_account(held)
        if gross != found:
            says = f"The mapping says {_spelled(gross)}; Xero holds {_spelled(found)}."
            yield self.difference(pair, says)


def _gross_by_account(held: Held) -> dict[str, Decimal]:
    """With tax, so that another tax rate alone does not read as another account."""
    sums: dict[str, Decimal] = {}
    for posting in held.postings:
        gross = posting.line_amount
        if not held.prices_include_tax:
            gross += posting.tax_amount
        if gross or posting.account_code:
            code = posting.account_code or "none"
            sums[code] = sums.get(code, ZERO) + gross
    return {code: amount for code, amount in sums.items() if amount}


def _spelled(sums: dict[str, Decimal]) -> str:
    return ", ".join(f"{code}: {amount:.2f}" for code, amount in sorted(sums.items()))
