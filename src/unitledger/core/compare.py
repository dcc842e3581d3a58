"""What, if anything, must change in the books for one document.

Compared by *source version* first: a document whose version has been applied is left alone,
whatever today's mapping or release would make of it. Then: what we may not touch (paid,
reconciled, voided, archived, hand-edited, locked) is a problem for a person, never an act.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from unitledger.core.arithmetic import ZERO
from unitledger.core.chart import Chart
from unitledger.core.dates import plain
from unitledger.core.documents import (
    DocumentKind,
    Wanted,
    WantedContact,
    WantedInvoice,
    WantedPayment,
    amount_of,
    dated_on,
)
from unitledger.core.effects import EffectKind
from unitledger.core.exchange import Held, Posting
from unitledger.core.problems import Problem, ProblemCode

GONE = frozenset({"VOIDED", "DELETED"})
ARCHIVED = frozenset({"ARCHIVED", "GDPRREQUEST"})


class Act(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    VOID = "void"  # an invoice voided, a payment deleted
    REPLACE = "replace"  # a payment deleted and made again as the next incarnation
    LEAVE = "leave"
    CONFLICT = "conflict"  # a person decides; `problem` says why


_EFFECTS: dict[tuple[DocumentKind, Act], tuple[EffectKind, ...]] = {
    (DocumentKind.CONTACT, Act.CREATE): (EffectKind.CREATE_CONTACT,),
    (DocumentKind.CONTACT, Act.UPDATE): (EffectKind.UPDATE_CONTACT,),
    (DocumentKind.INVOICE, Act.CREATE): (EffectKind.CREATE_INVOICE,),
    (DocumentKind.INVOICE, Act.UPDATE): (EffectKind.UPDATE_INVOICE,),
    (DocumentKind.INVOICE, Act.VOID): (EffectKind.VOID_INVOICE,),
    (DocumentKind.PAYMENT, Act.CREATE): (EffectKind.CREATE_PAYMENT,),
    (DocumentKind.PAYMENT, Act.VOID): (EffectKind.DELETE_PAYMENT,),
    (DocumentKind.PAYMENT, Act.REPLACE): (
        EffectKind.DELETE_PAYMENT,
        EffectKind.CREATE_PAYMENT,
    ),
}


@dataclass(frozen=True, slots=True)
class Applied:
    """What we last wrote for a document, and the source version it came from."""

    version: int
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class BooksCopy:
    """What is known of a document's copy in the books."""

    status: str
    has_payments: bool = False
    is_reconciled: bool = False
    differences: tuple[str, ...] = ()  # from what we last wrote, named field by field
    is_as_wanted: bool = False  # it shows the newly wanted content already


@dataclass(frozen=True, slots=True)
class Change:
    """What must happen for one document. Amounts are nought for a contact."""

    act: Act
    kind: DocumentKind
    before: Decimal = ZERO  # in the books by what we last wrote
    after: Decimal = ZERO  # in the books afterwards
    problem: Problem | None = None

    @property
    def effects(self) -> tuple[EffectKind, ...]:
        """The writes it takes, in their order; none for LEAVE and CONFLICT."""
        return _EFFECTS.get((self.kind, self.act), ())


def compare(
    *,
    kind: DocumentKind,
    version: int,
    wanted: Wanted | None,
    applied: Applied | None,
    books: BooksCopy | None,
    chart: Chart,
    is_overwriting: bool = False,
) -> Change:
    """Say what must happen for a document whose source is at `version`.

    `wanted` None: the source voided the record, the books should hold nothing for it.
    `applied` None: nothing of it was ever written. `books` None: its copy was not looked at,
    which is enough to plan by; before an update, void or replacement is *sent* it is looked
    at and compared again. `is_overwriting`: a person said that what was changed in the books
    is to be overwritten; what is paid, reconciled, locked or archived there stays forbidden.
    """
    change = Change(
        act=Act.LEAVE, kind=kind, before=_amount(applied and applied.wanted), after=_amount(wanted)
    )
    if applied is None:
        return replace(change, act=Act.LEAVE if wanted is None else Act.CREATE)
    if applied.version == version and not is_overwriting:
        return replace(change, after=change.before)
    return _changed(
        change,
        applied=applied.wanted,
        wanted=wanted,
        books=books,
        chart=chart,
        is_overwriting=is_overwriting,
    )


