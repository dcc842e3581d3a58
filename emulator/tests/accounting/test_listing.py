"""Reading lists: pages, filters, orders, what was changed since."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fauxero.accounting.resource import BadQuery
from tests.accounting.story import NOON, Story, done


@pytest.fixture
def full(story: Story) -> Story:
    """Twelve invoices a second apart; every third a draft."""
    for at in range(12):
        story.clock.advance(1)
        status = "DRAFT" if at % 3 == 0 else "AUTHORISED"
        story.invoice(
            f"{at + 1}.00",
            InvoiceNumber=f"R-{at:02d}",
            Status=status,
            Date=f"2026-11-{at + 1:02d}",
            Reference=f"ref {at % 2}",
        )
    return story


def numbers(story: Story, **query: object) -> list[str]:
    rows = story.list("invoices", **({"page": 1} | query)).rows
    return [row["InvoiceNumber"] for row in rows]


def test_pages_follow_one_another_and_count_the_whole(full: Story) -> None:
    """Documented: page, pageSize, pageCount, itemCount."""
    pages = [full.list("invoices", page=page, page_size=5) for page in (1, 2, 3, 4)]
    assert [len(page.rows) for page in pages] == [5, 5, 2, 0]
    found = [row["InvoiceNumber"] for page in pages for row in page.rows]
    assert found == [f"R-{at:02d}" for at in range(12)]
    pagination = pages[1].pagination
    assert pagination is not None
    assert (pagination.page, pagination.page_count, pagination.item_count) == (2, 3, 12)


def test_an_unpaged_list_has_no_lines_and_no_pagination(full: Story) -> None:
    """Documented and recorded."""
    listed = full.list("invoices")
    assert listed.pagination is None
    assert all(row["LineItems"] == [] for row in listed.rows)
    assert listed.rows[0]["Contact"].keys() >= {"ContactID", "Name"}


def test_a_paged_list_has_lines_and_a_thin_contact(full: Story) -> None:
    """Recorded on the wire."""
    row = full.list("invoices", page=1).rows[0]
    assert len(row["LineItems"]) == 1
    assert "EmailAddress" not in row["Contact"]
    assert row["HasAttachments"] is False


def test_statuses_and_summary_only_force_paging(full: Story) -> None:
    """Documented."""
    assert full.list("invoices", statuses=("DRAFT",)).pagination is not None
    summary = full.list("invoices", summary_only=True)
    assert summary.pagination is not None
    assert not summary.rows[0].keys() & {"LineItems", "Payments", "HasAttachments"}


def test_documents_are_found_by_ids_numbers_contacts_and_statuses(full: Story) -> None:
    one = full.list("invoices", page=1, numbers=("R-03",)).rows[0]
    assert numbers(full, ids=(one["InvoiceID"].upper(), one["InvoiceID"])) == ["R-03"]
    assert numbers(full, numbers=("R-05", "R-01", "R-99")) == ["R-01", "R-05"]
    assert len(numbers(full, contact_ids=(one["Contact"]["ContactID"],))) == 12
    assert numbers(full, statuses=("DRAFT",)) == ["R-00", "R-03", "R-06", "R-09"]
    assert len(numbers(full, statuses=("DRAFT", "AUTHORISED"))) == 12
    assert numbers(full, statuses=("DRAFT",), numbers=("R-01", "R-03")) == ["R-03"]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ('Status=="DRAFT"', ["R-00", "R-03", "R-06", "R-09"]),
        ('Type=="ACCREC" AND Status=="DRAFT" AND AmountDue>4', ["R-06", "R-09"]),
        ('InvoiceNumber=="r-04"', ["R-04"]),
        ('Reference=="REF 1" AND Total<5', ["R-01", "R-03"]),
        ("Date==DateTime(2026,11,3)", ["R-02"]),
        ("Date>DateTime(2026,11,3) AND Date<=DateTime(2026,11,5)", ["R-03", "R-04"]),
        ('Contact.Name=="bea wainwright" AND Total==7', ["R-06"]),
        ('Status=="DRAFT" OR Total==2', ["R-00", "R-01", "R-03", "R-06", "R-09"]),
        ('InvoiceNumber.StartsWith("R-1")', ["R-10", "R-11"]),
        ('Type=="ACCPAY"', []),
    ],
)
def test_a_filter_by_index_finds_what_reading_every_row_would(
    full: Story, where: str, expected: list[str]
) -> None:
    assert numbers(full, where=where) == expected
    assert numbers(full, where=f"({where}) OR Total==null") == expected


def test_an_order_is_kept_over_pages(full: Story) -> None:
    order = "Reference DESC, Total"
    found = [
        number
        for page in (1, 2, 3)
        for number in numbers(full, page=page, page_size=4, order=order)
    ]
    assert found == [f"R-{at:02d}" for at in (1, 3, 5, 7, 9, 11, 0, 2, 4, 6, 8, 10)]


def test_only_what_changed_since_is_given_the_very_second_included(full: Story) -> None:
    """Whether the second itself counts is unsure; here it does."""
    since = NOON + timedelta(seconds=11)
    assert numbers(full, modified_since=since) == ["R-10", "R-11"]
    assert numbers(full, modified_since=since, where='Status=="AUTHORISED"') == ["R-10", "R-11"]
    assert numbers(full, modified_since=since, numbers=("R-01", "R-11")) == ["R-11"]


def test_a_changed_document_moves_to_the_end_of_the_list(full: Story) -> None:
    full.clock.advance(1)
    done(full.post("invoices", "R-01", Reference="changed"))
    assert numbers(full)[-1] == "R-01"
    assert numbers(full, where='Type=="ACCREC" AND Total>0')[-1] == "R-01"


def test_a_page_of_a_search_is_never_older_than_the_books(full: Story) -> None:
    where = "Total>100"
    assert numbers(full, where=where) == []
    full.invoice("101.00", InvoiceNumber="R-big")
    assert numbers(full, where=where) == ["R-big"]


def test_search_terms_look_in_number_and_reference(full: Story) -> None:
    """Documented."""
    assert numbers(full, search_term="r-07") == ["R-07"]
    assert len(numbers(full, search_term="REF 1")) == 6


def test_nonsense_in_a_query_is_a_bad_query(full: Story) -> None:
    for query in ({"where": "Colour==5"}, {"order": "Colour"}, {"where": "Reference.Contains(1)"}):
        with pytest.raises(BadQuery):
            full.list("invoices", **query)


def test_a_sweep_by_id_goes_on_while_others_write(full: Story) -> None:
    """Documented: order. What is written meanwhile neither repeats nor hides anything there."""
    ids = [row["InvoiceID"] for row in full.list("invoices", page=1, page_size=100).rows]
    first = full.list("invoices", page=1, page_size=5, order="InvoiceID").rows
    assert [row["InvoiceID"] for row in first] == sorted(ids)[:5]
    full.invoice("1.00", InvoiceNumber="R-99")
    listed = full.list("invoices", page=1, page_size=100, order="InvoiceID ASC").rows
    found = [row["InvoiceID"] for row in listed]
    assert len(found) == 13 and found == sorted(found)
    down = full.list("invoices", page=1, page_size=100, order="InvoiceID DESC").rows
    assert [row["InvoiceID"] for row in down] == found[::-1]
    snapshot = full.books.snapshot()
    full.invoice("1.00", InvoiceNumber="R-100")
    full.books.restore(snapshot)
    listed = full.list("invoices", page=1, page_size=100, order="InvoiceID").rows
    assert [row["InvoiceID"] for row in listed] == found
