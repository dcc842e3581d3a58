"""Install the clients that cannot share fauxero's own environment: tap-xero, and those in Node.

    python emulator/tests/conformance/install_clients.py [FOLDER]

FOLDER is `.venvs/clients` beside this checkout, or what FAUXERO_CLIENTS names. Nothing is done
where they are there already. tap-xero pins an old simplejson, hence an environment of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
TAP_XERO = ("tap-xero==2.6.0", "six")


def folder() -> Path:
    named = os.environ.get("FAUXERO_CLIENTS")
    return Path(named) if named else HERE.parents[2] / ".venvs" / "clients"


def tap_python(where: Path) -> Path:
    inside = where / "tap-xero"
    return inside / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install_tap_xero(where: Path) -> None:
    python = tap_python(where)
    if (python.parent / "tap-xero").exists() or (python.parent / "tap-xero.exe").exists():
        return
    venv.create(where / "tap-xero", with_pip=True, clear=True)
    quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([str(python), *quiet, *TAP_XERO], check=True)


def install_node_clients(where: Path) -> None:
    wanted = HERE / "node" / "package.json"
    inside = where / "node"
    stamp = inside / "installed.json"
    if stamp.exists() and stamp.read_text() == wanted.read_text():
        return
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is missing: install Node 20 or newer")
    inside.mkdir(parents=True, exist_ok=True)
    shutil.copy(wanted, inside / "package.json")
    options = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
    subprocess.run([npm, "install", *options], cwd=inside, check=True)
    stamp.write_text(wanted.read_text())


def main() -> None:
    where = Path(sys.argv[1]) if len(sys.argv) > 1 else folder()
    where.mkdir(parents=True, exist_ok=True)
    install_tap_xero(where)
    install_node_clients(where)
    print(where)


if __name__ == "__main__":
    main()
