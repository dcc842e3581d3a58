"""No secret reaches a log line, however it is passed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from unitledger.logs import HIDDEN, redact

SECRET = "s3cr3t-value"

LOG_EVERYTHING = f"""
import logging, structlog
from unitledger.logs import configure_logging
configure_logging(level="info", as_json=True)
log = structlog.get_logger("ours")
log.info("sent", access_token="{SECRET}", headers={{"Authorization": "Bearer {SECRET}"}})
logging.getLogger("theirs").info("GET /x Authorization: Bearer %s", "{SECRET}")
try:
    raise ValueError("refresh_token={SECRET}")
except ValueError:
    log.exception("failed")
    logging.getLogger("theirs").exception("failed")
log.info("number", invoice="INV-1", total="12.30")
"""


@pytest.mark.parametrize(
    "value",
    [
        {"access_token": SECRET},
        {"client_secret": SECRET},
        {"headers": {"Authorization": f"Bearer {SECRET}"}},
        {"rows": [{"password": SECRET}]},
        f"Authorization: Bearer {SECRET}",
        f"Unprocessable Entity: /links/{SECRET}",
        f"the key ul_live_a1B2c3D4_{SECRET} was refused",
        f"signed with whsec_{SECRET}",
        f"postgresql://unitledger:{SECRET}@/db?host=/run",
        f"grant_type=refresh_token&refresh_token={SECRET}&x=1",
        f'{{"id_token": "{SECRET}"}}',
        f"token eyJhbGciOiJSUzI1NiJ9.{SECRET}.c2ln",
        f"Bearer {SECRET}".encode(),
    ],
    ids=str,
)
def test_a_secret_is_hidden_wherever_it_stands(value: object) -> None:
    shown = repr(redact(value))
    assert SECRET not in shown
    assert HIDDEN in shown


@pytest.mark.parametrize("value", ["Invoice INV-1 of 12.30", {"invoice": "INV-1", "count": 3}])
def test_what_is_no_secret_stays(value: object) -> None:
    assert redact(value) == value


def test_neither_our_lines_nor_a_librarys_nor_a_traceback_show_a_secret() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOG_EVERYTHING], capture_output=True, text=True, check=True
    )
    assert SECRET not in done.stderr
    assert done.stderr.count(HIDDEN) >= 4
    assert "INV-1" in done.stderr
    assert len(done.stderr.splitlines()) == 5
