"""Scenario files: what they can hold, and what a mistake in one is answered."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from fauxero.clock import Clock
from fauxero.scenarios import ScenarioError, parse_scenario, play, read_scenario
from fauxero.world import World

EXAMPLE = Path(__file__).parents[2] / "examples" / "scenario.toml"
START_AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def played(text: str, file: str = "scenario.toml") -> World:
    world = World(clock=Clock(start_at=START_AT, speed=0))
    play(parse_scenario(text, file=file), world)
    return world


def test_the_example_in_the_documentation_plays_and_balances() -> None:
    scenario = read_scenario(EXAMPLE)
    world = World(clock=Clock(start_at=scenario.start_at, speed=0))
    play(scenario, world)
    books = world.organisation("Harbour Storage Ltd").books
    [invoice] = books.invoices_numbered("R-1001")
    assert invoice.amount_due == Decimal("80.00")
    [voided] = books.invoices_numbered("R-1003")
    assert voided.status == "VOIDED"
    assert books.organisation.period_locked_on is not None
    assert not any(world.audit().values())
    assert [rule["action"] for rule in world.faults.listed()] == [
        "cut_after_commit",
        "error_before_commit",
    ]


def test_json_says_the_same_as_toml() -> None:
    data = {"organisation": [{"template": "nz", "contact": [{"name": "Ann"}]}]}
    world = played(json.dumps(data), "scenario.json")
    assert [row.name for row in world.organisation("nz").books.contacts] == ["Ann"]


def test_the_chart_is_changed_by_code() -> None:
    world = played(
        """
        [[organisation]]
        [[organisation.account]]
        code = "200"
        name = "Unit rent"
        [[organisation.account]]
        code = "205"
        name = "Late fees"
        type = "REVENUE"
        tax_type = "OUTPUT2"
        archived = true
        [[organisation.tracking]]
        name = "Site"
        options = ["North", "South"]
        """
    )
    books = world.organisation("uk").books
    found = books.account_by_code("200")
    assert found is not None and found.name == "Unit rent"
    late = books.account_by_code("205")
    assert late is not None and late.status == "ARCHIVED"
    site = books.category_by_name("Site")
    assert site is not None
    assert [option.name for option in books.options_of(site.id)] == ["North", "South"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("nonsense", "scenario.toml: The file cannot be parsed"),
        ("[[organisation]]\ntemplate = 'fr'", "organisation 1 · template: 'fr' is none of uk"),
        (
            "[[organisation]]\n[[organisation.invoice]]\nnumber = 'A'\ncontact = 'Ann'\n"
            "lines = [{description = 'x', unit_amont = 1}]",
            "invoice 1 (A), lines 1 · unit_amont: There is no such field. "
            "Did you mean unit_amount?",
        ),
        (
            "[[organisation]]\n[[organisation.invoice]]\nnumber = 'A'\ncontact = 'Ann'\n"
            "date = 'soon'\nlines = [{description = 'x', unit_amount = 1}]",
            "invoice 1 · date: 'soon' is not a day. Write date = 2026-03-02.",
        ),
        (
            "[[organisation]]\n[[organisation.invoice]]\nnumber = 'A'\ncontact = 'Ann'\n"
            "lines = [{description = 'x', unit_amount = 1, account_code = '9999'}]",
            "invoice 1 (A): The books refuse it: Account code '9999'",
        ),
        (
            "[[organisation]]\n[[organisation.payment]]\ninvoice = 'A'",
            "payment 1 (A): There is no invoice A. Put what it names into the file",
        ),
        (
            "[[organisation]]\n[[organisation.act]]\nact = 'void_invoise'",
            "act 1 (void_invoise): The books refuse it: there is no act 'void_invoise'. "
            "Did you mean void_invoice?",
        ),
        ("[[fault]]\naction = 'quake'", "fault 1 · action: 'quake' is none of"),
        ("[[app]]\nname = 'A'\nredirect_uris = ['http://127.0.0.1/']", "app 1 · redirect_uris"),
        ("start_at = 'noon'", "start_at: 'noon' is no instant from 1990 to 2200. Write it as"),
        ("[[organisation]]\nhistory = 'yes'", "history: 'yes' is not true or false."),
    ],
)
def test_a_mistake_is_told_with_file_entry_field_rule_and_remedy(text: str, wanted: str) -> None:
    with pytest.raises(ScenarioError) as told:
        played(text)
    assert str(told.value).startswith("scenario.toml")
    assert wanted in str(told.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"gone\.toml: The file cannot be read"):
        read_scenario(tmp_path / "gone.toml")
