"""Watching a rehearsal: it runs in a process, a database and books of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import structlog

from unitledger.core.exchange import BooksUnavailable, ConsentLost, IdentityUnavailable
from unitledger.engine.budget import DayUsedUp
from unitledger.engine.rehearsal.packing import Packed, SettingsReader, pack
from unitledger.engine.tools import Tools
from unitledger.store.rehearsals import Rehearsal, RehearsalState

LOOK_SECONDS = 1.0
BROKEN = "It ended in a fault of ours, which stands in the log. Nothing reached Xero."
ENDED = "It was stopped with its worker. Nothing reached Xero; rehearse again."

log = structlog.get_logger(__name__)


class StageFailed(Exception):
    """The rehearsal's own process could not do it; the message is one sentence."""


class Play(Protocol):
    """A rehearsal that runs beside us."""

    def progress(self) -> Mapping[str, Any]:
        """`doing` and `sent`, as last told."""
        ...

    def result(self) -> Mapping[str, Any] | None:
        """None while it runs. Raises `StageFailed`."""
        ...


class Stage(Protocol):
    """Where rehearsals run."""

    def folder(self, name: str) -> AbstractContextManager[Path]:
        """An empty folder of its own, gone with everything in it after the block."""
        ...

    def play(self, folder: Path) -> AbstractContextManager[Play]:
        """Start; ended with the block, whatever happens."""
        ...


def _never() -> bool:
    return False


def rehearse(
    rehearsal_id: int,
    *,
    stage: Stage,
    settings: SettingsReader,
    tools: Tools,
    is_stopping: Callable[[], bool] = _never,
) -> None:
    """Make it, unless somebody does already. How it ended stands in the row."""
    taken = Rehearsal.objects.filter(id=rehearsal_id, state=RehearsalState.ASKED).update(
        state=RehearsalState.RUNNING,
        doing="Copying the organisation’s settings",
        beat_at=tools.clock.now(),
    )
    if not taken:
        return
    asked = Rehearsal.objects.get(id=rehearsal_id)
    try:
        with stage.folder(str(asked.public_id)) as folder:
            packed = pack(asked.organisation_id, folder, settings=settings, tools=tools)
            _tell(asked, tools, doing="Starting", total=packed.records)
            with stage.play(folder) as play:
                _watch(asked, play, packed, tools=tools, is_stopping=is_stopping)
    except (
        BooksUnavailable, ConsentLost, DayUsedUp, IdentityUnavailable, StageFailed
    ) as trouble:  # fmt: skip
        _end(asked, tools, state=RehearsalState.FAILED, message=str(trouble))
    except Exception:
        # Whatever it was, the page must not wait for it; the fault itself goes on to the log.
        log.exception("a rehearsal failed", rehearsal_id=rehearsal_id)
        _end(asked, tools, state=RehearsalState.FAILED, message=BROKEN)
        raise


def _watch(
    asked: Rehearsal,
    play: Play,
    packed: Packed,
    *,
    tools: Tools,
    is_stopping: Callable[[], bool],
) -> None:
    while (result := play.result()) is None:
        if is_stopping():
            _end(asked, tools, state=RehearsalState.FAILED, message=ENDED)
            return
        told = play.progress()
        # A payment over two invoices is two documents: it must not look like more than all.
        sent = min(int(told.get("sent", 0)), packed.records)
        if not _tell(asked, tools, doing=told.get("doing", "Starting"), sent=sent):
            return  # a person stopped it
        tools.clock.sleep(LOOK_SECONDS)
    content = {
        **result,
        "records": packed.records,
        "left_out": packed.left_out,
        "calls_to_copy": packed.calls,
    }
    _end(asked, tools, state=RehearsalState.DONE, content=content)


def _tell(asked: Rehearsal, tools: Tools, **how: object) -> bool:
    """Whether it is still wanted."""
    mine = Rehearsal.objects.filter(id=asked.pk, state=RehearsalState.RUNNING)
    return bool(mine.update(beat_at=tools.clock.now(), **how))


def _end(asked: Rehearsal, tools: Tools, **how: object) -> None:
    mine = Rehearsal.objects.filter(id=asked.pk, state=RehearsalState.RUNNING)
    mine.update(ended_at=tools.clock.now(), **how)
