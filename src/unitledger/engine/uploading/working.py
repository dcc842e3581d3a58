"""The worker's part: check or take in what was asked for, and say how far it is meanwhile.

The upload's row is the truth. A worker that was killed leaves a beat that grows old; another
takes the upload then and goes on, as an import that is begun again does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, Protocol

import structlog
from django.db import DatabaseError, connections, transaction
from django.db.models import Q

from unitledger.core.arrivals import Arrived
from unitledger.core.refusals import SourceRefused
from unitledger.engine.intake import Tally, currencies_of_books, import_source
from unitledger.engine.intake.importing import ImportReport, Refused, Source
from unitledger.engine.ports import Clock
from unitledger.engine.uploading.keeping import UNDER_WAY, as_file, keep_correction, remove_file
from unitledger.engine.uploading.outcome import RefusedRows, outcome_content
from unitledger.store.records import ImportRun
from unitledger.store.uploads import Upload, UploadState

BEAT_SECONDS = 1.0
GONE_AFTER = timedelta(seconds=60)

log = structlog.get_logger(__name__)


class UploadedSource(Source, Protocol):
    @property
    def header(self) -> Sequence[str]: ...
    @property
    def size(self) -> int: ...
    @property
    def bytes_read(self) -> int: ...
    def arrivals(self) -> Iterator[Arrived]: ...
    def write_refused(self, stream: IO[bytes], refused: Iterable[Refused]) -> int: ...


OpenSource = Callable[[Path, str], UploadedSource]  # the file and its profile's text


def open_uploads(*, now: datetime) -> list[int]:
    """Those that were asked for and that nobody works on."""
    is_left = Q(beat_at__isnull=True) | Q(beat_at__lt=now - GONE_AFTER)
    found = Upload.objects.filter(is_left, state__in=UNDER_WAY)
    return list(found.order_by("asked_at").values_list("id", flat=True))


def work_off(
    upload_id: int,
    *,
    clock: Clock,
    open_source: OpenSource,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Do what is asked of one upload, unless somebody does. `should_stop`: this process ends."""
    upload = _taken(upload_id, now=clock.now())
    if upload is None:
        return
    is_check = upload.state == UploadState.CHECKING
    with _Beat(upload.pk, clock) as beat:
        try:
            done = _done(upload, beat, clock, open_source, should_stop, is_check=is_check)
        except SourceRefused as refused:
            done = _failed(refused.message, refused.remedy)
        except FileNotFoundError:
            done = _failed("The file is no longer here.", "Upload it again.")
        except DatabaseError:
            raise  # the database is gone or going: whoever comes next goes on
        except Exception:  # ours, whatever it is: a person waits, and again would fail again
            log.exception("an upload failed", upload_id=upload.pk)
            done = _failed("It failed here, not in the file; the log says why.", "Try it again.")
    if done["state"] is None:  # this process ends: the next worker goes on
        Upload.objects.filter(pk=upload.pk).update(beat_at=None)
        return
    with transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(beat_at=None, **done)
        if done["state"] == UploadState.DONE:
            remove_file(upload)


def _taken(upload_id: int, *, now: datetime) -> Upload | None:
    with transaction.atomic():
        upload = (
            Upload.objects.select_for_update(skip_locked=True)
            .filter(pk=upload_id, state__in=UNDER_WAY)
            .first()
        )
        if upload is None or (upload.beat_at and upload.beat_at > now - GONE_AFTER):
            return None
        Upload.objects.filter(pk=upload.pk).update(beat_at=now)
    return upload


def _done(
    upload: Upload,
    beat: _Beat,
    clock: Clock,
    open_source: OpenSource,
    should_stop: Callable[[], bool],
    *,
    is_check: bool,
) -> dict[str, Any]:
    """The columns of the upload that change."""
    with as_file(upload) as path:
        with _told_by_name(path):
            source = open_source(path, upload.profile)
        report, first = _run(
            upload,
            source,
            path.with_name("refused.new"),
            beat,
            clock,
            lambda: beat.is_stop_asked or should_stop(),
            is_check=is_check,
        )
        run = ImportRun.objects.filter(
            operator_id=upload.operator_id,
            file_hash=source.digest,
            profile_hash=source.profile_digest,
        ).order_by("-id")
        run_id = None if is_check else run.values_list("id", flat=True).first()
    content = outcome_content(report, first, source.header)
    if not report.is_finished and not beat.is_stop_asked:
        return {"state": None}
    if is_check:
        state = UploadState.CHECKED if report.is_finished else UploadState.NEW
        return {"state": state, "check_result": content, "percent": 100}
    state = UploadState.DONE if report.is_finished else UploadState.STOPPED
    ended = {"ended_at": clock.now(), "percent": 100} if report.is_finished else {}
    return {"state": state, "result": content, "import_run_id": run_id, **ended}


def _run(
    upload: Upload,
    source: UploadedSource,
    correction: Path,
    beat: _Beat,
    clock: Clock,
    should_stop: Callable[[], bool],
    *,
    is_check: bool,
) -> tuple[ImportReport, dict[int, Any]]:
    kept: list[RefusedRows] = []

    def write_refused(refused: Iterable[Refused]) -> int:
        rows = RefusedRows(refused)
        kept.append(rows)
        with correction.open("wb") as stream:
            return source.write_refused(stream, rows)

    def progress(tally: Tally) -> None:
        beat.says(tally.rows_read, source.bytes_read * 100 // max(source.size, 1))

    report = import_source(
        operator_id=upload.operator_id,
        source=source,
        clock=clock,
        currencies=currencies_of_books(upload.operator_id),
        is_dry_run=is_check,
        should_stop=should_stop,
        progress=progress,
        write_refused=write_refused,
    )
    keep_correction(upload, correction)
    return report, dict(kept[0].first)


@contextmanager
def _told_by_name(path: Path) -> Iterator[None]:
    """People know the file by its name, not by where it lies for the moment."""
    try:
        yield
    except SourceRefused as refused:
        message = refused.message.replace(f"{path.parent}/", "")
        raise SourceRefused(message, remedy=refused.remedy) from refused


def _failed(message: str, remedy: str) -> dict[str, Any]:
    return {"state": UploadState.FAILED, "message": message, "remedy": remedy}


class _Beat:
    """Says every second how far it is, and hears whether to stop.

    In a thread with a session of its own: a check is one transaction, out of which nothing
    would be seen.
    """

    def __init__(self, upload_id: int, clock: Clock) -> None:
        self._upload_id = upload_id
        self._clock = clock
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="upload", daemon=True)
        self._rows = self._percent = 0
        self.is_stop_asked = False

    def says(self, rows: int, percent: int) -> None:
        self._rows, self._percent = rows, min(percent, 100)

    def __enter__(self) -> _Beat:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _go_on(self) -> None:
        try:
            while not self._ended.wait(BEAT_SECONDS):
                self._tell()
        finally:
            connections.close_all()

    def _tell(self) -> None:
        found = Upload.objects.filter(pk=self._upload_id)
        found.update(beat_at=self._clock.now(), rows_read=self._rows, percent=self._percent)
        self.is_stop_asked = bool(found.values_list("is_stop_asked", flat=True).first())
