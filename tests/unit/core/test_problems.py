"""Every problem reads as a sentence with a remedy."""

from __future__ import annotations

import pytest

from unitledger.core.problems import Actor, Problem, ProblemCode


@pytest.mark.parametrize("code", ProblemCode)
def test_every_problem_has_a_sentence_an_actor_and_a_remedy(code: ProblemCode) -> None:
    problem = Problem.of(code)
    assert problem.sentence[0].isupper() or problem.sentence[0] == "…"
    assert problem.remedy.endswith(".")
    assert problem.actor in Actor


def test_a_sentence_is_made_from_the_facts() -> None:
    problem = Problem.of(ProblemCode.TOTAL_DIFFERS, total="10.00", computed="9.99")
    assert problem.sentence == "The source says 10.00; Xero would compute 9.99."


def test_a_fact_that_is_missing_reads_as_an_ellipsis() -> None:
    assert Problem.of(ProblemCode.CONTACT_WAITS).sentence == "Waits for its contact …."


def test_problems_with_equal_facts_are_one_problem() -> None:
    first = Problem.of(ProblemCode.ACCOUNT_GONE, account=200, charge="rent")
    assert first == Problem.of(ProblemCode.ACCOUNT_GONE, account="200", charge="rent")
