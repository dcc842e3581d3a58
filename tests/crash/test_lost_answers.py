"""The network and Xero misbehave once, in every way fauxero knows, for every kind of write."""

from __future__ import annotations

from typing import Any

import pytest

from tests.business import Business
from tests.crash.situations import SITUATIONS, assert_ended_well
from unitledger.core.effects import EffectKind

FAULTS: dict[str, dict[str, Any]] = {
    "the connection is cut before the commit": {"action": "cut_before_commit"},
    "the connection is cut after the commit": {"action": "cut_after_commit"},
    "the answer breaks off": {"action": "cut_mid_answer"},
    "it is committed twenty seconds later": {"action": "commit_late", "seconds": 20},
    "it is committed five minutes later": {"action": "commit_late", "seconds": 300},
    "500 before the commit": {"action": "error_before_commit", "status": 500},
    "500 after the commit": {"action": "error_after_commit", "status": 500},
    "502 after the commit": {"action": "error_after_commit", "status": 502},
    "503 before the commit": {"action": "error_before_commit", "status": 503},
    "429 for the minute": {"action": "rate_limit", "problem": "minute", "seconds": 20},
    "429 for too many at once": {"action": "rate_limit", "problem": "concurrent"},
    "the whole request refused as malformed": {"action": "refuse_request", "error": 14},
    "the whole request refused as invalid": {"action": "refuse_request", "error": 10},
    "the whole request not found": {"action": "refuse_request", "error": 404},
}
# A refusal of a request of one is a refusal of the one: a person has to look.
REFUSALS = [name for name, how in FAULTS.items() if how["action"] == "refuse_request"]


@pytest.mark.parametrize("kind", SITUATIONS, ids=str)
@pytest.mark.parametrize("what", [name for name in FAULTS if name not in REFUSALS])
def test_a_single_fault_neither_doubles_nor_drops_a_write(
    operator: Business, what: str, kind: EffectKind
) -> None:
    situation = SITUATIONS[kind]
    situation.before(operator)
    operator.syncs()
    situation.event(operator)
    _fault_on_writes(operator, what, count=1)

    operator.settles()

    assert_ended_well(operator, situation)


@pytest.mark.parametrize("kind", SITUATIONS, ids=str)
@pytest.mark.parametrize(
    "what",
    [
        "the connection is cut after the commit",
        "the connection is cut before the commit",
        "500 after the commit",
    ],
)
def test_a_fault_that_strikes_while_lists_lag_does_no_harm(
    operator: Business, what: str, kind: EffectKind
) -> None:
    situation = SITUATIONS[kind]
    situation.before(operator)
    operator.syncs()
    operator.passes(120)
    situation.event(operator)
    _fault_on_writes(operator, what, count=3)
    operator.fault("lag_lists", method="GET", seconds=20)

    operator.settles()

    assert_ended_well(operator, situation)


def _fault_on_writes(operator: Business, what: str, *, count: int) -> None:
    how = dict(FAULTS[what])
    action = how.pop("action")
    for method in ("PUT", "POST"):
        operator.fault(action, method=method, path="api.xro", count=count, **how)
