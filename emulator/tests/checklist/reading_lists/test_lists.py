"""Reading lists. Evidence: documented (Requests and responses, Invoices, Contacts pages); the thin
unpaged list and the pagination object were recorded on the wire."""

from __future__ import annotations

import pytest

from tests.checklist.words import line, made, one, pay
from tests.conftest import Xero


@pytest.fixture
def filled(xero: Xero) -> Xero:
    """R-0 to R-6, of two contacts, 10 to 70 pounds, a draft and a voided one among them."""
    rows = [
        xero.invoice(
            f"R-{n}",
            Contact={"Name": "Ann" if n % 2 else "Bob"},
            Status="DRAFT" if n == 3 else "AUTHORISED",
            Date=f"2026-02-{n + 1:02}",
            LineItems=[line(10 * (n + 1))],
        )
        for n in range(7)
    ]
    assert xero.put("Invoices", {"Invoices": rows}).status_code == 200
    made(xero, "Invoices/R-5", {"Status": "VOIDED"}, "POST")
    return xero


def numbers(xero: Xero, **params: str) -> list[str]:
    return [row["InvoiceNumber"] for row in xero.rows("Invoices", params=params)]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ('Status=="DRAFT"', [3]),
        ('Status=="VOIDED" OR Status=="DRAFT"', [3, 5]),
        ('Date>=DateTime(2026, 02, 06) AND Status!="VOIDED"', [6]),
        ("AmountDue>50&&Total<=70", [6]),
        ('Contact.Name=="ann"', [1, 3, 5]),
        ('InvoiceNumber.EndsWith("2")', [2]),
        ('Reference!=null&&Reference.StartsWith("x")', []),
    ],
)
def test_where_speaks_xeros_language(filled: Xero, where: str, found: list[int]) -> None:
    assert sorted(numbers(filled, where=where)) == [f"R-{n}" for n in found]


def test_order_and_pages_fit_together(filled: Xero) -> None:
    seen = []
    for page in ("1", "2", "3"):
        seen += numbers(filled, order="Total DESC", page=page, pageSize="3")
    assert seen == [f"R-{n}" for n in (6, 5, 4, 3, 2, 1, 0)]
    body = filled.get("Invoices", params={"page": "2", "pageSize": "3"}).json()
    assert body["pagination"] == {"page": 2, "pageSize": 3, "pageCount": 3, "itemCount": 7}


def test_a_page_holds_a_thousand_and_no_more(filled: Xero) -> None:
    asked = {"page": "1", "pageSize": "1001"}
    assert filled.get("Invoices", params=asked).json()["pagination"]["pageSize"] == 1000


def test_lists_of_ids_numbers_contacts_and_statuses(filled: Xero) -> None:
    rows = {row["InvoiceNumber"]: row for row in filled.rows("Invoices")}
    ids = ",".join(rows[name]["InvoiceID"] for name in ("R-1", "R-4"))
    assert sorted(numbers(filled, IDs=ids)) == ["R-1", "R-4"]
    assert sorted(numbers(filled, InvoiceNumbers="R-0,R-9")) == ["R-0"]
    ann = rows["R-1"]["Contact"]["ContactID"]
    assert sorted(numbers(filled, ContactIDs=ann)) == ["R-1", "R-3", "R-5"]
    assert sorted(numbers(filled, Statuses="DRAFT,VOIDED")) == ["R-3", "R-5"]


def test_dead_documents_stay_visible(filled: Xero) -> None:
    assert one(filled, "Invoices/R-5")["Status"] == "VOIDED"
    assert "R-5" in numbers(filled)


def test_an_unpaged_list_is_thin_and_a_page_is_not(filled: Xero) -> None:
    """Recorded."""
    assert not any(row.get("LineItems") for row in filled.rows("Invoices"))
    assert all(row["LineItems"] for row in filled.rows("Invoices?page=1"))


def test_summary_only_leaves_lines_and_payments_out(filled: Xero) -> None:
    pay(filled, one(filled, "Invoices/R-0"), 1)
    body = filled.get("Invoices?summaryOnly=true").json()
    assert "pagination" in body
    assert not any({"LineItems", "Payments"} & set(row) for row in body["Invoices"])


def test_if_modified_since_is_to_the_second_and_counts_payments(filled: Xero) -> None:
    filled.advance(100)
    pay(filled, one(filled, "Invoices/R-0"), 1)
    for since, found in (("09:01:40", ["R-0"]), ("09:01:41", [])):
        headers = {"If-Modified-Since": f"2026-03-02T{since}"}
        rows = filled.rows("Invoices", headers=headers)
        assert [row["InvoiceNumber"] for row in rows] == found


def test_it_does_not_see_a_new_due_date_on_a_part_paid_invoice(filled: Xero) -> None:
    """Documented as a blind spot."""
    pay(filled, one(filled, "Invoices/R-0"), 1)
    filled.advance(100)
    made(filled, "Invoices/R-0", {"DueDate": "2026-05-01"}, "POST")
    headers = {"If-Modified-Since": "2026-03-02T09:01:00"}
    assert filled.rows("Invoices", headers=headers) == []


def test_archived_contacts_are_listed_only_when_asked_for(filled: Xero) -> None:
    ann = next(row for row in filled.rows("Contacts") if row["Name"] == "Ann")["ContactID"]
    made(filled, f"Contacts/{ann}", {"ContactStatus": "ARCHIVED"}, "POST")
    assert [row["Name"] for row in filled.rows("Contacts")] == ["Bob"]
    assert len(filled.rows("Contacts?includeArchived=true")) == 2
