"""Each house rule is seen to catch what it forbids, and to leave the rest alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tools import tidy

LONG_FUNCTION = "def long():\n" + "    pass\n" * tidy.FUNCTION_LINES_MAX
FULL_FUNCTION = "def full():\n" + "    pass\n" * (tidy.FUNCTION_LINES_MAX - 1)


def test_the_project_is_tidy() -> None:
    assert list(tidy.findings(Path(__file__).parents[2])) == []


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("# TODO: later", "no markers"),
        ("cache = '/root/.cache'", "somebody's machine"),
        ("open('/home/ann/ledger.csv')", "somebody's machine"),
        ("from unittest.mock import Mock", "instead of patching"),
        ("    monkeypatch.setattr(module, 'now', f)", "instead of patching"),
    ],
)
def test_a_forbidden_line_is_named_with_its_place(line: str, complaint: str) -> None:
    (found,) = tidy.text_findings("src/a.py", f"first\n{line}\n")
    assert found.startswith("src/a.py:2: ")
    assert complaint in found


@pytest.mark.parametrize(
    "line",
    ["https://example.com/work/day", "~/.local/share", "a method todo()", "monkeypatch.setenv()"],
)
def test_an_innocent_line_is_left_alone(line: str) -> None:
    assert list(tidy.text_findings("src/a.py", line)) == []


def test_a_function_over_the_limit_is_named_and_one_at_the_limit_is_not() -> None:
    (found,) = tidy.module_findings("src/a.py", LONG_FUNCTION)
    assert "long is 71 lines" in found
    assert list(tidy.module_findings("src/a.py", FULL_FUNCTION)) == []


def test_a_module_over_the_limit_is_named_but_a_migration_is_not() -> None:
    source = "x = 1\n" * (tidy.MODULE_LINES_MAX + 1)
    (found,) = tidy.module_findings("src/a.py", source)
    assert "split it" in found
    assert list(tidy.module_findings("src/store/migrations/0001.py", source)) == []


@pytest.mark.parametrize("head", ["except Exception:", "except Exception as e:", "except:"])
def test_catching_everything_needs_a_reason_beside_it(head: str) -> None:
    passed_on = f"try:\n    f()\n{head}\n    undo()\n    raise\n"
    bare = f"try:\n    f()\n{head}\n    pass\n"
    reasoned = f"try:\n    f()\n{head}  # the caller's own code may raise anything\n    pass\n"
    assert len(list(tidy.module_findings("src/a.py", bare))) == 1
    assert list(tidy.module_findings("src/a.py", reasoned)) == []
    assert list(tidy.module_findings("src/a.py", passed_on)) == []


def test_a_decision_must_name_something_that_exists(tmp_path: Path) -> None:
    folder = tmp_path / "docs" / "adr"
    folder.mkdir(parents=True)
    (folder / "0001-good.md").write_text("Enforced by: `docs/adr`\n")
    (folder / "0002-gone.md").write_text("Enforced by: `src/gone.py`\n")
    (folder / "0003-silent.md").write_text("We decided.\n")
    (folder / "misnamed.md").write_text("Enforced by: nobody but us\n")
    found = list(tidy.adr_findings(tmp_path))
    assert [line.partition(":")[0].rpartition("/")[2] for line in found] == [
        "0002-gone.md",
        "0003-silent.md",
        "misnamed.md",
    ]


def test_files_that_git_ignores_are_not_read(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text("made/\n")
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "a.py").write_text("# TODO\n")
    (tmp_path / "b.py").write_text("# TODO\n")
    assert [line.partition(":")[0] for line in tidy.findings(tmp_path)] == ["b.py"]


def test_a_copy_without_git_is_read_without_its_environments(tmp_path: Path) -> None:
    for name in (".venv/a.py", "src/__pycache__/a.py", "src/b.py", ".ci/run"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# TODO\n")
    places = [line.partition(":")[0] for line in tidy.findings(tmp_path)]
    assert places == [".ci/run", "src/b.py"]
