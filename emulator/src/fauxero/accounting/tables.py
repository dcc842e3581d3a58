"""Tables of immutable rows with indexes, an undo log and cheap snapshots.

A row is never changed, only replaced. That makes rolling back, taking a snapshot and telling
what changed a matter of remembering references.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar, cast


class Keyed(Protocol):
    @property
    def id(self) -> str: ...


Row = TypeVar("Row", bound=Keyed)
OrderKey = tuple[Any, ...]
SEARCHES_MAX = 8
Snapshot = Mapping[str, Mapping[str, Any]]
Change = tuple[str, str, Any, Any]  # table, id, row before (None: new), row after (None: gone)
Watcher = Callable[[Sequence[Change]], None]


class Index(Protocol[Row]):  # type: ignore[misc]  # Row is only ever taken in
    """Anything that follows a table: told of each row that comes and each that goes."""

    def add(self, row: Row) -> None: ...

    def remove(self, row: Row) -> None: ...


class Table(Generic[Row]):
    """Rows by id. Every change goes through `put` or `drop`, which keep the indexes true."""

    def __init__(self, name: str, log: Log) -> None:
        self.name = name
        self._rows: dict[str, Row] = {}
        self._indexes: list[Index[Row]] = []
        self._log = log
        self._searches: dict[str, tuple[int, list[str]]] = {}
        self._sorted_ids: list[str] | None = None  # from the first sweep by id on
        log.tables[name] = cast("Table[Any]", self)

    def follow(self, index: Index[Row]) -> None:
        self._indexes.append(index)

    def get(self, key: str) -> Row | None:
        return self._rows.get(key)

    def __getitem__(self, key: str) -> Row:
        return self._rows[key]

    def __contains__(self, key: str) -> bool:
        return key in self._rows

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def put(self, row: Row) -> Row:
        self._replace(row.id, row)
        return row

    def drop(self, key: str) -> None:
        self._replace(key, None)

    def remembered(self, question: str, search: Callable[[], list[str]]) -> list[str]:
        """Return `search()`, kept until any table changes: the next page costs no new search."""
        kept = self._searches.get(question)
        if kept is None or kept[0] != self._log.version:
            if len(self._searches) >= SEARCHES_MAX:
                del self._searches[next(iter(self._searches))]
            kept = (self._log.version, search())
            self._searches[question] = kept
        return kept[1]

    def sorted_ids(self) -> Sequence[str]:
        """All ids in order, kept so: a sweep goes on by pages while others write."""
        if self._sorted_ids is None:
            self._sorted_ids = sorted(self._rows)
        return self._sorted_ids

    def _keep_sorted(self, key: str, *, is_new: bool) -> None:
        assert self._sorted_ids is not None
        if is_new:
            insort(self._sorted_ids, key)
        else:
            del self._sorted_ids[bisect_left(self._sorted_ids, key)]

    def rows_by_id(self) -> Mapping[str, Row]:
        return self._rows

    def _replace(self, key: str, row: Row | None) -> None:
        old = self._rows.get(key)
        self._log.record(self.name, key, old)
        self.place(key, old, row)

    def place(self, key: str, old: Row | None, new: Row | None) -> None:
        """Swap `old` for `new` without logging; the undo log calls this too."""
        self._log.version += 1
        if self._sorted_ids is not None and (old is None) != (new is None):
            self._keep_sorted(key, is_new=old is None)
        if old is not None:
            for index in self._indexes:
                index.remove(old)
        if new is None:
            self._rows.pop(key, None)
            return
        self._rows[key] = new
        for index in self._indexes:
            index.add(new)


class Log:
    """The undo log and the list of changes of one set of tables."""

    def __init__(self) -> None:
        self.tables: dict[str, Table[Any]] = {}
        self.version = 0  # moves with every change, back or forth
        self._undo: list[tuple[str, str, Any]] = []
        self._depth = 0
        self._dirty: dict[tuple[str, str], None] = {}
        self.watchers: list[Watcher] = []

    def record(self, table: str, key: str, old: object) -> None:
        if self._depth:
            self._undo.append((table, key, old))
        self._dirty[table, key] = None

    def transaction(self) -> Transaction:
        """All or nothing; may be nested, an inner one rolls back on its own.

        Watchers are told of all that changed just before the outermost one ends; what they
        write belongs to it, and what they raise undoes it.
        """
        return Transaction(self)

    def begin(self) -> int:
        self._depth += 1
        return len(self._undo)

    def end(self, mark: int, *, is_failed: bool) -> None:
        try:
            if is_failed:
                self._rewind(mark)
            elif self._depth == 1 and self._undo and self.watchers:
                self._tell(mark)
        finally:
            self._depth -= 1
            if not self._depth:
                self._undo.clear()

    def _tell(self, mark: int) -> None:
        try:
            changes = self._changes()
            for watch in self.watchers:
                watch(changes)
        except BaseException:
            self._rewind(mark)
            raise

    def _changes(self) -> list[Change]:
        """Each row that differs now from the beginning of the transaction, in order."""
        before: dict[tuple[str, str], Any] = {}
        for table, key, old in self._undo:
            before.setdefault((table, key), old)
        return [
            (table, key, old, new)
            for (table, key), old in before.items()
            if (new := self.tables[table].get(key)) is not old
        ]

    def _rewind(self, mark: int) -> None:
        while len(self._undo) > mark:
            name, key, old = self._undo.pop()
            table = self.tables[name]
            table.place(key, table.get(key), old)

    def snapshot(self) -> Snapshot:
        return {name: dict(table.rows_by_id()) for name, table in self.tables.items()}

    def restore(self, snapshot: Snapshot) -> None:
        """Bring every table back; only rows that differ are touched."""
        for name, table in self.tables.items():
            wanted = snapshot.get(name, {})
            for key in [key for key in table.rows_by_id() if key not in wanted]:
                table.drop(key)
            for key, row in wanted.items():
                if table.get(key) is not row:
                    table.put(row)

    def drain(self) -> list[tuple[str, str, Any | None]]:
        """Return what changed since the last call: (table, id, row now or None)."""
        changed = [(name, key, self.tables[name].get(key)) for name, key in self._dirty]
        self._dirty.clear()
        return changed


class Transaction:
    """What `Log.transaction` gives; a class, for one is opened for every element written."""

    __slots__ = ("_log", "_mark")

    def __init__(self, log: Log) -> None:
        self._log = log

    def __enter__(self) -> None:
        self._mark = self._log.begin()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._log.end(self._mark, is_failed=kind is not None)


class Lookup(Generic[Row]):
    """Ids by an equality key. `key` returns None for rows that are not in the index.

    A key with a single id keeps just that id: most keys have one, and a dict each is dear.
    """

    def __init__(self, key: Callable[[Row], Any | None]) -> None:
        self._key = key
        self._ids: dict[Any, str | dict[str, None]] = {}

    def add(self, row: Row) -> None:
        key = self._key(row)
        if key is None:
            return
        found = self._ids.get(key)
        if found is None:
            self._ids[key] = row.id
        elif isinstance(found, str):
            self._ids[key] = {found: None, row.id: None}
        else:
            found[row.id] = None

    def remove(self, row: Row) -> None:
        key = self._key(row)
        if key is None:
            return
        found = self._ids[key]
        if isinstance(found, str):
            del self._ids[key]
            return
        del found[row.id]
        if len(found) == 1:
            self._ids[key] = next(iter(found))

    def ids(self, key: object) -> Sequence[str]:
        found = self._ids.get(key)
        if found is None:
            return ()
        return (found,) if isinstance(found, str) else tuple(found)

    def count(self, key: object) -> int:
        found = self._ids.get(key)
        return 0 if found is None else 1 if isinstance(found, str) else len(found)

    def first(self, key: object) -> str | None:
        found = self._ids.get(key)
        return found if found is None or isinstance(found, str) else next(iter(found))

    def has(self, key: object) -> bool:
        return key in self._ids


class Ordered(Generic[Row]):
    """Row keys in order, in short chunks: a page from the middle costs no walk through all."""

    CHUNK_MAX = 512

    def __init__(self, key: Callable[[Row], OrderKey]) -> None:
        self._key = key
        self._chunks: list[list[OrderKey]] = []
        self._lasts: list[OrderKey] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, row: Row) -> None:
        key = self._key(row)
        self._count += 1
        if not self._chunks:
            self._chunks.append([key])
            self._lasts.append(key)
            return
        at = min(bisect_left(self._lasts, key), len(self._chunks) - 1)
        chunk = self._chunks[at]
        insort(chunk, key)
        self._lasts[at] = chunk[-1]
        if len(chunk) > self.CHUNK_MAX:
            self._split(at)

    def _split(self, at: int) -> None:
        chunk = self._chunks[at]
        # Documents mostly arrive at the end: leave the old chunk nearly full.
        cut = len(chunk) - 1 if at == len(self._chunks) - 1 else len(chunk) // 2
        self._chunks[at : at + 1] = [chunk[:cut], chunk[cut:]]
        self._lasts[at : at + 1] = [chunk[cut - 1], chunk[-1]]

    def remove(self, row: Row) -> None:
        key = self._key(row)
        at = bisect_left(self._lasts, key)
        chunk = self._chunks[at]
        del chunk[bisect_left(chunk, key)]
        self._count -= 1
        if chunk:
            self._lasts[at] = chunk[-1]
        else:
            del self._chunks[at]
            del self._lasts[at]

    def key_of(self, row: Row) -> OrderKey:
        return self._key(row)

    def rank(self, key: OrderKey) -> int:
        """How many keys are smaller than `key`."""
        at = bisect_left(self._lasts, key)
        before = sum(len(chunk) for chunk in self._chunks[:at])
        return before + (bisect_left(self._chunks[at], key) if at < len(self._chunks) else 0)

    def slice(self, start: int, stop: int) -> list[str]:
        """Ids at positions start..stop; the id is the last part of every key."""
        ids: list[str] = []
        for chunk in self._chunks:
            if stop <= 0:
                break
            if start < len(chunk):
                ids += [key[-1] for key in chunk[max(start, 0) : stop]]
            start -= len(chunk)
            stop -= len(chunk)
        return ids


class GroupedOrder(Generic[Row]):
    """One `Ordered` per group, e.g. invoices of one status in the default list order."""

    def __init__(self, group: Callable[[Row], Any | None], key: Callable[[Row], OrderKey]) -> None:
        self._group = group
        self._key = key
        self._orders: dict[Any, Ordered[Row]] = {}

    def add(self, row: Row) -> None:
        group = self._group(row)
        if group is None:
            return
        order = self._orders.get(group)
        if order is None:
            order = self._orders[group] = Ordered(self._key)
        order.add(row)

    def remove(self, row: Row) -> None:
        group = self._group(row)
        if group is not None:
            self._orders[group].remove(row)

    def of(self, group: object) -> Ordered[Row]:
        return self._orders.get(group) or Ordered(self._key)
