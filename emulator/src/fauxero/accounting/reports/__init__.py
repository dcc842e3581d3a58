"""Reports computed from the ledger, in Xero's rows. Other reports of Xero's answer 501."""

from __future__ import annotations

from fauxero.accounting.reports.aged import aged_payables, aged_receivables
from fauxero.accounting.reports.balance_sheet import balance_sheet
from fauxero.accounting.reports.bank_summary import bank_summary
from fauxero.accounting.reports.executive_summary import executive_summary
from fauxero.accounting.reports.profit_and_loss import profit_and_loss
from fauxero.accounting.reports.shape import Report, financial_year_start
from fauxero.accounting.reports.trial_balance import trial_balance, trial_balance_figures

# By lower-case path segment after Reports/, each with the word of its granular scope.
_REPORTS: dict[str, tuple[Report, str]] = {
    "trialbalance": (trial_balance, "trialbalance"),
    "profitandloss": (profit_and_loss, "profitandloss"),
    "balancesheet": (balance_sheet, "balancesheet"),
    "banksummary": (bank_summary, "banksummary"),
    "agedreceivablesbycontact": (aged_receivables, "aged"),
    "agedpayablesbycontact": (aged_payables, "aged"),
    "executivesummary": (executive_summary, "executivesummary"),
}
REPORTS: dict[str, Report] = {name: report for name, (report, _) in _REPORTS.items()}
# Xero: documented (Scopes, March 2026): one scope a report, and the broad one until 2027.
REPORT_SCOPES: dict[str, frozenset[str]] = {
    name: frozenset({f"accounting.reports.{word}.read", "accounting.reports.read"})
    for name, (_, word) in _REPORTS.items()
}

__all__ = [
    "REPORTS",
    "REPORT_SCOPES",
    "Report",
    "financial_year_start",
    "trial_balance",
    "trial_balance_figures",
]
