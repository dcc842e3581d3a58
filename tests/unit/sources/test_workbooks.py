"""Workbooks: what a person sees in the cells is read; what is hostile or open is refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from unitledger.core.arrivals import Arrived
from unitledger.core.billing import Invoice
from unitledger.core.refusals import Rule, SourceRefused
from unitledger.sources.files import load_profile, open_file, parse_profile
from unitledger.sources.files.refused import shielded, unshielded

EXAMPLES = Path(__file__).parents[3] / "examples"
HEADER = (
    "countryCode",
    "customerID",
    "invoiceNumber",
    "InvoiceDate",
    "DueDate",
    "InvoiceAmount",
    "SettledDate",
)
ROW: tuple[Any, ...] = (391, "0379-NEVHP", 611365, date(2013, 1, 2), date(2013, 2, 1), 55.94, None)
PROFILE = (EXAMPLES / "ar-ledger.toml").read_text(encoding="utf-8").replace('format = "csv"\n', "")
SHEET = "xl/worksheets/sheet1.xml"
Change = Callable[[Any], None]


def book(tmp_path: Path, *rows: tuple[Any, ...], change: Change = lambda sheet: None) -> Path:
    made = Workbook()
    sheet: Any = made.active
    sheet.append(HEADER)
    for row in rows:
        sheet.append(row)
    change(sheet)
    made.save(tmp_path / "file.xlsx")
    return tmp_path / "file.xlsx"


def read(path: Path, *, profile: str = PROFILE) -> list[Arrived]:
    return list(open_file(path, parse_profile(profile, name="mine")).arrivals())


def refused(path: Path, *, profile: str = PROFILE) -> str:
    with pytest.raises(SourceRefused) as caught:
        read(path, profile=profile)
    assert caught.value.remedy
    return str(caught.value)


def found(arrived: Arrived) -> list[tuple[str, Rule]]:
    return [(each.field, each.rule) for each in arrived.refusals]


def rewritten(path: Path, part: str, change: Callable[[str], str]) -> Path:
    """The workbook with one of its parts changed as nobody but a program would."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_days_numbers_and_texts_are_read_as_the_cells_show_them(tmp_path: Path) -> None:
    def padded(sheet: Any) -> None:
        sheet["C2"].number_format = "0000000000"
        sheet["F2"] = 0.1 + 0.2
        sheet["E3"] = datetime(2013, 2, 1, 9, 30)
        sheet["D3"] = "1/2/2013"

    first, second = read(book(tmp_path, ROW, ROW, change=padded))
    _, invoice = first.records
    assert isinstance(invoice, Invoice)
    assert (invoice.number, invoice.issued_on) == ("0000611365", date(2013, 1, 2))
    assert invoice.total == Decimal("0.3")
    assert first.raw["InvoiceDate"] == "2013-01-02"
    other = second.records[1]
    assert isinstance(other, Invoice)
    assert (other.number, other.issued_on) == ("611365", date(2013, 1, 2))
    assert other.due_on == date(2013, 2, 1)


def test_a_number_has_the_profiles_decimal_mark(tmp_path: Path) -> None:
    profile = PROFILE.replace('decimal = "."', 'decimal = ","')
    (arrived,) = read(book(tmp_path, ROW), profile=profile)
    assert arrived.raw["InvoiceAmount"] == "55,94"
    assert isinstance(arrived.records[1], Invoice)
    assert arrived.records[1].total == Decimal("55.94")


def test_errors_and_formulas_without_a_result_refuse_their_row_alone(tmp_path: Path) -> None:
    def broken(sheet: Any) -> None:
        sheet["F2"] = "=1/0"  # openpyxl writes formulas without a result
        sheet["G3"] = "#REF!"

    first, second, third = read(book(tmp_path, ROW, ROW, ROW, change=broken))
    assert found(first) == [("InvoiceAmount", Rule.FORMULA_UNFINISHED)]
    assert found(second) == [("SettledDate", Rule.CELL_IS_ERROR)]
    assert third.records


