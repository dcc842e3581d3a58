"""Which row of an answer speaks of which element of the request. Never by position.

An element is found by its handle among the names its row shows. A row that shows none (a
refused payment may be echoed without its reference) is found by what it is about: for
payments the invoice and the amount, read from the bytes we sent. Where that fits one element
and one row only, it decides; so does being the only one left. Anything else stays unmatched,
and the element unknown.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from unitledger.books.xero.parse import COLLECTIONS, ID_FIELDS
from unitledger.books.xero.wire import Row, UnexpectedAnswer, is_guid, load, rows
from unitledger.core.documents import DocumentKind
from unitledger.core.effects import EffectKind
from unitledger.core.exchange import WriteRequest
from unitledger.core.handles import token_of

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_NAMES = {
    DocumentKind.CONTACT: ("ContactNumber",),
    DocumentKind.INVOICE: ("InvoiceNumber",),
    DocumentKind.PAYMENT: ("Reference",),
}


def match_rows(request: WriteRequest, found: Sequence[Row]) -> Mapping[str, Row]:
    """Return handle → row, for the handles whose row is certain."""
    kind = request.kind.document_kind
    by_name = _unique((name, row) for row in found for name in _names(kind, row))
    matched = {
        handle: by_name[_key(handle)] for handle in request.handles if _key(handle) in by_name
    }
    if len(matched) == len(request.handles) or not found:
        return matched
    if len({id(row) for row in matched.values()}) != len(matched):
        return matched
    return {**matched, **_match_rest(request, found, matched)}


def _key(name: str) -> str:
    """Xero gives ids back in lower case, whatever case they were sent in."""
    return name.lower() if is_guid(name) else name.strip()


def _names(kind: DocumentKind, row: Row) -> Sequence[str]:
    """All the handles an engine may have given the element this row speaks of."""
    names = {
        _key(value)
        for value in (row.get(ID_FIELDS[kind]), *(row.get(each) for each in _NAMES[kind]))
        if isinstance(value, str) and value
    }
    if kind is DocumentKind.PAYMENT and isinstance(row.get("Reference"), str):
        token = token_of(row["Reference"])
        names |= {token} if token else set()
    return list(names)


def _match_rest(
    request: WriteRequest, found: Sequence[Row], matched: Mapping[str, Row]
) -> Mapping[str, Row]:
    """Match what shows no handle, among what is left on both sides."""
    taken = {id(row) for row in matched.values()}
    spare = [row for row in found if id(row) not in taken]
    # A row that names something we did not send is about something else.
    kind = request.kind.document_kind
    spare = [row for row in spare if not _names_another(kind, row)]
    open_handles = [each for each in request.handles if each not in matched]
    if len(spare) == len(open_handles) == 1 and len(found) == len(request.handles):
        return {open_handles[0]: spare[0]}
    if request.kind is not EffectKind.CREATE_PAYMENT:
        return {}
    return _match_by_subject(request, spare, open_handles)


def _names_another(kind: DocumentKind, row: Row) -> bool:
    return any(isinstance(row.get(each), str) and row[each] for each in _NAMES[kind])


def _match_by_subject(
    request: WriteRequest, spare: Sequence[Row], open_handles: Sequence[str]
) -> Mapping[str, Row]:
    sent = _sent_by_handle(request)
    row_about = _unique((_subject(row), row) for row in spare)
    handle_about = _unique(
        (_subject(sent[handle]), handle) for handle in open_handles if handle in sent
    )
    return {
        handle: row_about[subject]
        for subject, handle in handle_about.items()
        if subject is not None and subject in row_about
    }


def _sent_by_handle(request: WriteRequest) -> Mapping[str, Row]:
    """The elements as we sent them, in the order of their handles: compose keeps it."""
    try:
        sent = rows(load(request.body), COLLECTIONS[request.kind.document_kind])
    except UnexpectedAnswer:
        return {}
    if len(sent) != len(request.handles):
        return {}
    return dict(zip(request.handles, sent, strict=True))


def _subject(payment: Row) -> Hashable:
    """What a payment is about: invoice and amount. None where the row does not say."""
    invoice = payment.get("Invoice")
    invoice_id = invoice.get("InvoiceID") if isinstance(invoice, Mapping) else None
    amount = payment.get("Amount")
    if not isinstance(invoice_id, str) or amount is None:
        return None
    return (invoice_id.lower(), amount)


def _unique(pairs: Iterable[tuple[K, V]]) -> Mapping[K, V]:
    """The pairs whose key comes once; a key that comes twice decides nothing."""
    found: dict[K, V] = {}
    twice: set[K] = set()
    for key, value in pairs:
        if key in found:
            twice.add(key)
        found[key] = value
    return {key: value for key, value in found.items() if key not in twice}
