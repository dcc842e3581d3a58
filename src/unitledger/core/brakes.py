"""When a plan changes or takes away more than is done without a person.

Creating is free: a first sync is as large as the business. Taking away and changing what is
in the books already is not, for then a wrong file or mapping is the likelier cause.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from unitledger.core.compare import Act
from unitledger.core.plan import Plan, PlanLine
from unitledger.core.problems import Problem, ProblemCode


@dataclass(frozen=True, slots=True)
class BrakeLimits:
    """The most one plan may do without approval; money in the organisation's currency."""

    void_count_max: int = 20
    void_money_max: Decimal = Decimal("2500.00")
    change_count_max: int = 100
    change_money_max: Decimal = Decimal("5000.00")


@dataclass(frozen=True, slots=True)
class Brake:
    """One reason why a person should look before a plan runs."""

    acts: tuple[Act, ...]
    what: str  # "voids or deletes 34 documents"
    limit: str  # "at most 20"

    @property
    def problem(self) -> Problem:
        """What each document held by this brake shows."""
        return Problem.of(ProblemCode.BRAKE_HELD, what=self.what, limit=self.limit)

    @property
    def sentence(self) -> str:
        return self.problem.sentence

    @property
    def remedy(self) -> str:
        return self.problem.remedy


def check_brakes(plan: Plan, *, limits: BrakeLimits) -> tuple[Brake, ...]:
    """Name every reason a person should look before this plan runs."""
    return (
        *_exceeded(
            plan,
            acts=(Act.VOID,),
            verb="voids or deletes",
            count_max=limits.void_count_max,
            money_max=limits.void_money_max,
        ),
        *_exceeded(
            plan,
            acts=(Act.UPDATE, Act.REPLACE),
            verb="changes",
            count_max=limits.change_count_max,
            money_max=limits.change_money_max,
        ),
    )


def _exceeded(
    plan: Plan, *, acts: tuple[Act, ...], verb: str, count_max: int, money_max: Decimal
) -> tuple[Brake, ...]:
    line: PlanLine = plan.of_acts(*acts)
    brakes: list[Brake] = []
    if line.count > count_max:
        noun = "document" if line.count == 1 else "documents"
        brakes.append(Brake(acts, f"{verb} {line.count:,} {noun}", f"at most {count_max:,}"))
    if line.moved > money_max:
        brakes.append(
            Brake(
                acts,
                f"{verb} {line.moved:,.2f} {plan.currency}",
                f"at most {money_max:,.2f} {plan.currency}",
            )
        )
    return tuple(brakes)
