"""The addresses of the integration report, of records, and of what people decide about them."""

from __future__ import annotations

from django.urls import path

from unitledger.web.pages import handling, record, report, resyncing, saved_filters, way_back

REPORT = "reports/accounting-software-integration"

urlpatterns = [
    path(REPORT, report.integration_report, name="integration-report"),
    path(f"{REPORT}/export.csv", report.export_csv, name="integration-report-csv"),
    path(f"{REPORT}/export.xlsx", report.export_xlsx, name="integration-report-xlsx"),
    path(f"{REPORT}/density", report.set_density, name="report-density"),
    path(f"{REPORT}/filters", saved_filters.save, name="saved-filters"),
    path(f"{REPORT}/filters/<uuid:public_id>/remove", saved_filters.remove, name="saved-filter"),
    path(f"{REPORT}/apply", resyncing.apply, name="resync-apply"),
    path(f"{REPORT}/requests/<uuid:public_id>", resyncing.resync_request, name="resync-request"),
    path(f"{REPORT}/decisions/<uuid:public_id>", handling.decision, name="decision"),
    path(f"{REPORT}/decisions/<uuid:public_id>/undo", handling.undo_decision, name="decision-undo"),
    path("r/<slug:token>", way_back.way_back, name="way-back"),
    path("records/<uuid:public_id>", record.record, name="record"),
    path("records/<uuid:public_id>/link", handling.link_record, name="record-link"),
]
