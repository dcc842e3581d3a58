"""Saved profiles and workbooks on the command line: the same profiles as on the pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook, load_workbook

from tests.connected import new_operator
from unitledger.cli import group

pytestmark = pytest.mark.usefixtures("database")
LEDGER = Path(__file__).parents[2] / "examples" / "ar-ledger.toml"
HEADER = ["countryCode", "customerID", "invoiceNumber", "InvoiceDate", "DueDate", "InvoiceAmount"]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(group, [str(each) for each in words], catch_exceptions=False)


def told(*words: str | Path) -> dict:
    return json.loads(run(*words, "--json").stdout)


def any_form(folder: Path) -> Path:
    """The example, for CSV and workbooks alike."""
    path = folder / "ledger.toml"
    text = LEDGER.read_text(encoding="utf-8").replace('format = "csv"', 'format = "auto"')
    path.write_text(text, encoding="utf-8")
    return path


def test_a_profile_is_saved_shown_used_by_name_and_removed(tmp_path: Path) -> None:
    from unitledger.store.models import AuditEntry

    new_operator()
    path = any_form(tmp_path)
    assert "No profile is saved yet" in run("profiles", "list").output
    assert told("profiles", "save", path)["name"] == "Receivables ledger"
    assert run("profiles", "show", "Receivables ledger").output == path.read_text(encoding="utf-8")
    assert told("profiles", "show", "Receivables ledger")["text"].startswith("# A receivables")
    assert [each["name"] for each in told("profiles", "list")["profiles"]] == ["Receivables ledger"]

    (tmp_path / "bad.toml").write_text("nonsense", encoding="utf-8")
    refused = run("profiles", "save", tmp_path / "bad.toml", "--name", "Bad")
    assert refused.exit_code == 1 and "is not TOML" in refused.output

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([*HEADER, "SettledDate"])
    sheet.append([391, "0379-NEVHP", "INV-1", "1/13/2013", "2/1/2013", 55.94, None])
    sheet.append([391, "0379-NEVHP", "INV-2", "1/13/2013", "2/1/2013", -5, None])
    book.save(tmp_path / "ledger.xlsx")
    correction = tmp_path / "refused.xlsx"
    content = told(
        "import", tmp_path / "ledger.xlsx", "--profile", "Receivables ledger",
        "--refused", correction,
    )  # fmt: skip
    assert (content["created"], content["rows_refused"]) == (2, 1)
    assert "Excel workbook" in content["encoding"]
    rows = list(load_workbook(correction).active.values)  # pyright: ignore
    assert [row[2] for row in rows] == ["invoiceNumber", "INV-2"]

    unknown = run("import", tmp_path / "ledger.xlsx", "--profile", "Receivables")
    assert unknown.exit_code == 2 and "no saved profile of that name" in unknown.output
    assert run("profiles", "remove", "Receivables ledger").exit_code == 0
    assert run("profiles", "show", "Receivables ledger").exit_code == 1
    acts = list(AuditEntry.objects.order_by("id").values_list("act", flat=True))
    assert acts == ["import_profile_saved", "import_profile_removed"]
