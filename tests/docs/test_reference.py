"""What the docs say about commands, settings and places is true and complete."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from unitledger.cli import SECTIONS, group

ROOT = Path(__file__).parents[2]
DOCS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("emulator/*.md")]
LINK = re.compile(r"\[[^\]]+\]\(([^)#]+)")
VARIABLE = re.compile(r"""["'](UNITLEDGER_[A-Z_]+)["']""")
REFERENCE = (ROOT / "docs/reference/commands.md").read_text()
COMMANDS = group.list_commands(click.Context(group))


def test_there_are_commands_to_check() -> None:
    assert COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_reference(name: str) -> None:
    assert f"| `{name}" in (ROOT / "docs/reference/commands.md").read_text()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_json_and_says_what_it_does_and_how_it_ends(name: str) -> None:
    """Those below a command too, each named in its row; how they end may be said for all."""
    (row,) = (line for line in REFERENCE.splitlines() if line.startswith(f"| `{name}"))
    about = (group.get_command(click.Context(group), name) or click.Command(None)).help
    for words, command in _commands_of(name):
        assert command.help, words
        options = {option for parameter in command.params for option in parameter.opts}
        assert "--json" in options, words
        assert "exit status" in f"{command.help} {about}".lower(), words
        assert words[:2][-1] in row, words


def _commands_of(name: str) -> Iterator[tuple[list[str], click.Command]]:
    """What can be run below a command, with its words; the command itself where it is one."""
    command = group.get_command(click.Context(group), name)
    assert command is not None
    yield from _below([name], command)


def _below(words: list[str], command: click.Command) -> Iterator[tuple[list[str], click.Command]]:
    if not isinstance(command, click.Group):
        yield words, command
        return
    assert command.help, words
    for name, each in command.commands.items():
        yield from _below([*words, name], each)


def test_the_reference_says_what_each_exit_status_means() -> None:
    said = REFERENCE.split("Exit status:")[1].split("| Command")[0]
    for status in ("0 ", "1 ", "2 ", "3 ", "4 "):
        assert status in said
    for twin in ("status", "import", "sync", "report", "resync"):  # AC-66
        assert f"| `{twin}" in REFERENCE


def test_every_command_stands_in_one_section_of_the_help() -> None:
    named = [name for names in SECTIONS.values() for name in names]
    assert sorted(named) == sorted(COMMANDS)


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
