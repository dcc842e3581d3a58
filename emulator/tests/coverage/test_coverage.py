"""COVERAGE.md says what the code does: no endpoint is missing, none is invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from fauxero.coverage import FACTS, endpoints, left_out, page
from tests.conftest import Xero

FILE = Path(__file__).parents[2] / "COVERAGE.md"


def test_the_file_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == page(), "run: python -m fauxero.coverage COVERAGE.md"


def test_every_method_of_every_endpoint_has_a_behaviour_with_evidence() -> None:
    told: dict[str, set[str]] = {}
    for fact in FACTS:
        told.setdefault(fact.endpoint, set()).update(fact.methods.split())
    del told["every endpoint"]
    known = endpoints()
    assert set(told) == set(known)
    untold = {
        name: set(methods) - told[name]
        for name, methods in known.items()
        if set(methods) - told[name]
    }
    assert untold == {}
    invented = {
        name: told[name] - set(methods)
        for name, methods in known.items()
        if told[name] - set(methods)
    }
    assert invented == {}


@pytest.mark.parametrize("name", left_out())
def test_what_is_left_out_answers_501(xero: Xero, name: str) -> None:
    answer = xero.get(name)
    assert answer.status_code == 501
    assert "ot modelled" in answer.text
