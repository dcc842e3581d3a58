"""Habits of real clients. Evidence: own, read in the published packages of xero-python 15.2,
xero-node 20, pyxero 0.9.5 and Fyle's xerosdk 0.14. The clients themselves run unchanged in the
tests below `conformance/`."""

from __future__ import annotations

import pytest

from tests.conftest import Xero


@pytest.mark.parametrize("path", ["/api.xro/2.0/invoices", "/API.XRO/2.0/INVOICES"])
def test_lower_case_paths_of_xerosdk_are_answered(xero: Xero, path: str) -> None:
    headers = {
        "authorization": f"Bearer {xero.token['access_token']}",
        "XERO-TENANT-ID": xero.organisation_id,
        "Accept": "application/json",
    }
    assert xero.http.get(path, headers=headers).json()["Invoices"] == []


def test_the_python_sdk_sends_credentials_in_the_form(xero: Xero) -> None:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": xero.token["refresh_token"],
        "client_id": xero.token["client_id"],
        "client_secret": xero.token["client_secret"],
    }
    assert xero.http.post("/connect/token", data=form).status_code == 200


def test_pyxero_posts_xml_and_asks_for_json(xero: Xero) -> None:
    body = "<Contacts><Contact><Name>Ann</Name></Contact></Contacts>"
    headers = {"Content-Type": "application/xml"}
    answer = xero.call("PUT", "Contacts", content=body.encode(), headers=headers)
    assert answer.json()["Contacts"][0]["Name"] == "Ann"


def test_who_forgets_accept_gets_xml(xero: Xero) -> None:
    """Documented."""
    answer = xero.get("Organisation", headers={"Accept": "*/*"})
    assert "xml" in answer.headers["content-type"]
