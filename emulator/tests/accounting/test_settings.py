"""Organisation, accounts, tax rates, tracking and items: what integrations map to."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fauxero.accounting.accounts import CLASS_OF_TYPE
from fauxero.accounting.base import ElementRefused
from fauxero.accounting.resource import NotFound, NotModelled
from fauxero.accounting.resources import ORGANISATION_ACTIONS, RESOURCES, TRACKING_OPTIONS
from fauxero.accounting.templates import TEMPLATES
from tests.accounting.story import Story, done, refused

D = Decimal


def account(story: Story, code: str) -> dict:
    (row,) = story.list("accounts", where=f'Code=="{code}"').rows
    return row


# ---- the four demo organisations


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_a_demo_organisation_has_all_that_a_receivables_integration_maps_to(
    template: str,
) -> None:
    story = Story(template)
    accounts = story.list("accounts").rows
    systems = {row.get("SystemAccount") for row in accounts}
    assert {"DEBTORS", "CREDITORS", "GST", "ROUNDING", "RETAINEDEARNINGS"} <= systems
    banks = [row for row in accounts if row["Type"] == "BANK"]
    assert len(banks) >= 6
    assert not any(row["EnablePaymentsToAccount"] for row in banks)
    assert any(row["EnablePaymentsToAccount"] for row in accounts)
    assert {"2000", "2100", "2200", "2300", "4000", "8000"} <= {row["Code"] for row in accounts}
    assert len(story.list("trackingcategories").rows[0]["Options"]) >= 3


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_every_account_carries_a_tax_type_that_may_be_used_on_it(template: str) -> None:
    story = Story(template)
    rates = {row["TaxType"]: row for row in story.list("taxrates").rows}
    plural = {
        "ASSET": "Assets",
        "EQUITY": "Equity",
        "EXPENSE": "Expenses",
        "LIABILITY": "Liabilities",
        "REVENUE": "Revenue",
    }
    for row in story.list("accounts").rows:
        rate = rates[row["TaxType"]]
        assert rate["Status"] == "ACTIVE"
        assert rate[f"CanApplyTo{plural[CLASS_OF_TYPE[row['Type']]]}"], row["Name"]


@pytest.mark.parametrize(
    ("template", "currency", "rate", "basis"),
    [
        ("uk", "GBP", D("20.0"), "ACCRUAL"),
        ("au", "AUD", D("10.0"), "CASH"),
        ("nz", "NZD", D("15.0"), "PAYMENTS"),
        ("us", "USD", D("0.0"), "ACCRUALS"),
    ],
)
def test_each_country_has_its_own_currency_tax_and_basis(
    template: str, currency: str, rate: Decimal, basis: str
) -> None:
    story = Story(template)
    organisation = story.list("organisation").rows[0]
    assert (organisation["BaseCurrency"], organisation["SalesTaxBasis"]) == (currency, basis)
    tax_type = account(story, "2000")["TaxType"]
    assert story.read("taxrates", tax_type)["EffectiveRate"] == rate


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_history_is_there_when_asked_for_and_balances(template: str) -> None:
    from fauxero.accounting.books import Books

    story = Story(template)
    books = Books.build(
        template,
        organisation_id=story.books.organisation_id,
        clock=story.clock,
        ids=story.books.ids,
        history=True,
    )
    books.check()
    assert len(books.contacts) == 5
    assert {invoice.status for invoice in books.invoices} == {"PAID", "AUTHORISED"}
    assert len(story.books.invoices) == 0


def test_the_organisation_is_read_only(story: Story) -> None:
    """Documented: POST answers 501."""
    assert RESOURCES["organisation"].methods == {"GET"}
    with pytest.raises(NotModelled):
        story.put("organisation", Name="Mine")


def test_actions_say_what_the_user_may_do(story: Story) -> None:
    rows = ORGANISATION_ACTIONS.read_list(story.books, None).rows
    assert {"Name": "CreateApprovedInvoice", "Status": "ALLOWED"} in rows
    assert {"Name": "UseMulticurrency", "Status": "NOT-ALLOWED"} in rows


# ---- accounts


def test_a_new_account_can_be_used_at_once(story: Story) -> None:
    done(story.put("accounts", Code="2500", Name="Van Hire", Type="REVENUE"))
    shown = account(story, "2500")
    assert (shown["Class"], shown["TaxType"], shown["Status"]) == ("REVENUE", "OUTPUT2", "ACTIVE")


@pytest.mark.parametrize(
    "element",
    [
        {"Code": "2000", "Name": "Van Hire", "Type": "REVENUE"},
        {"Code": "2500", "Name": "Sales", "Type": "REVENUE"},
        {"Code": "25000000000", "Name": "Van Hire", "Type": "REVENUE"},
        {"Code": "2500", "Name": "V" * 151, "Type": "REVENUE"},
        {"Code": "2500", "Type": "REVENUE"},
        {"Name": "Van Hire", "Type": "REVENUE"},
        {"Code": "2500", "Name": "Van Hire"},
        {"Code": "2500", "Name": "Van Hire", "Type": "REVENUE", "TaxType": "NOSUCH"},
        {"Code": "2500", "Name": "Van Bank", "Type": "BANK"},
    ],
)
def test_an_account_that_breaks_a_rule_is_refused(story: Story, element: dict) -> None:
    """Documented rules; wording unsure."""
    refused(story.put("accounts", **element))


def test_an_account_is_archived_alone_and_not_with_other_changes(story: Story) -> None:
    """Documented."""
    account_id = account(story, "2330")["AccountID"]
    refused(story.post("accounts", account_id, Status="ARCHIVED", Name="Old"))
    assert done(story.post("accounts", account_id, Status="ARCHIVED"))["Status"] == "ARCHIVED"


def test_system_accounts_are_neither_changed_nor_deleted(story: Story) -> None:
    """Documented."""
    account_id = account(story, "610")["AccountID"]
    refused(story.post("accounts", account_id, Status="ARCHIVED"))
    with pytest.raises(ElementRefused):
        RESOURCES["accounts"].delete(story.books, account_id)


def test_a_used_account_is_not_deleted_and_an_unused_one_is(story: Story) -> None:
    """Documented."""
    story.invoice()
    with pytest.raises(ElementRefused):
        RESOURCES["accounts"].delete(story.books, account(story, "2000")["AccountID"])
    RESOURCES["accounts"].delete(story.books, account(story, "2330")["AccountID"])
    assert story.list("accounts", where='Code=="2330"').rows == []
    with pytest.raises(NotFound):
        RESOURCES["accounts"].delete(story.books, "11111111-1111-4111-8111-111111111111")


def test_accounts_are_filtered_and_told_when_changed(story: Story) -> None:
    enabled = story.list("accounts", where="EnablePaymentsToAccount==true").rows
    assert {row["Code"] for row in enabled} == {"640", "880", "8050"}
    story.clock.advance(5)
    story.bookkeeper("archive_account", code="2330")
    changed = story.list("accounts", modified_since=story.clock.now()).rows
    assert [row["Code"] for row in changed] == ["2330"]


# ---- tax rates


def test_a_rate_of_ones_own_is_named_tax001_and_adds_its_parts_up(story: Story) -> None:
    """Documented."""
    rate = done(
        story.put(
            "taxrates",
            Name="Levy",
            TaxComponents=[{"Name": "A", "Rate": D("5")}, {"Name": "B", "Rate": D("2.5")}],
        )
    )
    assert (rate["TaxType"], rate["EffectiveRate"]) == ("TAX001", D("7.5"))
    assert story.invoice(
        LineAmountTypes="Exclusive",
        LineItems=[
            {"Description": "x", "UnitAmount": D(100), "AccountCode": "2000", "TaxType": "TAX001"}
        ],
    )["TotalTax"] == D("7.50")


def test_a_compound_part_is_charged_on_top(story: Story) -> None:
    rate = done(
        story.put(
            "taxrates",
            Name="Levy",
            TaxComponents=[
                {"Name": "A", "Rate": D(5)},
                {"Name": "B", "Rate": D(10), "IsCompound": True},
            ],
        )
    )
    assert rate["EffectiveRate"] == D("15.5")


def test_system_rates_stay_as_they_are(story: Story) -> None:
    """Documented."""
    refused(story.post("taxrates", "OUTPUT2", Name="Mine"))


# ---- tracking


def test_a_third_active_category_is_refused(story: Story) -> None:
    """Documented: two active, four in all."""
    done(story.put("trackingcategories", Name="Unit type"))
    refused(story.put("trackingcategories", Name="Colour"))


def test_four_categories_are_the_most_archived_ones_included(story: Story) -> None:
    for name in ("B", "C", "D"):
        category = done(story.put("trackingcategories", Name=name))
        done(story.post("trackingcategories", category["TrackingCategoryID"], Status="ARCHIVED"))
    refused(story.put("trackingcategories", Name="E"))
    assert len(story.list("trackingcategories").rows) == 1
    assert len(story.list("trackingcategories", include_archived=True).rows) == 4


def test_options_are_made_renamed_archived_and_deleted_when_unused(story: Story) -> None:
    """Documented."""
    category = story.list("trackingcategories").rows[0]["TrackingCategoryID"]
    option = done(TRACKING_OPTIONS.create(story.books, category, {"Name": "Deal"}, story.options))
    assert (option["IsActive"], option["IsArchived"]) == (True, False)
    refused(TRACKING_OPTIONS.create(story.books, category, {"Name": "deal"}, story.options))
    key = option["TrackingOptionID"]
    update = TRACKING_OPTIONS.create_or_update
    done(update(story.books, category, {"Name": "Deal Road"}, story.options, key=key))
    story.invoice(
        LineItems=[
            {
                "Description": "x",
                "UnitAmount": D(5),
                "AccountCode": "2000",
                "Tracking": [{"Name": "Location", "Option": "Deal Road"}],
            }
        ]
    )
    with pytest.raises(ElementRefused):
        TRACKING_OPTIONS.delete(story.books, category, key)
    archived = done(update(story.books, category, {"Status": "ARCHIVED"}, story.options, key=key))
    assert archived["IsArchived"] is True


# ---- items


def test_items_are_keyed_on_their_code(story: Story) -> None:
    """Text in the OpenAPI examples."""
    assert refused(story.put("items", Code="LOCK", Name="Again")) == (
        "Price List Item with Code 'LOCK' already exists",
    )
    changed = done(story.post("items", Code="LOCK", SalesDetails={"UnitPrice": D("10.50")}))
    assert changed["SalesDetails"]["UnitPrice"] == D("10.50")
    assert changed["SalesDetails"]["AccountCode"] == "2200"
    assert story.read("items", "LOCK")["Name"] == "Padlock"


def test_a_side_that_is_set_to_false_loses_its_details(story: Story) -> None:
    """OpenAPI description."""
    changed = done(story.post("items", Code="LOCK", IsSold=False))
    assert changed["SalesDetails"] == {}


def test_tracked_inventory_is_refused_as_not_modelled(story: Story) -> None:
    with pytest.raises(NotModelled):
        story.put("items", Code="CAGE", InventoryAssetAccountCode="630")


def test_an_item_can_be_deleted_and_documents_keep_their_text(story: Story) -> None:
    invoice = story.invoice(LineItems=[{"ItemCode": "LOCK", "Quantity": D(1)}])
    RESOURCES["items"].delete(story.books, "LOCK")
    (row,) = story.read("invoices", invoice["InvoiceID"])["LineItems"]
    assert row["Description"] == "Disc padlock, 70 mm"
    assert "Item" not in row
