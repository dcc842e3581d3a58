"""Manual journals. Evidence: documented unless a test says more."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fauxero.accounting.resource import BadPostData, Element, NotFound
from tests.accounting.story import Story, done, refused

D = Decimal


def entry(code: str, amount: str, **more: Any) -> Element:
    return {"LineAmount": D(amount), "AccountCode": code, "Description": "Release"} | more


def journal(*lines: Element, **more: Any) -> Element:
    """The release of rent received in advance."""
    request: Element = {
        "Narration": "Release of November's rent · k7f3",
        "Date": "2026-11-30",
        "Status": "POSTED",
        "JournalLines": list(lines) or [entry("8010", "100.00"), entry("2000", "-100.00")],
    }
    return request | more


def test_a_posted_journal_moves_its_accounts(story: Story) -> None:
    row = done(story.put("manualjournals", **journal(Date="2026-11-20")))
    assert (row["Status"], row["LineAmountTypes"]) == ("POSTED", "NoTax")
    assert (story.balance("8010"), story.balance("2000")) == (100, -100)
    assert [line["TaxType"] for line in row["JournalLines"]] == ["NONE", "NONE"]
    assert row["ShowOnCashBasisReports"] is True


def test_a_journal_is_a_draft_of_today_unless_it_says_more(story: Story) -> None:
    row = done(story.put("manualjournals", **journal(Status=None, Date=None)))
    assert (row["Status"], row["Date"].isoformat()) == ("DRAFT", "2026-11-22")
    assert story.balance("8010") == 0
    done(story.post("manualjournals", row["ManualJournalID"], Status="POSTED"))
    assert story.balance("8010") == 100


@pytest.mark.parametrize("status", ["DRAFT", "POSTED"])
def test_debits_and_credits_are_equal(story: Story, status: str) -> None:
    """Text in the OpenAPI examples, there on a draft."""
    lines = [entry("8010", "100.00"), entry("2000", "-10.00")]
    outcome = story.put("manualjournals", **journal(*lines, Status=status))
    assert refused(outcome) == ("The total debits (100.00) must equal total credits (-10.00)",)


@pytest.mark.parametrize("code", ["610", "800", "960", "090", "630"])
def test_control_bank_and_inventory_accounts_are_not_journalled(story: Story, code: str) -> None:
    lines = [entry(code, "1.00"), entry("2000", "-1.00")]
    (text,) = refused(story.put("manualjournals", **journal(*lines)))
    assert text == f"Account code '{code}' is not a valid code for this document."


def test_the_tax_account_may_be_journalled(story: Story) -> None:
    """Not among the accounts that are documented as refused."""
    relief = [entry("820", "13.33"), entry("4000", "-13.33")]
    done(story.put("manualjournals", **journal(*relief, Date="2026-11-20")))
    assert story.balance("820") == D("13.33")


def test_an_unknown_account_is_removed_with_a_warning(story: Story) -> None:
    """OpenAPI example; that it cannot be posted then follows, unsure."""
    lines = [entry("4769", "1.00"), entry("2000", "-1.00")]
    outcome = story.put("manualjournals", **journal(*lines, Status="DRAFT"))
    assert outcome.warnings == (
        "Account code '4769' has been removed as it does not match a recognised account.",
    )
    assert "AccountCode" not in done(outcome)["JournalLines"][0]
    refused(story.put("manualjournals", **journal(*lines)))


def test_an_archived_account_is_refused(story: Story) -> None:
    story.bookkeeper("archive_account", code="8010")
    refused(story.put("manualjournals", **journal()))


@pytest.mark.parametrize(
    ("types", "expected"), [("Exclusive", (100, -100, 0)), ("Inclusive", ("83.33", "-83.33", 0))]
)
def test_journals_may_carry_tax(story: Story, types: str, expected: tuple[Any, ...]) -> None:
    lines = [entry("2001", "100.00"), entry("2000", "-100.00")]
    done(story.put("manualjournals", **journal(*lines, LineAmountTypes=types, Date="2026-11-20")))
    assert [story.balance(code) for code in ("2001", "2000", "820")] == [D(n) for n in expected]


def test_tax_counts_towards_the_balance(story: Story) -> None:
    """100.00 and its tax against 120.00 without."""
    lines = [entry("4010", "100.00", TaxType="INPUT2"), entry("850", "-120.00", TaxType="NONE")]
    done(
        story.put(
            "manualjournals", **journal(*lines, LineAmountTypes="Exclusive", Date="2026-11-20")
        )
    )
    assert [story.balance(code) for code in ("4010", "820", "850")] == [100, 20, -120]
    refused(story.put("manualjournals", **journal(*lines)))


@pytest.mark.parametrize(
    ("before", "after", "is_fine"),
    [
        ("DRAFT", "DELETED", True),
        ("DRAFT", "VOIDED", False),
        ("POSTED", "VOIDED", True),
        ("POSTED", "DELETED", False),
        ("POSTED", "DRAFT", False),
    ],
)
def test_drafts_are_deleted_and_posted_ones_voided(
    story: Story, before: str, after: str, is_fine: bool
) -> None:
    """The text's form is reported (for a status that does not exist)."""
    row = done(story.put("manualjournals", **journal(Status=before)))
    outcome = story.post("manualjournals", row["ManualJournalID"], Status=after)
    if is_fine:
        assert done(outcome)["Status"] == after
        refused(story.post("manualjournals", row["ManualJournalID"], Status="POSTED"))
    else:
        assert refused(outcome) == (f"The status '{after}' cannot be applied to the document",)


