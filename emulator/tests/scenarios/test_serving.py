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


def test_reset_plays_a_served_scenario_again_with_the_same_ids(tmp_path: Path) -> None:
    with subprocess.Popen([*COMMAND, str(EXAMPLE)], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            control = ready["control_url"]

            def invoices() -> dict[str, str]:
                token = httpx.post(f"{control}/token", json={}).json()
                headers = {
                    "Authorization": f"Bearer {token['access_token']}",
                    "xero-tenant-id": token["organisation_id"],
                    "Accept": "application/json",
                }
                listed = httpx.get(f"{ready['api_url']}/Invoices", headers=headers).json()
                return {row["InvoiceNumber"]: row["InvoiceID"] for row in listed["Invoices"]}

            before = invoices()
            act = {"invoice_id": "R-1003"}
            assert httpx.post(f"{control}/acts/void_invoice", json=act).status_code in (200, 400)
            httpx.post(f"{control}/clock", json={"advance": 86_400 * 90})
            httpx.post(f"{control}/reset", json={}).raise_for_status()
            assert invoices() == before
            assert httpx.get(f"{control}/clock").json()["now"].startswith("2026-03-02T09:")
            other = {"organisations": [{"template": "nz"}]}
            httpx.post(f"{control}/reset", json=other).raise_for_status()
            httpx.post(f"{control}/reset", json={}).raise_for_status()
            assert invoices() == {}
        finally:
            process.terminate()
