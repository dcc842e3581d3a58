"""Files that people upload to import, how they are read, and what became of them."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from unitledger.store.base import Owned, OwnedByOperator, choices_check, public_id


class UploadState(StrEnum):
    NEW = "new"  # its columns are being named
    CHECKING = "checking"  # asked for; `beat_at` says whether a worker is at it
    CHECKED = "checked"
    IMPORTING = "importing"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    DROPPED = "dropped"


class PartPurpose(StrEnum):
    FILE = "file"
    REFUSED = "refused"  # the correction file


class ImportProfile(OwnedByOperator):
    """How one kind of file is read: the TOML text that the command line takes too."""

    public_id = public_id()
    name = models.TextField()
    text = models.TextField()
    saved_by_name = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "import_profile"
        constraints = [
            models.UniqueConstraint(fields=["operator", "name"], name="import_profile_once"),
        ]


class Upload(OwnedByOperator):
    """One file on its way in. `check_result` and `result` are `engine.uploading.outcome`'s.

    `rows_read` and `percent` are of the check or the import that is under way, and `beat_at`
    is renewed with them: what a gone worker left is seen by its age.
    """

    public_id = public_id()
    file_name = models.TextField()
    size = models.BigIntegerField()
    file_hash = models.BinaryField()
    is_workbook = models.BooleanField()
    sheet = models.TextField(default="")
    state = models.TextField(default=UploadState.NEW)
    profile = models.TextField(default="")
    profile_name = models.TextField(default="")
    mapping = models.JSONField(null=True)  # as the page was filled in; none: the text is its own
    uploaded_by_name = models.TextField()
    uploaded_at = models.DateTimeField()
    asked_by_name = models.TextField(default="")
    asked_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    is_stop_asked = models.BooleanField(default=False)
    rows_read = models.BigIntegerField(default=0)
    percent = models.IntegerField(default=0)
    check_result = models.JSONField(null=True)
    result = models.JSONField(null=True)
    import_run = Owned("store.ImportRun", null=True, db_index=False)
    import_run_id: int | None
    message = models.TextField(default="")
    remedy = models.TextField(default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "upload"
        constraints = [choices_check("state", UploadState, "upload_state_known")]
        indexes = [
            models.Index(fields=["operator", "-id"], name="upload_newest"),
            models.Index(
                fields=["state"],
                name="upload_under_way",
                condition=models.Q(state__in=["checking", "importing"]),
            ),
        ]


class UploadPart(OwnedByOperator):
    """A piece of a file: the one uploaded, until it is imported, or its correction file."""

    upload = Owned("store.Upload", db_index=False)
    upload_id: int
    purpose = models.TextField()
    position = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        db_table = "upload_part"
        constraints = [
            models.UniqueConstraint(
                fields=["upload", "purpose", "position"], name="upload_part_once"
            ),
            choices_check("purpose", PartPurpose, "upload_part_purpose_known"),
        ]
