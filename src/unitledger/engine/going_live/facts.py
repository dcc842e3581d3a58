"""What Xero is asked besides its documents, before anything is written to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from unitledger.core import mapping as mappings
from unitledger.core.chart import Account, Chart
from unitledger.core.exchange import Access, CreditHeld, Limits, RepeatingInvoice, TrialBalanceRow
from unitledger.engine.ports import Books
from unitledger.engine.reading import Reader
from unitledger.engine.reconcile.figures import year_start
from unitledger.store.connections import MappingVersion

# Before these many months, what was booked is one sum: a trial balance is a call each.
MONTHS_MAX = 12
_YEARLY = ("REVENUE", "EXPENSE")  # these begin every financial year at nothing
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Turnover:
    """What an account that our mapping posts to took already, in one month or before."""

    account: str
    first_on: date
    last_on: date
    amount: Decimal  # credit less debit


@dataclass(frozen=True, slots=True)
class Facts:
    has_reminders: bool = False
    repeating: Sequence[RepeatingInvoice] = ()
    credits: Sequence[CreditHeld] = ()
    turnover: Sequence[Turnover] = ()
    payment_links: Sequence[tuple[str, Sequence[str]]] = ()  # theme → names of its services
    are_links_hidden: bool = False  # Xero does not let us look


@dataclass
class Asking:
    """Asks one thing after another; `tell` is told of each, before its call."""

    reader: Reader
    books: Books
    chart: Chart
    start_on: date
    today: date
    tell: Tell
    holds_something: bool  # a contact, an invoice or a payment
    _balances: dict[date, Mapping[str, Decimal]] = field(default_factory=dict)

    def facts(self) -> Facts:
        """Two calls for an organisation that holds nothing at all; it cannot hold the rest."""
        self.tell("reminders")
        reminders = self.reader.ask(self.books.read_reminders)
        turnover = self._turnover()
        if not self.holds_something:
            return Facts(has_reminders=reminders, turnover=turnover)
        self.tell("repeating invoices")
        repeating = self.reader.ask(self.books.read_repeating)
        credits = self._credits()
        links, hidden = self._payment_links()
        return Facts(
            has_reminders=reminders,
            repeating=repeating,
            credits=credits,
            turnover=turnover,
            payment_links=links,
            are_links_hidden=hidden,
        )

    def _credits(self) -> Sequence[CreditHeld]:
        self.tell("credit notes")
        found: list[CreditHeld] = []
        page, page_count = 1, 1
        while page <= page_count:
            at = page
            answer = self.reader.ask(
                lambda access: self.books.read_credits(access, since=self.start_on, page=at)  # noqa: B023
            )
            found.extend(answer.found)
            page, page_count = page + 1, answer.page_count
        return found

    def _payment_links(self) -> tuple[Sequence[tuple[str, Sequence[str]]], bool]:
        self.tell("branding themes")
        found: list[tuple[str, Sequence[str]]] = []
        for theme in self.reader.ask(self.books.read_themes):
            services = self.reader.ask(
                lambda access: self.books.read_payment_links(access, theme)  # noqa: B023
            )
            if services is None:
                return (), True
            if services:
                found.append((theme.name, services))
        return found, False

    # -- what the accounts took already

    def _turnover(self) -> Sequence[Turnover]:
        accounts = self._mapped()
        days = self._cut_at_years(month_ends(self.start_on, self.today))
        if not accounts or not days:
            return ()
        newest = self._balance(self.today)
        if not self.holds_something and not any(newest.get(each.account_id) for each in accounts):
            return ()
        before = self.start_on - timedelta(days=1)
        found: list[Turnover] = []
        for last in days:
            for each in accounts:
                amount = self._moved(each, before, last)
                if amount:
                    name = f"{each.code} {each.name}"
                    found.append(Turnover(name, before + timedelta(days=1), last, amount))
            before = last
        return sorted(found, key=lambda each: (each.account, each.first_on))

    def _cut_at_years(self, days: Sequence[date]) -> Sequence[date]:
        """With the last days of earlier financial years before them, back to the start date."""
        cut = list(days)
        while cut:
            began = year_start(self.chart, on=cut[0])
            if began is None or began <= self.start_on:
                break
            cut.insert(0, began - timedelta(days=1))
        return cut

    def _mapped(self) -> Sequence[Account]:
        organisation_id = self.reader.held.organisation_id
        newest = (
            MappingVersion.objects.filter(organisation_id=organisation_id)
            .order_by("-version")
            .first()
        )
        if newest is None:
            return ()
        charges = mappings.from_content(newest.content).charges
        codes = {rule.account_code for rule in charges if rule.account_code}
        return [each for each in self.chart.accounts if each.code in codes]

    def _moved(self, account: Account, before: date, last: date) -> Decimal:
        after = self._balance(last).get(account.account_id, Decimal(0))
        began = year_start(self.chart, on=last)
        is_new_year = began is not None and began > before
        if account.account_class in _YEARLY and is_new_year:
            return after
        return after - self._balance(before).get(account.account_id, Decimal(0))

    def _balance(self, on: date) -> Mapping[str, Decimal]:
        if on not in self._balances:
            self.tell(f"the accounts as of {on.isoformat()}")

            def read(access: Access) -> tuple[Sequence[TrialBalanceRow], Limits, int]:
                rows, limits = self.books.read_trial_balance(access, on=on)
                return rows, limits, 0

            rows = self.reader.ask(read)
            self._balances[on] = {row.account_id: row.year_credit - row.year_debit for row in rows}
        return self._balances[on]


def month_ends(start_on: date, today: date) -> Sequence[date]:
    """The last days to look at, from the start date on; the newest is today."""
    if start_on > today:
        return ()
    ends: list[date] = []
    last = today
    while last >= start_on and len(ends) < MONTHS_MAX:
        ends.append(last)
        last = last.replace(day=1) - timedelta(days=1)
    return ends[::-1]