def test_a_voided_journal_is_out_of_the_ledger(story: Story) -> None:
    row = done(story.put("manualjournals", **journal(Date="2026-11-20")))
    done(story.post("manualjournals", row["ManualJournalID"], Status="VOIDED"))
    assert (story.balance("8010"), story.balance("2000")) == (0, 0)
    assert story.read("manualjournals", row["ManualJournalID"])["Status"] == "VOIDED"


@pytest.mark.parametrize("may_edit", [True, False])
def test_a_posted_journal_may_be_edited_unless_switched(story: Story, may_edit: bool) -> None:
    """Unsure."""
    story.books.set_switches(edit_posted_journals=may_edit)
    row = done(story.put("manualjournals", **journal(Date="2026-11-20")))
    lines = [entry("8010", "40.00"), entry("2000", "-40.00")]
    outcome = story.post("manualjournals", row["ManualJournalID"], JournalLines=lines)
    assert bool(outcome.errors) is not may_edit
    assert story.balance("8010") == (40 if may_edit else 100)


@pytest.mark.parametrize(
    "wrong",
    [
        {"Narration": None},
        {"Narration": " "},
        {"JournalLines": None},
        {"JournalLines": [entry("8010", "0.00")]},
        {"JournalLines": [entry("8010", "1.00"), {"AccountCode": "2000"}]},
        {"Status": "VOIDED"},
        {"Status": "ARCHIVED"},
        {"Url": "https://xero.example/1"},
        {"LineAmountTypes": "Exclusive", "JournalLines": [entry("8010", "1.00", TaxType="X")] * 2},
    ],
)
def test_what_a_journal_needs(story: Story, wrong: dict[str, Any]) -> None:
    refused(story.put("manualjournals", **(journal() | wrong)))


def test_lock_dates_bind_journals(story: Story) -> None:
    row = done(story.put("manualjournals", **journal(Date="2026-10-20")))
    story.bookkeeper("set_lock_dates", period="2026-10-31")
    refused(story.put("manualjournals", **journal(Date="2026-10-31")))
    refused(story.post("manualjournals", row["ManualJournalID"], Status="VOIDED"))


def test_nothing_keeps_a_blind_repeat_from_doubling(story: Story) -> None:
    """Reported of all that has no number of its own."""
    ids = {done(story.put("manualjournals", **journal()))["ManualJournalID"] for _ in range(2)}
    assert len(ids) == 2


def test_journals_are_listed_by_narration_with_lines_when_paged(story: Story) -> None:
    row = done(story.put("manualjournals", **journal()))
    done(story.put("manualjournals", **journal(Narration="other", Status="DRAFT")))
    (found,) = story.list("manualjournals", where='Narration.Contains("k7f3")').rows
    assert (found["ManualJournalID"], found["JournalLines"]) == (row["ManualJournalID"], [])
    (found,) = story.list("manualjournals", page=1, where='Status=="DRAFT"').rows
    assert len(found["JournalLines"]) == 2


def test_unknown_ids_and_wrong_types_refuse_the_request(story: Story) -> None:
    """The error for a word that is no LineAmountTypes is reported."""
    with pytest.raises(NotFound):
        story.post("manualjournals", story.books.ids.uuid(), Status="VOIDED")
    with pytest.raises(BadPostData):
        story.put("manualjournals", **journal(LineAmountTypes="NO_TAX"))
