"""One record as the books will hold it: the very bytes, its double entry, every problem."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from unitledger.core.arithmetic import ZERO
from unitledger.core.chart import Account, Chart
from unitledger.core.documents import (
    DocumentKind,
    DocumentState,
    Wanted,
    WantedInvoice,
    WantedLine,
    WantedPayment,
    wanted_from_content,
)
from unitledger.core.effects import EffectKind
from unitledger.core.problems import Problem
from unitledger.engine.deciding import Decision
from unitledger.engine.looking_ahead import ahead, ground_for
from unitledger.engine.reasons import problems_of
from unitledger.engine.tools import Tools
from unitledger.store.connections import Connection, ConnectionState
from unitledger.store.journal import Document

RECEIVABLES, SALES_TAX = "DEBTORS", "GST"
ACTS = {
    EffectKind.CREATE_CONTACT: "A contact is created",
    EffectKind.UPDATE_CONTACT: "The contact is changed",
    EffectKind.CREATE_INVOICE: "An invoice is created",
    EffectKind.UPDATE_INVOICE: "The invoice is changed",
    EffectKind.VOID_INVOICE: "The invoice is voided",
    EffectKind.CREATE_PAYMENT: "A payment is created",
    EffectKind.DELETE_PAYMENT: "The payment is deleted",
}


class NotConnected(Exception):
    """There are no books to look ahead to."""

    def __init__(self) -> None:
        super().__init__("No organisation is connected: connect to Xero, then look again.")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the double entry; of `debit` and `credit` one is nought."""

    account: str  # as the organisation calls it
    what: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    tax_rate: str | None = None
    tracking: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One write that would be made, with the element as it is sent."""

    kind: EffectKind
    payload: str

    @property
    def sentence(self) -> str:
        return ACTS[self.kind]


@dataclass(frozen=True, slots=True)
class Preview:
    """One document of a record. A payment has one for each invoice it settles."""

    document_id: int
    kind: DocumentKind
    state: DocumentState
    is_in_books: bool  # as wanted: then this is what was last written
    wanted: Wanted | None  # none: the books should hold nothing, or a problem comes first
    acts: Sequence[Act]
    entries: Sequence[Entry]
    problems: Sequence[Problem]
    notes: Sequence[str]
    currency: str

    @property
    def balances(self) -> bool:
        debit = sum((each.debit for each in self.entries), ZERO)
        return debit == sum((each.credit for each in self.entries), ZERO)


def preview(operator_id: int, record_id: int, *, tools: Tools) -> Sequence[Preview]:
    """What would be sent for a record now, by document. Writes nothing, here or in the books.

    Raises `NotConnected`; reads the books only where their chart was never read.
    """
    of_record = Document.objects.filter(record_id=record_id).order_by("id")
    documents = {each.pk: each for each in of_record}
    connection = _connection(operator_id, documents.values())
    ground = ground_for(connection, tools=tools)
    kinds = {DocumentKind(each.kind) for each in documents.values()}
    found = ahead(
        connection, ground=ground, tools=tools, record_ids=[record_id], kinds=sorted(kinds)
    )
    return [
        _preview(each.decision, documents[each.decision.row.document_id], ground.chart)
        for each in found
        if each.decision.row.document_id in documents
    ]


def to_content(each: Preview) -> dict[str, Any]:
    """As plain values; money is text."""
    return {
        "kind": str(each.kind),
        "state": str(each.state),
        "in_books_as_wanted": each.is_in_books,
        "acts": [
            {"effect": str(act.kind), "says": act.sentence, "payload": json.loads(act.payload)}
            for act in each.acts
        ],
        "entries": [
            {
                "account": entry.account,
                "what": entry.what,
                "debit": str(entry.debit),
                "credit": str(entry.credit),
                "tax_rate": entry.tax_rate,
                "tracking": dict(entry.tracking or {}),
            }
            for entry in each.entries
        ],
        "problems": [
            {"code": str(problem.code), "sentence": problem.sentence, "remedy": problem.remedy}
            for problem in each.problems
        ],
        "notes": list(each.notes),
        "currency": each.currency,
    }


def entries_of(wanted: Wanted, *, chart: Chart) -> Sequence[Entry]:
    """The double entry the books make of a document, in the organisation's own names.

    Xero posts an invoice to its receivables and sales tax accounts by itself.
    """
    match wanted:
        case WantedInvoice():
            return _invoice_entries(wanted, chart)
        case WantedPayment():
            account = chart.account(wanted.account_id)
            paid_to = _called(account) if account else wanted.account_id
            return (
                Entry(account=paid_to, what="Money received", debit=wanted.amount),
                Entry(
                    account=_system(chart, RECEIVABLES, "Accounts receivable"),
                    what="Owed less by the tenant",
                    credit=wanted.amount,
                ),
            )
        case _:
            return ()


def _connection(operator_id: int, documents: Iterable[Document]) -> Connection:
    """The books the record is bound to, else those the operator writes to."""
    bound = (each.organisation_id for each in documents if each.organisation_id is not None)
    organisation_id = next(bound, None)
    found = Connection.objects.filter(operator_id=operator_id).select_related(
        "organisation", "operator"
    )
    if organisation_id is not None:
        found = found.filter(organisation_id=organisation_id)
    connection = found.exclude(state=ConnectionState.DISCONNECTED).order_by("-id").first()
    if connection is None:
        raise NotConnected
    return connection


def _preview(decision: Decision, document: Document, chart: Chart) -> Preview:
    applied = document.applied_content
    is_in_books = bool(applied) and document.applied_version == document.wanted_version
    wanted = _wanted(decision, applied if is_in_books else None)
    return Preview(
        document_id=document.pk,
        kind=decision.row.kind,
        state=DocumentState(document.state),
        is_in_books=is_in_books,
        wanted=wanted,
        acts=[Act(kind=each.kind, payload=each.payload) for each in decision.effects],
        entries=entries_of(wanted, chart=chart) if wanted is not None else (),
        problems=_problems(decision, document, is_in_books=is_in_books),
        notes=decision.notes if decision.notes is not None else document.notes,
        currency=chart.facts.currency,
    )


def _problems(decision: Decision, document: Document, *, is_in_books: bool) -> Sequence[Problem]:
    """What stands in the way; of what was written, what is known of the books' copy."""
    stored = problems_of(document.problems)
    if is_in_books:
        return stored
    # A refusal of the books is known only by trying: planning finds nothing wrong with it.
    return decision.problems or [
        each for each in stored if document.state in (DocumentState.FAILED, "needs_attention")
    ]


