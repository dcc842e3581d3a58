"""Files attached to documents, contacts and accounts.

Evidence: paths, the characters a name may not have, ten a document and replacing a file of the
same name are documented (Attachments); the answer's shape is the OpenAPI example and recorded;
the refusals of a type and of a size are reported verbatim. The size is limited with that of any
request.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from fauxero.accounting import history
from fauxero.accounting.base import ElementRefused
from fauxero.accounting.fields import parse_guid
from fauxero.accounting.resource import ZERO_ID, Element
from fauxero.accounting.side_rows import Attachment, FileContent

if TYPE_CHECKING:
    from fauxero.accounting.books import Books

PER_SUBJECT_MAX = 10
NAME_LENGTH_MAX = 255  # unsure
BAD_CHARACTERS = frozenset('<>:"/\\|?*+\0')

UNSUPPORTED_TYPE = "The file couldn't be uploaded because it isn't a supported file type."
TOO_MANY = "The maximum number of attachments (10) has been reached."  # rule documented

_KIND = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+\Z")
_TYPES = {
    "bmp": "image/bmp",
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "eml": "message/rfc822",
    "gif": "image/gif",
    "jpeg": "image/jpg",
    "jpg": "image/jpg",
    "keynote": "application/vnd.apple.keynote",
    "msg": "application/vnd.ms-outlook",
    "numbers": "application/vnd.apple.numbers",
    "odf": "application/vnd.oasis.opendocument.formula",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "pages": "application/vnd.apple.pages",
    "pdf": "application/pdf",
    "png": "image/png",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "rtf": "application/rtf",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "txt": "text/plain",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "7z": "application/x-7z-compressed",
}


def of(books: Books, subject_id: str) -> list[Attachment]:
    side = books.side
    return [side.attachments[key] for key in side.attachments_by_subject.ids(subject_id)]


def find(books: Books, subject_id: str, key: str) -> Attachment | None:
    """By id, or by file name in any case."""
    wanted = parse_guid(key)
    for found in of(books, subject_id):
        if found.id == wanted or found.file_name.casefold() == key.casefold():
            return found
    return None


def content(books: Books, attachment: Attachment) -> bytes:
    return books.side.files[attachment.id].content


def put(
    books: Books,
    *,
    subject: str,
    subject_id: str,
    file_name: str,
    mime_type: str | None,
    body: bytes,
    include_online: bool,
    app_name: str,
) -> Attachment:
    """Attach a file, or replace the one of this name. Raises ElementRefused."""
    before = find(books, subject_id, file_name)
    _check(books, subject_id, file_name, body, is_new=before is None)
    kind = (mime_type or "").partition(";")[0].strip().lower()
    known = _KIND.match(kind) and kind not in ("application/octet-stream", "application/json")
    extension = PurePosixPath(file_name).suffix[1:].lower()
    with books.transaction():
        attachment = Attachment(
            id=before.id if before else books.ids.uuid(),
            subject=subject,
            subject_id=subject_id,
            file_name=file_name,
            mime_type=kind if known else _TYPES[extension],
            length=len(body),
            include_online=include_online,
        )
        books.side.attachments.put(attachment)
        books.side.files.put(FileContent(attachment.id, body))
        details = f"Attached the file {file_name} through the Xero API using {app_name}"
        history.note(books, subject_id, "Attached a file", details)
    return attachment


def _check(books: Books, subject_id: str, file_name: str, body: bytes, *, is_new: bool) -> None:
    """The rules are documented; which of the wordings are not reported is said beside them."""
    errors = []
    is_bad = any(char in BAD_CHARACTERS or ord(char) < 32 for char in file_name)
    if is_bad or file_name != file_name.strip() or not file_name.strip("."):
        errors.append("The file name contains characters that are not allowed.")  # wording unsure
    if len(file_name) > NAME_LENGTH_MAX:
        errors.append("The file name is too long.")  # wording unsure
    if PurePosixPath(file_name).suffix[1:].lower() not in _TYPES:
        errors.append(UNSUPPORTED_TYPE)
    if not body:
        errors.append("The file is empty.")  # wording unsure
    if is_new and len(of(books, subject_id)) >= PER_SUBJECT_MAX:
        errors.append(TOO_MANY)
    if errors:
        echo = {"AttachmentID": ZERO_ID, "FileName": file_name, "ContentLength": len(body)}
        raise ElementRefused(*errors, echo=echo)


def element(attachment: Attachment, root_url: str) -> Element:
    place = f"{attachment.subject}/{attachment.subject_id}/Attachments/{attachment.file_name}"
    return {
        "AttachmentID": attachment.id,
        "FileName": attachment.file_name,
        "Url": f"{root_url}/{place}",
        "MimeType": attachment.mime_type,
        "ContentLength": attachment.length,
        "IncludeOnline": attachment.include_online,
    }
