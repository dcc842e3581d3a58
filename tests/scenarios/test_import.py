"""A file comes in: from the command line, twice, in pieces, killed half-way."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.conftest import Database
from unitledger.cli import group

EXAMPLES = Path(__file__).parents[2] / "examples"
PROFILE = EXAMPLES / "ar-ledger.toml"
HEADER = "countryCode,customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,SettledDate"
GOOD = "391,C1,INV-1,1/2/2013,2/1/2013,55.94,1/15/2013"
OTHER = "406,C2,INV-2,1/3/2013,2/2/2013,20.00,"


@pytest.fixture
def operator_id(database: Database) -> int:
    from unitledger.store.models import Operator

    return Operator.objects.create(name="Tumblewick Storage", handle_key="tw").pk


def write(path: Path, *rows: str) -> Path:
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def run(file: Path, *options: str, profile: Path = PROFILE) -> Result:
    return CliRunner().invoke(
        group, ["import", str(file), "--profile", str(profile), *options], catch_exceptions=False
    )


def run_json(file: Path, *options: str) -> dict[str, Any]:
    return json.loads(run(file, "--json", *options).stdout)


def counts(content: dict[str, Any]) -> tuple[int, int, int, int]:
    return (
        content["created"],
        content["changed"],
        content["unchanged"],
        content["rows_refused"],
    )


def everything() -> list[list[tuple[Any, ...]]]:
    """The business as it stands, in words that do not depend on row numbers."""
    from unitledger.store import models

    return [
        sorted(models.Tenant.objects.values_list("number", "name")),
        sorted(
            models.Invoice.objects.values_list(
                "number", "tenant_record__tenant__number", "location__name", "total", "due_on"
            )
        ),
        sorted(
            models.Payment.objects.values_list(
                "tenant_record__tenant__number", "paid_on", "amount", "method__name"
            )
        ),
        sorted(models.Allocation.objects.values_list("invoice_record__invoice__number", "amount")),
        sorted(models.Document.objects.values_list("kind", "number", "wanted_version", "amount")),
    ]


def test_a_clean_file_says_what_it_brought_and_ends_well(operator_id: int, tmp_path: Path) -> None:
    result = run(write(tmp_path / "a.csv", GOOD, OTHER))

    assert result.exit_code == 0, result.output
    assert "a.csv: 2 rows read with the profile “Receivables ledger” as utf-8." in result.output
    lines = [line.split() for line in result.output.splitlines()]
    assert ["invoices", "2", "0", "0", "0"] in lines
    assert ["payments", "1", "0", "0", "0"] in lines


def test_the_same_file_again_changes_nothing(operator_id: int, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", GOOD, OTHER)
    run(file)
    before = everything()

    assert counts(run_json(file)) == (0, 0, 5, 0)
    assert everything() == before


def test_refused_rows_are_listed_and_can_be_corrected_in_a_file(
    operator_id: int, tmp_path: Path
) -> None:
    bad = GOOD.replace("55.94", "-5").replace("INV-1", "INV-9")
    file = write(tmp_path / "a.csv", GOOD, bad, OTHER)
    refused = tmp_path / "refused.csv"

    result = run(file, "--refused", str(refused))

    assert result.exit_code == 3
    assert "row 3, InvoiceAmount: -5 is negative." in result.output
    assert "[amount_negative]" in result.output
    rows = list(csv.DictReader(refused.open(encoding="utf-8-sig")))
    assert [(row["invoiceNumber"], row["refused_row"]) for row in rows] == [("INV-9", "3")]
    assert "negative" in rows[0]["refused_because"]

    refused.write_text(
        refused.read_text(encoding="utf-8-sig").replace("-5", "5.00", 1), encoding="utf-8"
    )
    assert counts(run_json(refused)) == (2, 0, 1, 0)


def test_a_change_is_named_field_by_field(operator_id: int, tmp_path: Path) -> None:
    run(write(tmp_path / "a.csv", GOOD))
    content = run_json(write(tmp_path / "b.csv", GOOD.replace("55.94", "60.00")))

    named = {(each["kind"], each["field"], each["old"], each["new"]) for each in content["changes"]}
    assert ("invoice", "total", "55.94", "60.00") in named
    assert ("payment", "amount", "55.94", "60.00") in named


def test_a_corrected_settlement_is_a_new_version_and_never_a_second_payment(
    operator_id: int, tmp_path: Path
) -> None:
    from unitledger.store import models

    run(write(tmp_path / "a.csv", GOOD))
    content = run_json(write(tmp_path / "b.csv", GOOD.replace("1/15/2013", "1/16/2013")))

    assert content["records"]["payment"]["changed"] == 1
    assert models.Payment.objects.count() == 1
    assert models.Document.objects.filter(kind="payment").count() == 1


def test_what_a_later_file_leaves_out_stays(operator_id: int, tmp_path: Path) -> None:
    run(write(tmp_path / "a.csv", GOOD, OTHER))
    before = everything()
    run(write(tmp_path / "b.csv", OTHER))
    assert everything() == before


def test_a_dry_run_finds_everything_and_keeps_nothing(operator_id: int, tmp_path: Path) -> None:
    from unitledger.store import models

    bad = OTHER.replace("20.00", "x")
    content = run_json(write(tmp_path / "a.csv", GOOD, bad), "--dry-run")

    assert counts(content) == (3, 0, 0, 1)
    assert models.SourceRecord.objects.count() == 0
    assert models.ImportRun.objects.count() == 0
    assert models.Arrival.objects.count() == 0


def test_a_cell_that_feeds_several_fields_is_found_wrong_once(
    operator_id: int, tmp_path: Path
) -> None:
    file = write(tmp_path / "l.csv", "391,C1,INV-1,1/2/2013,2/1/2013,-5.00,1/15/2013")

    refusals = run_json(file)["refusals"]

    assert [(each["field"], each["rule"]) for each in refusals] == [
        ("InvoiceAmount", "amount_negative")
    ]


def test_a_formula_in_a_name_is_refused_with_what_to_do(operator_id: int, tmp_path: Path) -> None:
    profile = tmp_path / "p.toml"
    text = PROFILE.read_text(encoding="utf-8").replace("Customer {customerID}", "{customerID}")
    profile.write_text(text, encoding="utf-8")
    result = run(write(tmp_path / "a.csv", GOOD.replace("C1", "=1+1")), profile=profile)

    assert result.exit_code == 3
    assert "row 2, customerID: customerID begins with “=”" in result.output


def test_a_missing_column_writes_nothing_and_is_an_error(operator_id: int, tmp_path: Path) -> None:
    from unitledger.store import models

    file = tmp_path / "a.csv"
    file.write_text(f"{HEADER}\n{GOOD}\n".replace("DueDate", "Due"), encoding="utf-8")
    result = run(file)

    assert result.exit_code == 1
    assert "lacks the column “DueDate”" in result.stderr
    assert json.loads(run(file, "--json").stdout)["remedy"]
    assert models.Arrival.objects.count() == 0


def test_a_currency_that_is_not_of_the_connected_books_is_refused(
    operator_id: int, tmp_path: Path
) -> None:
    connect(operator_id, currency="AUD")
    content = run_json(write(tmp_path / "a.csv", GOOD))

    assert {each["rule"] for each in content["refusals"]} == {"currency_not_of_books"}


def test_an_import_wakes_the_operators_connections(operator_id: int, tmp_path: Path) -> None:
    from unitledger.store import models

    connect(operator_id, currency="GBP")
    run(write(tmp_path / "a.csv", GOOD))
    assert models.Connection.objects.get().due_at is not None


def test_without_an_operator_the_way_to_one_is_said(database: Database, tmp_path: Path) -> None:
    result = run(write(tmp_path / "a.csv", GOOD))
    assert result.exit_code == 1
    assert "demo --empty" in result.output


def test_of_several_operators_one_must_be_named(operator_id: int, tmp_path: Path) -> None:
    from unitledger.store import models

    models.Operator.objects.create(name="Quay Storage", handle_key="qs")
    file = write(tmp_path / "a.csv", GOOD)
    assert run(file).exit_code == 2

    assert run(file, "--operator", "Quay Storage").exit_code == 0
    assert models.Tenant.objects.get().operator.name == "Quay Storage"


def test_a_killed_import_goes_on_where_it_was_and_nothing_is_half_written(
    operator_id: int, tmp_path: Path
) -> None:
    from unitledger.store import models

    rows = [many(number) for number in range(2_000)]
    # Said twice with other content; whoever goes on must still know the first.
    rows[1_900] = many(3).replace("10.03", "99.99")
    file = write(tmp_path / "big.csv", *rows)
    kill_after(file, rows=500)
    run_row = models.ImportRun.objects.get()
    assert 500 <= run_row.rows_done < 2_000
    assert run_row.state == "running"
    assert models.Invoice.objects.count() == run_row.rows_done

    result = run(file, "--json", "--refused", str(tmp_path / "refused.csv"))
    content = json.loads(result.stdout)

    assert content["resumed_behind_row"] == run_row.rows_done + 1
    assert content["rows_read"] == 2_000 - run_row.rows_done
    assert {(each["row"], each["rule"]) for each in content["refusals"]} == {
        (1_902, "same_key_twice")
    }
    run_row.refresh_from_db()
    assert (run_row.state, run_row.rows_done, run_row.rows_refused) == ("finished", 2_000, 1)
    assert run_row.records_created == 1_999 * 2 + models.Tenant.objects.count()
    assert models.Arrival.objects.count() == 2_000
    assert counts(run_json(file))[:2] == (0, 0)


def test_ctrl_c_stops_behind_a_chunk_and_says_how_to_go_on(
    operator_id: int, tmp_path: Path
) -> None:
    from unitledger.store import models

    file = write(tmp_path / "big.csv", *[many(number) for number in range(4_000)])
    process = start(file)
    wait_for_rows(process, 500)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)

    assert process.returncode == 4
    assert "Give the same command again" in output
    assert models.ImportRun.objects.get().state == "stopped"
    assert run(file).exit_code == 0
    assert models.Invoice.objects.count() == 4_000


@pytest.mark.parametrize("seed", range(3))
def test_files_in_any_pieces_order_and_repetition_come_to_the_same_rows(
    database: Database, tmp_path: Path, seed: int
) -> None:
    from unitledger.engine.intake import import_source
    from unitledger.sources.files import load_profile, open_file
    from unitledger.store import models
    from unitledger.system import DatabaseClock

    draw = random.Random(seed)
    rows = [many(number) for number in range(60)]
    profile = load_profile(PROFILE)

    def take(operator_name: str, *files: list[str]) -> list[list[tuple[Any, ...]]]:
        operator = models.Operator.objects.create(name=operator_name, handle_key=operator_name)
        for number, piece in enumerate(files):
            path = write(tmp_path / f"{operator_name}-{number}.csv", *piece)
            source = open_file(path, profile)
            import_source(operator_id=operator.pk, source=source, clock=DatabaseClock())
        return business(operator.pk)

    pieces = [rows[start : start + 7] for start in range(0, len(rows), 7)]
    for piece in pieces:
        draw.shuffle(piece)
    pieces += draw.sample(pieces, 3)
    draw.shuffle(pieces)

    assert take("pieces", *pieces) == take("whole", rows)


def business(operator_id: int) -> list[list[tuple[Any, ...]]]:
    from unitledger.store import models

    invoices = models.Invoice.objects.filter(operator_id=operator_id)
    documents = models.Document.objects.filter(operator_id=operator_id)
    versions = models.RecordVersion.objects.filter(operator_id=operator_id)
    return [
        sorted(invoices.values_list("number", "total", "due_on", "location__name")),
        sorted(documents.values_list("kind", "number", "wanted_version", "is_wanted")),
        sorted(versions.values_list("record__kind", "version", "content__key__value")),
    ]


def many(number: int) -> str:
    settled = "1/15/2013" if number % 3 else ""
    settled = settled or "1/16/2013"
    amount = f"{10 + number / 100:.2f}"
    region = ("391", "406", "770")[number % 3]
    return f"{region},C{number // 4},INV-{number},1/2/2013,2/1/2013,{amount},{settled}"


def connect(operator_id: int, *, currency: str) -> None:
    from datetime import UTC, date, datetime

    from unitledger.store import models

    now = datetime(2026, 4, 1, tzinfo=UTC)
    app = models.XeroApp.objects.create(
        operator_id=operator_id, client_id="id", client_secret_sealed=b"s"
    )
    consent = models.Consent.objects.create(
        operator_id=operator_id,
        app=app,
        access_token_sealed=b"a",
        refresh_token_sealed=b"r",
        access_expires_at=now,
        refreshed_at=now,
        scopes=[],
        granted_at=now,
    )
    organisation = models.Organisation.objects.create(
        operator_id=operator_id,
        xero_id="org",
        name="Books",
        chart={"facts": {"currency": currency}},
    )
    models.Connection.objects.create(
        operator_id=operator_id,
        organisation=organisation,
        consent=consent,
        xero_connection_id="c",
        start_on=date(2012, 1, 1),
        connected_at=now,
    )


def start(file: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "unitledger", "import", str(file), "--profile", str(PROFILE)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=dict(os.environ),
    )


def wait_for_rows(process: subprocess.Popen[str], rows: int) -> None:
    from unitledger.store import models

    while not models.ImportRun.objects.filter(rows_done__gte=rows).exists():
        if process.poll() is not None:
            raise AssertionError(process.communicate()[0])
        time.sleep(0.01)


def kill_after(file: Path, *, rows: int) -> None:
    process = start(file)
    wait_for_rows(process, rows)
    process.kill()
    process.wait(timeout=30)
    wait_for_no_other_session()


def wait_for_no_other_session() -> None:
    """The server may still be at the killed process's last statement."""
    from django.db import connection

    query = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    while True:
        with connection.cursor() as cursor:
            cursor.execute(query)
            row = cursor.fetchone()
        if row == (0,):
            return
        time.sleep(0.01)
