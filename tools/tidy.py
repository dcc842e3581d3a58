"""House rules that no other tool checks. `python tools/tidy.py` prints what breaks them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

FUNCTION_LINES_MAX = 70
MODULE_LINES_MAX = 500
TEST_MODULE_LINES_MAX = 600

TEXT_SUFFIXES = {".py", ".md", ".toml", ".sh", ".html", ".css", ".sql", ".txt", ""}
LEFTOVER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
MACHINE_PATH = re.compile(r"""(?<![\w.}~])/(work|root|Users|mnt)/|/home/[a-z]""")
PATCHING = re.compile(r"\b(unittest\.mock|monkeypatch\.setattr|mocker\.)")
ADR_NUMBERED = re.compile(r"\d{4}-[a-z0-9-]+\.md")
ADR_ENFORCED = re.compile(r"^Enforced by: (.+)$", re.MULTILINE)
# The rules and their tests name what they forbid.
NAMES_WHAT_IT_FORBIDS = {
    "tools/tidy.py",
    "tests/tidy/test_tidy.py",
    "CONTRIBUTING.md",
    "pyproject.toml",
}


def findings(root: Path) -> Iterator[str]:
    """One line for each breach, beginning with the place."""
    for path in files(root):
        name = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        yield from text_findings(name, text)
        if path.suffix == ".py":
            yield from module_findings(name, text)
    yield from adr_findings(root)


def files(root: Path) -> Iterator[Path]:
    """The text files of the project, without what was made or installed beside them."""
    for path in sorted(_known_to_git(root) or _all_below(root)):
        is_text = path.suffix in TEXT_SUFFIXES and path.name != "LICENSE"
        if path.is_file() and is_text:
            yield path


def _known_to_git(root: Path) -> set[Path]:
    """Committed files, and new ones that are not ignored; none where there is no checkout."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
    except (FileNotFoundError, subprocess.CalledProcessError):
        return set()
    return {root / name for name in listed.stdout.splitlines()}


def _all_below(root: Path) -> set[Path]:
    """For a copy without git: everything but caches and environments, whose names have a dot."""
    paths = (path for path in root.rglob("*") if path.is_file())
    return {path for path in paths if not _is_made(path.relative_to(root))}


def _is_made(path: Path) -> bool:
    folders = path.parts[:-1]
    return any(part == "__pycache__" or (part[0] == "." and part != ".ci") for part in folders)


def text_findings(name: str, text: str) -> Iterator[str]:
    if name in NAMES_WHAT_IT_FORBIDS:
        return
    for number, line in enumerate(text.splitlines(), start=1):
        place = f"{name}:{number}"
        if LEFTOVER.search(line):
            yield f"{place}: finish it now or file an issue; no markers are left in the code"
        if MACHINE_PATH.search(line):
            yield f"{place}: a path of somebody's machine"
        if PATCHING.search(line):
            yield f"{place}: give the test another implementation of a port instead of patching"


def module_findings(name: str, source: str) -> Iterator[str]:
    lines = source.splitlines()
    limit = TEST_MODULE_LINES_MAX if "tests/" in name else MODULE_LINES_MAX
    if len(lines) > limit and "/migrations/" not in name:
        yield f"{name}: {len(lines)} lines, split it (limit {limit})"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _function_findings(name, node)
        elif isinstance(node, ast.ExceptHandler) and _swallows_everything(node, lines):
            yield f"{name}:{node.lineno}: say beside it why everything is caught here"


def adr_findings(root: Path) -> Iterator[str]:
    """Every decision names, by path, what in the repository enforces it."""
    for path in sorted((root / "docs" / "adr").glob("*.md")):
        name = path.relative_to(root).as_posix()
        if not ADR_NUMBERED.fullmatch(path.name):
            yield f"{name}: name it NNNN-what-was-decided.md"
        enforced = ADR_ENFORCED.search(path.read_text(encoding="utf-8"))
        if enforced is None:
            yield f"{name}: add a line `Enforced by: ` with the paths of what enforces it"
            continue
        for place in re.findall(r"`([^`]+)`", enforced.group(1)):
            if "/" in place and not (root / place).exists():
                yield f"{name}: {place} enforces it and does not exist"


def _swallows_everything(handler: ast.ExceptHandler, lines: list[str]) -> bool:
    caught = handler.type
    is_broad = caught is None or (
        isinstance(caught, ast.Name) and caught.id in ("Exception", "BaseException")
    )
    last = handler.body[-1]
    passes_on = isinstance(last, ast.Raise) and last.exc is None
    return is_broad and not passes_on and not _has_reason(lines, handler.lineno)


def _has_reason(lines: list[str], number: int) -> bool:
    here = lines[number - 1]
    after = lines[number] if number < len(lines) else ""
    reason = here.partition("#")[2].replace("noqa: BLE001", "").strip()
    return bool(reason) or after.lstrip().startswith("#")


def _function_findings(name: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    last = node.end_lineno or node.lineno
    length = last - node.lineno + 1
    if length > FUNCTION_LINES_MAX:
        yield (
            f"{name}:{node.lineno}: {node.name} is {length} lines, "
            f"split it (limit {FUNCTION_LINES_MAX})"
        )


def main() -> int:
    found = list(findings(Path(__file__).resolve().parent.parent))
    for line in found:
        print(line)
    print(f"tidy: {len(found)} findings" if found else "tidy: clean")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
