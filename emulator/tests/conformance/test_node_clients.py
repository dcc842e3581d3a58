"""Clients in Node that have Xero's addresses built in, unmodified: the SDK, the MCP server."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.conftest import Stage, missing

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "xero-node"
PRELOADED = EXAMPLE / "reach-fauxero.cjs"


@pytest.fixture
def node() -> str:
    found = shutil.which("node")
    if found is None:
        missing("Node")
    assert found is not None
    return found


def test_the_example_for_xero_node_runs_from_consent_to_revocation(
    stage: Stage, node: str, node_clients: Path, tmp_path: Path
) -> None:
    # Libraries are looked for beside the program: a copy of it, beside a link to them.
    shutil.copy(EXAMPLE / "receivable.cjs", tmp_path)
    (tmp_path / "node_modules").symlink_to(node_clients / "node_modules")
    stage.xero.control("POST", "settings", {"auto_approve": True})
    app = stage.xero.control("GET", "apps")["apps"][0]
    credentials = {"CLIENT_ID": app["client_id"], "CLIENT_SECRET": app["client_secret"]}
    done = subprocess.run(
        [node, "--require", str(PRELOADED), "receivable.cjs"],
        cwd=tmp_path,
        env=stage.node_environment | credentials,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "paid, taken back, refreshed, disconnected, revoked" in done.stdout


class McpServer:
    """Xero's MCP server as an assistant starts it: JSON-RPC, a line each way."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._number = 0
        self.ask(
            "initialize",
            protocolVersion="2024-11-05",
            capabilities={},
            clientInfo={"name": "test", "version": "1"},
        )
        self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        asked = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": parameters}
        self._send(asked)
        assert self._process.stdout is not None
        for line in self._process.stdout:
            answer = json.loads(line)
            if answer.get("id") == self._number:
                return answer["result"]
        raise AssertionError("the MCP server has ended")

    def use(self, tool: str, **arguments: Any) -> str:
        result = self.ask("tools/call", name=tool, arguments=arguments)
        said = "\n".join(part.get("text", "") for part in result["content"])
        assert not said.startswith("Error"), said
        return said


@pytest.fixture
def mcp(stage: Stage, node: str, node_clients: Path) -> Iterator[McpServer]:
    app = stage.xero.control(
        "POST", "apps", {"name": "Assistant", "kind": "custom", "organisation": "uk"}
    )
    environment = stage.node_environment | {
        "NODE_OPTIONS": f'--require "{PRELOADED}"',
        "XERO_CLIENT_ID": app["client_id"],
        "XERO_CLIENT_SECRET": app["client_secret"],
    }
    program = node_clients / "node_modules" / "@xeroapi" / "xero-mcp-server" / "dist" / "index.js"
    process = subprocess.Popen(
        [node, str(program)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield McpServer(process)
    finally:
        process.kill()
        process.communicate()


def test_xeros_mcp_server_bills_and_reads_the_books(mcp: McpServer, stage: Stage) -> None:
    assert "Demo Company (UK)" in mcp.use("list-organisation-details")
    mcp.use("create-contact", name="Ann Archer", email="ann@example.test")
    [contact] = stage.xero.rows("Contacts")
    line = {
        "description": "Unit A12",
        "quantity": 1,
        "unitAmount": 100,
        "accountCode": stage.xero.account(Type="REVENUE")["Code"],
        "taxType": "OUTPUT2",
    }
    mcp.use("create-invoice", contactId=contact["ContactID"], lineItems=[line], type="ACCREC")
    [invoice] = stage.xero.rows("Invoices")
    assert invoice["Total"] == 120
    stage.xero.post(f"Invoices/{invoice['InvoiceID']}", {"Status": "AUTHORISED"})
    bank = stage.xero.account(Type="BANK")["AccountID"]
    mcp.use("create-payment", invoiceId=invoice["InvoiceID"], accountId=bank, amount=120)
    [paid] = stage.xero.rows("Invoices")
    assert paid["Status"] == "PAID"


READING = (
    *("list-accounts", "list-tax-rates", "list-tracking-categories", "list-contact-groups"),
    *("list-trial-balance", "list-profit-and-loss", "list-report-balance-sheet"),
)
READING_PAGES = (
    *("list-contacts", "list-invoices", "list-credit-notes", "list-payments", "list-items"),
    *("list-bank-transactions", "list-manual-journals", "list-quotes"),
)


def test_xeros_mcp_server_reads_every_list_of_the_accounting_api(mcp: McpServer) -> None:
    for tool in READING:
        mcp.use(tool)
    for tool in READING_PAGES:
        mcp.use(tool, page=1)
