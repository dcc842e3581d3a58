"""The stored form of a document's reasons: what stands between it and the books."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from unitledger.core.problems import Problem, ProblemCode


def problems_to_json(problems: Iterable[Problem]) -> str:
    """A code and its facts each; the sentence is made when it is read."""
    return json.dumps(
        [{"code": str(each.code), "facts": dict(each.facts)} for each in problems],
        ensure_ascii=False,
    )


def problems_of(stored: Sequence[Mapping[str, Any]]) -> tuple[Problem, ...]:
    """The inverse of `problems_to_json`."""
    return tuple(Problem.of(ProblemCode(each["code"]), **each.get("facts", {})) for each in stored)
