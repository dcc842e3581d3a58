"""A world in a SQLite file: written once a request, in one transaction; read at the start.

Write-ahead logging with `synchronous=NORMAL`: what was answered survives `kill -9` of fauxero.
A power cut may lose the last requests, never the file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from fauxero.accounting.books import Books
from fauxero.clock import Clock
from fauxero.ids import Ids
from fauxero.settings import Settings
from fauxero.world import World

FORMAT = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS kept (
    section TEXT NOT NULL,  -- a shelf's name, or books/<organisation>/<table>
    id      TEXT NOT NULL,
    value   TEXT NOT NULL,  -- JSON
    PRIMARY KEY (section, id)
)
"""
_PUT = "INSERT INTO kept VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"
_DROP = "DELETE FROM kept WHERE section = ? AND id = ?"
_written = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class NotAStateFile(ValueError):
    """The file is not one of fauxero's, or of a format that this fauxero cannot read."""


class Storage:
    """One state file. Not for two processes at a time."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._hosts: set[str] = set()
        self._meta: dict[str, Any] = {}
        self._generation = 0
        try:
            self._db = sqlite3.connect(
                self._path, isolation_level=None, check_same_thread=False, timeout=0.5
            )
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute(_SCHEMA)
        except sqlite3.DatabaseError as error:
            raise NotAStateFile(f"{self._path}: {error}") from None

    def close(self) -> None:
        self._db.close()

    def read(self) -> World | None:
        """Return the world of the file, or None when the file is new."""
        meta = {key: json.loads(value) for key, value in self._rows("meta")}
        if not meta:
            return None
        if meta["format"] != FORMAT:
            raise NotAStateFile(f"{self._path}: format {meta['format']}, not {FORMAT}")
        world = World(
            clock=_clock(meta.get("clock")),
            ids=Ids(meta["seed"], meta["drawn"]),
            settings=Settings(**meta["settings"]),
        )
        world.opening = tuple(meta["opening"])
        for shelf in world.shelves:
            for key, value in self._rows(shelf.name):
                shelf.load(key, json.loads(value))
        for registration in world.registrations:
            organisation_id = registration.organisation_id
            books = Books.load(
                self._books_rows(organisation_id),
                organisation_id=organisation_id,
                clock=world.clock,
                ids=world.ids,
            )
            world.adopt(registration, books)
        self._hosts = set(world.organisations)
        self._meta = meta
        return world

    def save(self, world: World) -> None:
        """Write what changed since the last save; all of it after a reset."""
        is_new = world.generation != self._generation
        if is_new:
            self._generation, self._meta = world.generation, {}
        puts: list[tuple[str, str, str]] = []
        drops: list[tuple[str, str]] = []
        for section, key, value in self._changes(world):
            if value is None:
                drops.append((section, key))
            else:
                puts.append((section, key, _written(value)))
        gone = self._hosts - set(world.organisations)
        if not (puts or drops or gone or is_new):
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            if is_new:
                self._db.execute("DELETE FROM kept")
            self._db.executemany(_DROP, drops)
            self._db.executemany(_PUT, puts)
            for organisation_id in gone:
                pattern = f"books/{organisation_id}/*"
                self._db.execute("DELETE FROM kept WHERE section GLOB ?", (pattern,))
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._hosts = set(world.organisations)

    def _changes(self, world: World) -> Iterator[tuple[str, str, Any]]:
        for key, value in _meta(world).items():
            if self._meta.get(key) != value:
                self._meta[key] = value
                yield "meta", key, value
        for shelf in world.shelves:
            for key, value in shelf.drain():
                yield shelf.name, key, value
        for host in world.organisations.values():
            for table, key, value in host.books.drain_changes():
                yield f"books/{host.id}/{table}", key, value

    def _rows(self, section: str) -> Iterable[tuple[str, str]]:
        return self._db.execute("SELECT id, value FROM kept WHERE section = ?", (section,))

    def _books_rows(self, organisation_id: str) -> Iterator[tuple[str, str, Any]]:
        prefix = f"books/{organisation_id}/"
        found = self._db.execute(
            "SELECT section, id, value FROM kept WHERE section GLOB ?", (f"{prefix}*",)
        )
        start = len(prefix)
        for section, key, value in found:
            yield section[start:], key, orjson.loads(value)  # its numbers are short or are text


def _meta(world: World) -> dict[str, Any]:
    settings = world.settings
    clock = None
    if world.clock_was_set:
        # A clock that was moved stands still while fauxero is down and goes on from here.
        clock = {"at": world.clock.now().isoformat(), "speed": world.clock.speed}
    return {
        "format": FORMAT,
        "seed": world.ids.seed,
        "drawn": world.ids.drawn,
        "opening": list(world.opening),
        "clock": clock,
        "settings": {name: getattr(settings, name) for name in settings.__slots__},
    }


def _clock(kept: dict[str, Any] | None) -> Clock | None:
    if kept is None:
        return None
    return Clock(start_at=datetime.fromisoformat(kept["at"]), speed=kept["speed"])
