from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

from unitledger.engine.reconcile.figures import AccountLine
from unitledger.engine.reconcile.values import Difference


class TrialBalanceMoved:
    """The trial balance shows more, or less, than the documents that make it up.

    On an income account: a journal or bank transaction was posted there beside the invoices,
    often the same income a second time from the bank feed. On receivables: credit notes or
    overpayments that settle no invoice yet.
    """

    name: ClassVar[str] = "trial_balance_moved"
    remedy: ClassVar[str] = "Look in Xero for the account's entries that are no sales document."
    grace: ClassVar[timedelta] = timedelta(0)
    sample_max: ClassVar[int] = 200
    is_kept: ClassVar[bool] = True

    def accounts(self, lines: Sequence[AccountLine]) -> Iterator[Difference]:
        """Income accounts that our documents post to. On others, bank accounts above all,
        further movements are everyday life."""
        for line in lines:
            if line.is_income and line.is_served and line.unexplained:
                yield self._moved(
                    f"{line.code or ''} {line.name}".strip(),
                    subject=f"account:{line.account_id}",
                    documents=(line.trial_balance or Decimal(0)) - line.unexplained,
                    balance=line.trial_balance or Decimal(0),
                )

    def receivables(self, *, amounts_due: Decimal, balance: Decimal | None) -> Iterator[Difference]:
        if balance is not None and balance != amounts_due:
            yield self._moved(
                "Receivables", subject="receivables", documents=amounts_due, balance=balance
            )

    def _moved(
        self, account: str, *, subject: str, documents: Decimal, balance: Decimal
    ) -> Difference:
        return Difference(
            rule=self.name,
            subject=subject,
            document=account,
            says=f"Its documents come to {documents:.2f}, the trial balance says {balance:.2f}.",
            remedy=self.remedy,
            source_amount=documents,
            books_amount=balance,
            is_of_others=True,
        )
