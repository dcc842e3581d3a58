"""A connected business in this installation's own wiring, for commands and child processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from tests.business import Business
from tests.connected import Stage, connected, new_operator
from unitledger.engine.first_mapping import suggest_first_mapping

PATIENCE_SECONDS = 60.0


def business_of(stage: Stage) -> Business:
    """Connected through the consent page, with a suggested mapping and nothing booked yet."""
    from unitledger.store.models import Connection

    operator_id = new_operator()
    connection = Connection.objects.select_related("organisation").get(
        id=connected(stage, operator_id)
    )
    suggest_first_mapping(connection.pk, contact_prefix="T-", tools=stage.tools)
    return Business(
        server=stage.server,
        tools=stage.tools,
        operator_id=operator_id,
        organisation_id=connection.organisation_id,
        xero_id=connection.organisation.xero_id,
        vault_key=b"",
    )


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """A real worker process on this test's database; ended with the block if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "unitledger", "worker", "--json", "--stop-seconds", "5"],
        env=dict(os.environ),
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline(), "the worker did not start"
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def seconds_until(holds: Callable[[], bool], *, patience: timedelta | None = None) -> float:
    """How long it took; fails where it never comes true."""
    began = time.monotonic()
    limit = patience.total_seconds() if patience else PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() - began < limit, "it did not happen"
        time.sleep(0.05)
    return time.monotonic() - began
