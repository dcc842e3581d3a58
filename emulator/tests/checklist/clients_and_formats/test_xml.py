"""XML, both ways. Evidence: documented (Requests and responses, and the examples of each page)
unless a test says otherwise; the XML that pyxero sends is tested with pyxero itself."""

from __future__ import annotations

import re
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest

from tests.conftest import Xero

XML = {"Accept": "application/xml", "Content-Type": "application/xml"}


def root(answer) -> ElementTree.Element:
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)


def send(xero: Xero, method: str, path: str, body: str, **how):
    return xero.call(method, path, content=body.encode(), headers=XML, **how)


def invoice(xero: Xero, number: str = "X-1", lines: str = "") -> str:
    code = xero.account(Type="REVENUE")["Code"]
    lines = lines or (
        f"<LineItem><Description>Rent &amp; more</Description><Quantity>2</Quantity>"
        f"<UnitAmount>10.00</UnitAmount><AccountCode>{code}</AccountCode></LineItem>"
    )
    return (
        f"<Invoice><Type>ACCREC</Type><Status>AUTHORISED</Status>"
        f"<InvoiceNumber>{number}</InvoiceNumber><Contact><Name>Ann Archer</Name></Contact>"
        f"<Date>2026-03-01T00:00:00</Date><DueDate>2026-03-15</DueDate>"
        f"<LineAmountTypes>NoTax</LineAmountTypes><LineItems>{lines}</LineItems></Invoice>"
    )


@pytest.mark.parametrize("accept", ["", "*/*", "application/xml", "text/xml", "text/html"])
def test_an_answer_is_xml_unless_json_is_asked_for(xero: Xero, accept: str) -> None:
    found = root(xero.get("Organisation", headers={"Accept": accept}))
    assert found.tag == "Response"
    assert [child.tag for child in found][:4] == ["Id", "Status", "ProviderName", "DateTimeUTC"]
    assert found.findtext("DateTimeUTC") == "2026-03-02T09:00:00Z"
    assert found.findtext("Organisations/Organisation/OrganisationID") == xero.organisation_id


@pytest.mark.parametrize(
    "accept", ["application/json", "application/json, text/plain, */*", "text/json, text/xml"]
)
def test_an_answer_is_json_where_json_is_asked_for_first(xero: Xero, accept: str) -> None:
    assert xero.get("Organisation", headers={"Accept": accept}).json()["Status"] == "OK"


def test_an_invoice_written_in_xml_reads_back_in_both_forms(xero: Xero) -> None:
    body = f"<Invoices>{invoice(xero)}</Invoices>"
    written = root(send(xero, "PUT", "Invoices", body)).find("Invoices/Invoice")
    assert written is not None
    assert written.findtext("Total") == "20.00"
    assert written.findtext("Date") == "2026-03-01T00:00:00"
    assert written.findtext("LineItems/LineItem/Description") == "Rent & more"
    [row] = xero.rows("Invoices", params={"page": 1})
    assert row["InvoiceID"] == written.findtext("InvoiceID")
    assert row["Contact"]["Name"] == "Ann Archer"


def test_dates_in_xml_are_iso_and_have_no_companions(xero: Xero) -> None:
    send(xero, "PUT", "Invoices", invoice(xero))
    found = root(xero.get("Invoices/X-1", headers=XML)).find("Invoices/Invoice")
    assert found is not None
    assert found.find("DateString") is None
    assert re.fullmatch(r"2026-03-02T09:00:00(\.\d{3})?", found.findtext("UpdatedDateUTC") or "")


def test_a_single_element_and_a_request_around_it_are_read_too(xero: Xero) -> None:
    for number, body in enumerate(
        (
            "<Contact><Name>One</Name></Contact>",
            "<Contacts><Contact><Name>Two</Name></Contact></Contacts>",
            "<Request><Contacts><Contact><Name>Three</Name></Contact></Contacts></Request>",
            '<?xml version="1.0"?><contact xmlns="urn:any"><NAME>Four</NAME></contact>',
        ),
        1,
    ):
        assert send(xero, "POST", "Contacts", body).status_code == 200, body
        assert len(xero.rows("Contacts")) == number


