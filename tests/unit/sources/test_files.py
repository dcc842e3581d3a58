"""Files read with a profile: what is wrong is said by row, field and rule, and nothing else is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from unitledger.core.arrivals import Arrived
from unitledger.core.billing import ChargeType, Invoice, Payment, Tenant
from unitledger.core.refusals import Rule, SourceRefused
from unitledger.sources.files import load_profile, open_file

EXAMPLES = Path(__file__).parents[3] / "examples"
HEADER = "countryCode,customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,SettledDate"
ROW = "391,0379-NEVHP,0000611365,1/2/2013,2/1/2013,55.94,1/15/2013"
EXPORT_HEADER = (
    "Site;Building;Space;Space type;Customer id;Customer no;Customer;E-mail;Phone;Invoice no;"
    "Date;Due;Currency;Gross;Order;Status;Type;Item;Text;Quantity;Price;Net;Tax;Tax %;"
    "Tax amount;From;To"
)


def export_row(number: str, gross: str, line: str, customer: str = "Imogen Starling") -> str:
    who = f"c-1;1001;{customer};;"
    return f"Quay;A;A12;5 m²;{who};{number};01.03.2026;15.03.2026;GBP;{gross};;Open;{line}"


def read(tmp_path: Path, *rows: str, header: str = HEADER, profile: str = "") -> list[Arrived]:
    return read_bytes(tmp_path, "\n".join([header, *rows]).encode(), profile or ledger_profile())


def read_bytes(tmp_path: Path, content: bytes, profile: str = "") -> list[Arrived]:
    (tmp_path / "file.csv").write_bytes(content)
    (tmp_path / "profile.toml").write_text(profile or ledger_profile(), encoding="utf-8")
    loaded = load_profile(tmp_path / "profile.toml")
    return list(open_file(tmp_path / "file.csv", loaded).arrivals())


def ledger_profile() -> str:
    return (EXAMPLES / "ar-ledger.toml").read_text(encoding="utf-8")


def export_profile() -> str:
    return (EXAMPLES / "storage-export.toml").read_text(encoding="utf-8")


def whole_file_refused(tmp_path: Path, content: bytes, profile: str = "") -> str:
    with pytest.raises(SourceRefused) as caught:
        read_bytes(tmp_path, content, profile)
    assert caught.value.remedy
    return str(caught.value)


def found(arrived: Arrived) -> list[tuple[str, Rule]]:
    return [(refusal.field, refusal.rule) for refusal in arrived.refusals]


def test_one_row_makes_a_tenant_an_invoice_and_its_payment(tmp_path: Path) -> None:
    (arrived,) = read(tmp_path, ROW)
    tenant, invoice, payment = arrived.records

    assert isinstance(tenant, Tenant) and isinstance(invoice, Invoice)
    assert isinstance(payment, Payment)
    assert arrived.row_number == 2
    assert (tenant.number, tenant.name) == ("0379-NEVHP", "Customer 0379-NEVHP")
    assert (invoice.number, invoice.issued_on) == ("0000611365", date(2013, 1, 2))
    assert (invoice.total, invoice.place.location) == (Decimal("55.94"), "Region 391")
    assert invoice.lines[0].charge_type is ChargeType.RENT
    assert payment.key.identifier_type == "invoice+settlement"
    assert payment.paid_on == date(2013, 1, 15)
    assert payment.allocations[0].invoice == invoice.key


def test_an_invoice_that_is_not_settled_makes_no_payment(tmp_path: Path) -> None:
    (arrived,) = read(tmp_path, ROW.replace("1/15/2013", ""))
    assert [str(record.kind) for record in arrived.records] == ["tenant", "invoice"]


@pytest.mark.parametrize(
    ("old", "new", "field", "rule"),
    [
        ("1/2/2013", "2013-01-02", "InvoiceDate", Rule.DATE_FORM_UNKNOWN),
        ("1/2/2013", "13/1/2013", "InvoiceDate", Rule.DATE_FORM_UNKNOWN),
        ("1/2/2013", "2/30/2013", "InvoiceDate", Rule.DATE_FORM_UNKNOWN),
        ("1/2/2013", "", "InvoiceDate", Rule.MISSING_VALUE),
        ("55.94", "", "InvoiceAmount", Rule.MISSING_VALUE),
        ("55.94", "55,94", None, Rule.TOO_MANY_CELLS),
        ("55.94", "£55.94", "InvoiceAmount", Rule.NOT_A_NUMBER),
        ("55.94", "1E3", "InvoiceAmount", Rule.NOT_A_NUMBER),
        ("55.94", "NaN", "InvoiceAmount", Rule.NOT_A_NUMBER),
        ("55.94", "(55.94)", "InvoiceAmount", Rule.NOT_A_NUMBER),
        ("391,", "999,", "countryCode", Rule.UNKNOWN_VALUE),
        (",1/15/2013", "", None, Rule.TOO_FEW_CELLS),
        ("0379", "03\x0079", None, Rule.CONTROL_CHARACTER),
        ("0379-NEVHP", '0379"NEVHP"', None, None),
        ("0379-NEVHP", '"0379"NEVHP', None, Rule.QUOTES_BROKEN),
        ("0379-NEVHP", "x" * 100_001, None, Rule.LINE_TOO_LONG),
    ],
)
def test_a_bad_cell_is_named_and_the_next_row_goes_in(
    tmp_path: Path, old: str, new: str, field: str | None, rule: Rule | None
) -> None:
    bad, good = read(tmp_path, ROW.replace(old, new, 1), ROW)

    assert [each for _, each in found(bad)] == ([rule] if rule else [])
    assert not rule or found(bad)[0][0] == (field or "row")
    assert all(refusal.message and refusal.remedy for refusal in bad.refusals)
    assert len(good.records) == 3
    assert good.row_number == 3


def test_all_of_a_rows_refusals_are_found_at_once(tmp_path: Path) -> None:
    (arrived,) = read(tmp_path, "999,C,1,x,y,z,")
    assert {field for field, _ in found(arrived)} == {
        "countryCode",
        "InvoiceDate",
        "DueDate",
        "InvoiceAmount",
    }


def test_a_quote_that_is_never_closed_swallows_no_other_row(tmp_path: Path) -> None:
    arrivals = read(tmp_path, ROW.replace("0379", '"0379', 1), *[ROW] * 300)

    assert found(arrivals[0]) == [("row", Rule.QUOTES_BROKEN)]
    assert [len(each.records) for each in arrivals[1:]] == [3] * 300


def test_a_line_break_within_quotes_belongs_to_the_cell(tmp_path: Path) -> None:
    first, second = read(tmp_path, ROW.replace("0379-NEVHP", '"0379\nNEVHP"'), ROW)
    assert first.records[0].key.value == "0379\nNEVHP"  # which intake refuses by its rule
    assert (first.row_number, second.row_number) == (2, 3)


def test_blank_rows_are_passed_over_and_counted(tmp_path: Path) -> None:
    first, second = read(tmp_path, ROW, "", ",,,,,,", ROW)
    assert (first.row_number, second.row_number) == (2, 5)


def test_empty_cells_behind_the_last_column_do_no_harm(tmp_path: Path) -> None:
    (arrived,) = read(tmp_path, ROW + ",,")
    assert not arrived.refusals


def test_a_date_that_two_forms_read_differently_is_refused(tmp_path: Path) -> None:
    profile = ledger_profile().replace('["%m/%d/%Y"]', '["%m/%d/%Y", "%d/%m/%Y"]')
    unclear, clear = read(
        tmp_path, ROW, ROW.replace("1/2/", "1/1/").replace("2/1/", "1/13/"), profile=profile
    )

    assert ("InvoiceDate", Rule.DATE_AMBIGUOUS) in found(unclear)
    assert "2 Jan 2013 or 1 Feb 2013" in unclear.refusals[0].message
    assert not clear.refusals


def test_a_missing_column_is_named_with_the_nearest_before_anything_is_read(
    tmp_path: Path,
) -> None:
    content = f"{HEADER.replace('InvoiceDate', 'Invoicedate')}\n{ROW}".encode()
    message = whole_file_refused(tmp_path, content)
    assert "lacks the column “InvoiceDate” (did you mean “Invoicedate”?)" in message


def test_a_wrong_delimiter_is_guessed_at(tmp_path: Path) -> None:
    content = f"{HEADER}\n{ROW}".replace(",", ";").encode()
    assert "is “,” the file's delimiter?" in whole_file_refused(tmp_path, content)


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    content = f"{HEADER},DueDate\n{ROW},1/1/2013".encode()
    assert "more than one column called “DueDate”" in whole_file_refused(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n", "it is blank"),
        (HEADER.encode(), "a header and no rows"),
        (f"{HEADER}\n\n\n".encode(), "a header and no rows"),
        (b"PK\x03\x04rest", "workbook"),
        (b"\xd0\xcf\x11\xe0rest", "workbook"),
        (f"{HEADER}\n{ROW}".encode("utf-16"), "is UTF-16"),
        (f"{HEADER}\n{ROW}".encode() + b"\x81\x9d", "line 2 holds the byte 0x81"),
    ],
)
def test_a_file_that_is_no_table_is_refused_as_a_whole(
    tmp_path: Path, content: bytes, words: str
) -> None:
    assert words in whole_file_refused(tmp_path, content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_the_encoding_is_found_out(tmp_path: Path, encoding: str) -> None:
    row = ROW.replace("0379-NEVHP", "Zoë")
    (arrived,) = read_bytes(tmp_path, f"{HEADER}\n{row}".encode(encoding))
    assert arrived.records[0].key.value == "Zoë"


def test_a_named_encoding_is_taken_at_its_word(tmp_path: Path) -> None:
    profile = ledger_profile().replace('encoding = "auto"', 'encoding = "utf-16"')
    (arrived,) = read_bytes(tmp_path, f"{HEADER}\n{ROW}".encode("utf-16"), profile)
    assert len(arrived.records) == 3

    strict = ledger_profile().replace('encoding = "auto"', 'encoding = "utf-8"')
    content = f"{HEADER}\n{ROW}".replace("0379", "Zoë").encode("cp1252")
    assert "is not utf-8: line 2" in whole_file_refused(tmp_path, content, strict)


def test_lines_on_consecutive_rows_are_one_invoice(tmp_path: Path) -> None:
    one, two = read(
        tmp_path,
        export_row(
            "S-1",
            "1.320,00",
            "RENT;STD;Rent;1;1.000,00;1.000,00;VAT;20;200,00;01.03.2026;31.03.2026",
        ),
        export_row("S-1", "1.320,00", "INS;;Cover;2;60;120;;0;0;;"),
        export_row("S-2", "12,00", "SHOP;LOCK;Lock;1;10;10;VAT;20;2;;"),
        header=EXPORT_HEADER,
        profile=export_profile(),
    )
    invoice = one.records[1]

    assert isinstance(invoice, Invoice)
    assert [line.amount for line in invoice.lines] == [Decimal("1000.00"), Decimal(120)]
    assert invoice.total == Decimal("1320.00")
    assert invoice.place.unit == "A12" and invoice.place.building == "A"
    assert (one.row_number, one.last_row_number, two.row_number) == (2, 3, 4)
    assert one.records[0].other_keys[0].value == "1001"


def test_rows_of_one_invoice_that_disagree_are_refused_by_column(tmp_path: Path) -> None:
    line = "RENT;;Rent;1;10;10;VAT;20;2;;"
    (arrived,) = read(
        tmp_path,
        export_row("S-1", "24,00", line),
        export_row("S-1", "24,00", line, customer="Rufus Pemberwick"),
        header=EXPORT_HEADER,
        profile=export_profile(),
    )
    assert found(arrived) == [("Customer", Rule.GROUP_DIFFERS)]


def test_one_bad_row_refuses_its_whole_invoice(tmp_path: Path) -> None:
    arrivals = read(
        tmp_path,
        export_row("S-1", "24,00", "RENT;;Rent;1;10;10;VAT;20;2;;"),
        export_row("S-1", "24,00", "RENT;;Rent;1;10;ten;VAT;20;2;;"),
        export_row("S-2", "12,00", "RENT;;Rent;1;10;10;VAT;20;2;;"),
        header=EXPORT_HEADER,
        profile=export_profile(),
    )
    assert [len(each.refusals) for each in arrivals] == [1, 0]
    assert found(arrivals[0]) == [("Net", Rule.NOT_A_NUMBER)]


def test_thousands_in_the_wrong_place_are_no_number(tmp_path: Path) -> None:
    (arrived,) = read(
        tmp_path,
        export_row("S-1", "1.32,00", "RENT;;Rent;1;10;10;VAT;20;2;;"),
        header=EXPORT_HEADER,
        profile=export_profile(),
    )
    assert found(arrived) == [("Gross", Rule.NOT_A_NUMBER)]


def test_an_instant_falls_on_the_day_it_is_at_the_location(tmp_path: Path) -> None:
    profile = ledger_profile().replace('"%m/%d/%Y"', '"%Y-%m-%dT%H:%M%z"')
    row = "391,C,1,2026-06-30T23:30+00:00,2026-07-15T10:00+00:00,5.00,"
    (arrived,) = read(tmp_path, row, profile=profile)
    invoice = arrived.records[1]
    assert isinstance(invoice, Invoice)
    assert invoice.issued_on == date(2026, 7, 1)  # British Summer Time


def test_refused_rows_are_written_in_the_files_own_columns(tmp_path: Path) -> None:
    (tmp_path / "file.csv").write_text(f"{HEADER}\n{ROW}\n", encoding="utf-8")
    source = open_file(tmp_path / "file.csv", load_profile(EXAMPLES / "ar-ledger.toml"))
    (arrived,) = source.arrivals()
    with (tmp_path / "refused.csv").open("wb") as stream:
        assert source.write_refused(stream, [(arrived.raw, 2, "Because.")]) == 1
    again = open_file(tmp_path / "refused.csv", source.profile)

    assert again.header == (*HEADER.split(","), "refused_row", "refused_because")
    assert next(again.arrivals()).records == arrived.records
