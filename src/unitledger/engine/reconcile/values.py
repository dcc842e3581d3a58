"""What a tie-out compares, and what it says of the comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from unitledger.core.chart import Chart
from unitledger.core.documents import DocumentKind, DocumentState, Wanted
from unitledger.core.exchange import Held
from unitledger.core.problems import Problem

ZERO = Decimal("0.00")

# Xero: documented, Invoices page and Payments page. What stands in the ledger, and what is gone.
IN_LEDGER = {
    DocumentKind.CONTACT: frozenset({"ACTIVE", "ARCHIVED"}),
    DocumentKind.INVOICE: frozenset({"AUTHORISED", "PAID"}),
    DocumentKind.PAYMENT: frozenset({"AUTHORISED"}),
}
GONE = frozenset({"VOIDED", "DELETED"})
DRAFT = frozenset({"DRAFT", "SUBMITTED"})

# States in which a document goes by itself.
ON_ITS_WAY = frozenset(
    {DocumentState.NEW, DocumentState.QUEUED, DocumentState.WAITING, DocumentState.CHANGED}
)
# States in which it waits for a person.
STOPPED = frozenset({DocumentState.FAILED, DocumentState.NEEDS_ATTENTION, DocumentState.DRIFTED})
LEFT_OUT = frozenset({DocumentState.SKIPPED, DocumentState.OUT_OF_SCOPE})


@dataclass(frozen=True, slots=True)
class Row:
    """What our own row says of a document. Read to explain a difference, never to deny one."""

    document_id: int
    state: DocumentState
    problems: Sequence[Problem]
    applied_version: int
    xero_id: str | None
    last_attempt_at: datetime | None


@dataclass(frozen=True, slots=True)
class Expected:
    """What the books should hold for one source record, or for one part of it.

    `amount` is the source's own money, known even where the record cannot be translated;
    `handles` are made from the source's key, the current one first.
    """

    kind: DocumentKind
    record_id: int
    part: str
    version: int
    is_wanted: bool  # false: voided at its source, or no longer allocated
    label: str  # for people: "Invoice 0000611365"
    handles: Sequence[str]
    amount: Decimal
    currency: str | None = None
    dated_on: date | None = None
    location: str | None = None
    wanted: Wanted | None = None
    problems: Sequence[Problem] = ()  # why it could not be translated
    link_token: str | None = None  # stands in the invoice's link in the books
    contact_number: str | None = None  # of an invoice's contact
    invoice_record_id: int | None = None  # of the invoice that a payment settles
    row: Row | None = None  # none: our row is lost

    @property
    def state(self) -> DocumentState | None:
        return self.row.state if self.row else None

    @property
    def is_stopped(self) -> bool:
        """Whether it waits for a person; so does what never became a document."""
        return self.state in STOPPED or (self.row is None and not self.handles)

    @property
    def is_left_out(self) -> bool:
        return self.state in LEFT_OUT

    @property
    def was_sent(self) -> bool:
        return self.row is not None and (self.row.applied_version > 0 or bool(self.row.xero_id))

    @property
    def is_pending(self) -> bool:
        """Whether the newest version is still on its way, or stopped on it."""
        if self.row is None:
            return False
        return self.row.applied_version < self.version and self.state not in LEFT_OUT

    @property
    def reasons(self) -> Sequence[Problem]:
        """Why it is not in the books, as far as we know: our row's reasons come first."""
        return (self.row.problems if self.row else ()) or self.problems


@dataclass(frozen=True, slots=True)
class Pair:
    """One expectation, and what the books hold under its handles."""

    expected: Expected
    held: Held | None
    more: Sequence[Held] = ()  # further live objects under our handles: duplicates
    pointed_at: Held | None = None  # what our row's id leads to, where that is another object
    not_ours: Held | None = None  # somebody else's document with our number
    contact: Held | None = None  # the contact that carries an invoice's contact number
    invoice: Held | None = None  # the invoice a payment should settle

    @property
    def is_live(self) -> bool:
        return self.held is not None and self.held.status in IN_LEDGER[self.expected.kind]

    @property
    def is_gone(self) -> bool:
        return self.held is not None and self.held.status in GONE

    @property
    def is_draft(self) -> bool:
        return self.held is not None and self.held.status in DRAFT

    @property
    def counts(self) -> bool:
        """Whether the source's money belongs in the comparison.

        What was left out on purpose does not, unless the books hold it all the same.
        """
        return self.expected.is_wanted and (not self.expected.is_left_out or self.is_live)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing on which the two sides do not agree, down to the document."""

    rule: str
    subject: str  # the same for the same discrepancy, whenever it is seen
    document: str  # for people
    says: str  # one sentence: what the source says, what Xero holds
    remedy: str
    kind: DocumentKind | None = None
    source_amount: Decimal | None = None
    books_amount: Decimal | None = None
    dated_on: date | None = None
    location: str | None = None
    document_id: int | None = None
    xero_id: str | None = None
    number: str | None = None  # the handle in the books
    seen_since: datetime | None = None  # young ones are not kept as findings: lists may lag
    is_of_others: bool = False  # its money stands with what is not ours
    is_accepted: bool = False  # a person has looked and said so

    @property
    def money(self) -> Decimal:
        """The books' money less the source's."""
        return (self.books_amount or ZERO) - (self.source_amount or ZERO)


@dataclass(frozen=True, slots=True)
class View:
    """What every rule may look at besides the pair."""

    chart: Chart
    start_on: date
    on: date
    began_at: datetime
    account_names: Mapping[str, str] | None = None  # account id → "091 Clearing, cards"

    def account(self, account_id: str | None) -> str:
        if account_id is None:
            return "no account"
        return (self.account_names or {}).get(account_id, account_id)
