"""The addresses of Accounting Software, the Quick guide and Synchronize."""

from __future__ import annotations

from django.urls import path

from unitledger.web.pages import (
    connections,
    quick_guide,
    rehearsal,
    synchronize,
    synchronize_categories,
    synchronize_defaults,
    synchronize_paid_to,
    synchronize_products,
    synchronize_start,
    synchronize_taxes,
)

INTEGRATION = "settings/integration"
SYNC = f"{INTEGRATION}/xero/synchronize"

urlpatterns = [
    path(
        f"{INTEGRATION}/accounting-software",
        quick_guide.accounting_software,
        name="accounting-software",
    ),
    path(f"{INTEGRATION}/xero/connections", connections.connections, name="connections"),
    path(f"{INTEGRATION}/xero/connections/route", connections.route, name="location-route"),
    path(f"{INTEGRATION}/xero/connections/show", connections.switch, name="organisation-switch"),
    path(f"{INTEGRATION}/xero/rehearsal", rehearsal.rehearsal, name="rehearsal"),
    path(f"{INTEGRATION}/xero/rehearsal/ask", rehearsal.ask, name="rehearsal-ask"),
    path(f"{INTEGRATION}/xero/rehearsal/stop", rehearsal.stop, name="rehearsal-stop"),
    path(f"{INTEGRATION}/xero/guide", quick_guide.quick_guide, name="xero-guide"),
    path(SYNC, synchronize.synchronize, name="mapping"),
    path(f"{SYNC}/refresh", synchronize.refresh_chart, name="mapping-refresh"),
    path(f"{SYNC}/categories", synchronize_categories.categories, name="mapping-categories"),
    path(
        f"{SYNC}/categories/change",
        synchronize_categories.change_category,
        name="mapping-category",
    ),
    path(f"{SYNC}/categories/option", synchronize_categories.change_option, name="mapping-option"),
    path(f"{SYNC}/categories/create", synchronize_categories.create, name="mapping-create"),
    path(f"{SYNC}/products", synchronize_products.products, name="mapping-products"),
    path(f"{SYNC}/products/change", synchronize_products.change_product, name="mapping-product"),
    path(f"{SYNC}/products/accept", synchronize_products.accept, name="mapping-accept"),
    path(f"{SYNC}/paid-to", synchronize_paid_to.paid_to, name="mapping-paid-to"),
    path(
        f"{SYNC}/paid-to/change",
        synchronize_paid_to.change_paid_to,
        name="mapping-paid-to-change",
    ),
    path(f"{SYNC}/taxes", synchronize_taxes.taxes, name="mapping-taxes"),
    path(f"{SYNC}/taxes/change", synchronize_taxes.change_tax, name="mapping-tax"),
    path(f"{SYNC}/taxes/prices", synchronize_taxes.change_prices, name="mapping-prices"),
    path(f"{SYNC}/defaults", synchronize_defaults.defaults, name="mapping-defaults"),
    path(
        f"{SYNC}/defaults/change",
        synchronize_defaults.change_defaults,
        name="mapping-defaults-change",
    ),
    path(f"{SYNC}/start", synchronize_start.start, name="mapping-start"),
    path(f"{SYNC}/start/change", synchronize_start.change_start, name="mapping-start-change"),
    path(f"{SYNC}/history", synchronize_start.history, name="mapping-history"),
]