def copy_of(
    held: Held,
    *,
    applied: Wanted,
    wanted: Wanted | None,
    contact_id: str | None = None,
    stood_on: str | None = None,
) -> BooksCopy:
    """The books' copy as a look at it showed it.

    `contact_id`: the contact it shall stand on; `stood_on`: the one we last wrote it on.
    """
    stands_right = contact_id is None or held.contact_id in (None, contact_id)
    was_moved = stood_on is not None and held.contact_id not in (None, stood_on)
    is_owed_less = held.total is not None and held.amount_due is not None
    return BooksCopy(
        status=held.status,
        has_payments=held.kind is DocumentKind.INVOICE
        and (
            held.status == "PAID"
            or bool(held.amount_paid)
            # Credits make the amount due smaller too, and lock an invoice as payments do. A
            # voided invoice may show either amount due.
            or (is_owed_less and held.status not in GONE and held.amount_due != held.total)
        ),
        is_reconciled=held.is_reconciled,
        differences=(*(("another contact",) if was_moved else ()), *differences(applied, held)),
        is_as_wanted=wanted is not None and stands_right and not differences(wanted, held),
    )


def differences(wanted: Wanted, held: Held) -> tuple[str, ...]:
    """What the books' copy shows otherwise than we wrote it: `total 90.00, not 120.00`.

    What a look did not show (None, or no postings at all) is not compared.
    """
    match wanted:
        case WantedContact():
            pairs = (
                ("name", held.name, wanted.name),
                ("account number", held.account_number, wanted.account_number),
                ("contact number", held.number, wanted.contact_number),
            )
            return _unequal(pairs)
        case WantedInvoice():
            return _invoice_differences(wanted, held)
        case WantedPayment():
            pairs = (
                ("amount", held.total, wanted.amount),
                ("date", held.dated_on, wanted.paid_on),
                ("account", held.account_id, wanted.account_id),
                ("reference", held.reference, wanted.reference),
            )
            return _unequal(pairs)


def _changed(
    change: Change,
    *,
    applied: Wanted,
    wanted: Wanted | None,
    books: BooksCopy | None,
    chart: Chart,
    is_overwriting: bool,
) -> Change:
    if books is not None and books.status in GONE:
        if is_overwriting and change.kind is DocumentKind.PAYMENT:
            return change  # deleted already: what is left to do is to make it again
        if wanted is None:
            return change
        return _conflict(change, Problem.of(ProblemCode.VOIDED_IN_BOOKS))
    if wanted is not None and _is_same(applied, wanted) and not is_overwriting:
        return change
    if books is not None and books.is_as_wanted:
        return change
    act = _act(change.kind, wanted)
    if act is Act.LEAVE:
        return change
    problem = _forbidden(
        applied=applied, wanted=wanted, books=books, chart=chart, is_overwriting=is_overwriting
    )
    return _conflict(change, problem) if problem else replace(change, act=act)


def _act(kind: DocumentKind, wanted: Wanted | None) -> Act:
    match kind:
        case DocumentKind.CONTACT:
            # A tenant who left keeps the contact: documents hang on it.
            return Act.LEAVE if wanted is None else Act.UPDATE
        case DocumentKind.INVOICE:
            return Act.VOID if wanted is None else Act.UPDATE
        case DocumentKind.PAYMENT:
            return Act.VOID if wanted is None else Act.REPLACE


def _forbidden(
    *,
    applied: Wanted,
    wanted: Wanted | None,
    books: BooksCopy | None,
    chart: Chart,
    is_overwriting: bool,
) -> Problem | None:
    """The first reason why a person must decide; the gravest comes first."""
    locked = _locked((applied, wanted), chart)
    if locked is not None:
        return locked
    if books is None:
        return None
    if books.status in ARCHIVED:
        contact = applied.name if isinstance(applied, WantedContact) else "of this document"
        return Problem.of(ProblemCode.ARCHIVED_IN_BOOKS, contact=contact)
    if books.is_reconciled:
        return Problem.of(ProblemCode.RECONCILED_IN_BOOKS)
    # What is written over was changed in more than what we know of: no exception there.
    may_change = not is_overwriting and _may_change_when_paid(applied, wanted)
    if books.has_payments and not may_change:
        return Problem.of(ProblemCode.PAID_IN_BOOKS)
    if books.differences and not is_overwriting:
        differing = "; ".join(books.differences)
        return Problem.of(ProblemCode.EDITED_IN_BOOKS, differences=differing)
    return None


