"""The import contracts hold, and each is seen to break on a copy where its rule is violated."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = PROJECT["tool"]["importlinter"]["contracts"]

# contract → a module of the copy, and an import it must not have
VIOLATIONS = {
    "layers": ("unitledger/store/models.py", "unitledger.engine"),
    "core-is-pure": ("unitledger/core/money.py", "time"),
    "engine-knows-ports": ("unitledger/engine/ports.py", "uuid"),
    "ports-are-plain": ("unitledger/engine/ports.py", "unitledger.store.models"),
    "xero-adapter-knows-no-django": ("unitledger/books/xero/client.py", "django.db"),
    "adapters-through-wiring": ("unitledger/cli/migrate.py", "unitledger.books.xero"),
    "ground-floor": ("unitledger/postgres/keeper.py", "unitledger.core"),
    "two-distributions": ("unitledger/core/money.py", "fauxero.clock"),
    "fauxero-needs-no-database": ("fauxero/world.py", "psycopg"),
    "fauxero-accounting-knows-no-http": ("fauxero/accounting/money.py", "fauxero.http"),
}


def test_every_contract_holds() -> None:
    done = lint_imports(ROOT, "src", "emulator/src")
    assert done.returncode == 0, done.stdout


def test_every_contract_has_a_violation_to_try() -> None:
    assert {contract["id"] for contract in CONTRACTS} == set(VIOLATIONS)


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_contract_breaks_where_its_rule_is_violated(contract: str, tmp_path: Path) -> None:
    copy(tmp_path)
    module, forbidden = VIOLATIONS[contract]
    target = tmp_path / module
    target.write_text(f"{target.read_text()}\nimport {forbidden}\n")
    done = lint_imports(tmp_path, ".", contract=contract)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 broken" in done.stdout


def copy(target: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__")
    for source in ("src/unitledger", "emulator/src/fauxero"):
        shutil.copytree(ROOT / source, target / Path(source).name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", target)


def lint_imports(
    folder: Path, *paths: str, contract: str | None = None
) -> subprocess.CompletedProcess[str]:
    chosen = [] if contract is None else ["--contract", contract]
    places = os.pathsep.join(str(folder / path) for path in paths)
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo", *chosen],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": places},
        capture_output=True,
        text=True,
        check=False,
    )
