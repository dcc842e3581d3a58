"""The tie-out: the source's ledger against Xero's, read afresh, down to the document.

Two independent ways lead to the comparison. The source's side is worked out from its records'
newest versions; the books' side is read from Xero, documents and trial balance. Our own rows
of what was sent decide nothing in between; they only explain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from django.db import models

from unitledger.core import mapping
from unitledger.core.chart import Chart
from unitledger.core.documents import DocumentKind
from unitledger.core.exchange import TrialBalanceRow
from unitledger.engine.reconcile import findings, under_way
from unitledger.engine.reconcile.expecting import Expecting
from unitledger.engine.reconcile.figures import (
    AccountLine,
    Figures,
    Line,
    years_read,
)
from unitledger.engine.reconcile.pairing import pair_up
from unitledger.engine.reconcile.reading import BooksReader
from unitledger.engine.reconcile.rules import PAIR_RULES
from unitledger.engine.reconcile.rules.contact_split import ContactSplit
from unitledger.engine.reconcile.rules.effect_stuck import EffectStuck
from unitledger.engine.reconcile.rules.missing_in_books import MissingInBooks
from unitledger.engine.reconcile.rules.only_in_books import OnlyInBooks
from unitledger.engine.reconcile.rules.refused import Refused
from unitledger.engine.reconcile.rules.trial_balance_moved import TrialBalanceMoved
from unitledger.engine.reconcile.rules.waiting_here import WaitingHere
from unitledger.engine.reconcile.scope import Scope
from unitledger.engine.reconcile.settled import as_it_was
from unitledger.engine.reconcile.source import SourceSide
from unitledger.engine.reconcile.staged import Staged, handle_key
from unitledger.engine.reconcile.under_way import RunUnderWay
from unitledger.engine.reconcile.values import ZERO, Difference, Pair, View
from unitledger.engine.tools import Tools
from unitledger.store.connections import (
    Connection,
    ConnectionState,
    MappingVersion,
    Organisation,
)
from unitledger.store.people import Operator

_USABLE = (ConnectionState.ACTIVE, ConnectionState.HELD, ConnectionState.PAUSED)
_ONLY_IN_BOOKS = OnlyInBooks()
_TRIAL_BALANCE_MOVED = TrialBalanceMoved()
_EFFECT_STUCK = EffectStuck()
_CONTACT_SPLIT = ContactSplit()
_MISSING = MissingInBooks()
_ALL_RULES = (
    *PAIR_RULES,
    _ONLY_IN_BOOKS,
    _TRIAL_BALANCE_MOVED,
    _EFFECT_STUCK,
    _CONTACT_SPLIT,
)

_LAST = {Refused.name: 1, WaitingHere.name: 2}

# What is being read or compared, and how many so far.
Progress = Callable[[str, int], None]


class NotConnected(Exception):
    """There is nothing to tie out with."""

    def __init__(self, organisation: str) -> None:
        super().__init__(f"{organisation} is not connected: connect to Xero, then tie out.")


@dataclass(frozen=True, slots=True)
class Control:
    """The sum of what the sales invoices still ask for, against the trial balance."""

    amounts_due: Decimal
    trial_balance: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        return None if self.trial_balance is None else self.trial_balance - self.amounts_due


@dataclass(frozen=True, slots=True)
class TieOut:
    """Both sides, and every difference between them."""

    operator: str
    organisation: str
    organisation_xero_id: str
    short_code: str | None  # for links into Xero; none: an emulator
    currency: str
    start_on: date
    on: date
    read_at: datetime
    calls: int
    kinds: Mapping[DocumentKind, Line]
    invoiced: Mapping[str, Line]  # by location
    received: Mapping[str, Line]  # by location
    months: Mapping[str, Mapping[DocumentKind, Line]]  # by month, "2026-03"
    accounts: Sequence[AccountLine]
    control: Control
    differences: Sequence[Difference]

    @property
    def locations(self) -> Sequence[str]:
        return sorted({*self.invoiced, *self.received})

    @property
    def open_differences(self) -> Sequence[Difference]:
        return [each for each in self.differences if not each.is_accepted]

    @property
    def ties(self) -> bool:
        """Whether there is no difference that nobody has accepted."""
        return not self.open_differences and all(
            self.unexplained(kind) == 0 for kind in DocumentKind
        )

    def unexplained(self, kind: DocumentKind) -> Decimal:
        """The money of a kind that no difference accounts for. Anything but nothing is a bug."""
        named = sum(
            (
                each.money
                for each in self.differences
                if each.kind is kind and not each.is_of_others
            ),
            ZERO,
        )
        return self.kinds[kind].difference.amount - named


def usable_connections(operator_ids: Sequence[int]) -> Sequence[Connection]:
    """The connections that can be tied out, one an organisation."""
    return list(_usable().filter(operator_id__in=operator_ids))


def _usable() -> models.QuerySet[Connection]:
    found = Connection.objects.filter(state__in=_USABLE).select_related("organisation")
    return found.order_by("organisation_id", "id")


def tie_out(
    organisation_id: int,
    *,
    tools: Tools,
    on: date | None = None,
    progress: Progress = lambda what, count: None,
) -> TieOut:
    """Compare the two ledgers as of a day; without one, as of the last day either has.

    Keeps the differences as findings when it was about the last day. Raises `NotConnected`,
    `RunUnderWay` where a sync wrote meanwhile, and what reading the books raises
    (`reading.BooksReader`).
    """
    connection = _usable().filter(organisation_id=organisation_id).last()
    if connection is None:
        raise NotConnected(Organisation.objects.get(id=organisation_id).name)
    began_at = tools.clock.now()
    run = under_way.running(connection, now=began_at)
    if run is not None:
        raise RunUnderWay(connection.organisation.name, run.pk)
    newest_id = under_way.newest(organisation_id)
    reader = BooksReader(connection.pk, organisation_id, tools)
    with Staged() as staged:
        work = _Work(
            connection=connection,
            organisation=connection.organisation,
            operator=Operator.objects.get(id=connection.operator_id),
            chart=reader.chart(),
            reader=reader,
            staged=staged,
            began_at=began_at,
            progress=progress,
        )
        result = work.compare(asked_on=on)
    later = under_way.wrote_since(organisation_id, newest_id=newest_id)
    if later is not None:
        raise RunUnderWay(connection.organisation.name, later)
    if on is None:
        findings.keep(
            organisation_id,
            connection.operator_id,
            result.differences,
            rules=_ALL_RULES,
            now=tools.clock.now(),
        )
    return result


@dataclass(slots=True)
class _Work:
    """One tie-out under way."""

    connection: Connection
    organisation: Organisation
    operator: Operator
    chart: Chart
    reader: BooksReader
    staged: Staged
    began_at: datetime
    progress: Progress
    differences: list[Difference] = field(default_factory=list)

    def compare(self, *, asked_on: date | None) -> TieOut:
        self._read_documents()
        on = asked_on or max(self.began_at.date(), self.staged.last_date() or date.min)
        view = self._view(on)
        to_read = years_read(self.chart, days=self.staged.days(), on=on)
        years = [self.reader.trial_balance(day) for day in to_read.values()]
        figures = Figures(
            chart=self.chart,
            start_on=view.start_on,
            on=on,
            years=to_read.keys() - {date.min},
        )
        self._compare_source(figures, view)
        self._look_at_strangers(figures, view)
        control = self._control(figures, years[-1], on=on)
        accounts = figures.accounts(years)
        self._look_at_wholes(control, accounts)
        # What is wrong in the books comes before what has not reached them yet.
        self.differences.sort(key=lambda each: _LAST.get(each.rule, 0))
        differences = findings.with_acceptance(self.organisation.pk, self.differences)
        return self._result(figures, view, accounts, control, differences)

    def _read_documents(self) -> None:
        count = 0
        for kind in DocumentKind:
            for page in self.reader.pages(kind):
                self.staged.add(page.held)
                count += len(page.held)
                self.progress("read from Xero", count)
        self.staged.index()

    def _view(self, on: date) -> View:
        return View(
            chart=self.chart,
            start_on=self.connection.start_on,
            on=on,
            began_at=self.began_at,
            account_names={
                each.account_id: f"{each.code or ''} {each.name}".strip()
                for each in self.chart.accounts
            },
        )

    def _source(self) -> SourceSide:
        versions = MappingVersion.objects.filter(organisation_id=self.organisation.pk)
        return SourceSide(
            operator_id=self.operator.pk,
            scope=Scope.of(self.organisation),
            expecting=Expecting(
                operator_key=self.operator.handle_key,
                chart=as_it_was(self.chart),
                mappings={each.version: mapping.from_content(each.content) for each in versions},
            ),
        )

    def _compare_source(self, figures: Figures, view: View) -> None:
        source = self._source()
        count = 0
        for kind in DocumentKind:
            for chunk in source.chunks(kind):
                for pair in pair_up(kind, chunk, staged=self.staged):
                    figures.add_pair(pair)
                    self.differences.extend(_check(pair, view))
                count += len(chunk)
                self.progress("compared", count)

    def _look_at_strangers(self, figures: Figures, view: View) -> None:
        for kind in DocumentKind:
            for chunk in self.staged.unclaimed(kind):
                numbers = {each.number for each, _ in chunk if each.number}
                taken = self.staged.claimed_numbers(kind, numbers)
                for held, our_invoice in chunk:
                    figures.add_stranger(held)
                    found = _ONLY_IN_BOOKS.check(
                        held,
                        view,
                        our_invoice=our_invoice,
                        our_number=handle_key(kind, held.number or "") in taken,
                    )
                    if found is not None:
                        self.differences.append(found)

    def _control(
        self, figures: Figures, trial_balance: Sequence[TrialBalanceRow], *, on: date
    ) -> Control:
        return Control(
            amounts_due=self.staged.amount_due(on=on),
            trial_balance=figures.receivables(trial_balance),
        )

    def _look_at_wholes(self, control: Control, accounts: Sequence[AccountLine]) -> None:
        self.differences.extend(
            _TRIAL_BALANCE_MOVED.receivables(
                amounts_due=control.amounts_due, balance=control.trial_balance
            )
        )
        self.differences.extend(_TRIAL_BALANCE_MOVED.accounts(accounts))
        self.differences.extend(_CONTACT_SPLIT.check(self.staged.contacts_sharing_account_number()))
        self.differences.extend(_EFFECT_STUCK.check(self.organisation.pk, now=self.began_at))

    def _result(
        self,
        figures: Figures,
        view: View,
        accounts: Sequence[AccountLine],
        control: Control,
        differences: Sequence[Difference],
    ) -> TieOut:
        facts = self.chart.facts
        return TieOut(
            operator=self.operator.name,
            organisation=facts.name,
            organisation_xero_id=self.organisation.xero_id,
            short_code=None if facts.is_emulated else facts.short_code,
            currency=facts.currency,
            start_on=view.start_on,
            on=view.on,
            read_at=self.began_at,
            calls=self.reader.calls,
            kinds=figures.kinds,
            invoiced=dict(sorted(figures.invoiced.items())),
            received=dict(sorted(figures.received.items())),
            months=dict(sorted(figures.months.items())),
            accounts=accounts,
            control=control,
            differences=differences,
        )


def _check(pair: Pair, view: View) -> Iterator[Difference]:
    expected = pair.expected
    if expected.dated_on is not None and expected.dated_on > view.on:
        return
    is_named = False
    for rule in PAIR_RULES:
        for each in rule.check(pair, view):
            is_named = True
            yield each
    if pair.counts and not pair.is_live and not is_named:
        # No rule knows this case; what is not in the books is named all the same.
        yield replace(_MISSING.difference(pair, "It is not in the books."))
