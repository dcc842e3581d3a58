"""What people do with an upload: say how it is read, ask for the check and the import, stop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from unitledger.core.refusals import SourceRefused
from unitledger.engine.auditing import Actor, note
from unitledger.engine.uploading.keeping import OPEN, UNDER_WAY, subject
from unitledger.store.uploads import Upload, UploadPart, UploadState

CHANGEABLE = (UploadState.NEW, UploadState.CHECKED, UploadState.FAILED)


class NotNow(SourceRefused):
    """The upload is not where this can be done."""

    def __init__(self, says: str) -> None:
        super().__init__(says, remedy="Look at the file's page to see where it is.")


def ask_check(
    upload_id: int,
    *,
    profile: str,
    profile_name: str,
    mapping: Mapping[str, Any] | None,
    by: Actor,
    now: datetime,
) -> None:
    """Read it so, and have a worker work out what an import would do. Raises NotNow."""
    with transaction.atomic():
        upload = _locked(upload_id)
        if upload.state not in CHANGEABLE:
            raise NotNow(f"{upload.file_name} is being worked on, or done.")
        upload.profile, upload.profile_name = profile, profile_name
        upload.mapping = dict(mapping) if mapping is not None else None  # pyright: ignore
        _begin(upload, UploadState.CHECKING, by=by, now=now)


def ask_import(upload_id: int, *, by: Actor, now: datetime) -> bool:
    """Have a worker take it in, or go on with it. A second click changes nothing."""
    with transaction.atomic():
        upload = _locked(upload_id)
        if upload.state in (UploadState.IMPORTING, UploadState.DONE):
            return False
        if upload.state not in (UploadState.CHECKED, UploadState.STOPPED):
            raise NotNow(f"{upload.file_name} is not checked yet.")
        note(
            upload.operator_id,
            by,
            "import_asked",
            subject(upload),
            after={"profile": upload.profile_name},
        )
        _begin(upload, UploadState.IMPORTING, by=by, now=now)
    return True


def ask_stop(upload_id: int, *, by: Actor) -> None:
    """End behind the rows in work; what is in stays in, and the import can go on."""
    with transaction.atomic():
        upload = _locked(upload_id)
        if upload.state in UNDER_WAY and not upload.is_stop_asked:
            Upload.objects.filter(pk=upload.pk).update(is_stop_asked=True)
            note(upload.operator_id, by, "import_stop_asked", subject(upload))


def drop(upload_id: int, *, by: Actor, now: datetime) -> None:
    """Remove the file. What was taken in of it stays. Raises NotNow."""
    with transaction.atomic():
        upload = _locked(upload_id)
        if upload.state in UNDER_WAY:
            raise NotNow(f"{upload.file_name} is being worked on. Stop it first.")
        if upload.state in OPEN:
            UploadPart.objects.filter(operator_id=upload.operator_id, upload=upload).delete()
            Upload.objects.filter(pk=upload.pk).update(state=UploadState.DROPPED, ended_at=now)
            note(upload.operator_id, by, "upload_removed", subject(upload))


def back_to_columns(upload_id: int) -> None:
    """Say anew how it is read. Raises NotNow."""
    with transaction.atomic():
        upload = _locked(upload_id)
        if upload.state not in CHANGEABLE:
            raise NotNow(f"{upload.file_name} is being worked on, or done.")
        Upload.objects.filter(pk=upload.pk).update(state=UploadState.NEW)


def _locked(upload_id: int) -> Upload:
    return Upload.objects.select_for_update().get(pk=upload_id)


def _begin(upload: Upload, state: UploadState, *, by: Actor, now: datetime) -> None:
    upload.state = state
    upload.asked_by_name, upload.asked_at = by.name, now
    upload.beat_at, upload.is_stop_asked = None, False
    upload.rows_read = upload.percent = 0
    upload.message = upload.remedy = ""
    upload.save()
