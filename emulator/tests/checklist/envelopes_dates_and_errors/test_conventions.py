"""How requests and answers look. Evidence: documented on Xero's Requests and responses page, or
recorded on the wire, unless a test says otherwise."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from tests.conftest import Xero, exact


def test_a_success_comes_in_an_envelope_with_the_apps_name(xero: Xero) -> None:
    body = xero.get("Organisation").json()
    assert list(body) == ["Id", "Status", "ProviderName", "DateTimeUTC", "Organisations"]
    assert body["Status"] == "OK"
    assert body["ProviderName"] == "Demo app"
    assert re.fullmatch(r"/Date\(\d{13}\)/", body["DateTimeUTC"])


def test_paths_are_read_in_any_case(xero: Xero) -> None:
    assert xero.http.request(
        "GET",
        "/API.xro/2.0/tRaCkingcategories",
        headers={
            "Authorization": f"Bearer {xero.token['access_token']}",
            "XERO-TENANT-ID": xero.organisation_id,
            "accept": "application/json",
        },
    ).json()["TrackingCategories"]


@pytest.mark.parametrize(
    "body",
    [
        {"Contacts": [{"Name": "Ann Archer"}]},
        {"contacts": [{"name": "Ann Archer"}]},
        {"Contact": {"Name": "Ann Archer"}},
        {"Name": "Ann Archer"},
        [{"Name": "Ann Archer"}],
    ],
    ids=["envelope", "lower case", "singular", "bare", "list"],
)
def test_a_request_may_be_enveloped_or_bare_with_keys_in_any_case(xero: Xero, body: object) -> None:
    answer = xero.put("Contacts", body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["Contacts"][0]["Name"] == "Ann Archer"


def test_a_date_goes_out_as_epoch_milliseconds_with_a_readable_companion(xero: Xero) -> None:
    [invoice] = xero.put("Invoices", xero.invoice("R1")).json()["Invoices"]
    assert invoice["Date"] == "/Date(1772323200000+0000)/"
    assert invoice["DateString"] == "2026-03-01T00:00:00"
    assert invoice["DueDateString"] == "2026-03-15T00:00:00"
    assert invoice["UpdatedDateUTC"] == "/Date(1772442000000+0000)/"


@pytest.mark.parametrize("sent", ["2026-03-01", "2026-03-01T00:00:00", "/Date(1772323200000)/"])
def test_a_date_comes_in_as_day_instant_or_epoch(xero: Xero, sent: str) -> None:
    [invoice] = xero.put("Invoices", xero.invoice("R1", Date=sent)).json()["Invoices"]
    assert invoice["DateString"] == "2026-03-01T00:00:00"


def test_money_keeps_its_digits_both_ways(xero: Xero) -> None:
    body = xero.invoice("R1")
    body["LineItems"][0]["UnitAmount"] = 1234567.89
    answer = xero.put("Invoices", body)
    assert '"Total":1234567.89' in answer.text
    assert exact(answer)["Invoices"][0]["Total"] == Decimal("1234567.89")


def test_a_page_says_where_it_is_before_the_collection(xero: Xero) -> None:
    xero.put("Contacts", {"Contacts": [{"Name": f"Contact {n}"} for n in range(3)]})
    body = xero.get("Contacts", params={"page": 2, "pageSize": 2}).json()
    assert list(body)[-2:] == ["pagination", "Contacts"]
    assert body["pagination"] == {"page": 2, "pageSize": 2, "pageCount": 2, "itemCount": 3}


@pytest.mark.parametrize(("asked", "given"), [("0", 1), ("5000", 1000), ("-3", 1), ("many", 100)])
def test_a_page_size_out_of_range_is_clamped(xero: Xero, asked: str, given: int) -> None:
    body = xero.get("Contacts", params={"page": 1, "pageSize": asked}).json()
    assert body["pagination"]["pageSize"] == given


def test_query_parameters_are_read_in_any_case(xero: Xero) -> None:
    body = xero.get("Contacts", params={"PAGE": 1, "pagesize": 7}).json()
    assert body["pagination"]["pageSize"] == 7


def test_if_modified_since_leaves_out_what_is_older(xero: Xero) -> None:
    xero.put("Contacts", {"Name": "Old"})
    xero.advance(1200)
    xero.put("Contacts", {"Name": "New"})
    since = {"If-Modified-Since": "2026-03-02T09:10:00"}
    assert [row["Name"] for row in xero.rows("Contacts", headers=since)] == ["New"]
    since = {"If-Modified-Since": "Mon, 02 Mar 2026 09:10:00 GMT"}
    assert [row["Name"] for row in xero.rows("Contacts", headers=since)] == ["New"]


@pytest.mark.parametrize(
    "sent", ["yesterday", "2026-13-01", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"]
)
def test_a_date_that_cannot_be_read_in_if_modified_since_answers_412(xero: Xero, sent: str) -> None:
    answer = xero.get("Contacts", headers={"If-Modified-Since": sent})
    assert answer.status_code == 412


def test_a_form_that_is_not_modelled_is_refused_loudly(xero: Xero) -> None:
    answer = xero.get("Accounts", headers={"Accept": "application/pdf"})
    assert answer.status_code == 501
    assert "Not modelled by fauxero" in answer.text


def test_the_options_of_a_tracking_category_are_written_below_it(xero: Xero) -> None:
    category = xero.rows("TrackingCategories")[0]
    path = f"TrackingCategories/{category['TrackingCategoryID']}/Options"
    [option] = xero.put(path, {"Name": "Leeds"}).json()["Options"]
    assert option["Name"] == "Leeds"
    renamed = xero.post(f"{path}/{option['TrackingOptionID']}", {"Name": "York"})
    assert renamed.json()["Options"][0]["Name"] == "York"
    deleted = xero.call("DELETE", f"{path}/{option['TrackingOptionID']}")
    assert deleted.status_code in (200, 204)


def test_what_the_organisation_may_do_is_listed_as_actions(xero: Xero) -> None:
    actions = {row["Name"]: row["Status"] for row in xero.rows("Organisation/Actions")}
    assert actions["CreateApprovedInvoice"] == "ALLOWED"


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-01",
        "2026-03-01T00:00:00",
        "2026-03-01T23:30:00-11:00",
        "/Date(1772323200000)/",
        "/Date(1772323200000+1300)/",
    ],
)
def test_a_day_is_read_in_each_of_xeros_forms_and_never_shifted(xero: Xero, written: str) -> None:
    [made] = xero.put("Invoices", xero.invoice("D-1", Date=written)).json()["Invoices"]
    assert made["DateString"] == "2026-03-01T00:00:00"
    assert made["Date"] == "/Date(1772323200000+0000)/"


@pytest.mark.parametrize(
    "name", ["Organisation", "TaxRates", "TrackingCategories", "BrandingThemes", "Currencies"]
)
def test_if_modified_since_is_passed_over_where_xero_lacks_it(xero: Xero, name: str) -> None:
    late = {"If-Modified-Since": "2030-01-01T00:00:00"}
    assert xero.rows(name, headers=late) == xero.rows(name)
    assert xero.rows("Accounts", headers=late) == []
