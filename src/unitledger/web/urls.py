"""The addresses of the pages."""

from __future__ import annotations

from django.urls import path

from unitledger.web.pages import overview, sign_in, xero

XERO = "settings/integration/xero"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path(XERO, xero.authenticate, name="xero"),
    path(f"{XERO}/keys", xero.save_keys, name="xero-keys"),
    path(f"{XERO}/connect", xero.connect, name="xero-connect"),
    path(f"{XERO}/callback", xero.callback, name="xero-callback"),
    path(f"{XERO}/organisation", xero.choose, name="xero-organisation"),
    path(f"{XERO}/organisation/connect", xero.connect_organisation, name="xero-connect-it"),
    path(f"{XERO}/mapping", xero.suggest, name="xero-suggest"),
    path(f"{XERO}/disconnect", xero.disconnect, name="xero-disconnect"),
]
