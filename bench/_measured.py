"""One side of the product in a process of its own, which ends by telling its peak of memory.

`python -m bench._measured import FILE PROFILE` or `… work URL`; the database is DATABASE_URL's.
The last line is JSON: `mib`, `documents`, `seconds`.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

from bench import _business, _database

KIB = 1024


def main(kind: str, *arguments: str) -> None:
    _database.use(os.environ["DATABASE_URL"])
    began = time.perf_counter()
    documents = _import(*arguments) if kind == "import" else _work(*arguments)
    seconds = time.perf_counter() - began
    figures = {"mib": peak_mib(), "documents": documents, "seconds": round(seconds, 1)}
    print(json.dumps(figures), flush=True)


def peak_mib() -> float:
    """The most memory this process has held at a time."""
    status = Path("/proc/self/status")
    if status.exists():  # of this program only; the other way counts what it was forked from
        line = next(each for each in status.read_text().splitlines() if each.startswith("VmHWM"))
        return round(int(line.split()[1]) / KIB, 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / KIB / (KIB if sys.platform == "darwin" else 1), 1)


def _import(file: str, profile: str) -> int:
    from unitledger.engine.intake import import_source
    from unitledger.sources.files import load_profile, open_file
    from unitledger.store.models import Document, Operator
    from unitledger.system import DatabaseClock

    operator = Operator.objects.get()
    report = import_source(
        operator_id=operator.pk,
        source=open_file(Path(file), load_profile(Path(profile))),
        clock=DatabaseClock(),
    )
    if report.tally.rows_refused:
        raise RuntimeError(f"{report.tally.rows_refused} of the bench's own rows were refused")
    return Document.objects.count()


def _work(url: str) -> int:
    from unitledger.engine.work import work_on
    from unitledger.store.models import Document, Effect, Organisation
    from unitledger.system import DatabaseClock

    tools = _business.make_tools(url, clock=DatabaseClock())
    outcome = work_on(Organisation.objects.get().pk, tools, trigger="bench")
    open_documents = Document.objects.exclude(state="synced")
    if open_documents.exists():
        first = open_documents.values("id", "kind", "state", "problems").first()
        effects = Effect.objects.filter(document_id=first["id"]) if first else Effect.objects.none()
        raise RuntimeError(
            f"{open_documents.count()} documents are not written: {first}, "
            f"{list(effects.values())}, after {outcome}"
        )
    return Document.objects.count()


if __name__ == "__main__":
    main(*sys.argv[1:])
