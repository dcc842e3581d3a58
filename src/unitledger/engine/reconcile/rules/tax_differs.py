from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from unitledger.core.documents import WantedInvoice
from unitledger.engine.reconcile.rules.base import PairRule
from unitledger.engine.reconcile.values import ZERO, Difference, Pair, View


class TaxDiffers(PairRule):
    """The document carries another tax in Xero, in amount or in rate.

    While this stands, the tax return follows Xero and not what tenants were charged.
    """

    name = "tax_differs"
    remedy = "Correct the tax rate in Xero, or the mapping's for what comes next."

    def check(self, pair: Pair, view: View) -> Iterator[Difference]:
        held, wanted = pair.held, pair.expected.wanted
        if held is None or not isinstance(wanted, WantedInvoice) or not held.postings:
            return
        if not pair.is_live or pair.expected.is_pending or held.total != wanted.total:
            return
        source_tax = sum((line.tax_amount for line in wanted.lines), ZERO)
        books_tax = sum((posting.tax_amount for posting in held.postings), ZERO)
        types = Counter(line.tax_type for line in wanted.lines)
        found = Counter(each.tax_type for each in held.postings if each.account_code)
        if source_tax != books_tax:
            says = f"The source says {source_tax:.2f} of tax, Xero holds {books_tax:.2f}."
            yield self.difference(pair, says)
        elif types != found:
            says = f"The mapping says {_spelled(types)}; Xero holds {_spelled(found)}."
            yield self.difference(pair, says)


def _spelled(types: Counter[str] | Counter[str | None]) -> str:
    return ", ".join(f"{count} × {name or 'no rate'}" for name, count in types.items())
