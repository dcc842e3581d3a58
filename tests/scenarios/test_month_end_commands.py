"""`unitledger report` and `unitledger tie-out`, run as a person or a scheduler runs them."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from tests.bookkeeping import Ledger, invoice, ledger_of, payment, tenant
from tests.conftest import Database
from unitledger.vault import KeyVault


@pytest.fixture
def ledger(database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Ledger]:
    """
    1 Mar  bills    T1  INV-1  120.00, INV-2  60.00
    9 Mar  is paid  R1  150.00 over both
    """
    key = Fernet.generate_key()
    monkeypatch.setenv("UNITLEDGER_KEY", key.decode())
    monkeypatch.setenv("UNITLEDGER_HOME", str(tmp_path))
    with ledger_of() as opened:
        monkeypatch.setenv("UNITLEDGER_XERO_URL", opened.business.server.url)
        opened.takes_in(
            tenant("T1"),
            invoice("INV-1", "120.00"),
            invoice("INV-2", "60.00"),
            payment("R1", ("INV-1", "120.00"), ("INV-2", "30.00")),
        )
        opened.syncs()
        _seal_again(opened, KeyVault(key))
        yield opened


def _seal_again(ledger: Ledger, vault: KeyVault) -> None:
    """Let a process with another key read the secrets of the business."""
    from unitledger.store.models import Consent, XeroApp

    old = ledger.tools.vault
    for row, names in (
        (XeroApp.objects.get(), ["client_secret_sealed"]),
        (Consent.objects.get(), ["access_token_sealed", "refresh_token_sealed"]),
    ):
        for name in names:
            setattr(row, name, vault.seal(old.open(bytes(getattr(row, name)))))
        row.save()


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "unitledger", *words],
        capture_output=True,
        text=True,
        env=dict(os.environ),
        timeout=120,
        check=False,
    )


def read(*words: str) -> dict[str, Any]:
    done = run(*words, "--json")
    assert done.stderr == "", done.stderr
    return json.loads(done.stdout)


def test_ledgers_that_agree_end_with_status_nought(ledger: Ledger) -> None:
    done = run("tie-out")

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("The ledgers tie out.")
    assert "180.00" in done.stdout


def test_ledgers_that_differ_end_with_status_one_and_a_line_for_each(ledger: Ledger) -> None:
    ledger.bookkeeper("delete_payment", payment_id=ledger.payment_id("30.00"))

    done = run("tie-out", "--json")
    found = json.loads(done.stdout)

    assert done.returncode == 1
    assert (found["ties"], found["differences_count"]) == (False, 1)
    (difference,) = found["differences"]
    assert difference["document"] == "Payment R1 on invoice INV-2"
    assert difference["difference"] == "-30.00"
    assert found["by_kind"][2]["difference"] == {"count": -1, "amount": "-30.00"}
    assert found["receivables"]["difference"] == "0.00"
    assert "do not tie out: 1 difference." in run("tie-out").stdout


def test_a_tie_out_that_cannot_read_xero_ends_with_status_two(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    from unitledger.store.models import Connection

    Connection.objects.update(state="lost")

    done = run("tie-out")

    assert done.returncode == 2
    assert done.stderr.startswith("Error: No organisation can be read")


def test_the_report_gives_one_object_with_one_row_a_record(ledger: Ledger) -> None:
    found = read("report", "--kind", "payments", "--status", "all")

    (row,) = found["records"]
    assert found["totals"] == [
        {"state": "synced", "currency": "GBP", "count": 1, "amount": "150.00"}
    ]
    assert (row["number"], row["amount"], row["state"]) == ("R1", "150.00", "synced")
    assert [part["invoice"] for part in row["parts"]] == ["INV-1", "INV-2"]
    assert all(part["xero_id"] for part in row["parts"])


def test_a_report_of_nothing_says_which_filter_found_nothing(ledger: Ledger) -> None:
    done = run("report", "--kind", "invoices", "--status", "non-synced")

    assert done.returncode == 0
    assert done.stdout == "No invoices are found with this filter (status non-synced).\n"


def test_a_report_for_people_says_why_and_what_to_do(ledger: Ledger) -> None:
    ledger.takes_in(invoice("INV-3", "10.00"))

    done = run("report", "--status", "all", "--from", "2026-03-01", "--to", "2026-03-31")

    assert done.returncode == 0, done.stderr
    assert "INV-3" in done.stdout
    assert "not planned yet" in done.stdout


def test_a_csv_opens_in_a_spreadsheet_without_running_anything(
    ledger: Ledger, tmp_path: Path
) -> None:
    from unitledger.store.models import Tenant

    Tenant.objects.update(name="=Jo Smith")
    file = tmp_path / "tenants.csv"

    done = run("report", "--kind", "tenants", "--status", "all", "--csv", str(file))

    assert done.returncode == 0, done.stderr
    with file.open(encoding="utf-8-sig", newline="") as opened:
        (row,) = csv.DictReader(opened)
    assert row["tenant"] == "'=Jo Smith"
    assert row["status"] == "synced"


def test_an_unknown_location_names_those_there_are(ledger: Ledger) -> None:
    done = run("report", "--location", "Nowhere")

    assert done.returncode == 2
    assert "Ashford, Brookvale" in done.stderr
