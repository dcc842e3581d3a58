"""The addresses of what we read. Pure.

Every list is asked for page by page: without a page Xero leaves out invoice lines and some of
a contact's fields (documented). Pages are in the order of ids, which never change: in Xero's
default order, by time of change, a document edited between two pages moves to the end, and
its neighbour slips back onto a page we have read already.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from urllib.parse import quote

from unitledger.books.xero.parse import COLLECTIONS, ID_FIELDS
from unitledger.books.xero.wire import is_guid
from unitledger.core.documents import DocumentKind

# Documented: 1 to 1,000; anything above is cut to it.
PAGE_SIZE = 1000
# Xero bounds the address's length only; a batch's worth of names stays well within it.
NAMES_MAX = 50

_NUMBER_FIELDS = {
    DocumentKind.CONTACT: "ContactNumber",
    DocumentKind.INVOICE: "InvoiceNumber",
    DocumentKind.PAYMENT: "Reference",
}


class CannotBeAsked(ValueError):
    """A look-up that Xero's filters cannot express."""


def list_path(
    kind: DocumentKind, *, page: int, ids: Sequence[str] = (), numbers: Sequence[str] = ()
) -> str:
    """The address of one page, narrowed to ids or to numbers (payments: to references)."""
    if ids and numbers:
        raise CannotBeAsked("either ids or numbers")
    if max(len(ids), len(numbers)) > NAMES_MAX:
        raise CannotBeAsked(f"more than {NAMES_MAX} names in one look-up")
    if kind is DocumentKind.PAYMENT and ids:
        raise CannotBeAsked("payments have no list of ids: read them one by one")
    parts = [f"page={page}", f"pageSize={PAGE_SIZE}", f"order={ID_FIELDS[kind]}%20ASC"]
    if kind is DocumentKind.CONTACT:
        parts.append("includeArchived=true")
    if ids:
        parts.append(f"IDs={','.join(map(_guid, ids))}")
    if numbers:
        parts.append(_by_numbers(kind, numbers))
    return f"{COLLECTIONS[kind]}?{'&'.join(parts)}"


def one_path(kind: DocumentKind, xero_id: str) -> str:
    return f"{COLLECTIONS[kind]}/{_guid(xero_id)}"


def credits_path(*, since: date, page: int) -> str:
    """Credit notes for customers dated on or after a day, in every status."""
    wanted = f'Type=="ACCRECCREDIT" AND Date>=DateTime({since.year},{since.month},{since.day})'
    order = "order=CreditNoteID%20ASC"
    return f"CreditNotes?page={page}&pageSize={PAGE_SIZE}&{order}&where={quote(wanted, safe='')}"


def payment_services_path(theme_id: str) -> str:
    return f"BrandingThemes/{_guid(theme_id)}/PaymentServices"


def modified_since(at: datetime) -> str:
    """The value of If-Modified-Since: UTC, to the second (documented)."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _by_numbers(kind: DocumentKind, numbers: Sequence[str]) -> str:
    if kind is DocumentKind.INVOICE and not any("," in each for each in numbers):
        return f"InvoiceNumbers={','.join(quote(each, safe='') for each in numbers)}"
    field = _NUMBER_FIELDS[kind]
    return f"where={quote(' OR '.join(f'{field}=={_literal(each)}' for each in numbers), safe='')}"


def _literal(value: str) -> str:
    # Documented: text stands in double quotes, and there is no way to write one inside.
    if '"' in value:
        raise CannotBeAsked(f"Xero's filters cannot ask for {value}: it has a double quote in it")
    return f'"{value}"'


def _guid(value: str) -> str:
    if not is_guid(value):
        raise CannotBeAsked(f"{value!r} is no Xero id")
    return value
