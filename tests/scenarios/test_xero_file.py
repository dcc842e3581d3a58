"""A file for Xero's own import, where nothing is connected or the sync is paused. (AC-63)"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.bookkeeping import Ledger, invoice, ledger_of, line, tenant
from tests.people import signed_in, works_for
from unitledger.cli import group
from unitledger.core.billing import ChargeType
from unitledger.engine import steering
from unitledger.engine.auditing import COMMAND_LINE

CODES = """
currency = "GBP"
account = "200"
[accounts]
deposit = "840"
[taxes]
"20" = "20% (VAT on Income)"
"0" = "No VAT"
"""
MARCH = "?from=2026-03-01&to=2026-03-31"
PAGE = "/reports/file-for-xero"


@pytest.fixture
def ledger(database: object) -> Iterator[Ledger]:
    with ledger_of() as opened:
        yield opened


def _export(*words: str) -> Any:
    return CliRunner().invoke(group, ["export", "xero-csv", *words])


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def _two_namesakes_and_one_without_a_rate(ledger: Ledger) -> None:
    ledger.takes_in(
        tenant("T1", "Ada Marsh"),
        tenant("T2", "Ada Marsh"),
        invoice("INV-1", lines=[line("120.00"), line("10.00", ChargeType.INSURANCE, "0")]),
        invoice("INV-2", of="T2", on=date(2026, 3, 2)),
        invoice("INV-3", lines=[line("50.00", percent="7.5")]),
        invoice("INV-4", on=date(2026, 4, 2)),
        invoice("INV-5", is_void=True),
    )


def test_the_file_holds_what_is_not_in_xero_as_it_is_mapped(ledger: Ledger, tmp_path: Path) -> None:
    """
    while the sync sends      no file, so that nothing is there twice
    paused                    page and command give the same rows, and say what is left out
    """
    ledger.takes_in(tenant("T0"), invoice("INV-0", of="T0"))
    ledger.syncs()
    _two_namesakes_and_one_without_a_rate(ledger)
    mary = signed_in(works_for("mary", ledger.operator_id))
    assert "by itself" in mary.get(PAGE + MARCH).content.decode()
    assert mary.get(f"{PAGE}/inclusive/1.csv{MARCH}").status_code == 404
    assert _export(str(tmp_path / "no.csv")).exit_code == 1
    steering.pause(ledger.business.organisation_id, by=COMMAND_LINE)

    page = mary.get(PAGE + MARCH).content.decode()
    assert "2 invoices, £250.00" in page
    assert "INV-3" in page
    answer = mary.get(f"{PAGE}/inclusive/1.csv{MARCH}")
    rows = _rows(b"".join(answer).decode())
    written = _export(
        str(tmp_path / "x.csv"), "--from", "2026-03-01", "--to", "2026-03-31", "--json"
    )

    assert [(each["*InvoiceNumber"], each["*ContactName"]) for each in rows] == [
        ("INV-1", "Ada Marsh"),
        ("INV-1", "Ada Marsh"),
        ("INV-2", "Ada Marsh (T2)"),
    ]
    first = rows[0]
    assert first["*InvoiceDate"] == "01/03/2026"
    assert (first["*Quantity"], first["*UnitAmount"]) == ("1", "120.00")
    assert (first["*AccountCode"], first["*TaxType"]) == ("2000", "20% (VAT on Income)")
    assert (first["TrackingName1"], first["TrackingOption1"]) == ("Location", "Ashford")
    assert first["EmailAddress"] == ""
    assert written.exit_code == 3, written.output
    assert [each["number"] for each in json.loads(written.output)["left_out"]] == ["INV-3"]
    assert _rows((tmp_path / "x.csv").read_text()) == rows


def test_what_a_sync_has_sent_is_in_no_file(ledger: Ledger, tmp_path: Path) -> None:
    ledger.takes_in(tenant(), invoice())
    ledger.syncs()
    ledger.takes_in(invoice("INV-2"))
    steering.pause(ledger.business.organisation_id, by=COMMAND_LINE)

    result = _export(str(tmp_path / "x.csv"))

    assert (result.exit_code, "1 invoices" in result.output) == (0, True)
    assert _rows((tmp_path / "x.csv").read_text())[0]["*InvoiceNumber"] == "INV-2"


def test_without_a_connection_the_codes_come_from_a_file(database: object, tmp_path: Path) -> None:
    from tests.connected import new_operator
    from unitledger.core.arrivals import Arrived
    from unitledger.engine.intake import take_in
    from unitledger.system import DatabaseClock

    operator_id = new_operator("Ashford")
    records = [
        tenant(),
        invoice(lines=[line("90.00"), line("60.00", ChargeType.DEPOSIT, "0")]),
    ]
    take_in(
        operator_id,
        [Arrived(records=[each], raw={}) for each in records],
        now=DatabaseClock().now(),
        zone="Europe/London",
    )
    codes, file = tmp_path / "codes.toml", tmp_path / "x.csv"
    codes.write_text(CODES)

    assert "--codes" in _export(str(file)).output
    result = _export(str(file), "--codes", str(codes))

    assert result.exit_code == 0, result.output
    rows = _rows(file.read_text())
    assert [(each["*AccountCode"], each["*TaxType"]) for each in rows] == [
        ("200", "20% (VAT on Income)"),
        ("840", "No VAT"),
    ]
    assert rows[0]["*ContactName"] == "Renter T1"


@pytest.mark.parametrize(
    ("codes", "says"),
    [
        ("account = ", "not TOML"),
        ("", "currency"),
        ('currency = "XYZ"', "no currency"),
        ('currency = "GBP"\ncolour = 1', "colour"),
        ('currency = "GBP"', "No account"),
        ('currency = "GBP"\naccount = "200"', "No tax rate"),
        ('currency = "GBP"\naccount = "200"\n[taxes]\n"vat" = "20%"', "no percentage"),
        ('currency = "GBP"\n[accounts]\nrental = "200"', "no kind of charge"),
        ('currency = "GBP"\naccount = "200"\n[accounts]\nrent = 200', "table of texts"),
    ],
)
def test_codes_that_are_wrong_are_refused_by_name(codes: str, says: str) -> None:
    from unitledger.core.refusals import SourceRefused
    from unitledger.sources.codes import read_codes

    with pytest.raises(SourceRefused, match=says):
        read_codes(codes)
