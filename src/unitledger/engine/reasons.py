"""The reasons a document's row keeps, as problems again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from unitledger.core.problems import Problem, ProblemCode


def problems_of(stored: Sequence[Mapping[str, Any]]) -> tuple[Problem, ...]:
    """The inverse of `planning.problems_to_json`."""
    return tuple(Problem.of(ProblemCode(each["code"]), **each.get("facts", {})) for each in stored)
