"""The guess that a person begins with, and the profile that comes of what they chose."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook

from unitledger.core.billing import Invoice, Payment, Tenant
from unitledger.core.file_mapping import FileMapping, RowsAre, profile_content
from unitledger.core.file_sample import Guess, Known
from unitledger.core.refusals import SourceRefused
from unitledger.sources.files import open_file, parse_profile
from unitledger.sources.files.guessing import guess
from unitledger.sources.files.profile_text import profile_text
from unitledger.sources.files.sampling import sample

EXPORT = """Site;Space;Customer no;Customer;Invoice no;Date;Due;Currency;Gross;Type;Text;Net;VAT
Quay;A12;1001;Imogen Starling;INV-1;13.03.2026;27.03.2026;GBP;1.234,56;RENT;Rent;1.028,80;205,76
Quay;B07;1002;Rufus Pember;INV-2;14.03.2026;28.03.2026;GBP;60,00;Insurance;Cover;60,00;0,00
Quay;B07;1002;Rufus Pember;INV-3;14.03.2026;28.03.2026;GBP;12,00;Löckers;Lock;10,00;2,00
"""
RECEIPTS = """Receipt No,Tenant ID,Payment Date,Payment Method,Amount,Invoice Number,Facility
R-1,1001,03/04/2026,Card,50.00,INV-1,Quay
R-2,1002,04/05/2026,Cash,20.00,,Quay
"""


def guessed(tmp_path: Path, text: str, known: Known | None = None) -> Guess:
    (tmp_path / "file.csv").write_text(text, encoding="utf-8")
    found = sample(tmp_path / "file.csv")
    return guess(found, known or Known(currency="GBP", locations=["Quay"]), name="Mine")


def records(tmp_path: Path, mapping: FileMapping, file: str = "file.csv"):
    profile = parse_profile(profile_text(profile_content(mapping)), name="mine")
    return list(open_file(tmp_path / file, profile).arrivals())


def test_a_billing_export_is_read_without_a_word(tmp_path: Path) -> None:
    made = guessed(tmp_path, EXPORT).mapping
    assert made.rows_are is RowsAre.INVOICES
    assert (made.delimiter, made.dates, made.decimal, made.thousands) == (
        ";",
        ("%d.%m.%Y",),
        ",",
        ".",
    )
    assert made.columns["tenant_number"] == "Customer no"
    assert made.columns["unit"] == "Space"
    assert made.charge_types == {"RENT": "rent", "Insurance": "insurance", "Löckers": ""}
    assert not made.missing()

    mapping = replace(made, charge_types={**made.charge_types, "Löckers": "merchandise"})
    first, *_ = records(tmp_path, mapping)
    tenant, invoice = first.records
    assert isinstance(tenant, Tenant) and isinstance(invoice, Invoice)
    assert (tenant.name, invoice.number, str(invoice.total)) == (
        "Imogen Starling",
        "INV-1",
        "1234.56",
    )
    assert str(invoice.lines[0].tax_amount) == "205.76"


def test_rows_with_one_number_are_lines_of_one_invoice(tmp_path: Path) -> None:
    made = guessed(tmp_path, EXPORT.replace("INV-3", "INV-2")).mapping
    assert made.rows_are is RowsAre.LINES
    assert profile_content(made)["file"]["group_by"] == "Invoice no"


def test_receipts_are_payments_and_settle_what_they_name(tmp_path: Path) -> None:
    made = guessed(tmp_path, RECEIPTS)
    assert made.mapping.rows_are is RowsAre.PAYMENTS
    assert made.is_date_open  # 3 April or 4 March: a person is asked
    assert not made.mapping.missing()
    first, second = records(tmp_path, made.mapping)
    payment, unmatched = first.records[-1], second.records[-1]
    assert isinstance(payment, Payment) and isinstance(unmatched, Payment)
    assert payment.allocations[0].invoice.value == "INV-1"
    assert not unmatched.allocations


def test_the_month_comes_first_where_the_operator_writes_it_so(tmp_path: Path) -> None:
    known = Known(currency="USD", locations=["Quay"], is_month_first=True)
    assert guessed(tmp_path, RECEIPTS, known).mapping.dates == ("%m/%d/%Y",)
    sure = guessed(tmp_path, RECEIPTS.replace("04/05/2026", "14/05/2026"), known)
    odd = guessed(tmp_path, RECEIPTS.replace("04/05/2026", "31.02.2026").replace("/", "."), known)
    assert odd.mapping.dates == ("%d.%m.%Y",)  # one day that does not exist
    assert sure.mapping.dates == ("%d/%m/%Y",)
    assert not sure.is_date_open


def test_what_nothing_speaks_for_is_left_open(tmp_path: Path) -> None:
    made = guessed(tmp_path, "Alpha,Beta\nx,y\n", Known())
    missing = {each.name for each in made.mapping.missing()}
    assert {"tenant_number", "tenant_name"} <= missing


def test_a_list_of_tenants_knows_mail_by_its_values(tmp_path: Path) -> None:
    made = guessed(tmp_path, "Tenant ID,Name,Contact\n1,Imogen,i@example.com\n")
    assert made.mapping.rows_are is RowsAre.TENANTS
    assert made.mapping.columns["email"] == "Contact"
    assert made.how["email"] == "by its values"


def test_a_workbooks_sheet_is_kept_where_there_are_several(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in RECEIPTS.splitlines():
        sheet.append(row.split(","))
    sheet.title = "Receipts"
    book.create_sheet("Notes").append(["nothing"])
    book.save(tmp_path / "file.xlsx")

    found = sample(tmp_path / "file.xlsx")
    made = guess(found, Known(currency="GBP"), name="Mine").mapping
    assert (found.sheets, made.sheet) == (["Receipts", "Notes"], "Receipts")
    assert len(records(tmp_path, made, "file.xlsx")) == 2


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file.csv").write_text("only one line\n", encoding="utf-8")
    with pytest.raises(SourceRefused):
        sample(tmp_path / "file.csv")


def test_a_mapping_comes_back_from_what_is_kept_of_it(tmp_path: Path) -> None:
    made = guessed(tmp_path, EXPORT).mapping
    assert FileMapping.of_content(made.as_content()) == made