def _wanted(decision: Decision, applied: dict[str, Any] | None) -> Wanted | None:
    content = next((each.content for each in decision.effects if each.content), applied)
    return None if content is None else wanted_from_content(content)


def _invoice_entries(wanted: WantedInvoice, chart: Chart) -> Sequence[Entry]:
    receivable = Entry(
        account=_system(chart, RECEIVABLES, "Accounts receivable"),
        what="Owed by the tenant",
        debit=wanted.total,
    )
    lines = [_line_entry(line, wanted, chart) for line in wanted.lines]
    taxes: dict[str, Decimal] = {}
    for line in wanted.lines:
        taxes[line.tax_type] = taxes.get(line.tax_type, ZERO) + line.tax_amount
    sales_tax = _system(chart, SALES_TAX, "Sales tax")
    tax_entries = [
        _signed(account=sales_tax, what=_rate(chart, tax_type), amount=amount)
        for tax_type, amount in taxes.items()
        if amount
    ]
    return (receivable, *lines, *tax_entries)


def _line_entry(line: WantedLine, wanted: WantedInvoice, chart: Chart) -> Entry:
    account = chart.account_by_code(line.account_code)
    inclusive = wanted.prices_include_tax
    net = line.line_amount - line.tax_amount if inclusive else line.line_amount
    return _signed(
        account=_called(account) if account else line.account_code,
        what=line.description,
        amount=net,
        tax_rate=_rate(chart, line.tax_type),
        tracking=line.tracking,
    )


def _signed(
    *,
    account: str,
    what: str,
    amount: Decimal,
    tax_rate: str | None = None,
    tracking: Mapping[str, str] | None = None,
) -> Entry:
    """A credit; a discount's line is a debit."""
    return Entry(
        account=account,
        what=what,
        debit=-amount if amount < 0 else ZERO,
        credit=amount if amount > 0 else ZERO,
        tax_rate=tax_rate,
        tracking=tracking,
    )


def _system(chart: Chart, system: str, fallback: str) -> str:
    found = next((each for each in chart.accounts if each.system == system), None)
    return _called(found) if found else fallback


def _called(account: Account) -> str:
    return f"{account.code or ''} {account.name}".strip()


def _rate(chart: Chart, tax_type: str) -> str:
    rate = chart.tax_rate(tax_type)
    return rate.name if rate else tax_type