def test_a_fault_in_a_column_that_is_not_used_does_no_harm(tmp_path: Path) -> None:
    def noted(sheet: Any) -> None:
        sheet["H1"] = "Notes"
        sheet["H2"] = "#N/A"

    (arrived,) = read(book(tmp_path, ROW, change=noted))
    assert len(arrived.records) == 2


def test_a_formula_is_read_as_what_it_last_came_to(tmp_path: Path) -> None:
    path = book(tmp_path, ROW, change=lambda sheet: sheet.__setitem__("F2", "=50+5.94"))
    rewritten(
        path,
        SHEET,
        lambda text: text.replace("<v></v>", "<v>55.94</v>").replace("<v />", "<v>55.94</v>"),
    )
    (arrived,) = read(path)
    assert arrived.raw["InvoiceAmount"] == "55.94"


def test_merged_cells_refuse_the_rows_they_leave_open(tmp_path: Path) -> None:
    rows = (ROW, ROW, ROW)
    path = book(tmp_path, *rows, change=lambda sheet: sheet.merge_cells("B2:B3"))
    first, second, third = read(path)
    assert found(first) == found(second) == [("customerID", Rule.CELLS_MERGED)]
    assert third.records


def test_the_sheet_is_named_or_the_only_one_shown(tmp_path: Path) -> None:
    def second(sheet: Any) -> None:
        sheet.title = "Invoices"
        sheet.parent.create_sheet("Notes").append(["nothing"])

    path = book(tmp_path, ROW, change=second)
    assert "has 2 sheets: Invoices, Notes" in refused(path)
    assert "did you mean “Invoices”" in refused(path, profile=_with_sheet("Invoice"))
    assert len(read(path, profile=_with_sheet("Invoices"))) == 1

    def hidden(sheet: Any) -> None:
        second(sheet)
        sheet.parent["Notes"].sheet_state = "hidden"

    assert len(read(book(tmp_path, ROW, change=hidden))) == 1


def _with_sheet(name: str) -> str:
    return PROFILE.replace("[file]", f'[file]\nsheet = "{name}"')


def test_the_form_is_told_by_content_not_by_name(tmp_path: Path) -> None:
    path = book(tmp_path, ROW).rename(tmp_path / "file.csv")
    assert len(read(path)) == 1
    as_csv = PROFILE.replace("[file]", '[file]\nformat = "csv"')
    assert "is an Excel workbook; the profile says csv" in refused(path, profile=as_csv)
    (tmp_path / "file.xlsx").write_bytes(b"a,b\n1,2\n")
    as_xlsx = PROFILE.replace("[file]", '[file]\nformat = "xlsx"')
    assert "is no workbook" in refused(tmp_path / "file.xlsx", profile=as_xlsx)


def test_blank_rows_are_passed_over_and_counted(tmp_path: Path) -> None:
    path = book(tmp_path, ROW, change=lambda sheet: sheet.insert_rows(2, 3))
    assert [each.row_number for each in read(path)] == [5]


def test_rows_out_of_their_place_are_not_lost_silently(tmp_path: Path) -> None:
    path = book(tmp_path, ROW, ROW)
    rewritten(path, SHEET, lambda text: text.replace('<row r="3"', '<row r="1"'))
    assert "row 1 is not behind row 2" in refused(path)
    path = book(tmp_path, ROW, ROW)
    rewritten(path, SHEET, lambda text: text.replace('r="B3"', 'r="A3"'))
    assert "out of its place" in refused(path)


def test_a_row_far_below_costs_nothing(tmp_path: Path) -> None:
    path = book(tmp_path, ROW, ROW)
    rewritten(path, SHEET, lambda text: text.replace('<row r="3"', '<row r="999999999"'))
    assert "999999999" in refused(path)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/styles.xml", SHEET, "[Content_Types].xml"])
