"""The most memory that a worker and an import hold, at 10,000 and at 100,000 documents.

The import reads a CSV file; the worker plans what it left, sends it to a stub, and verifies.
Each is a process of its own, the stub another, so a figure is one program's whole memory.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench import _business, _database
from bench._database import Databases
from bench._printing import last_line, machine, table
from bench._processes import Stub, stub
from unitledger.system import DatabaseClock

PROFILE = Path(__file__).parents[1] / "examples" / "ar-ledger.toml"
ROWS_A_TENANT = 12
STEP = 10_000
SIDES = ("worker", "import")
COLUMNS = (
    "countryCode",
    "customerID",
    "invoiceNumber",
    "InvoiceDate",
    "DueDate",
    "InvoiceAmount",
    "SettledDate",
)

Figures = Mapping[str, Mapping[str, Any]]  # side → what its process told


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench memory", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    unit = 500 if parser.parse_args().quick else STEP
    with _database.databases() as databases, tempfile.TemporaryDirectory() as folder:
        small = _measured(databases, Path(folder), documents=unit)
        large = _measured(databases, Path(folder), documents=10 * unit)
        settings = databases.settings()
    _show(small, large, settings=settings)


def _measured(databases: Databases, folder: Path, *, documents: int) -> Figures:
    file = folder / f"{documents}.csv"
    _write(file, documents=documents)
    with stub() as books:
        url = databases.make_empty(f"documents_{documents}")
        _connect(books)
        _database.close_connections()
        return {
            "import": _run(url, "import", str(file), str(PROFILE)),
            "worker": _run(url, "work", books.url),
        }


def _connect(books: Stub) -> None:
    tools = _business.make_tools(books.url, clock=DatabaseClock())
    made = _business.connect(
        tools,
        organisation="00000000-0000-4000-8000-000000000000",
        access_token="bench",
        refresh_token="bench",
        client_id="bench",
        client_secret="bench",
        token_life=timedelta(days=1),
    )
    _business.map_categories(made, tools)


def _write(file: Path, *, documents: int) -> None:
    """A ledger of about that many documents: a tenant has many rows, a row two documents."""
    rows = documents * ROWS_A_TENANT // (2 * ROWS_A_TENANT + 1)
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened)
        writer.writerow(COLUMNS)
        for number in range(1, rows + 1):
            tenant = f"C{number // ROWS_A_TENANT}"
            amount = str(_business.TOTAL)
            days = ("3/1/2026", "3/15/2026", amount, "3/20/2026")
            writer.writerow(("391", tenant, f"{number:08d}", *days))


def _run(url: str, *arguments: str) -> Mapping[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench._measured", *arguments],
        env={**os.environ, "DATABASE_URL": url, "UNITLEDGER_KEY": _database.KEY},
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def _pace(figures: Mapping[str, Any]) -> float:
    return figures["seconds"] / figures["documents"]


def _show(small: Figures, large: Figures, *, settings: Mapping[str, str]) -> None:
    steps = (large["worker"]["documents"] - small["worker"]["documents"]) / STEP
    slopes = {side: round((large[side]["mib"] - small[side]["mib"]) / steps, 2) for side in SIDES}
    result = {
        "bench": "memory",
        "mib": max(large[side]["mib"] for side in SIDES),
        "slope": max(slopes.values()),
        **{
            side: {
                "mib": large[side]["mib"],
                "slope": slopes[side],
                "mib_small": small[side]["mib"],
                "seconds": large[side]["seconds"],
                "seconds_small": small[side]["seconds"],
                # Time a document with ten times as many waiting, ÷ with few.
                "growth": round(_pace(large[side]) / _pace(small[side]), 2),
            }
            for side in SIDES
        },
        "documents": large["worker"]["documents"],
        "documents_small": small["worker"]["documents"],
        "settings": dict(settings),
        **machine(),
    }
    rows = [
        (f"{side}: MiB at {each[side]['documents']:,} documents", each[side]["mib"])
        for side in SIDES
        for each in (small, large)
    ]
    table(
        "memory: the peak of each process",
        [
            *rows,
            *((f"{side}: MiB more per {STEP:,} (about 0)", slopes[side]) for side in SIDES),
            *(
                (f"{side}: time a document, {large[side]['documents']:,} ÷ few", growth)
                for side in SIDES
                for growth in (_pace(large[side]) / _pace(small[side]),)
            ),
            ("the most, MiB (reach ≤ 286, which is 300 MB)", result["mib"]),
        ],
    )
    last_line(result)


if __name__ == "__main__":
    main()
