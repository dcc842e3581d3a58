"""The ManualJournals resource.

Evidence: Narration and two lines, debits positive, a sum of nothing, NoTax, DRAFT and today as
defaults, and no receivables, payables, retained earnings or bank accounts are documented (Manual
journals); no inventory accounts, too. The texts for journals out of balance and for an account
that is not known (a warning: the account is removed) are in the OpenAPI examples, the one for a
status is reported; other wordings are unsure.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fauxero.accounting import fields, ledger, tax, tracking
from fauxero.accounting.accounts import CLASS_OF_TYPE
from fauxero.accounting.base import (
    MANUAL_JOURNALS_READ,
    MANUAL_JOURNALS_WRITE,
    BaseResource,
    Findings,
    attempt,
    present,
)
from fauxero.accounting.invoices.lines import LINE_AMOUNT_MAX
from fauxero.accounting.listing import Selection, answer
from fauxero.accounting.locks import lock_problem
from fauxero.accounting.money import ZERO, cents, shown
from fauxero.accounting.money_rows import ManualJournal, ManualJournalLine
from fauxero.accounting.resource import (
    Element,
    ListPage,
    ListQuery,
    NotFound,
    NotModelled,
    Outcome,
    WriteOptions,
)
from fauxero.accounting.rows import Account, Entry
from fauxero.accounting.where import DAY, FLAG, GUID, INSTANT, TEXT, Field

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

STATUSES = ("DRAFT", "POSTED", "DELETED", "VOIDED", "ARCHIVED")
LINES_MIN = 2

# Documented as refused; other system accounts (tax, rounding) may be journalled.
_FORBIDDEN = frozenset({"DEBTORS", "CREDITORS", "RETAINEDEARNINGS"})
_FORBIDDEN_TYPES = frozenset({"BANK", "INVENTORY"})

_MOVES = {
    "DRAFT": frozenset({"DRAFT", "POSTED", "DELETED"}),
    "POSTED": frozenset({"POSTED", "VOIDED"}),
    "VOIDED": frozenset(),
    "DELETED": frozenset(),
}

_FIELDS = {
    "manualjournalid": Field(GUID, lambda row: row.id),
    "narration": Field(TEXT, lambda row: row.narration),
    "status": Field(TEXT, lambda row: row.status),
    "date": Field(DAY, lambda row: row.on),
    "lineamounttypes": Field(TEXT, lambda row: row.line_amount_types),
    "showoncashbasisreports": Field(FLAG, lambda row: row.on_cash_basis),
    "updateddateutc": Field(INSTANT, lambda row: row.updated_at),
}


class ManualJournalsResource(BaseResource):
    name = "ManualJournals"
    element_name = "ManualJournal"
    id_field = "ManualJournalID"
    methods = frozenset({"GET", "PUT", "POST"})
    read_scopes = MANUAL_JOURNALS_READ
    write_scopes = MANUAL_JOURNALS_WRITE

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        """Lines in paged lists only (documented)."""
        table = books.manual_journals
        pins = {"status": lambda value: table.by_status.of(value.upper())}
        selection = Selection(table, table.in_order, _FIELDS, pins)
        selection.apply(query)
        if query.created_by_app is not None:
            selection.only(lambda row: row.created_by_app == query.created_by_app)
        return answer(
            selection,
            query,
            paged=query.page is not None,
            full=lambda row: element_of(books, row),
            thin=lambda row: element_of(books, row) | {"JournalLines": []},
        )

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None:
        row = books.manual_journals.get(key.lower())
        return element_of(books, row) if row else None

    def create(self, books: Books, element: Element, options: WriteOptions) -> Outcome:
        if fields.guid(element, "ManualJournalID"):
            raise NotModelled("PUT with a ManualJournalID is not modelled; use POST")
        return self._saved(books, element, None, options)

    def create_or_update(
        self, books: Books, element: Element, options: WriteOptions, *, key: str | None = None
    ) -> Outcome:
        row_id = key.lower() if key else fields.guid(element, "ManualJournalID")
        if row_id is None:
            return self._saved(books, element, None, options)
        before = books.manual_journals.get(row_id)
        if before is None:
            raise NotFound
        return self._saved(books, element, before, options)

    def _saved(
        self,
        books: Books,
        element: Element,
        before: ManualJournal | None,
        options: WriteOptions,
    ) -> Outcome:
        return attempt(
            books,
            element,
            lambda found: _save(books, element, before, options, found),
            id_field=self.id_field,
            key=before.id if before else None,
        )


def _save(
    books: Books,
    element: Element,
    before: ManualJournal | None,
    options: WriteOptions,
    findings: Findings,
) -> Element:
    row = _draft(books, element, before, options, findings)
    _check_status(books, row, before, findings)
    if row.status not in ("DELETED", "VOIDED"):
        _check(row, findings)
    if problem := lock_problem(books, row.on, before.on if before else None):
        findings.errors.append(problem)
    findings.refuse_if_any()
    return element_of(books, store(books, row, before))


def _draft(
    books: Books,
    element: Element,
    before: ManualJournal | None,
    options: WriteOptions,
    findings: Findings,
) -> ManualJournal:
    given = fields.choice(element, "LineAmountTypes", tax.LINE_AMOUNT_TYPES)
    types = given or (before.line_amount_types if before else tax.NO_TAX)
    cash = fields.flag(element, "ShowOnCashBasisReports")
    url = fields.text(element, "Url")
    base = before or ManualJournal(
        id=books.ids.uuid(),
        status="DRAFT",
        narration="",
        on=books.today(),
        line_amount_types=types,
        lines=(),
        updated_at=books.now(),
        created_by_app=options.app_id,
    )
    return replace(
        base,
        status=fields.choice(element, "Status", STATUSES) or base.status,
        narration=fields.text(element, "Narration") or base.narration,
        on=fields.day(element, "Date") or base.on,
        line_amount_types=types,
        lines=_lines(books, element, base, types, findings),
        url=base.url if url is None else url or None,
        on_cash_basis=base.on_cash_basis if cash is None else cash,
        updated_at=books.now(),
    )


def _lines(
    books: Books, element: Element, base: ManualJournal, types: str, findings: Findings
) -> tuple[ManualJournalLine, ...]:
    """Lines sent replace all there were; they have no ids (OpenAPI description)."""
    given = fields.many(element, "JournalLines")
    if not given:
        return base.lines
    return tuple(_line(books, part, types, findings) for part in given)


def _line(books: Books, part: Element, types: str, findings: Findings) -> ManualJournalLine:
    amount = fields.number(part, "LineAmount")
    if amount is None:
        findings.errors.append("The LineAmount must be specified for each journal line.")
    value = cents(amount) if amount is not None else ZERO
    if abs(value) > LINE_AMOUNT_MAX:
        findings.errors.append("The line amount is too large.")
    account = _account(books, part, findings)
    tax_type = _tax_type(books, part, types, account, findings)
    return ManualJournalLine(
        amount=value,
        tax_amount=_tax(books, value, tax_type, types),
        account_id=account.id if account else None,
        description=fields.text(part, "Description"),
        tax_type=tax_type,
        tracking=tracking.resolve(books, fields.many(part, "Tracking") or [], findings),
    )


def _account(books: Books, part: Element, findings: Findings) -> Account | None:
    code, account_id = fields.text(part, "AccountCode"), fields.guid(part, "AccountID")
    if not code and not account_id:
        return None
    found = books.account_by_code(code) if code else books.accounts.get(account_id or "")
    name = code or account_id
    if found is None:
        findings.warnings.append(
            f"Account code '{name}' has been removed as it does not match a recognised account."
        )
    elif found.status != "ACTIVE":
        findings.errors.append(
            f"Account code '{name}' has been archived, or has been deleted. "
            "Each line item must reference a valid account."
        )
    elif found.system_account in _FORBIDDEN or found.type in _FORBIDDEN_TYPES:
        findings.errors.append(f"Account code '{name}' is not a valid code for this document.")
    return found


def _tax_type(
    books: Books, part: Element, types: str, account: Account | None, findings: Findings
) -> str | None:
    if types == tax.NO_TAX:
        return "NONE"
    given = fields.text(part, "TaxType")
    found = given or (account.tax_type if account else None)
    rate = books.tax_rates.get(found or "")
    if found and (rate is None or rate.status != "ACTIVE"):
        findings.errors.append(
            f"The TaxType code {found} does not exist or cannot be used for this type of "
            "transaction."
        )
    elif rate and account and CLASS_OF_TYPE[account.type] not in rate.applies_to:
        findings.errors.append(
            f"The TaxType code '{found}' cannot be used with account code '{account.code}'."
        )
    return found


def _tax(books: Books, amount: Decimal, tax_type: str | None, types: str) -> Decimal:
    rate = books.tax_rates.get(tax_type or "")
    if types == tax.NO_TAX or rate is None:
        return ZERO
    sign = -1 if amount < 0 else 1
    inclusive = types == tax.INCLUSIVE
    return sign * tax.tax_on(abs(amount), rate=rate.effective_rate, inclusive=inclusive)


# ---- rules


def _check_status(
    books: Books, row: ManualJournal, before: ManualJournal | None, findings: Findings
) -> None:
    allowed = _MOVES.get(before.status, frozenset()) if before else ("DRAFT", "POSTED")
    is_edit = before is not None and before.status == row.status == "POSTED"
    if row.status not in allowed or (is_edit and not books.switches.edit_posted_journals):
        findings.errors.append(f"The status '{row.status}' cannot be applied to the document")


def _check(row: ManualJournal, findings: Findings) -> None:
    if not row.narration.strip():
        findings.errors.append("Narration must be specified.")
    findings.too_long("Narration", row.narration, 4000)
    if len(row.lines) < LINES_MIN:
        findings.errors.append("A manual journal must have at least two lines.")
    gross = [_gross(row, line) for line in row.lines]
    debits = sum((amount for amount in gross if amount > 0), ZERO)
    credits = sum((amount for amount in gross if amount < 0), ZERO)
    if debits + credits:
        findings.errors.append(
            f"The total debits ({shown(debits)}) must equal total credits ({shown(credits)})"
        )
    if row.status == "POSTED" and any(line.account_id is None for line in row.lines):
        findings.errors.append("Account must be valid.")
    url = (row.url or "").lower()
    if url and ("xero" in url or not url.startswith(("http://", "https://"))):
        findings.errors.append("The Url must be a valid absolute URL and must not contain xero.")


def _gross(row: ManualJournal, line: ManualJournalLine) -> Decimal:
    inclusive = row.line_amount_types == tax.INCLUSIVE
    return line.amount if inclusive else line.amount + line.tax_amount


# ---- storing


def store(books: Books, row: ManualJournal, before: ManualJournal | None) -> ManualJournal:
    """Put the row; it posts while it is POSTED, and again whenever what it posts changes."""
    was_in = before is not None and before.status == "POSTED"
    is_in = row.status == "POSTED"
    if was_in and before is not None and (not is_in or _posts(before) != _posts(row)):
        ledger.reverse(books, row.id)
        was_in = False
    books.manual_journals.put(row)
    if is_in and not was_in:
        ledger.post(books, row.on, "MANJOURNAL", row.id, None, manual_entries(books, row))
    return row


def _posts(row: ManualJournal) -> tuple[Any, ...]:
    return (row.on, row.lines, row.line_amount_types)


def manual_entries(books: Books, row: ManualJournal) -> tuple[Entry, ...]:
    inclusive = row.line_amount_types == tax.INCLUSIVE
    entries: list[Entry] = []
    for line in row.lines:
        assert line.account_id is not None, "a posted journal's lines have accounts"
        net = line.amount - line.tax_amount if inclusive else line.amount
        entries.append(
            Entry(
                line.account_id,
                net,
                line.tax_type,
                line.tracking,
                line.tax_amount,
                line.description,
            )
        )
    total_tax = sum((line.tax_amount for line in row.lines), ZERO)
    if total_tax:
        entries.append(Entry(books.system_account_id(ledger.TAX), total_tax))
    return tuple(entries)


def element_of(books: Books, row: ManualJournal) -> Element:
    return present(
        Date=row.on,
        Status=row.status,
        LineAmountTypes=row.line_amount_types,
        UpdatedDateUTC=row.updated_at,
        ManualJournalID=row.id,
        Narration=row.narration,
        JournalLines=[_line_element(books, line) for line in row.lines],
        Url=row.url,
        ShowOnCashBasisReports=row.on_cash_basis,
        HasAttachments=books.side.has_attachments(row.id),
    )


def _line_element(books: Books, line: ManualJournalLine) -> Element:
    account = books.accounts[line.account_id] if line.account_id else None
    return present(
        Description=line.description,
        TaxType=line.tax_type,
        TaxAmount=line.tax_amount,
        LineAmount=line.amount,
        AccountCode=account.code if account else None,
        Tracking=tracking.line_tracking(books, line.tracking),
        AccountID=account.id if account else None,
        IsBlank=False,
    )
