"""The addresses of the doors for machines."""

from __future__ import annotations

from django.urls import path

from unitledger.api.api import api
from unitledger.web.pages import (
    api_docs,
    billing_source,
    notices,
    source_hooks,
    webhooks,
    xero_file,
)

MACHINES = "settings/api-and-webhooks"
SOURCE = "settings/billing-source"

urlpatterns = [
    path("api/v1/docs", api_docs.api_docs, name="api-docs"),
    path("api/v1/", api.urls),
    path(
        "hooks/6storage/<uuid:public_id>", source_hooks.receive_message, name="source-hook-receive"
    ),
    path(MACHINES, webhooks.api_and_webhooks, name="api-and-webhooks"),
    path(f"{MACHINES}/add", webhooks.add, name="webhook-add"),
    path(f"{MACHINES}/<uuid:public_id>", webhooks.one_target, name="webhook"),
    path(f"{MACHINES}/<uuid:public_id>/test", webhooks.test, name="webhook-test"),
    path(f"{MACHINES}/<uuid:public_id>/switch", webhooks.switch, name="webhook-switch"),
    path(f"{MACHINES}/<uuid:public_id>/secret", webhooks.renew, name="webhook-renew"),
    path(f"{MACHINES}/<uuid:public_id>/remove", webhooks.remove, name="webhook-remove"),
    path(
        f"{MACHINES}/deliveries/<uuid:public_id>/again", webhooks.send_again, name="webhook-again"
    ),
    path("reports/file-for-xero", xero_file.page, name="xero-file"),
    path(
        "reports/file-for-xero/<slug:prices>/<int:part>.csv",
        xero_file.download,
        name="xero-file-download",
    ),
    path("settings/notices", notices.notices, name="notices"),
    path("settings/notices/save", notices.save, name="notices-save"),
    path("settings/notices/test", notices.test, name="notices-test"),
    path(SOURCE, billing_source.billing_source, name="billing-source"),
    path(f"{SOURCE}/open", billing_source.open_hook, name="source-hook-open"),
    path(f"{SOURCE}/<uuid:public_id>/switch", billing_source.switch, name="source-hook-switch"),
    path(f"{SOURCE}/<uuid:public_id>/profile", billing_source.profile, name="source-profile"),
    path(f"{SOURCE}/messages/<uuid:public_id>", billing_source.message, name="source-message"),
    path(
        f"{SOURCE}/messages/<uuid:public_id>/read",
        billing_source.read_again,
        name="source-message-read",
    ),
]
