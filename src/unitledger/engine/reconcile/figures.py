"""The sums of a tie-out: by kind, by location, by account; both sides, never netted early."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from unitledger.core.chart import Account, Chart
from unitledger.core.documents import DocumentKind, WantedInvoice, WantedPayment
from unitledger.core.exchange import Held, TrialBalanceRow
from unitledger.core.translate import expected_postings
from unitledger.engine.reconcile.values import IN_LEDGER, ZERO, Expected, Pair

NOT_MAPPED = "not mapped yet"
NO_LOCATION = "no location"
RECEIVABLES = "DEBTORS"  # Xero: documented, Accounts page, system accounts
SALES_TAX = "GST"  # the tax account's system name in every country
_DEBIT_CLASSES = frozenset({"ASSET", "EXPENSE"})
_YEARLY_CLASSES = frozenset({"REVENUE", "EXPENSE"})
YEARS_MAX = 10  # a call each


@dataclass(slots=True)
class Figure:
    """How many, and how much."""

    count: int = 0
    amount: Decimal = ZERO

    def add(self, amount: Decimal | None) -> None:
        self.count += 1
        self.amount += amount or ZERO


@dataclass(slots=True)
class Line:
    """One kind, or one location: every record of the source is in exactly one of the first
    three figures; `books` is what Xero holds of them in its ledger."""

    wanted: Figure = field(default_factory=Figure)
    skipped: Figure = field(default_factory=Figure)
    out_of_scope: Figure = field(default_factory=Figure)
    books: Figure = field(default_factory=Figure)
    others: Figure = field(default_factory=Figure)  # in the books since the start, not ours

    @property
    def source(self) -> Figure:
        """All of the source's records, those left out included."""
        parts = (self.wanted, self.skipped, self.out_of_scope)
        return Figure(
            count=sum(each.count for each in parts),
            amount=sum((each.amount for each in parts), ZERO),
        )

    @property
    def difference(self) -> Figure:
        return Figure(
            count=self.books.count - self.wanted.count,
            amount=self.books.amount - self.wanted.amount,
        )


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account, in its natural sign: what is earned, owed to us or received is positive.

    `trial_balance` is None where the report could not be compared; `unexplained` is what it
    shows beyond the sales documents and payments we read, in the part of time it covers.
    """

    code: str | None
    name: str
    account_id: str | None
    wanted: Decimal
    books: Decimal
    others: Decimal
    trial_balance: Decimal | None
    unexplained: Decimal | None
    is_served: bool  # whether our documents post to it
    is_income: bool

    @property
    def difference(self) -> Decimal:
        return self.books - self.wanted


@dataclass(slots=True)
class _Sums:
    """Debit-positive sums of one account; `in_years` is what the read years should show."""

    wanted: Decimal = ZERO
    books: Decimal = ZERO
    others: Decimal = ZERO
    in_years: Decimal = ZERO
    in_all: Decimal = ZERO


@dataclass(slots=True)
class Figures:
    """Adds up pairs and strangers as they stream by.

    `years` are the first days of the financial years whose trial balances are read; none
    where the organisation does not say when its year ends.
    """

    chart: Chart
    start_on: date
    on: date
    years: Set[date]
    kinds: dict[DocumentKind, Line] = field(
        default_factory=lambda: {kind: Line() for kind in DocumentKind}
    )
    invoiced: dict[str, Line] = field(default_factory=lambda: defaultdict(Line))
    received: dict[str, Line] = field(default_factory=lambda: defaultdict(Line))
    # By month, "2026-03": each side by its own date, so that a moved date shows in both months.
    months: dict[str, dict[DocumentKind, Line]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Line))
    )
    _accounts: dict[str, _Sums] = field(default_factory=lambda: defaultdict(_Sums))

    def add_pair(self, pair: Pair) -> None:
        expected = pair.expected
        lines = self._lines(expected.kind, expected.location)
        if self._is_in_time(expected.dated_on):
            for line in (*lines, *self._month(expected.kind, expected.dated_on)):
                _add_source(line, pair)
            if pair.counts:
                self._add_wanted(expected)
        for held in (pair.held, *pair.more, pair.pointed_at):
            if held is not None and self._stands(held):
                for line in (*lines, *self._month(held.kind, held.dated_on)):
                    line.books.add(held.total)
                self._add_held(held, is_ours=True)

    def add_stranger(self, held: Held) -> None:
        """An object of the books that is none of ours; older ones only enter the accounts."""
        if not self._stands(held):
            return
        if held.dated_on is None or held.dated_on >= self.start_on:
            for line in (self.kinds[held.kind], *self._month(held.kind, held.dated_on)):
                line.others.add(held.total)
        self._add_held(held, is_ours=False)

    def accounts(self, years: Sequence[Sequence[TrialBalanceRow]]) -> Sequence[AccountLine]:
        """Every account touched. `years` are the trial balances at each year's end, in order;
        the last is that of `on`."""
        balances = [{row.account_id: _balance(row) for row in rows} for rows in years]
        keys = sorted(self._accounts, key=self._account_order)
        return [self._account_line(key, balances) for key in keys]

    def receivables(self, trial_balance: Sequence[TrialBalanceRow]) -> Decimal | None:
        """The receivables account of the trial balance; None where the chart has none."""
        account = self._system(RECEIVABLES)
        if account is None:
            return None
        balances = {row.account_id: _balance(row) for row in trial_balance}
        return balances.get(account.account_id, ZERO)

    def _lines(self, kind: DocumentKind, location: str | None) -> Sequence[Line]:
        by_location = {
            DocumentKind.INVOICE: self.invoiced,
            DocumentKind.PAYMENT: self.received,
        }.get(kind)
        if by_location is None:
            return (self.kinds[kind],)
        return (self.kinds[kind], by_location[location or NO_LOCATION])

    def _month(self, kind: DocumentKind, day: date | None) -> Sequence[Line]:
        return () if day is None else (self.months[f"{day:%Y-%m}"][kind],)

    def _is_in_time(self, day: date | None) -> bool:
        return day is None or day <= self.on

    def _stands(self, held: Held) -> bool:
        return held.status in IN_LEDGER[held.kind] and self._is_in_time(held.dated_on)

    def _add_wanted(self, expected: Expected) -> None:
        match expected.wanted:
            case WantedInvoice() as invoice:
                for posting in expected_postings(invoice):
                    self._sums_of(code=posting.account_code).wanted -= posting.net
                    self._sums_of(system=SALES_TAX).wanted -= posting.tax
                self._sums_of(system=RECEIVABLES).wanted += invoice.total
            case WantedPayment() as payment:
                self._accounts[payment.account_id].wanted += payment.amount
                self._sums_of(system=RECEIVABLES).wanted -= payment.amount
            case _ if expected.amount:
                sign = -1 if expected.kind is DocumentKind.INVOICE else 1
                self._accounts[NOT_MAPPED].wanted += sign * expected.amount
                self._sums_of(system=RECEIVABLES).wanted -= sign * expected.amount
            case _:
                pass

    def _add_held(self, held: Held, *, is_ours: bool) -> None:
        day = held.dated_on
        is_in_years = day is not None and year_start(self.chart, on=day) in self.years
        for sums, amount in self._entries(held):
            if is_ours:
                sums.books += amount
            else:
                sums.others += amount
            sums.in_all += amount
            if is_in_years:
                sums.in_years += amount

    def _entries(self, held: Held) -> Sequence[tuple[_Sums, Decimal]]:
        total = held.total or ZERO
        receivables = self._sums_of(system=RECEIVABLES)
        if held.kind is DocumentKind.PAYMENT:
            return [(self._accounts[held.account_id or NOT_MAPPED], total), (receivables, -total)]
        if held.kind is not DocumentKind.INVOICE:
            return []
        entries = [(receivables, total)]
        for posting in held.postings:
            net = posting.line_amount
            if held.prices_include_tax:
                net -= posting.tax_amount
            entries.append((self._sums_of(code=posting.account_code), -net))
            entries.append((self._sums_of(system=SALES_TAX), -posting.tax_amount))
        return entries

    def _sums_of(self, *, code: str | None = None, system: str | None = None) -> _Sums:
        account = self.chart.account_by_code(code) if code else self._system(system)
        if account is not None:
            return self._accounts[account.account_id]
        return self._accounts[code or NOT_MAPPED]

    def _system(self, system: str | None) -> Account | None:
        return next(
            (each for each in self.chart.accounts if system and each.system == system), None
        )

    def _account_order(self, key: str) -> tuple[str, str]:
        account = self.chart.account(key)
        return ((account.code or "~") if account else "~~", account.name if account else key)

    def _account_line(self, key: str, balances: Sequence[Mapping[str, Decimal]]) -> AccountLine:
        account = self.chart.account(key)
        sums = self._accounts[key]
        # What no account is chosen for is money charged.
        kind = account.account_class if account else "REVENUE"
        sign = 1 if kind in _DEBIT_CLASSES else -1
        is_yearly = kind in _YEARLY_CLASSES
        shown = self._shown(account, balances, is_yearly=is_yearly)
        covered = sums.in_years if is_yearly else sums.in_all
        return AccountLine(
            code=account.code if account else None,
            name=account.name if account else key,
            account_id=account.account_id if account else None,
            wanted=_signed(sign, sums.wanted),
            books=_signed(sign, sums.books),
            others=_signed(sign, sums.others),
            trial_balance=None if shown is None else _signed(sign, shown),
            unexplained=None if shown is None else _signed(sign, shown - covered),
            is_served=bool(sums.wanted or sums.books),
            is_income=kind == "REVENUE",
        )

    def _shown(
        self,
        account: Account | None,
        balances: Sequence[Mapping[str, Decimal]],
        *,
        is_yearly: bool,
    ) -> Decimal | None:
        """What the trial balances say of an account; Xero leaves out what comes to nothing."""
        if account is None or not balances:
            return None
        if not is_yearly:
            return balances[-1].get(account.account_id, ZERO)
        if not self.years:
            return None
        return sum((each.get(account.account_id, ZERO) for each in balances), ZERO)


def years_read(chart: Chart, *, days: Iterable[date], on: date) -> Mapping[date, date]:
    """The financial years to read trial balances of: first day → day to read it for, in order.

    An income account starts every year at nothing, so each year that has documents is read,
    and the last one as of `on`. Where there are more than `YEARS_MAX`, the oldest are left
    out. Where the organisation does not say when its year ends, there is only `on`.
    """
    current = year_start(chart, on=on)
    if current is None:
        return {date.min: on}
    starts = {year_start(chart, on=day) or date.min for day in days if day <= on}
    newest = sorted(starts - {current})[-(YEARS_MAX - 1) :]
    return {start: _year_end(chart, start) for start in newest} | {current: on}


def year_start(chart: Chart, *, on: date) -> date | None:
    """The first day of the organisation's financial year that `on` is in; None: not known."""
    month, day = chart.facts.year_end_month, chart.facts.year_end_day
    if month is None or day is None:
        return None
    for year in (on.year, on.year - 1):
        end = _end_of_year(year, month, day)
        if end < on:
            return date.fromordinal(end.toordinal() + 1)
    return None


def _year_end(chart: Chart, start: date) -> date:
    """The last day of the financial year that begins on `start`."""
    month, day = chart.facts.year_end_month, chart.facts.year_end_day
    assert month is not None and day is not None, "a year that begins ends"
    end = _end_of_year(start.year, month, day)
    return end if end > start else _end_of_year(start.year + 1, month, day)


def _end_of_year(year: int, month: int, day: int) -> date:
    while True:
        try:
            return date(year, month, day)
        except ValueError:  # 29 February in another year
            day -= 1


def _balance(row: TrialBalanceRow) -> Decimal:
    """Debit-positive, from the report's year columns: the balance of a balance-sheet account,
    the running year's movement of an income account. Xero: the columns'
    headings are documented, what they cover is not."""
    return row.year_debit - row.year_credit


def _signed(sign: int, amount: Decimal) -> Decimal:
    # Adding nothing takes the sign off a zero.
    return sign * amount + ZERO


def _add_source(line: Line, pair: Pair) -> None:
    expected = pair.expected
    if not expected.is_wanted:
        return
    if pair.counts:
        line.wanted.add(expected.amount)
    elif expected.state == "skipped":
        line.skipped.add(expected.amount)
    else:
        line.out_of_scope.add(expected.amount)
