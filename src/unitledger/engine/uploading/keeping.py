"""The bytes of an upload, in pieces in the database, where every worker finds them.

Never opened by the name it came with, never served again but as a correction file to its own
operator; gone as soon as it is imported or given up.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from unitledger.core.refusals import SourceRefused
from unitledger.engine.auditing import Actor, Subject, note
from unitledger.store.people import Operator
from unitledger.store.uploads import PartPurpose, Upload, UploadPart, UploadState

UPLOAD_BYTES_MAX = 50_000_000
OPEN_MAX = 20  # files of one operator on their way at the same time
PIECE_BYTES = 1_000_000
NAME_MAX = 100
WORKBOOK_START = b"PK\x03\x04"
SECOND_CLICK = timedelta(seconds=30)
GIVEN_UP_AFTER = timedelta(days=7)
CORRECTIONS_KEPT = timedelta(days=30)
UNDER_WAY = (UploadState.CHECKING, UploadState.IMPORTING)
OPEN = (*UNDER_WAY, UploadState.NEW, UploadState.CHECKED, UploadState.STOPPED, UploadState.FAILED)
_UNSAFE = re.compile(r"[^\w .()\[\]&+,'-]+")


class TooMuch(SourceRefused):
    def __init__(self) -> None:
        super().__init__(
            f"The file has more than {UPLOAD_BYTES_MAX // 1_000_000} MB.",
            remedy="Split it, or import it with `unitledger import`, which has no limit for CSV.",
        )


class NothingSent(SourceRefused):
    def __init__(self) -> None:
        super().__init__("The file is empty.", remedy="Choose the file again.")


class TooMany(SourceRefused):
    def __init__(self) -> None:
        super().__init__(
            f"{OPEN_MAX} files are on their way already.",
            remedy="Finish some of them, or remove those that are not needed.",
        )


def keep(
    operator_id: int, *, name: str, pieces: Iterable[bytes], by: Actor, now: datetime
) -> Upload:
    """Keep a file. Raises TooMuch, NothingSent, TooMany; nothing is kept then.

    The same file a moment ago is a second click: it is the one that was kept then.
    """
    with transaction.atomic():
        Operator.objects.select_for_update(no_key=True).get(pk=operator_id)  # one after the other
        if Upload.objects.filter(operator_id=operator_id, state__in=OPEN).count() >= OPEN_MAX:
            raise TooMany
        upload = Upload.objects.create(
            operator_id=operator_id,
            file_name=shown_name(name),
            size=0,
            file_hash=b"",
            is_workbook=False,
            uploaded_by_name=by.name,
            uploaded_at=now,
        )
        digest = hashlib.sha256()
        start = b""
        for piece in _pieces(pieces):
            start = start or piece[:4]
            upload.size += len(piece)
            if upload.size > UPLOAD_BYTES_MAX:
                raise TooMuch
            digest.update(piece)
            _put(upload, PartPurpose.FILE, piece)
        if not upload.size:
            raise NothingSent
        again = _just_sent(upload, digest.digest(), now=now)
        if again is not None:
            transaction.set_rollback(True)
            return again
        upload.file_hash = digest.digest()
        upload.is_workbook = start == WORKBOOK_START
        upload.save(update_fields=["size", "file_hash", "is_workbook"])
        note(operator_id, by, "file_uploaded", subject(upload), after={"bytes": upload.size})
    return upload


def _just_sent(upload: Upload, digest: bytes, *, now: datetime) -> Upload | None:
    return (
        Upload.objects.filter(
            operator_id=upload.operator_id,
            file_name=upload.file_name,
            file_hash=digest,
            state=UploadState.NEW,
            uploaded_at__gt=now - SECOND_CLICK,
        )
        .exclude(pk=upload.pk)
        .first()
    )


def shown_name(name: str) -> str:
    """What people called the file, without what could be a path or a sign that is not seen."""
    plain = _UNSAFE.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" ._")
    if len(plain) > NAME_MAX:
        stem, dot, ending = plain.rpartition(".")
        plain = f"{stem[: NAME_MAX - 6]}{dot}{ending[:5]}" if dot else plain[:NAME_MAX]
    return plain or "file"


@contextmanager
def as_file(upload: Upload) -> Iterator[Path]:
    """The file in a folder of its own, which ends with the block. Raises FileNotFoundError."""
    with tempfile.TemporaryDirectory(prefix="unitledger-upload-") as folder:
        path = Path(folder) / upload.file_name
        size = 0
        with path.open("wb") as stream:
            for piece in pieces_of(upload, PartPurpose.FILE):
                size += stream.write(piece)
        if size != upload.size:
            raise FileNotFoundError(upload.file_name)
        yield path


def keep_correction(upload: Upload, path: Path) -> None:
    """Keep the correction file, in place of the one before."""
    with transaction.atomic(), path.open("rb") as stream:
        parts_of(upload, PartPurpose.REFUSED).delete()
        for piece in iter(lambda: stream.read(PIECE_BYTES), b""):
            _put(upload, PartPurpose.REFUSED, piece)


def pieces_of(upload: Upload, purpose: PartPurpose) -> Iterator[bytes]:
    found = parts_of(upload, purpose).order_by("position").values_list("content", flat=True)
    for content in found.iterator(chunk_size=1):
        yield bytes(content)


def parts_of(upload: Upload, purpose: PartPurpose):
    return UploadPart.objects.filter(
        operator_id=upload.operator_id, upload_id=upload.pk, purpose=purpose
    )


def remove_file(upload: Upload) -> None:
    parts_of(upload, PartPurpose.FILE).delete()


def clear_away(*, now: datetime) -> int:
    """Give up what was left lying, and let go of old correction files. Says how many."""
    left = Upload.objects.filter(state__in=OPEN, uploaded_at__lt=now - GIVEN_UP_AFTER)
    count = 0
    for upload in left.exclude(state__in=UNDER_WAY):
        with transaction.atomic():
            UploadPart.objects.filter(operator_id=upload.operator_id, upload=upload).delete()
            Upload.objects.filter(pk=upload.pk).update(state=UploadState.DROPPED, ended_at=now)
        count += 1
    UploadPart.objects.filter(
        purpose=PartPurpose.REFUSED, upload__ended_at__lt=now - CORRECTIONS_KEPT
    ).delete()
    return count


def subject(upload: Upload) -> Subject:
    return Subject("upload", str(upload.public_id), upload.file_name)


def _put(upload: Upload, purpose: PartPurpose, content: bytes) -> None:
    UploadPart.objects.create(
        operator_id=upload.operator_id,
        upload=upload,
        purpose=purpose,
        position=parts_of(upload, purpose).count(),
        content=content,
    )


def _pieces(given: Iterable[bytes]) -> Iterator[bytes]:
    """In pieces of one size, whatever sizes they come in."""
    held = bytearray()
    for each in given:
        held += each
        while len(held) >= PIECE_BYTES:
            yield bytes(held[:PIECE_BYTES])
            del held[:PIECE_BYTES]
    if held:
        yield bytes(held)
