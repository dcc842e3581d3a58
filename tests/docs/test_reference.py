"""What the docs say about commands, settings and places is true and complete."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from unitledger.cli import group

ROOT = Path(__file__).parents[2]
DOCS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("emulator/*.md")]
LINK = re.compile(r"\[[^\]]+\]\(([^)#]+)")
VARIABLE = re.compile(r"""["'](UNITLEDGER_[A-Z_]+)["']""")
COMMANDS = group.list_commands(click.Context(group))


def test_there_are_commands_to_check() -> None:
    assert COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_reference(name: str) -> None:
    assert f"| `{name}" in (ROOT / "docs/reference/commands.md").read_text()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_json_and_says_what_it_does(name: str) -> None:
    command = group.get_command(click.Context(group), name)
    assert command is not None
    assert command.help
    options = {option for parameter in command.params for option in parameter.opts}
    assert "--json" in options


def test_every_command_in_the_reference_exists() -> None:
    text = (ROOT / "docs/reference/commands.md").read_text()
    named = re.findall(r"^\| `([a-z-]+)", text, re.MULTILINE)
    assert set(named) == set(COMMANDS)


def test_every_setting_is_in_the_reference_and_no_other() -> None:
    read = {
        name
        for path in (ROOT / "src").rglob("*.py")
        for name in VARIABLE.findall(path.read_text(encoding="utf-8"))
    }
    text = (ROOT / "docs/reference/settings.md").read_text()
    assert set(re.findall(r"^\| `(UNITLEDGER_[A-Z_]+)`", text, re.MULTILINE)) == read


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    targets = [link for link in LINK.findall(path.read_text()) if "://" not in link]
    assert [link for link in targets if not (path.parent / link).exists()] == []
