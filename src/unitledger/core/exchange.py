"""What passes between the engine and an organisation's books: requests, answers, holdings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from unitledger.core.documents import DocumentKind
from unitledger.core.effects import EffectKind, Verdict


@dataclass(frozen=True, slots=True)
class Access:
    """A permission to talk to one organisation for a while. The token is never shown."""

    organisation_id: str  # Xero's id of the organisation
    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Element:
    """One effect's part of a request: its rendered payload, and the ids known by now."""

    payload: str  # a JSON object, as `Books.render` made it
    handle: str  # what the answer is matched by
    parent_id: str | None = None  # an invoice's contact, a payment's invoice
    target_id: str | None = None  # the object an update, void or deletion is about


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """The exact bytes of one write; the same value may be sent again under the same key."""

    kind: EffectKind
    method: str
    path: str  # below the API's root, with its query
    body: bytes
    idempotency_key: str
    handles: Sequence[str]


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer said of Xero's limits; None where it did not."""

    minute_remaining: int | None = None
    day_remaining: int | None = None
    app_minute_remaining: int | None = None
    retry_after_seconds: int | None = None
    problem: str | None = None  # minute, day, concurrent, appminute


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of a held document, as Xero shows it."""

    account_code: str | None
    line_amount: Decimal
    tax_amount: Decimal
    tax_type: str | None = None
    description: str | None = None
    tracking: Mapping[str, str] = field(default_factory=dict)  # category name → option name


@dataclass(frozen=True, slots=True)
class Held:
    """One object as the books hold it."""

    kind: DocumentKind
    xero_id: str
    status: str  # Xero's word: ACTIVE, ARCHIVED, AUTHORISED, PAID, VOIDED, DELETED…
    updated_at: datetime | None
    number: str | None = None  # contact number, invoice number
    name: str | None = None  # contact name
    reference: str | None = None
    url: str | None = None
    contact_id: str | None = None
    invoice_id: str | None = None
    account_id: str | None = None
    dated_on: date | None = None
    due_on: date | None = None
    currency: str | None = None
    total: Decimal | None = None  # invoice total, payment amount
    total_tax: Decimal | None = None
    amount_due: Decimal | None = None
    amount_paid: Decimal | None = None
    is_receivable: bool = True  # a sales invoice or a payment received, not a bill
    is_reconciled: bool = False
    prices_include_tax: bool | None = None
    merged_to: str | None = None  # the contact this one was merged into
    account_number: str | None = None
    email: str | None = None  # of a contact; compared before the first write and never stored
    postings: Sequence[Posting] = ()


@dataclass(frozen=True, slots=True)
class ElementAnswer:
    """What came of one element, found by its handle."""

    handle: str
    verdict: Verdict
    xero_id: str | None = None
    messages: Sequence[str] = ()
    warnings: Sequence[str] = ()
    held: Held | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one request. `whole` is set where nothing is known element by element."""

    whole: Verdict | None
    elements: Sequence[ElementAnswer]
    limits: Limits
    http_status: int | None
    bytes_read: int = 0
    messages: Sequence[str] = ()  # of the whole request; without secrets
    books_at: datetime | None = None  # Xero's own clock


@dataclass(frozen=True, slots=True)
class HeldPage:
    held: Sequence[Held]
    page: int
    page_count: int
    books_at: datetime | None
    limits: Limits
    bytes_read: int


@dataclass(frozen=True, slots=True)
class TrialBalanceRow:
    account_id: str
    account_name: str  # as the report shows it, e.g. "Sales (200)"
    debit: Decimal
    credit: Decimal
    year_debit: Decimal
    year_credit: Decimal


@dataclass(frozen=True, slots=True)
class RepeatingInvoice:
    """A sales invoice that the books raise by themselves, again and again."""

    contact: str | None
    reference: str | None
    total: Decimal | None
    every: str  # as in "1 MONTHLY"
    next_on: date | None


@dataclass(frozen=True, slots=True)
class CreditHeld:
    """A credit note for a customer that the books hold."""

    number: str | None
    contact: str | None
    dated_on: date | None
    total: Decimal
    remaining: Decimal | None


@dataclass(frozen=True, slots=True)
class CreditPage:
    found: Sequence[CreditHeld]
    page_count: int


@dataclass(frozen=True, slots=True)
class Theme:
    """A branding theme of invoices."""

    theme_id: str
    name: str


@dataclass(frozen=True, slots=True)
class TokenPair:
    """One consent's tokens as the identity service gave them."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    scopes: Sequence[str]


@dataclass(frozen=True, slots=True)
class ReachableOrganisation:
    """One organisation a consent reaches, as the connections list shows it."""

    connection_id: str
    organisation_id: str
    name: str
    created_at: datetime | None
    auth_event_id: str | None


class BooksUnavailable(Exception):
    """A read did not work. `verdict` says who acts next; a read can always be repeated."""

    def __init__(self, verdict: Verdict, *, limits: Limits, message: str) -> None:
        self.verdict = verdict
        self.limits = limits
        super().__init__(message)


class ConsentLost(Exception):
    """The identity service refuses the grant for good: a person must consent again."""


class IdentityUnavailable(Exception):
    """The identity service could not be asked; the grant may still be good."""


class ConsentRefused(Exception):
    """The identity service refused client, code or address. `code` is OAuth's error word."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)