def _locked(documents: Sequence[Wanted | None], chart: Chart) -> Problem | None:
    """Xero: reported, and documented for edits: in a locked period nothing may change."""
    days = [day for each in documents if each is not None and (day := dated_on(each)) is not None]
    locked_to = chart.locked_to
    locked = [day for day in days if locked_to is not None and day <= locked_to]
    if not locked or locked_to is None:
        return None
    return Problem.of(ProblemCode.PERIOD_LOCKED, day=plain(min(locked)), locked_to=plain(locked_to))


def _may_change_when_paid(applied: Wanted, wanted: Wanted | None) -> bool:
    """Whether only such fields differ as Xero lets change on an invoice with payments.

    Xero: documented, Invoices page: reference, due date, number and link, and of a line its
    description, account and tracking.
    """
    if not isinstance(applied, WantedInvoice) or not isinstance(wanted, WantedInvoice):
        return False
    return _frozen_when_paid(applied) == _frozen_when_paid(wanted)


def _frozen_when_paid(wanted: WantedInvoice) -> tuple[object, ...]:
    lines = tuple(
        (
            line.quantity,
            line.unit_amount,
            line.line_amount,
            line.tax_type,
            line.tax_amount,
            line.item_code,
        )
        for line in wanted.lines
    )
    return (
        wanted.contact,
        wanted.issued_on,
        wanted.currency,
        wanted.prices_include_tax,
        wanted.status,
        wanted.total,
        lines,
    )


def _is_same(applied: Wanted, wanted: Wanted) -> bool:
    if isinstance(applied, WantedPayment) and isinstance(wanted, WantedPayment):
        # Xero lets no payment be edited, and a corrected receipt number is not worth taking
        # the payment out of the books for.
        return replace(applied, reference="") == replace(wanted, reference="")
    return applied == wanted


def _invoice_differences(wanted: WantedInvoice, held: Held) -> tuple[str, ...]:
    pairs = (
        ("number", held.number, wanted.number),
        ("date", held.dated_on, wanted.issued_on),
        ("due date", held.due_on, wanted.due_on),
        ("currency", held.currency, wanted.currency),
        ("total", held.total, wanted.total),
        ("reference", held.reference, wanted.reference),
        ("link", held.url, wanted.url),
        ("prices include tax", held.prices_include_tax, wanted.prices_include_tax),
    )
    return (*_unequal(pairs), *_line_differences(wanted, held.postings))


def _line_differences(wanted: WantedInvoice, shown: Sequence[Posting]) -> tuple[str, ...]:
    if not shown:
        return ()
    if len(shown) != len(wanted.lines):
        return (f"{len(shown)} lines, not {len(wanted.lines)}",)
    found: list[str] = []
    for number, (line, posting) in enumerate(zip(wanted.lines, shown, strict=True), start=1):
        pairs = (
            ("account", posting.account_code, line.account_code),
            ("amount", posting.line_amount, line.line_amount),
            ("tax", posting.tax_amount, line.tax_amount),
            ("tax rate", posting.tax_type, line.tax_type),
            ("description", posting.description, line.description),
            ("tracking", dict(posting.tracking), dict(line.tracking or {})),
        )
        found.extend(f"line {number} {difference}" for difference in _unequal(pairs))
    return tuple(found)


def _unequal(pairs: Sequence[tuple[str, object, object]]) -> tuple[str, ...]:
    return tuple(
        f"{name} {_words(shown)}, not {_words(ours)}"
        for name, shown, ours in pairs
        if shown is not None and ours is not None and shown != ours
    )


def _words(value: object) -> str:
    if isinstance(value, date):
        return plain(value)
    if isinstance(value, dict):
        return ", ".join(f"{category}: {option}" for category, option in value.items()) or "none"
    return str(value)


def _amount(wanted: Wanted | None) -> Decimal:
    amount = None if wanted is None else amount_of(wanted)
    return ZERO if amount is None else amount


def _conflict(change: Change, problem: Problem) -> Change:
    return replace(change, act=Act.CONFLICT, after=change.before, problem=problem)
