"""Nothing is missing from the list: 29 points, each a folder with tests and a page of evidence.
Evidence: own."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
EVIDENCE = {"documented", "spec", "recorded", "reported", "unsure", "own"}
FOLDERS = sorted(path.parent.name for path in HERE.glob("*/test_*.py"))
POINTS = re.findall(r"^- \[(\w+)\]\(\1/README\.md\): .", (HERE / "README.md").read_text(), re.M)


def test_there_are_twelve_checks_and_seventeen_needs_and_a_folder_for_each() -> None:
    assert len(POINTS) == 12 + 17
    assert sorted(POINTS) == sorted(set(FOLDERS))


@pytest.mark.parametrize("point", POINTS)
def test_each_point_names_the_evidence_and_source_of_every_fact(point: str) -> None:
    page = (HERE / point / "README.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in page.splitlines()[4:]]
    assert page.startswith("# ")
    assert rows
    for fact, evidence, source in rows:
        assert evidence in EVIDENCE
        assert fact
        assert source


@pytest.mark.parametrize("point", POINTS)
def test_each_point_has_tests_that_talk_to_a_server_and_say_how_they_know(point: str) -> None:
    for path in (HERE / point).glob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told = (ast.get_docstring(tree) or "").lower()
        assert "evidence:" in told, path
        assert any(word in told for word in EVIDENCE), path
        tests = [
            part
            for part in tree.body
            if isinstance(part, ast.FunctionDef) and part.name.startswith("test_")
        ]
        assert tests, path
    arguments = {
        name.arg
        for path in (HERE / point).glob("test_*.py")
        for part in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(part, ast.FunctionDef)
        for name in part.args.args
    }
    assert arguments & {"xero", "hooked", "http"}
