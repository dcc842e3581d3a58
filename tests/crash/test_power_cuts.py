"""The power goes at every named place, for every kind of write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.business import Business
from tests.crash.situations import SITUATIONS, assert_ended_well
from unitledger.core.effects import EffectKind
from unitledger.engine import crashpoints


class Crashed(BaseException):
    """Not an Exception: nothing in the engine may catch it."""


def power_cut(place: str) -> Callable[[str], None]:
    """Cut the power the first time this place is reached."""

    def reached(name: str) -> None:
        if name == place:
            raise Crashed(name)

    return reached


# Reached for every kind only when an answer is missing; the fault makes it so.
NEEDS_A_LOST_ANSWER = (crashpoints.LOOKED, crashpoints.SETTLING, crashpoints.SWEPT)


@pytest.mark.parametrize("kind", SITUATIONS, ids=str)
@pytest.mark.parametrize("place", crashpoints.POINTS)
def test_a_power_cut_neither_doubles_nor_drops_a_write(
    operator: Business, place: str, kind: EffectKind
) -> None:
    situation = SITUATIONS[kind]
    situation.before(operator)
    operator.syncs()
    situation.event(operator)
    if place in NEEDS_A_LOST_ANSWER:
        for method in ("PUT", "POST"):
            operator.fault("error_after_commit", method=method, status=500, count=1)

    with pytest.raises(Crashed):
        operator.syncs(tools=replace(operator.tools, reached=power_cut(place)), owner="gone")

    operator.passes(11)  # the lease runs out
    operator.settles()
    assert_ended_well(operator, situation)


@pytest.mark.parametrize("kind", SITUATIONS, ids=str)
def test_power_cuts_at_every_place_one_after_the_other_do_no_harm(
    operator: Business, kind: EffectKind
) -> None:
    situation = SITUATIONS[kind]
    situation.before(operator)
    operator.syncs()
    situation.event(operator)

    for place in crashpoints.POINTS:
        tools = replace(operator.tools, reached=power_cut(place))
        try:
            operator.syncs(tools=tools, owner=f"gone at {place}")
        except Crashed:
            operator.passes(11)

    operator.settles()
    assert_ended_well(operator, situation)
