"""`fauxero serve --scenario FILE`, as a process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import httpx2 as httpx

EXAMPLE = Path(__file__).parents[2] / "examples" / "scenario.toml"
COMMAND = [sys.executable, "-m", "fauxero", "serve", "--port", "0", "--json", "--scenario"]


def test_a_served_scenario_is_there_with_the_first_answer(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite"
    command = [*COMMAND, str(EXAMPLE), "--state", str(state)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            [organisation] = ready["organisations"]
            assert organisation["name"] == "Harbour Storage Ltd"
            token = httpx.post(f"{ready['control_url']}/token", json={}).json()
            headers = {
                "Authorization": f"Bearer {token['access_token']}",
                "xero-tenant-id": token["organisation_id"],
                "Accept": "application/json",
            }
            listed = httpx.get(f"{ready['api_url']}/Invoices", headers=headers).json()["Invoices"]
            numbers = {row["InvoiceNumber"] for row in listed}
            assert numbers == {"R-1001", "R-1002", "R-1003"}
            now = httpx.get(f"{ready['control_url']}/clock").json()["now"]
            assert now.startswith("2026-03-02T09:")
        finally:
            process.terminate()


def test_a_wrong_scenario_is_told_and_nothing_is_served(tmp_path: Path) -> None:
    wrong = tmp_path / "books.toml"
    wrong.write_text("[[organisation]]\ntemplate = 'fr'\n")
    done = subprocess.run([*COMMAND, str(wrong)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "books.toml · organisation 1 · template: 'fr' is none of uk" in done.stderr
