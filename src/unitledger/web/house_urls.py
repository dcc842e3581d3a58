"""The addresses of records, books and reports on the business."""

from __future__ import annotations

from django.urls import path

from unitledger.web.pages import invoices, payments, tenants, units

urlpatterns = [
    path("tenants", tenants.tenants, name="tenants"),
    path("tenants/<uuid:public_id>", tenants.tenant, name="tenant"),
    path("units", units.units, name="units"),
    path("units/<uuid:public_id>", units.unit, name="unit"),
    path("invoices", invoices.invoices, name="invoices"),
    path("invoices/<uuid:public_id>", invoices.invoice, name="invoice"),
    path("payments", payments.payments, name="payments"),
    path("payments/<uuid:public_id>", payments.payment, name="payment"),
]
