"""The addresses of records, books and reports on the business."""

from __future__ import annotations

from django.urls import path

from unitledger.web.pages import (
    credits,
    differences,
    invoices,
    locations,
    payments,
    receivables,
    revenue,
    tenants,
    tie_out,
    units,
)

urlpatterns = [
    path("tenants", tenants.tenants, name="tenants"),
    path("tenants/<uuid:public_id>", tenants.tenant, name="tenant"),
    path("units", units.units, name="units"),
    path("units/<uuid:public_id>", units.unit, name="unit"),
    path("invoices", invoices.invoices, name="invoices"),
    path("invoices/<uuid:public_id>", invoices.invoice, name="invoice"),
    path("payments", payments.payments, name="payments"),
    path("payments/<uuid:public_id>", payments.payment, name="payment"),
    path("credits-and-refunds", credits.credits_and_refunds, name="credits"),
    path("books/differences", differences.differences, name="differences"),
    path("books/differences/accept", differences.accept_difference, name="difference-accept"),
    path("books/tie-out", tie_out.tie_out, name="tie-out"),
    path("books/tie-out/ask", tie_out.ask, name="tie-out-ask"),
    path("books/tie-out/close", tie_out.close, name="tie-out-close"),
    path("books/tie-out/reopen", tie_out.reopen, name="tie-out-reopen"),
    path("reports/revenue", revenue.revenue_report, name="revenue"),
    path("reports/revenue/export.csv", revenue.export_csv, name="revenue-csv"),
    path("reports/receivables", receivables.receivables_report, name="receivables"),
    path("reports/receivables/export.csv", receivables.export_csv, name="receivables-csv"),
    path("settings/locations", locations.locations, name="locations"),
    path("settings/locations/locale", locations.change_locale, name="locale"),
]
