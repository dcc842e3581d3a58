"""The chart and the trial balance, read from Xero's answers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.books.xero.samples import ACCOUNT_ID, envelope, numbered_id
from unitledger.books.xero.parse_chart import read_chart, read_trial_balance
from unitledger.books.xero.wire import UnexpectedAnswer
from unitledger.core.chart import Chart

READ_AT = datetime(2026, 10, 1, tzinfo=UTC)


def organisation(**changed: Any) -> dict[str, Any]:
    return {
        "OrganisationID": numbered_id(1),
        "Name": "Harbour Storage",
        "CountryCode": "GB",
        "BaseCurrency": "GBP",
        "Timezone": "GMTSTANDARDTIME",
        "PaysTax": True,
        "SalesTaxBasis": "ACCRUALS",
        "ShortCode": "!Qj35V",
        "Class": "A_PLAN_NOBODY_HEARD_OF",
        **changed,
    }


def account(**changed: Any) -> dict[str, Any]:
    return {
        "AccountID": ACCOUNT_ID,
        "Code": "200",
        "Name": "Rent",
        "Type": "REVENUE",
        "Status": "ACTIVE",
        "TaxType": "OUTPUT2",
        "EnablePaymentsToAccount": False,
        "SystemAccount": "",
        **changed,
    }


def rate(**changed: Any) -> dict[str, Any]:
    return {
        "TaxType": "OUTPUT2",
        "Name": "20% (VAT on Income)",
        "Status": "ACTIVE",
        "EffectiveRate": Decimal("20.0000"),
        "CanApplyToRevenue": True,
        "CanApplyToAssets": False,
        **changed,
    }


def chart(
    *,
    organisation: dict[str, Any] = organisation(),  # noqa: B008 - never changed
    accounts: tuple[dict[str, Any], ...] = (),
    rates: tuple[dict[str, Any], ...] = (),
    tracking: tuple[dict[str, Any], ...] = (),
) -> Chart:
    return read_chart(
        organisation=envelope("Organisations", organisation),
        accounts=envelope("Accounts", *accounts),
        tax_rates=envelope("TaxRates", *rates),
        tracking=envelope("TrackingCategories", *tracking),
        read_at=READ_AT,
    )


def test_the_organisations_facts_are_read_whatever_its_plan() -> None:
    facts = chart().facts
    assert (facts.name, facts.country, facts.currency) == ("Harbour Storage", "GB", "GBP")
    assert (facts.tax_basis, facts.is_taxed, facts.short_code) == ("ACCRUALS", True, "!Qj35V")
    assert (facts.period_lock_on, facts.year_end_lock_on) == (None, None)


def test_a_lock_date_closes_the_days_up_to_it() -> None:
    locked = chart(organisation=organisation(PeriodLockDate="/Date(1790726400000+0000)/"))
    assert locked.facts.period_lock_on == date(2026, 9, 30)
    assert locked.is_locked(date(2026, 9, 30))
    assert not locked.is_locked(date(2026, 10, 1))


def test_an_organisation_not_registered_for_tax_has_no_tax_basis() -> None:
    facts = chart(organisation=organisation(PaysTax=False, SalesTaxBasis="NONE")).facts
    assert (facts.tax_basis, facts.is_taxed) == (None, False)


def test_a_bank_account_takes_payments_though_xero_says_it_is_not_enabled_for_them() -> None:
    bank = account(Type="BANK", AccountID=numbered_id(2))
    del bank["Code"]
    clearing = account(EnablePaymentsToAccount=True, AccountID=numbered_id(3))
    read = chart(accounts=(account(), bank, clearing)).accounts
    assert [each.takes_payments for each in read] == [False, True, True]
    assert read[1].code is None


def test_system_and_archived_accounts_are_known_as_such() -> None:
    read = chart(accounts=(account(SystemAccount="DEBTORS"), account(Status="ARCHIVED"))).accounts
    assert [(each.system, each.is_active) for each in read] == [("DEBTORS", True), (None, False)]


def test_a_tax_rate_says_where_it_may_be_used() -> None:
    read = chart(rates=(rate(),)).tax_rates[0]
    assert (read.percent, read.applies_to_revenue, read.applies_to_assets) == (20, True, False)


def test_a_tax_rate_without_a_percentage_is_refused_by_name() -> None:
    without = rate()
    del without["EffectiveRate"]
    with pytest.raises(UnexpectedAnswer, match="EffectiveRate"):
        chart(rates=(without,))
    assert chart(rates=(rate(EffectiveRate=None, DisplayTaxRate=15),)).tax_rates[0].percent == 15


def test_only_active_tracking_options_can_be_chosen() -> None:
    options = [
        {"TrackingOptionID": numbered_id(5), "Name": "Leeds", "Status": "ACTIVE"},
        {"TrackingOptionID": numbered_id(6), "Name": "York", "Status": "ARCHIVED"},
    ]
    category = {
        "TrackingCategoryID": numbered_id(4),
        "Name": "Site",
        "Status": "ARCHIVED",
        "Options": options,
    }
    read = chart(tracking=(category,)).tracking[0]
    assert (read.name, read.is_active, read.options) == ("Site", False, {"Leeds": numbered_id(5)})


def balance_row(*values: str, account_id: str | None = ACCOUNT_ID) -> dict[str, Any]:
    cells: list[dict[str, Any]] = [{"Value": each} for each in values]
    if account_id is not None:
        cells[0]["Attributes"] = [{"Id": "account", "Value": account_id}]
    return {"RowType": "Row", "Cells": cells}


def trial_balance(*rows: dict[str, Any], columns: str = "Debit,Credit,YTD Debit,YTD Credit") -> Any:
    titles = ["Account", *columns.split(",")]
    total = {**balance_row("Total", "9", "9", "9", "9", account_id=None), "RowType": "SummaryRow"}
    report = {
        "ReportID": "TrialBalance",
        "Rows": [
            {"RowType": "Header", "Cells": [{"Value": each} for each in titles]},
            {"RowType": "Section", "Title": "Revenue", "Rows": list(rows)},
            {"RowType": "Section", "Title": "", "Rows": [total]},
        ],
    }
    return envelope("Reports", report)


def test_the_trial_balance_is_read_account_by_account_without_its_totals() -> None:
    report = trial_balance(balance_row("Rent (200)", "", "10.50", "", "147703.18"))
    (row,) = read_trial_balance(report)
    assert (row.account_id, row.account_name) == (ACCOUNT_ID, "Rent (200)")
    assert (row.debit, row.credit) == (Decimal(0), Decimal("10.50"))
    assert (row.year_debit, row.year_credit) == (Decimal(0), Decimal("147703.18"))


def test_columns_are_found_by_their_titles() -> None:
    report = trial_balance(
        balance_row("Rent (200)", "1", "2", "3", "4"),
        columns="YTD Debit,YTD Credit,Debit,Credit",
    )
    (row,) = read_trial_balance(report)
    assert (row.debit, row.credit, row.year_debit, row.year_credit) == (3, 4, 1, 2)


@pytest.mark.parametrize(
    "report",
    [
        trial_balance(balance_row("Rent (200)", "", "10", "", "10", account_id=None)),
        trial_balance(balance_row("Rent (200)", "", "ten", "", "10")),
        trial_balance(balance_row("Rent (200)", "")),
        trial_balance(columns="Debit,Credit"),
        envelope("Reports"),
    ],
)
def test_a_trial_balance_we_cannot_read_whole_is_not_read_in_part(report: Any) -> None:
    with pytest.raises(UnexpectedAnswer):
        read_trial_balance(report)
