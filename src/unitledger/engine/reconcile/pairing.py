"""Find what the books hold for each expectation: by our handles, and apart from that by row id.

The handles are made from the source's key, so what is found by them owes nothing to our rows.
Where our row's id leads to another object, both are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from unitledger.core.documents import DocumentKind
from unitledger.core.exchange import Held
from unitledger.engine.reconcile.staged import Staged, handle_key
from unitledger.engine.reconcile.values import IN_LEDGER, Expected, Pair

MERGES_MAX = 5  # a contact merged into one that was merged in its turn


def pair_up(kind: DocumentKind, expected: Sequence[Expected], *, staged: Staged) -> Sequence[Pair]:
    """Pair a chunk of expectations, and claim what belongs to them."""
    by_handle = staged.by_handle(kind, (handle for each in expected for handle in each.handles))
    by_id = staged.by_id(
        kind, (each.row.xero_id for each in expected if each.row and each.row.xero_id)
    )
    contacts = _contacts(expected, staged=staged)
    invoices = staged.by_record(
        DocumentKind.INVOICE,
        (each.invoice_record_id for each in expected if each.invoice_record_id is not None),
    )
    pairs = [
        _pair(each, by_handle=by_handle, by_id=by_id, contacts=contacts, invoices=invoices)
        for each in expected
    ]
    claims = [(held.xero_id, pair.expected.record_id) for pair in pairs for held in _ours(pair)]
    if claims:
        staged.claim(kind, claims)
    return pairs


def _pair(
    expected: Expected,
    *,
    by_handle: Mapping[str, Sequence[Held]],
    by_id: Mapping[str, Held],
    contacts: Mapping[str, Held],
    invoices: Mapping[int, Held],
) -> Pair:
    row_id = expected.row.xero_id if expected.row else None
    under_handle = [
        held
        for handle in expected.handles
        for held in by_handle.get(handle_key(expected.kind, handle), ())
    ]
    ours = [each for each in under_handle if _is_ours(each, expected, row_id)]
    pointed_at = by_id.get(row_id or "")
    if not ours and pointed_at is not None:
        ours = [pointed_at]
    ours.sort(key=lambda each: (each.status not in IN_LEDGER[each.kind], each.xero_id != row_id))
    chosen = ours[0] if ours else None
    is_elsewhere = pointed_at is not None and pointed_at not in ours
    strangers = (each for each in under_handle if each not in ours)
    return Pair(
        expected=expected,
        held=chosen,
        more=[each for each in ours[1:] if each.status in IN_LEDGER[each.kind]],
        pointed_at=pointed_at if is_elsewhere else None,
        not_ours=next((each for each in strangers if each.status in IN_LEDGER[each.kind]), None),
        contact=contacts.get(handle_key(DocumentKind.CONTACT, expected.contact_number or "")),
        invoice=invoices.get(expected.invoice_record_id or -1),
    )


def _is_ours(held: Held, expected: Expected, row_id: str | None) -> bool:
    """A number is anybody's; the link we leave in an invoice, or a person's linking, is not."""
    if expected.kind is not DocumentKind.INVOICE or held.xero_id == row_id:
        return True
    return bool(expected.link_token and held.url and expected.link_token in held.url)


def _ours(pair: Pair) -> Sequence[Held]:
    found = (pair.held, *pair.more, pair.pointed_at)
    return [each for each in found if each is not None]


def _contacts(expected: Iterable[Expected], *, staged: Staged) -> Mapping[str, Held]:
    """The contacts that carry the expected numbers; a merged one leads to what it became."""
    numbers = {each.contact_number for each in expected if each.contact_number}
    found = staged.by_handle(DocumentKind.CONTACT, numbers)
    contacts = {key: held[0] for key, held in found.items()}
    for _ in range(MERGES_MAX):
        merged = {key: held.merged_to for key, held in contacts.items() if held.merged_to}
        if not merged:
            break
        targets = staged.by_id(DocumentKind.CONTACT, merged.values())
        contacts |= {key: targets[to] for key, to in merged.items() if to in targets}
        if not targets:
            break
    return contacts
