"""Files that browsers send: bounded while they come in, and never kept by the name they bear."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

from unitledger.engine.uploading.keeping import UPLOAD_BYTES_MAX

REFUSED_AT_ONCE = 4 * UPLOAD_BYTES_MAX
TOO_LARGE = "unitledger.file_is_too_large"


class BoundedUpload(TemporaryFileUploadHandler):
    """Writes to a temporary file up to the limit; then the rest is read and forgotten.

    So the page can answer in words. What is far above the limit is not read at all.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._size = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        if content_length > REFUSED_AT_ONCE:
            raise RequestDataTooBig("The file is too large.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size += len(raw_data)
        if self._size > UPLOAD_BYTES_MAX:
            if self.request is not None:
                self.request.META[TOO_LARGE] = True
            raise StopUpload(connection_reset=False)
        super().receive_data_chunk(raw_data, start)


def is_too_large(request: HttpRequest) -> bool:
    """Whether the file of this request was cut off at the limit."""
    return bool(request.META.get(TOO_LARGE))
