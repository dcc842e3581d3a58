from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import ClassVar

from unitledger.engine.reconcile.values import Difference


class ContactSplit:
    """One tenant has two contacts in Xero.

    Somebody added a second contact with the tenant's account number. Statements and balances
    of the tenant are then spread over the two.
    """

    name: ClassVar[str] = "contact_split"
    remedy: ClassVar[str] = "Merge the contacts in Xero; we follow the one that remains."
    grace: ClassVar[timedelta] = timedelta(0)
    sample_max: ClassVar[int] = 200
    is_kept: ClassVar[bool] = True

    def check(self, shared: Sequence[tuple[str, Sequence[str]]]) -> Iterator[Difference]:
        for account_number, names in shared:
            yield Difference(
                rule=self.name,
                subject=f"contact:{account_number}",
                document=f"Contact {account_number}",
                says=f"{len(names)} more contacts in Xero carry this account number.",
                remedy=self.remedy,
                is_of_others=True,
            )
