"""What hangs below one element: its attachments, history, e-mail, PDF, members.

A room is a resource to the front door (methods, scopes, envelope) and is carried out by
`room_calls`, for its bodies are files as often as elements.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fauxero.accounting.base import INVOICES_READ, INVOICES_WRITE
from fauxero.accounting.resource import Resource

ATTACHMENTS_WRITE = frozenset({"accounting.attachments"})
ATTACHMENTS_READ = ATTACHMENTS_WRITE | {"accounting.attachments.read"}
PAYMENT_SERVICES = frozenset({"paymentservices"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of room: below which collections, what it answers to, under which envelope."""

    collections: frozenset[str]
    name: str
    element_name: str
    id_field: str
    methods: frozenset[str]
    read_scopes: Callable[[Resource], frozenset[str]] = lambda parent: parent.read_scopes
    write_scopes: Callable[[Resource], frozenset[str]] = lambda parent: parent.write_scopes
    has_rest: bool = False  # more path may follow


# The collections as the OpenAPI file lists them.
_DOCUMENTS = frozenset({"invoices", "creditnotes", "quotes", "repeatinginvoices"})
_MONEY = frozenset({"banktransactions", "banktransfers"})
_WITH_ATTACHMENTS = _DOCUMENTS | _MONEY | {"accounts", "contacts", "manualjournals"}
_WITH_HISTORY = (
    _DOCUMENTS
    | _MONEY
    | {"batchpayments", "contacts", "items", "manualjournals"}
    | {"overpayments", "payments", "prepayments"}
)
WITH_PDF = frozenset({"invoices", "creditnotes", "quotes"})

KINDS: dict[str, Kind] = {
    "attachments": Kind(
        _WITH_ATTACHMENTS,
        "Attachments",
        "Attachment",
        "AttachmentID",
        frozenset({"GET", "PUT", "POST"}),
        read_scopes=lambda _: ATTACHMENTS_READ,
        write_scopes=lambda _: ATTACHMENTS_WRITE,
        has_rest=True,
    ),
    "history": Kind(
        _WITH_HISTORY, "HistoryRecords", "HistoryRecord", "", frozenset({"GET", "PUT"})
    ),
    "email": Kind(
        frozenset({"invoices"}),
        "Invoices",
        "Invoice",
        "InvoiceID",
        frozenset({"POST"}),
        write_scopes=lambda _: INVOICES_WRITE,
    ),
    "onlineinvoice": Kind(
        frozenset({"invoices"}),
        "OnlineInvoices",
        "OnlineInvoice",
        "",
        frozenset({"GET"}),
        read_scopes=lambda _: INVOICES_READ,
    ),
    "pdf": Kind(WITH_PDF, "", "", "", frozenset({"GET"})),
    "contacts": Kind(
        frozenset({"contactgroups"}),
        "Contacts",
        "Contact",
        "ContactID",
        frozenset({"PUT", "DELETE"}),
        has_rest=True,
    ),
    "paymentservices": Kind(
        frozenset({"brandingthemes"}),
        "PaymentServices",
        "PaymentService",
        "PaymentServiceID",
        frozenset({"GET"}),
        # Spec: reading the payment services of a theme needs this scope, and no other will do.
        read_scopes=lambda _: PAYMENT_SERVICES,
    ),
}


@dataclass(frozen=True, slots=True)
class Room:
    """One room of one element, e.g. Invoices/{key}/Attachments/{rest}."""

    kind: str
    collection: str
    parent: Resource
    parent_key: str
    rest: str = ""

    summarizes_errors = False
    one_per_request = False
    date_companions = ()

    @property
    def name(self) -> str:
        return KINDS[self.kind].name

    @property
    def element_name(self) -> str:
        return KINDS[self.kind].element_name

    @property
    def id_field(self) -> str:
        return KINDS[self.kind].id_field

    @property
    def methods(self) -> frozenset[str]:
        return KINDS[self.kind].methods

    @property
    def read_scopes(self) -> frozenset[str]:
        return KINDS[self.kind].read_scopes(self.parent)

    @property
    def write_scopes(self) -> frozenset[str]:
        return KINDS[self.kind].write_scopes(self.parent)


def is_room(collection: str, kind: str, rest: tuple[str, ...]) -> bool:
    found = KINDS.get(kind)
    return found is not None and collection in found.collections and (found.has_rest or not rest)
