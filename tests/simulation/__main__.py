"""`./run simulate [--seeds N] [--from SEED] [--steps N]`: many seeds, each in its own database."""

from __future__ import annotations

import argparse
import base64
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from unitledger import installation, postgres

TEMPLATE = "simulation_template"
NO_SERVER = "postgresql:///none?host=/nonexistent"


def main() -> int:
    asked = _arguments()
    os.environ["UNITLEDGER_KEY"] = base64.urlsafe_b64encode(bytes(32)).decode()
    os.environ["DATABASE_URL"] = NO_SERVER
    os.environ["PGOPTIONS"] = "-c synchronous_commit=off"  # no power is cut under the server
    installation.set_up_django()
    failed: list[int] = []
    with _server() as server:
        for seed in range(asked.first, asked.first + asked.seeds):
            if not _is_well(server, seed, asked):
                failed.append(seed)
    print(f"{asked.seeds - len(failed)} of {asked.seeds} seeds ended well.", flush=True)
    if failed:
        print(f"Failed: {', '.join(map(str, failed))}")
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many seeds to run")
    parser.add_argument("--from", dest="first", type=int, default=1, help="the first seed")
    parser.add_argument("--steps", type=int, default=60, help="how many steps a seed takes")
    parser.add_argument("--diary", action="store_true", help="print the diary of good seeds too")
    parser.add_argument("--trace", action="store_true", help="print where a failure came from")
    return parser.parse_args()


def _is_well(server: postgres.EmbeddedServer, seed: int, asked: argparse.Namespace) -> bool:
    from tests.simulation.simulation import Failed, simulate

    began = time.monotonic()
    with _database(server, f"simulation_{seed}"):
        try:
            diary = simulate(seed, steps=asked.steps)
        except Failed as failure:
            print(f"\n{failure}\n", flush=True)
            if asked.trace:
                traceback.print_exception(failure.__cause__)
            return False
    if asked.diary:
        print("\n".join(diary))
    print(f"seed {seed}: {len(diary)} entries, {time.monotonic() - began:.1f} s", flush=True)
    return True


@contextmanager
def _server() -> Iterator[postgres.EmbeddedServer]:
    home = Path(tempfile.mkdtemp(prefix="unitledger-simulation-"))
    home.chmod(0o711)  # the server's user may enter, whoever runs this
    try:
        with postgres.hold(home) as server:
            os.environ["UNITLEDGER_HOME"] = str(home)
            _execute(server, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
            _point_django_at(server.url(TEMPLATE))
            with installation.connected():
                installation.migrate()
            yield server
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _database(server: postgres.EmbeddedServer, name: str) -> Iterator[None]:
    names = sql.Identifier(name), sql.Identifier(TEMPLATE)
    _point_django_at(server.url(TEMPLATE))
    _execute(server, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
    _point_django_at(server.url(name))
    try:
        yield
    finally:
        _point_django_at(server.url(TEMPLATE))
        _drop(server, names[0])


def _drop(server: postgres.EmbeddedServer, name: sql.Identifier) -> None:
    """The server's own vacuum may be looking at it, which nobody but the server may end."""
    for is_last in (False, False, False, True):
        try:
            _execute(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
            break
        except psycopg.errors.InsufficientPrivilege:
            if is_last:
                raise
            time.sleep(1)


def _point_django_at(url: str) -> None:
    from django.db import connections

    from unitledger.settings import database_settings

    os.environ["DATABASE_URL"] = url
    connections.close_all()
    connections.settings["default"].update(database_settings(url))


def _execute(server: postgres.EmbeddedServer, statement: sql.Composed) -> None:
    with psycopg.connect(server.url("unitledger"), autocommit=True) as connection:
        connection.execute(statement)


if __name__ == "__main__":
    sys.exit(main())
