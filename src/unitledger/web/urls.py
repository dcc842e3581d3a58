"""The addresses of the pages."""

from __future__ import annotations

from django.urls import path

from unitledger.web import (
    house_urls,
    import_urls,
    machine_urls,
    mapping_urls,
    people_urls,
    report_urls,
    sync_urls,
)
from unitledger.web.pages import going_live, overview, xero

XERO = "settings/integration/xero"

urlpatterns = [
    *house_urls.urlpatterns,
    *import_urls.urlpatterns,
    *mapping_urls.urlpatterns,
    *report_urls.urlpatterns,
    *sync_urls.urlpatterns,
    *people_urls.urlpatterns,
    path("", overview.overview, name="overview"),
    *machine_urls.urlpatterns,
    path(XERO, xero.authenticate, name="xero"),
    path(f"{XERO}/keys", xero.save_keys, name="xero-keys"),
    path(f"{XERO}/connect", xero.connect, name="xero-connect"),
    path(f"{XERO}/callback", xero.callback, name="xero-callback"),
    path(f"{XERO}/organisation", xero.choose, name="xero-organisation"),
    path(f"{XERO}/organisation/connect", xero.connect_organisation, name="xero-connect-it"),
    path(f"{XERO}/mapping", xero.suggest, name="xero-suggest"),
    path(f"{XERO}/disconnect", xero.disconnect, name="xero-disconnect"),
    path(f"{XERO}/going-live", going_live.going_live, name="going-live"),
    path(f"{XERO}/going-live/look", going_live.look, name="going-live-look"),
    path(f"{XERO}/going-live/answer", going_live.answer, name="going-live-answer"),
    path(f"{XERO}/going-live/question", going_live.question, name="going-live-question"),
    path(f"{XERO}/going-live/ask-again", going_live.ask_again, name="going-live-ask-again"),
]
