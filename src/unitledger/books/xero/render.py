"""Wanted documents → the JSON Xero takes, and effects → the exact bytes of a request.

Pure, and cheap: a batch is put together from its elements' text without reading it again.
Creates are PUT only (a POST with a number in use silently edits that document), updates are
POST by Xero's id only. We never send SentToContact, or a contact's name inside an invoice:
each of these changes something or sends something in Xero. A contact's e-mail address and phone
go only where the operator chose so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from unitledger.books.xero.wire import is_guid
from unitledger.core.documents import (
    Wanted,
    WantedContact,
    WantedInvoice,
    WantedLine,
    WantedPayment,
)
from unitledger.core.effects import EffectKind
from unitledger.core.exchange import Element, WriteRequest
from unitledger.core.money import CENT, UNIT

# Documented: 128 characters; a longer key is refused.
IDEMPOTENCY_KEY_MAX = 128
# Each element answered by itself, and unit prices kept to four decimals. Without
# summarizeErrors=false one bad element refuses the other forty-nine.
_QUERY = "?summarizeErrors=false&unitdp=4"

_COLLECTIONS = {"contact": "Contacts", "invoice": "Invoices", "payment": "Payments"}

# Encodes one string with the C encoder; Xero takes UTF-8, and so do people who read payloads.
_quoted: Callable[[str], str] = json.JSONEncoder(ensure_ascii=False).encode


class InexactAmount(ValueError):
    """An amount has more decimals than Xero keeps; rounding it here would hide a bug."""

    def __init__(self, *, amount: Decimal, step: Decimal) -> None:
        super().__init__(f"{amount} is not a multiple of {step}")


def render(wanted: Wanted) -> str:
    """Return the element as JSON text, without the ids it hangs on."""
    match wanted:
        case WantedContact():
            return _contact(wanted)
        case WantedInvoice():
            return _invoice(wanted)
        case WantedPayment():
            return _payment(wanted)


def compose(kind: EffectKind, elements: Sequence[Element], *, idempotency_key: str) -> WriteRequest:
    """Put the elements into one request. Raises ValueError for what must never be sent."""
    if not elements or len(elements) > kind.batch_max:
        raise ValueError(f"{len(elements)} elements in one {kind} request")
    if not idempotency_key or len(idempotency_key) > IDEMPOTENCY_KEY_MAX:
        raise ValueError("the idempotency key must have 1 to 128 characters")
    handles = [each.handle for each in elements]
    if len(set(handles)) != len(handles):
        raise ValueError("two elements of one request have the same handle")
    method, path, body = _shape(kind, elements)
    return WriteRequest(
        kind=kind,
        method=method,
        path=path,
        body=body.encode(),
        idempotency_key=idempotency_key,
        handles=tuple(handles),
    )


def collection_of(kind: EffectKind) -> str:
    """The name under which Xero lists what this effect is about."""
    return _COLLECTIONS[kind.document_kind]


def _shape(kind: EffectKind, elements: Sequence[Element]) -> tuple[str, str, str]:
    collection = collection_of(kind)
    if kind is EffectKind.DELETE_PAYMENT:
        # Documented: a payment is deleted at its own address, and nothing else of it changes.
        return "POST", f"{collection}/{_target(elements[0])}", '{"Status":"DELETED"}'
    body = f'{{"{collection}":[{",".join(map(_ELEMENTS[kind], elements))}]}}'
    return ("PUT" if kind.is_create else "POST"), f"{collection}{_QUERY}", body


def _with(members: str, payload: str) -> str:
    if len(payload) <= 2 or payload[0] != "{":
        raise ValueError("the payload is not a JSON object with members")
    return f"{{{members},{payload[1:]}"


def _new_contact(element: Element) -> str:
    return element.payload


def _changed_contact(element: Element) -> str:
    return _with(f'"ContactID":"{_target(element)}"', element.payload)


def _new_invoice(element: Element) -> str:
    return _with(f'"Contact":{{"ContactID":"{_parent(element)}"}}', element.payload)


def _changed_invoice(element: Element) -> str:
    """The whole invoice again. Documented: lines sent without their ids replace all lines."""
    members = f'"InvoiceID":"{_target(element)}"'
    if element.parent_id is not None:
        members += f',"Contact":{{"ContactID":"{_parent(element)}"}}'
    return _with(members, element.payload)


def _voided_invoice(element: Element) -> str:
    return f'{{"InvoiceID":"{_target(element)}","Status":"VOIDED"}}'


def _new_payment(element: Element) -> str:
    return _with(f'"Invoice":{{"InvoiceID":"{_parent(element)}"}}', element.payload)


_ELEMENTS: Mapping[EffectKind, Callable[[Element], str]] = {
    EffectKind.CREATE_CONTACT: _new_contact,
    EffectKind.UPDATE_CONTACT: _changed_contact,
    EffectKind.CREATE_INVOICE: _new_invoice,
    EffectKind.UPDATE_INVOICE: _changed_invoice,
    EffectKind.VOID_INVOICE: _voided_invoice,
    EffectKind.CREATE_PAYMENT: _new_payment,
}


def _target(element: Element) -> str:
    return _guid(element.target_id, "target_id", element.handle)


def _parent(element: Element) -> str:
    return _guid(element.parent_id, "parent_id", element.handle)


def _guid(value: str | None, name: str, handle: str) -> str:
    # Ids go into JSON and addresses unquoted: nothing but a GUID may get there.
    if value is None or not is_guid(value):
        raise ValueError(f"{name} of {handle} is no Xero id: {value!r}")
    return value


def _contact(wanted: WantedContact) -> str:
    email = "" if wanted.email is None else f',"EmailAddress":{_quoted(wanted.email)}'
    phones = (
        ""
        if wanted.phone is None
        else f',"Phones":[{{"PhoneType":"DEFAULT","PhoneNumber":{_quoted(wanted.phone)}}}]'
    )
    return (
        f'{{"ContactNumber":{_quoted(wanted.contact_number)}'
        f',"AccountNumber":{_quoted(wanted.account_number)}'
        f',"Name":{_quoted(wanted.name)}{email}{phones}}}'
    )


def _invoice(wanted: WantedInvoice) -> str:
    url = "" if wanted.url is None else f',"Url":{_quoted(wanted.url)}'
    return (
        '{"Type":"ACCREC"'
        f',"InvoiceNumber":{_quoted(wanted.number)}'
        f',"Status":{_quoted(wanted.status)}'
        f',"Date":"{wanted.issued_on.isoformat()}"'
        f',"DueDate":"{wanted.due_on.isoformat()}"'
        f',"CurrencyCode":{_quoted(wanted.currency)}'
        f',"LineAmountTypes":"{"Inclusive" if wanted.prices_include_tax else "Exclusive"}"'
        f',"Reference":{_quoted(wanted.reference)}{url}'
        f',"LineItems":[{",".join(map(_line, wanted.lines))}]}}'
    )


def _line(line: WantedLine) -> str:
    tax = f',"TaxAmount":{_cents(line.tax_amount)}' if line.overrides_tax else ""
    item = "" if line.item_code is None else f',"ItemCode":{_quoted(line.item_code)}'
    return (
        f'{{"Description":{_quoted(line.description)}'
        f',"Quantity":{_units(line.quantity)}'
        f',"UnitAmount":{_units(line.unit_amount)}'
        # Xero refuses a line whose amount is not quantity × unit amount: a difference between
        # our arithmetic and Xero's shows before anything is booked.
        f',"LineAmount":{_cents(line.line_amount)}'
        f',"AccountCode":{_quoted(line.account_code)}'
        f',"TaxType":{_quoted(line.tax_type)}{tax}{item}{_tracking(line.tracking)}}}'
    )


def _tracking(tracking: Mapping[str, str] | None) -> str:
    if not tracking:
        return ""
    named = (
        f'{{"Name":{_quoted(name)},"Option":{_quoted(option)}}}'
        for name, option in tracking.items()
    )
    return f',"Tracking":[{",".join(named)}]'


def _payment(wanted: WantedPayment) -> str:
    return (
        f'{{"Account":{{"AccountID":{_quoted(wanted.account_id)}}}'
        f',"Date":"{wanted.paid_on.isoformat()}"'
        f',"Amount":{_cents(wanted.amount)}'
        f',"Reference":{_quoted(wanted.reference)}}}'
    )


def _cents(amount: Decimal) -> str:
    return _fixed(amount, CENT)


def _units(amount: Decimal) -> str:
    return _fixed(amount, UNIT)


def _fixed(amount: Decimal, step: Decimal) -> str:
    """Return the amount with the step's decimals: `12.50`, `1.0000`; no exponent, no float."""
    if not amount.is_finite():
        raise InexactAmount(amount=amount, step=step)
    fixed = amount.quantize(step)
    if fixed != amount:
        raise InexactAmount(amount=amount, step=step)
    return format(fixed, "f")
