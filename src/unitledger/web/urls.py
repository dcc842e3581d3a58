"""The addresses of the pages."""

from __future__ import annotations

from django.urls import path

from unitledger.api.api import api
from unitledger.web import house_urls
from unitledger.web.pages import handling, overview, record, report, resyncing, sign_in, xero

XERO = "settings/integration/xero"
REPORT = "reports/accounting-software-integration"

urlpatterns = [
    *house_urls.urlpatterns,
    path("", overview.overview, name="overview"),
    path("api/v1/", api.urls),
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path(REPORT, report.integration_report, name="integration-report"),
    path(f"{REPORT}/export.csv", report.export_csv, name="integration-report-csv"),
    path(f"{REPORT}/apply", resyncing.apply, name="resync-apply"),
    path(f"{REPORT}/requests/<uuid:public_id>", resyncing.resync_request, name="resync-request"),
    path(f"{REPORT}/decisions/<uuid:public_id>", handling.decision, name="decision"),
    path(
        f"{REPORT}/decisions/<uuid:public_id>/undo", handling.undo_decision, name="decision-undo"
    ),
    path("records/<uuid:public_id>", record.record, name="record"),
    path("records/<uuid:public_id>/link", handling.link_record, name="record-link"),
    path(XERO, xero.authenticate, name="xero"),
    path(f"{XERO}/keys", xero.save_keys, name="xero-keys"),
    path(f"{XERO}/connect", xero.connect, name="xero-connect"),
    path(f"{XERO}/callback", xero.callback, name="xero-callback"),
    path(f"{XERO}/organisation", xero.choose, name="xero-organisation"),
    path(f"{XERO}/organisation/connect", xero.connect_organisation, name="xero-connect-it"),
    path(f"{XERO}/mapping", xero.suggest, name="xero-suggest"),
    path(f"{XERO}/disconnect", xero.disconnect, name="xero-disconnect"),
]
