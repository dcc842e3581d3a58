"""The Accounts resource: the chart, its rules and how it looks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fauxero.accounting import fields
from fauxero.accounting.base import BaseResource, ElementRefused, Findings, attempt, present
from fauxero.accounting.listing import Selection, answer
from fauxero.accounting.resource import (
    Element,
    ListPage,
    ListQuery,
    NotFound,
    Outcome,
    WriteOptions,
)
from fauxero.accounting.rows import Account
from fauxero.accounting.tables import Ordered
from fauxero.accounting.where import FLAG, GUID, INSTANT, TEXT, Field

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

# Xero: documented (Types and codes, account types and classes).
CLASS_OF_TYPE = {
    "BANK": "ASSET",
    "CURRENT": "ASSET",
    "FIXED": "ASSET",
    "INVENTORY": "ASSET",
    "NONCURRENT": "ASSET",
    "PREPAYMENT": "ASSET",
    "EQUITY": "EQUITY",
    "DEPRECIATN": "EXPENSE",
    "DIRECTCOSTS": "EXPENSE",
    "EXPENSE": "EXPENSE",
    "OVERHEADS": "EXPENSE",
    "CURRLIAB": "LIABILITY",
    "LIABILITY": "LIABILITY",
    "TERMLIAB": "LIABILITY",
    "OTHERINCOME": "REVENUE",
    "REVENUE": "REVENUE",
    "SALES": "REVENUE",
}
_REPORTING = {
    "ASSET": ("ASS", "Assets"),
    "EQUITY": ("EQU", "Equity"),
    "EXPENSE": ("EXP", "Expense"),
    "LIABILITY": ("LIA", "Liabilities"),
    "REVENUE": ("REV", "Revenue"),
}

_FIELDS = {
    "accountid": Field(GUID, lambda row: row.id),
    "code": Field(TEXT, lambda row: row.code),
    "name": Field(TEXT, lambda row: row.name),
    "type": Field(TEXT, lambda row: row.type),
    "status": Field(TEXT, lambda row: row.status),
    "class": Field(TEXT, lambda row: CLASS_OF_TYPE[row.type]),
    "taxtype": Field(TEXT, lambda row: row.tax_type),
    "systemaccount": Field(TEXT, lambda row: row.system_account),
    "enablepaymentstoaccount": Field(FLAG, lambda row: row.payments_enabled),
    "showinexpenseclaims": Field(FLAG, lambda row: row.in_expense_claims),
    "bankaccountnumber": Field(TEXT, lambda row: row.bank_account_number),
    "currencycode": Field(TEXT, lambda row: row.currency),
    "updateddateutc": Field(INSTANT, lambda row: row.updated_at),
}


def account_element(account: Account, *, has_attachments: bool = False) -> Element:
    class_ = CLASS_OF_TYPE[account.type]
    code, name = _REPORTING[class_]
    return present(
        AccountID=account.id,
        Code=account.code,
        Name=account.name,
        Status=account.status,
        Type=account.type,
        TaxType=account.tax_type,
        Description=account.description,
        Class=class_,
        SystemAccount=account.system_account,
        EnablePaymentsToAccount=account.payments_enabled,
        ShowInExpenseClaims=account.in_expense_claims,
        BankAccountNumber=account.bank_account_number,
        BankAccountType=account.bank_account_type,
        CurrencyCode=account.currency,
        ReportingCode=code,
        ReportingCodeName=name,
        HasAttachments=has_attachments,
        UpdatedDateUTC=account.updated_at,
        AddToWatchlist=account.on_watchlist,
    )


class AccountsResource(BaseResource):
    """One element a call; not paged (Xero: documented, Accounts)."""

    name = "Accounts"
    element_name = "Account"
    id_field = "AccountID"
    methods = frozenset({"GET", "PUT", "POST", "DELETE"})
    summarizes_errors = False
    one_per_request = True

    def read_list(self, books: Books, query: ListQuery) -> ListPage:
        in_order: Ordered[Account] = Ordered(lambda row: (row.code is None, row.code or "", row.id))
        for account in books.accounts:
            in_order.add(account)
        selection = Selection(books.accounts, in_order, _FIELDS, {})
        selection.apply(replace(query, modified_since=None))
        since = query.modified_since
        if since is not None:
            selection.only(lambda row: row.updated_at >= since)

        def show(row: Account) -> Element:
            return account_element(row, has_attachments=books.side.has_attachments(row.id))

        return answer(selection, query, paged=False, full=show, thin=show)

    def read_one(self, books: Books, key: str, *, unit_decimals: int) -> Element | None:
        account = books.accounts.get(key.lower())
        if account is None:
            return None
        return account_element(account, has_attachments=books.side.has_attachments(account.id))

    def create(self, books: Books, element: Element, options: WriteOptions) -> Outcome:
        return attempt(
            books, element, lambda found: _create(books, element, found), id_field=self.id_field
        )

    def create_or_update(
        self, books: Books, element: Element, options: WriteOptions, *, key: str | None = None
    ) -> Outcome:
        account_id = key.lower() if key else fields.guid(element, "AccountID")
        if account_id is None:
            return self.create(books, element, options)
        account = books.accounts.get(account_id)
        if account is None:
            raise NotFound
        return attempt(
            books,
            element,
            lambda found: _update(books, account, element, found),
            id_field=self.id_field,
            key=account.id,
        )

    def delete(self, books: Books, key: str) -> None:
        """Raises ElementRefused for system and used accounts (Xero: documented; text unsure)."""
        account = books.accounts.get(key.lower())
        if account is None:
            raise NotFound
        if account.system_account:
            raise ElementRefused("System accounts cannot be deleted.")
        if is_used(books, account):
            raise ElementRefused("The account is in use and cannot be deleted. Archive it instead.")
        with books.transaction():
            books.accounts.drop(account.id)


def is_used(books: Books, account: Account) -> bool:
    if books.balances.has_entries(account.id):
        return True
    if any(payment.account_id == account.id for payment in books.payments):
        return True
    return any(line.account_id == account.id for line in books.all_lines())


def _create(books: Books, element: Element, findings: Findings) -> Element:
    type_ = fields.choice(element, "Type", tuple(CLASS_OF_TYPE))
    if type_ is None:
        findings.errors.append("Account type is required.")  # rule documented, wording unsure
        findings.refuse_if_any()
        raise AssertionError("unreachable")
    is_bank = type_ == "BANK"
    account = Account(
        id=books.ids.uuid(),
        code=fields.text(element, "Code"),
        name=fields.text(element, "Name") or "",
        type=type_,
        tax_type=fields.text(element, "TaxType") or _default_tax(books, type_),
        status="ACTIVE",
        updated_at=books.now(),
        description=fields.text(element, "Description"),
        payments_enabled=bool(fields.flag(element, "EnablePaymentsToAccount")) and not is_bank,
        in_expense_claims=bool(fields.flag(element, "ShowInExpenseClaims")),
        bank_account_number=fields.text(element, "BankAccountNumber"),
        bank_account_type=(fields.text(element, "BankAccountType") or "BANK") if is_bank else None,
        currency=books.organisation.base_currency if is_bank else None,
    )
    _check(books, account, findings)
    findings.refuse_if_any()
    return account_element(books.accounts.put(account))


def _update(books: Books, account: Account, element: Element, findings: Findings) -> Element:
    changed = replace(
        account,
        code=fields.text(element, "Code") or account.code,
        name=fields.text(element, "Name") or account.name,
        type=fields.choice(element, "Type", tuple(CLASS_OF_TYPE)) or account.type,
        tax_type=fields.text(element, "TaxType") or account.tax_type,
        status=fields.choice(element, "Status", ("ACTIVE", "ARCHIVED")) or account.status,
        description=_either(fields.text(element, "Description"), account.description),
        payments_enabled=_either(
            fields.flag(element, "EnablePaymentsToAccount"), account.payments_enabled
        ),
        in_expense_claims=_either(
            fields.flag(element, "ShowInExpenseClaims"), account.in_expense_claims
        ),
        bank_account_number=_either(
            fields.text(element, "BankAccountNumber"), account.bank_account_number
        ),
        on_watchlist=_either(fields.flag(element, "AddToWatchlist"), account.on_watchlist),
    )
    if account.system_account and replace(changed, on_watchlist=account.on_watchlist) != account:
        findings.errors.append("System accounts cannot be updated.")  # wording unsure
    if changed.status != account.status and replace(changed, status=account.status) != account:
        # Xero: documented (Accounts): archive by Status alone. Wording unsure.
        findings.errors.append("An account cannot be archived together with other changes.")
    _check(books, changed, findings)
    findings.refuse_if_any()
    return account_element(books.accounts.put(replace(changed, updated_at=books.now())))


def _either(given: Any, kept: Any) -> Any:
    return kept if given is None else given


def _default_tax(books: Books, type_: str) -> str:
    """What a new account of the type gets: the rate most of its kind carry already."""
    for account in books.accounts:
        if account.type == type_ and account.system_account is None:
            return account.tax_type
    return "NONE" if "NONE" in books.tax_rates else "BASEXCLUDED"


def _check(books: Books, account: Account, findings: Findings) -> None:
    if not account.name:
        findings.errors.append("Account name is required.")  # rule documented, wording unsure
    if not account.code and account.type != "BANK":
        findings.errors.append("Account code is required.")  # rule documented, wording unsure
    findings.too_long("Code", account.code, 10)
    findings.too_long("Name", account.name, 150)
    findings.too_long("Description", account.description, 4000)
    if account.tax_type not in books.tax_rates:
        findings.errors.append(f"The TaxType code '{account.tax_type}' is not valid.")
    if account.type == "BANK" and not account.bank_account_number:
        findings.errors.append("Bank account number is required.")  # rule documented
    for other in books.accounts:
        if other.id == account.id:
            continue
        if account.code and other.code == account.code:
            findings.errors.append("Please enter a unique Code.")
        if other.status == "ACTIVE" and other.name.casefold() == account.name.casefold():
            findings.errors.append("Please enter a unique Name.")