def test_a_form_with_a_field_xml_is_read(xero: Xero) -> None:
    form = urlencode({"xml": "<Contact><Name>Ann &amp; Bob</Name></Contact>"})
    answer = xero.call(
        "POST",
        "contacts",
        content=form.encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.json()["Contacts"][0]["Name"] == "Ann & Bob"


def test_names_of_elements_are_read_in_any_case(xero: Xero) -> None:
    body = invoice(xero).replace("LineItem", "lineitem").replace("UnitAmount", "unitamount")
    [row] = root(send(xero, "PUT", "Invoices", body)).findall("Invoices/Invoice")
    assert row.findtext("Total") == "20.00"


def test_with_summarize_errors_false_the_status_is_an_attribute(xero: Xero) -> None:
    body = "<Contacts><Contact><Name>A</Name></Contact><Contact><Name>a</Name></Contact></Contacts>"
    answer = send(xero, "PUT", "Contacts", body, params={"summarizeErrors": "false"})
    good, bad = root(answer).findall("Contacts/Contact")
    assert (good.get("status"), bad.get("status")) == ("OK", "ERROR")
    message = bad.findtext("ValidationErrors/ValidationError/Message") or ""
    assert "already assigned to another contact" in message


def test_a_refusal_in_xml_is_an_api_exception_with_its_elements(xero: Xero) -> None:
    answer = send(xero, "PUT", "Invoices", "<Invoice><Type>ACCREC</Type></Invoice>")
    assert answer.status_code == 400
    found = root(answer)
    assert (found.tag, found.findtext("ErrorNumber")) == ("ApiException", "10")
    [element] = found.findall("Elements/DataContractBase")
    assert element.get("{http://www.w3.org/2001/XMLSchema-instance}type") == "Invoice"
    assert element.find("ValidationErrors/ValidationError/Message") is not None
    assert xero.rows("Invoices") == []


def test_an_unknown_id_is_html_in_xml_too(xero: Xero) -> None:
    answer = xero.get("Invoices/11111111-2222-3333-4444-555555555555", headers=XML)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol1 "&lol;&lol;&lol;">]>
<Contacts><Contact><Name>&lol1;</Name></Contact></Contacts>"""
FILE = """<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><Contact><Name>&f;</Name></Contact>"""


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        FILE,
        "<Contacts><Contact><Name>Ann</Contact></Contacts>",
        "<Contacts>",
        "<Contact><Name>&nosuch;</Name></Contact>",
        "<Foo><Name>Ann</Name></Foo>",
        "not xml at all",
        "",
        "<Contacts/>",
        "<Contact><Name>" + "<a>" * 60 + "</a>" * 60 + "</Name></Contact>",
        '<?xml version="1.0" encoding="no-such"?><Contact><Name>Ann</Name></Contact>',
        "<Contact><Name><First>Ann</First></Name></Contact>",
        "<Contact><Name>Ann</Name><Phones>none</Phones></Contact>",
        "<Contacts><Contact xsi:nil='true' xmlns:xsi='x'/></Contacts>",
        "<Contact/>",
    ],
)
def test_bad_xml_is_refused_and_changes_nothing(xero: Xero, body: str) -> None:
    answer = send(xero, "PUT", "Contacts", body)
    assert answer.status_code == 400, answer.text
    assert root(answer).tag == "ApiException"
    assert xero.rows("Contacts") == []


def test_a_character_that_xml_cannot_carry_does_not_break_the_answer(xero: Xero) -> None:
    xero.put("Contacts", {"Name": "Ann \u0000 <Archer> \ud7ff".replace("<", "(").replace(">", ")")})
    assert root(xero.get("Contacts", headers=XML)).find("Contacts/Contact/Name") is not None


def test_every_list_names_its_elements_in_the_singular(xero: Xero) -> None:
    send(xero, "PUT", "Invoices", invoice(xero))
    contact = root(xero.get("Contacts", headers=XML, params={"page": 1}))
    assert contact.findtext("Pagination/ItemCount") == "1"
    assert len(contact.findall("Contacts/Contact/Addresses/Address")) == 2
    assert len(contact.findall("Contacts/Contact/Phones/Phone")) == 4
    rates = root(xero.get("TaxRates", headers=XML))
    assert rates.findall("TaxRates/TaxRate/TaxComponents/TaxComponent")
    categories = root(xero.get("TrackingCategories", headers=XML))
    assert categories.findall("TrackingCategories/TrackingCategory/Options/Option")
    report = root(xero.get("Reports/TrialBalance", headers=XML))
    assert report.findall("Reports/Report/Rows/Row/Cells/Cell")
    assert report.findall("Reports/Report/ReportTitles/ReportTitle")


def test_tracking_on_a_line_is_a_list_of_tracking_categories(xero: Xero) -> None:
    category = xero.rows("TrackingCategories")[0]
    option = category["Options"][0]["Name"]
    line = (
        f"<LineItem><Description>Rent</Description><Quantity>1</Quantity><UnitAmount>5</UnitAmount>"
        f"<AccountCode>{xero.account(Type='REVENUE')['Code']}</AccountCode><Tracking>"
        f"<TrackingCategory><Name>{category['Name']}</Name><Option>{option}</Option>"
        f"</TrackingCategory></Tracking></LineItem>"
    )
    found = root(send(xero, "PUT", "Invoices", invoice(xero, "X-2", line)))
    shown = found.find("Invoices/Invoice/LineItems/LineItem/Tracking/TrackingCategory")
    assert shown is not None
    assert shown.findtext("Option") == option


def test_a_body_of_countless_elements_is_refused_and_changes_nothing(xero: Xero) -> None:
    body = "<Contacts>" + "<a/>" * 400_000 + "</Contacts>"
    answer = send(xero, "PUT", "Contacts", body)
    assert answer.status_code == 400
    assert root(answer).findtext("Type") == "PostDataInvalidException"
    assert xero.rows("Contacts") == []
