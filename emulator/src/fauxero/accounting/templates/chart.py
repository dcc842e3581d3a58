"""A chart in the style of Xero's defaults, with the accounts a self-storage business adds.

Codes and names of the default part follow what Xero gives a new organisation (200 Sales, 610
Accounts Receivable, 820 tax, 860 Rounding, ...); clients must find system accounts by
SystemAccount, never by code, so the numbers themselves promise nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from fauxero.accounting.templates.shapes import AccountSpec


@dataclass(frozen=True, slots=True)
class Words:
    """What the same account is called in one country."""

    tax_account: str
    bank_numbers: tuple[str, str, str]
    payroll_tax: str
    income_tax: str
    bank_debit: str
    cheques: str
    rates: str = "Rates"
    inventory: str = "Inventory"


def chart(words: Words) -> tuple[AccountSpec, ...]:
    return (
        *_banks(words),
        *_income(),
        *_storage_income(),
        *_costs(words),
        *_assets(words),
        *_liabilities(words),
        *_storage_liabilities(),
        *_equity(),
    )


def _banks(words: Words) -> tuple[AccountSpec, ...]:
    current, savings, operating = words.bank_numbers
    return (
        AccountSpec("090", "Business Bank Account", "BANK", "none", bank_number=current),
        AccountSpec("091", "Business Savings Account", "BANK", "none", bank_number=savings),
        AccountSpec("9000", "Clearing - Cards", "BANK", "none", bank_number="CLEARINGCARDS"),
        AccountSpec(
            "9010", f"Clearing - {words.bank_debit}", "BANK", "none", bank_number="CLEARINGDEBIT"
        ),
        AccountSpec(
            "9020", f"Undeposited Cash and {words.cheques}", "BANK", "none", bank_number="TILL"
        ),
        AccountSpec("9030", "Operating Bank Account", "BANK", "none", bank_number=operating),
        AccountSpec(
            "9040", "Clearing - Pre-start Receivables", "BANK", "none", bank_number="PRESTART"
        ),
    )


def _income() -> tuple[AccountSpec, ...]:
    return (
        AccountSpec("200", "Sales", "REVENUE", "sale"),
        AccountSpec("260", "Other Revenue", "REVENUE", "sale"),
        AccountSpec("270", "Interest Income", "REVENUE", "none"),
    )


def _storage_income() -> tuple[AccountSpec, ...]:
    return (
        AccountSpec("2000", "Storage Rent", "REVENUE", "sale"),
        AccountSpec("2001", "Storage Rent - Climate Controlled", "REVENUE", "sale"),
        AccountSpec("2002", "Storage Rent - Drive-up", "REVENUE", "sale"),
        AccountSpec("2003", "Storage Rent - Vehicle and Parking", "REVENUE", "sale"),
        AccountSpec("2010", "Rent Discounts and Promotions", "REVENUE", "sale"),
        AccountSpec("2100", "Insurance and Content Cover", "REVENUE", "sale_exempt"),
        AccountSpec("2200", "Merchandise Sales", "REVENUE", "sale"),
        AccountSpec("2300", "Administration Fees", "REVENUE", "sale"),
        AccountSpec("2310", "Late Fees and Charges", "REVENUE", "none"),
        AccountSpec("2320", "Reservation Fees", "REVENUE", "sale"),
        AccountSpec("2330", "Services", "REVENUE", "sale"),
        AccountSpec("2390", "Other Storage Income", "REVENUE", "sale"),
        AccountSpec("2400", "Forfeited Deposits", "OTHERINCOME", "none"),
        AccountSpec("2410", "Auction Recoveries", "OTHERINCOME", "none"),
    )


def _costs(words: Words) -> tuple[AccountSpec, ...]:
    overheads = (
        ("400", "Advertising & Marketing"),
        ("404", "Bank Fees"),
        ("408", "Cleaning"),
        ("412", "Consulting & Accounting"),
        ("429", "General Expenses"),
        ("433", "Insurance"),
        ("441", "Legal Expenses"),
        ("445", "Light, Power, Heating"),
        ("449", "Motor Vehicle Expenses"),
        ("461", "Printing & Stationery"),
        ("465", words.rates),
        ("469", "Rent"),
        ("473", "Repairs & Maintenance"),
        ("485", "Subscriptions"),
        ("489", "Telephone & Internet"),
        ("493", "Travel - National"),
        ("4010", "Merchant and Gateway Fees"),
        ("4020", "Rounding Differences"),
    )
    return (
        AccountSpec("310", "Cost of Goods Sold", "DIRECTCOSTS", "expense"),
        AccountSpec("3000", "Cost of Merchandise", "DIRECTCOSTS", "expense"),
        *(AccountSpec(code, name, "EXPENSE", "expense", claims=True) for code, name in overheads),
        AccountSpec("416", "Depreciation", "DEPRECIATN", "none"),
        AccountSpec("477", "Wages and Salaries", "EXPENSE", "none"),
        AccountSpec("4000", "Bad Debts", "EXPENSE", "none"),
        AccountSpec("497", "Bank Revaluations", "EXPENSE", "none", system="BANKCURRENCYGAIN"),
        AccountSpec(
            "498",
            "Unrealised Currency Gains",
            "EXPENSE",
            "none",
            system="UNREALISEDCURRENCYGAIN",
        ),
        AccountSpec(
            "499", "Realised Currency Gains", "EXPENSE", "none", system="REALISEDCURRENCYGAIN"
        ),
        AccountSpec("505", words.income_tax, "EXPENSE", "none"),
    )


def _assets(words: Words) -> tuple[AccountSpec, ...]:
    return (
        AccountSpec("610", "Accounts Receivable", "CURRENT", "none", system="DEBTORS"),
        AccountSpec("620", "Prepayments", "CURRENT", "none"),
        AccountSpec("630", words.inventory, "INVENTORY", "none"),
        AccountSpec("640", "Petty Cash", "CURRENT", "none", payments=True),
        AccountSpec("710", "Office Equipment", "FIXED", "expense"),
        AccountSpec("711", "Less Accumulated Depreciation on Office Equipment", "FIXED", "none"),
        AccountSpec("720", "Computer Equipment", "FIXED", "expense"),
    )


def _liabilities(words: Words) -> tuple[AccountSpec, ...]:
    return (
        AccountSpec("800", "Accounts Payable", "CURRLIAB", "none", system="CREDITORS"),
        AccountSpec("801", "Unpaid Expense Claims", "CURRLIAB", "none", system="UNPAIDEXPCLM"),
        AccountSpec("820", words.tax_account, "CURRLIAB", "none", system="GST"),
        AccountSpec("825", words.payroll_tax, "CURRLIAB", "none"),
        AccountSpec("840", "Historical Adjustment", "CURRLIAB", "none", system="HISTORICAL"),
        AccountSpec("850", "Suspense", "CURRLIAB", "none"),
        AccountSpec("860", "Rounding", "CURRLIAB", "none", system="ROUNDING"),
        AccountSpec("877", "Tracking Transfers", "CURRLIAB", "none", system="TRACKINGTRANSFERS"),
        AccountSpec("880", "Owner Funds Introduced", "CURRLIAB", "none", payments=True),
        AccountSpec("900", "Loan", "TERMLIAB", "none"),
    )


def _storage_liabilities() -> tuple[AccountSpec, ...]:
    return (
        AccountSpec("8000", "Tenant Security Deposits Held", "CURRLIAB", "none"),
        AccountSpec("8010", "Rent Received in Advance", "CURRLIAB", "none"),
        AccountSpec("8020", "Tenant Prepayments and Credits", "CURRLIAB", "none"),
        AccountSpec("8030", "Lien-sale Surplus Owed to Tenants", "CURRLIAB", "none"),
        AccountSpec("8040", "Insurance Premiums Payable", "CURRLIAB", "none"),
        AccountSpec("8050", "Returned Payments", "CURRLIAB", "none", payments=True),
    )


def _equity() -> tuple[AccountSpec, ...]:
    return (
        AccountSpec("960", "Retained Earnings", "EQUITY", "none", system="RETAINEDEARNINGS"),
        AccountSpec("970", "Owner A Share Capital", "EQUITY", "none"),
    )
