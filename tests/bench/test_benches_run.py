"""Every bench runs from end to end and tells what it is to tell. Never what the figures are."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Set
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECONDS_MAX = 300
KEYS: dict[str, Set[str]] = {
    "calls": {"calls", "fixed", "refused_by_limits", "documents_differing", "ledger"},
    "engine": {"ratio", "ms_per_document", "ratio_with_planning", "stub_share_of_bare"},
    "memory": {"mib", "slope", "worker", "import"},
    "report": {"p95_ms", "median_ms", "pages", "records"},
}


@pytest.mark.parametrize("name", sorted(KEYS))
def test_a_bench_runs_and_ends_with_its_figures(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{name}", "--quick"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        timeout=SECONDS_MAX,
    )

    assert done.returncode == 0
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["bench"] == name
    assert KEYS[name] <= figures.keys()
    assert figures["settings"]["fsync"] == "on"
    assert figures["settings"]["synchronous_commit"] == "on"
