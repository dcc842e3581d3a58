"""What waits for a mapping to be mended: documents, by the choice they wait for."""

from __future__ import annotations

import json
from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection as database

from unitledger.core.mapping_check import Part
from unitledger.core.problems import Problem, ProblemCode

PART_OF: ReadOnly[ProblemCode, Part] = {
    ProblemCode.OPTION_GONE: Part.CATEGORIES,
    ProblemCode.NO_ACCOUNT_FOR_CHARGE: Part.PRODUCTS,
    ProblemCode.ACCOUNT_GONE: Part.PRODUCTS,
    ProblemCode.ACCOUNT_NOT_FOR_LINES: Part.PRODUCTS,
    ProblemCode.NO_PAID_TO_ACCOUNT: Part.PAID_TO,
    ProblemCode.PAID_TO_ACCOUNT_UNFIT: Part.PAID_TO,
    ProblemCode.NO_TAX_RATE: Part.TAXES,
    ProblemCode.TAX_RATE_GONE: Part.TAXES,
    ProblemCode.TAX_RATE_UNFIT: Part.TAXES,
    ProblemCode.TAX_PERCENT_DIFFERS: Part.TAXES,
    ProblemCode.PRICES_DIFFER: Part.TAXES,
    ProblemCode.ROUNDING_UNFIT: Part.DEFAULTS,
}


@dataclass(frozen=True, slots=True)
class Wait:
    """Documents that wait for one and the same thing."""

    part: Part
    problem: Problem
    count: int
    money: Decimal

    def is_about(self, *names: str) -> bool:
        """Whether the thing is called by one of these names."""
        said = {value.casefold() for _, value in self.problem.facts}
        return any(name.casefold() in said for name in names if name)


def waits(operator_id: int, organisation_id: int) -> Sequence[Wait]:
    """Everything that a mapping keeps from going; one query, the most documents first."""
    with database.cursor() as cursor:
        cursor.execute(
            """
            SELECT p->>'code', p->'facts', count(*), COALESCE(sum(d.amount), 0)
              FROM document d, jsonb_array_elements(d.problems) p
             WHERE d.operator_id = %s AND d.organisation_id = %s
               AND d.state IN ('failed', 'needs_attention') AND p->>'code' = ANY(%s)
             GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
            """,
            [operator_id, organisation_id, [str(each) for each in PART_OF]],
        )
        rows = cursor.fetchall()
    found: list[Wait] = []
    for code, facts, count, money in rows:
        problem = Problem.of(ProblemCode(code), **_facts(facts))
        found.append(Wait(part=PART_OF[problem.code], problem=problem, count=count, money=money))
    return found


def _facts(stored: object) -> dict[str, str]:
    read = json.loads(stored) if isinstance(stored, str) else stored
    return dict(read) if isinstance(read, dict) else {}