def test_entities_are_never_opened(part: str, tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    path = rewritten(book(tmp_path, ROW), part, lambda text: _behind_declaration(text, bomb))
    assert "declares a document type" in refused(path)


def _behind_declaration(text: str, inserted: str) -> str:
    return inserted + text.split("?>", 1)[-1]


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = book(tmp_path, ROW)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", bytes(70_000_000))
    assert path.stat().st_size < 200_000
    assert "is too large" in refused(path)


def test_a_row_of_endless_cells_is_refused(tmp_path: Path) -> None:
    many = "<c/>" * 250_000
    path = rewritten(
        book(tmp_path, ROW), SHEET, lambda text: text.replace("</row>", f"{many}</row>", 1)
    )
    assert "too many elements" in refused(path)


@pytest.mark.parametrize(
    "content, says",
    [
        (b"PK\x03\x04 and then nothing", "cannot be read"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "old Excel workbook, or one with a password"),
    ],
)
def test_what_is_no_workbook_is_refused(content: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / "file.xlsx").write_bytes(content)
    assert says in refused(tmp_path / "file.xlsx")


def test_another_archive_is_named_for_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert "a Word document" in refused(path)


def test_a_cut_or_garbled_workbook_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path, ROW)
    whole = path.read_bytes()
    for end in (len(whole) // 3, len(whole) - 30):
        path.write_bytes(whole[:end])
        assert "cannot be read" in refused(path)
    path.write_bytes(whole)
    rewritten(path, SHEET, lambda text: text.replace("</sheetData>", ""))
    assert "cannot be understood" in refused(path)
    rewritten(book(tmp_path, ROW), SHEET, lambda text: text.replace("<v>391<", "<v>x9<"))
    assert "Excel's form is not kept to" in refused(path)


def test_a_macro_is_carried_past_unread(tmp_path: Path) -> None:
    path = book(tmp_path, ROW)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"Sub Auto_Open()")
    assert len(read(path)) == 1


def test_refused_rows_of_a_workbook_come_back_as_one(tmp_path: Path) -> None:
    source = open_file(book(tmp_path, ROW), load_profile(_saved(tmp_path)))
    (arrived,) = source.arrivals()
    raw = {**arrived.raw, "customerID": "=1+1"}
    with (tmp_path / "refused.xlsx").open("wb") as stream:
        assert source.write_refused(stream, [(raw, 2, "Because.")]) == 1

    sheet: Any = load_workbook(tmp_path / "refused.xlsx").active
    assert [cell.data_type for cell in sheet[2] if cell.value] == ["s"] * 8
    again = open_file(tmp_path / "refused.xlsx", source.profile)
    assert again.header == (*HEADER, "refused_row", "refused_because")
    (back,) = again.arrivals()
    assert back.raw["customerID"] == "=1+1"
    assert back.raw["InvoiceDate"] == "2013-01-02"


def _saved(tmp_path: Path) -> Path:
    (tmp_path / "profile.toml").write_text(PROFILE, encoding="utf-8")
    return tmp_path / "profile.toml"


@pytest.mark.parametrize(
    "cell", ["=1+1", "'=1", "@x", "-5", "-5+3", "+44 20", "'", "plain", "\tx", "''-2", "-"]
)
def test_a_shielded_cell_is_no_formula_and_comes_back_as_it_was(cell: str) -> None:
    written = shielded(cell)
    assert unshielded(written) == cell
    assert not written.startswith(("=", "@", "\t"))
    assert written == cell if cell in ("-5", "+44 20", "plain") else True


def test_a_csv_of_refused_rows_holds_no_formula(tmp_path: Path) -> None:
    lines = ",".join(HEADER) + "\n391,=cmd(),611365,1/2/2013,2/1/2013,-5,\n"
    (tmp_path / "file.csv").write_text(lines, encoding="utf-8")
    source = open_file(tmp_path / "file.csv", load_profile(_saved(tmp_path)))
    (arrived,) = source.arrivals()
    kept = io.BytesIO()
    source.write_refused(kept, [(arrived.raw, 2, "Because.")])
    assert ",'=cmd(),611365,1/2/2013,2/1/2013,-5," in kept.getvalue().decode("utf-8-sig")

    (tmp_path / "refused.csv").write_bytes(kept.getvalue())
    (back,) = open_file(tmp_path / "refused.csv", source.profile).arrivals()
    assert back.raw["customerID"] == "=cmd()"
