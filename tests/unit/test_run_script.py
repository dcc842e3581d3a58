"""`run` says one clear sentence where the machine lacks what it needs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED_TOOLS = ("cat", "cksum", "dirname", "id", "mkdir", "rm", "sed", "sh", "sleep")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the script with what it reads, on a machine with few tools and no Python."""
    for name in ("run", "pyproject.toml", "requirements.lock", "emulator/pyproject.toml"):
        target = tmp_path / "checkout" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in NEEDED_TOOLS:
        found = shutil.which(name)
        assert found, name
        (tools / name).symlink_to(found)
    return tmp_path / "checkout"


def run(checkout: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [checkout / "run", *words],
        env={"PATH": str(checkout.parent / "tools"), "HOME": str(checkout.parent)},
        capture_output=True,
        text=True,
        check=False,
    )


def fake_python(checkout: Path, *, accepts: str) -> None:
    """A Python whose version is enough and which can do only what `accepts` names."""
    python = checkout.parent / "tools" / "python3"
    python.write_text(f'#!/bin/sh\ncase "$2" in *{accepts}*) exit 0 ;; *) exit 1 ;; esac\n')
    python.chmod(0o755)


def test_without_python_it_says_what_to_install(checkout: Path) -> None:
    done = run(checkout, "setup")
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr


def test_without_pythons_venv_it_says_which_package_brings_it(checkout: Path) -> None:
    fake_python(checkout, accepts="version_info")
    done = run(checkout, "setup")
    assert done.returncode == 1
    assert "lacks its venv module" in done.stderr
    assert "python3-venv" in done.stderr


def test_after_a_failure_the_next_try_does_not_wait_for_it(checkout: Path) -> None:
    assert run(checkout, "setup").returncode == 1
    assert not (checkout / ".venvs" / "lock").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_checkout_that_cannot_be_written_is_said(checkout: Path) -> None:
    checkout.chmod(0o555)
    done = run(checkout, "setup")
    checkout.chmod(0o755)
    assert "cannot be written" in done.stderr
