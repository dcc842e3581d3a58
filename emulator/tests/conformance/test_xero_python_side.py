"""Xero's own Python SDK reads what stands beside the documents, and the reports."""

from __future__ import annotations

from pathlib import Path

import pytest
from xero_python.accounting import (
    Contact,
    ContactGroup,
    ContactGroups,
    Contacts,
    Currency,
    CurrencyCode,
    HistoryRecord,
    HistoryRecords,
    LineItem,
    Quote,
    Quotes,
)

from tests.conformance.test_xero_python import Sdk, sdk
from tests.conftest import Xero, exact

__all__ = ["sdk"]  # the fixture


@pytest.fixture
def invoice_id(xero: Xero, sdk: Sdk) -> str:
    made = exact(xero.put("Invoices", xero.invoice("INV-1")))["Invoices"][0]
    return made["InvoiceID"]


def contact_id(xero: Xero, invoice_id: str) -> str:
    return xero.rows(f"Invoices/{invoice_id}")[0]["Contact"]["ContactID"]


def test_files_notes_pdfs_and_pages(sdk: Sdk, xero: Xero, invoice_id: str, tmp_path: Path) -> None:
    org = sdk.organisation
    file = tmp_path / "lease.txt"
    file.write_bytes(b"signed")
    made = sdk.api.create_invoice_attachment_by_file_name(
        org, invoice_id, "lease.txt", file.read_bytes(), include_online=True
    )
    attachment = made.attachments[0]
    assert (attachment.file_name, attachment.content_length) == ("lease.txt", 6)
    listed = sdk.api.get_invoice_attachments(org, invoice_id)
    assert [row.attachment_id for row in listed.attachments] == [attachment.attachment_id]
    read = sdk.api.get_invoice_attachment_by_file_name(
        org, invoice_id, "lease.txt", content_type="text/plain"
    )
    assert Path(read).read_bytes() == b"signed"
    sdk.api.create_invoice_history(
        org, invoice_id, HistoryRecords([HistoryRecord(details="posted by run 7")])
    )
    history = sdk.api.get_invoice_history(org, invoice_id)
    assert [row.changes for row in history.history_records] == [
        *("Note", "Attached a file", "Created"),
    ]
    assert history.history_records[0].date_utc is not None
    pdf = sdk.api.get_invoice_as_pdf(org, invoice_id)
    assert Path(pdf).read_bytes().startswith(b"%PDF")
    online = sdk.api.get_online_invoice(org, invoice_id)
    assert online.online_invoices[0].online_invoice_url


def test_settings_and_groups(sdk: Sdk, xero: Xero, invoice_id: str) -> None:
    org = sdk.organisation
    assert sdk.api.get_branding_themes(org).branding_themes[0].sort_order == 0
    assert sdk.api.get_currencies(org).currencies[0].code.value == "GBP"
    assert sdk.api.get_users(org).users[0].is_subscriber is True
    assert sdk.api.get_invoice_reminders(org).invoice_reminders[0].enabled is False
    assert sdk.api.get_repeating_invoices(org).repeating_invoices == []
    assert sdk.api.get_linked_transactions(org).linked_transactions == []
    groups = sdk.api.create_contact_group(org, ContactGroups([ContactGroup(name="VIP")]))
    group_id = groups.contact_groups[0].contact_group_id
    contact = Contact(contact_id=contact_id(xero, invoice_id))
    sdk.api.create_contact_group_contacts(org, group_id, Contacts(contacts=[contact]))
    read = sdk.api.get_contact_group(org, group_id).contact_groups[0]
    assert [row.name for row in read.contacts] == ["Ann Archer"]
    sdk.api.delete_contact_group_contacts(org, group_id)
    xero.control("POST", "acts/set_plan", {"edition_class": "PREMIUM"})
    sdk.api.create_currency(org, Currency(code=CurrencyCode.EUR))
    assert len(sdk.api.get_currencies(org).currencies) == 2


def test_quotes(sdk: Sdk, xero: Xero, invoice_id: str) -> None:
    quote = Quote(
        contact=Contact(contact_id=contact_id(xero, invoice_id)),
        line_items=[LineItem(description="Unit A12", quantity=1, unit_amount=100)],
        title="Storage",
    )
    made = sdk.api.create_quotes(sdk.organisation, Quotes([quote])).quotes[0]
    assert (made.quote_number, made.total) == ("QU-0001", 100)
    listed = sdk.api.get_quotes(sdk.organisation, status="DRAFT").quotes
    assert [row.quote_id for row in listed] == [made.quote_id]


def test_every_report(sdk: Sdk, xero: Xero, invoice_id: str) -> None:
    org, api = sdk.organisation, sdk.api
    contact = contact_id(xero, invoice_id)
    for found in (
        api.get_report_trial_balance(org, payments_only=True),
        api.get_report_profit_and_loss(org, periods=2, timeframe="MONTH"),
        api.get_report_balance_sheet(org, date="2026-03-31"),
        api.get_report_bank_summary(org, from_date="2026-03-01", to_date="2026-03-31"),
        api.get_report_aged_receivables_by_contact(org, contact),
        api.get_report_aged_payables_by_contact(org, contact),
        api.get_report_executive_summary(org),
    ):
        report = found.reports[0]
        assert report.report_titles
        assert report.rows
