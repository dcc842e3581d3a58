"""A worker of its own process is really killed; another takes over and settles everything."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.business import Business
from tests.crash.situations import SITUATIONS, assert_ended_well
from unitledger.core.effects import EffectKind
from unitledger.engine import crashpoints

ROOT = Path(__file__).resolve().parents[2]
PLACES = (
    crashpoints.PLANNED,
    crashpoints.CLAIM_COMMITTED,
    crashpoints.BEFORE_FIRST_BYTE,
    crashpoints.ANSWERED,
    crashpoints.RECORDING,
)


@pytest.mark.parametrize("place", PLACES)
def test_a_killed_worker_leaves_a_payment_made_once(operator: Business, place: str) -> None:
    situation = SITUATIONS[EffectKind.CREATE_PAYMENT]
    situation.before(operator)
    operator.syncs()
    situation.event(operator)

    _killed_at(operator, place)

    operator.settles()
    assert_ended_well(operator, situation)


def test_another_worker_takes_over_without_waiting_for_the_lease(operator: Business) -> None:
    operator.bills("1001", "120.00")

    _killed_at(operator, crashpoints.ANSWERED)
    operator.syncs()

    assert operator.books() == ["1001 AUTHORISED 120.00 paid 0.00"]


def _killed_at(operator: Business, place: str) -> None:
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.crash.victim",
            operator.server.url,
            str(operator.organisation_id),
            operator.vault_key.decode(),
            place,
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        timeout=60,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
