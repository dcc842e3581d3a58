"""Organisation, accounts, tax rates and tracking → `Chart`; the trial balance → its rows. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from unitledger.books.xero.wire import (
    Row,
    UnexpectedAnswer,
    day,
    items,
    money,
    required_id,
    required_text,
    rows,
    text,
)
from unitledger.core.chart import (
    Account,
    Chart,
    Item,
    OrganisationFacts,
    TaxRate,
    TrackingCategory,
)
from unitledger.core.exchange import TrialBalanceRow

_COLUMNS = ("Debit", "Credit", "YTD Debit", "YTD Credit")


def read_chart(
    *, organisation: Any, accounts: Any, tax_rates: Any, tracking: Any, read_at: datetime
) -> Chart:
    """Read four answers into one chart. Raises UnexpectedAnswer."""
    organisations = rows(organisation, "Organisations")
    if len(organisations) != 1:
        raise UnexpectedAnswer(field="Organisations", found=f"{len(organisations)} of them")
    return Chart(
        facts=_facts(organisations[0]),
        accounts=tuple(map(_account, rows(accounts, "Accounts"))),
        tax_rates=tuple(map(_tax_rate, rows(tax_rates, "TaxRates"))),
        tracking=read_tracking(tracking),
        read_at=read_at,
    )


def read_tracking(data: Any) -> Sequence[TrackingCategory]:
    """Read the list of tracking categories. Raises UnexpectedAnswer."""
    return tuple(map(_category, rows(data, "TrackingCategories")))


def read_items(data: Any) -> Sequence[Item]:
    """Read the items that are sold. Raises UnexpectedAnswer.

    Items tracked as inventory are left out: a line with one moves stock (documented, Items page),
    which a charge for storage must not.
    """
    return tuple(
        Item(code=required_text(row, "Code"), name=text(row, "Name") or required_text(row, "Code"))
        for row in rows(data, "Items")
        if row.get("IsSold") is not False and row.get("IsTrackedAsInventory") is not True
    )


def read_trial_balance(data: Any) -> Sequence[TrialBalanceRow]:
    """Read every account's row of the report. Raises UnexpectedAnswer.

    Documented: sections of rows of text cells, the account's id among a cell's attributes.
    """
    reports = rows(data, "Reports")
    if len(reports) != 1:
        raise UnexpectedAnswer(field="Reports", found=f"{len(reports)} of them")
    report_rows = items(reports[0], "Rows")
    columns = _columns(report_rows)
    return tuple(
        _balance(items(row, "Cells"), columns)
        for section in report_rows
        for row in items(section, "Rows")
        if row.get("RowType") == "Row"
    )


def _facts(row: Row) -> OrganisationFacts:
    basis = text(row, "SalesTaxBasis")
    return OrganisationFacts(
        name=required_text(row, "Name"),
        country=required_text(row, "CountryCode"),
        currency=required_text(row, "BaseCurrency"),
        time_zone=required_text(row, "Timezone"),
        tax_basis=None if basis == "NONE" else basis,
        is_taxed=row.get("PaysTax") is True,
        # Documented: the lock dates are there only when set.
        period_lock_on=day(row, "PeriodLockDate"),
        year_end_lock_on=day(row, "EndOfYearLockDate"),
        short_code=text(row, "ShortCode"),
        year_end_month=_number(row, "FinancialYearEndMonth"),
        year_end_day=_number(row, "FinancialYearEndDay"),
    )


def _number(row: Row, field: str) -> int | None:
    value = row.get(field)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _account(row: Row) -> Account:
    account_type = required_text(row, "Type")
    return Account(
        account_id=required_id(row, "AccountID"),
        code=text(row, "Code"),
        name=required_text(row, "Name"),
        type=account_type,
        is_active=required_text(row, "Status") == "ACTIVE",
        # Recorded: bank accounts say false here and take payments all the same.
        takes_payments=account_type == "BANK" or row.get("EnablePaymentsToAccount") is True,
        system=text(row, "SystemAccount"),
        tax_type=text(row, "TaxType"),
    )


def _tax_rate(row: Row) -> TaxRate:
    percent = money(row, "EffectiveRate")
    percent = money(row, "DisplayTaxRate") if percent is None else percent
    if percent is None:
        raise UnexpectedAnswer(field="EffectiveRate", found=None)
    return TaxRate(
        tax_type=required_text(row, "TaxType"),
        name=required_text(row, "Name"),
        percent=percent,
        is_active=required_text(row, "Status") == "ACTIVE",
        applies_to_revenue=_applies(row, "Revenue"),
        applies_to_liabilities=_applies(row, "Liabilities"),
        applies_to_expenses=_applies(row, "Expenses"),
        applies_to_assets=_applies(row, "Assets"),
        applies_to_equity=_applies(row, "Equity"),
    )


def _applies(row: Row, account_class: str) -> bool:
    """Where Xero does not say, a wrong pair is refused by Xero itself, with its own words."""
    return row.get(f"CanApplyTo{account_class}") is not False


def _category(row: Row) -> TrackingCategory:
    return TrackingCategory(
        category_id=required_id(row, "TrackingCategoryID"),
        name=required_text(row, "Name"),
        is_active=required_text(row, "Status") == "ACTIVE",
        options={
            required_text(each, "Name"): required_id(each, "TrackingOptionID")
            for each in items(row, "Options")
            if text(each, "Status") in (None, "ACTIVE")
        },
        archived_options=tuple(
            required_text(each, "Name")
            for each in items(row, "Options")
            if text(each, "Status") not in (None, "ACTIVE")
        ),
    )


def _columns(report_rows: Sequence[Row]) -> Mapping[str, int]:
    """Column title → position, from the header row."""
    for row in report_rows:
        if row.get("RowType") == "Header":
            titles = [text(cell, "Value") for cell in items(row, "Cells")]
            missing = [each for each in _COLUMNS if each not in titles]
            if missing:
                raise UnexpectedAnswer(field=f"the column {missing[0]}", found=None)
            return {each: titles.index(each) for each in _COLUMNS}
    raise UnexpectedAnswer(field="the report's header", found=None)


def _balance(cells: Sequence[Row], columns: Mapping[str, int]) -> TrialBalanceRow:
    if len(cells) <= max(columns.values()):
        raise UnexpectedAnswer(field="Cells", found=f"{len(cells)} in a row")
    debit, credit, year_debit, year_credit = (_amount(cells[columns[each]]) for each in _COLUMNS)
    return TrialBalanceRow(
        account_id=_account_id(cells[0]),
        account_name=required_text(cells[0], "Value"),
        debit=debit,
        credit=credit,
        year_debit=year_debit,
        year_credit=year_credit,
    )


def _account_id(cell: Row) -> str:
    for each in items(cell, "Attributes"):
        if each.get("Id") == "account":
            return required_text(each, "Value")
    raise UnexpectedAnswer(field="the account of a trial balance row", found=None)


def _amount(cell: Row) -> Decimal:
    """Report cells are text; an empty one is nothing on that side."""
    spelled = text(cell, "Value")
    if spelled is None:
        return Decimal(0)
    try:
        amount = Decimal(spelled)
    except InvalidOperation:
        raise UnexpectedAnswer(field="a trial balance amount", found=spelled) from None
    if not amount.is_finite():
        raise UnexpectedAnswer(field="a trial balance amount", found=spelled)
    return amount
