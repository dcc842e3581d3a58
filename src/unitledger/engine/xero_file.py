"""A file that Xero's own invoice import takes: the way into the books without a connection.

One row is one line of an invoice. Xero (documented, import of sales invoices) takes up to 500
invoices a file and asks once, for the whole file, whether prices include tax; what it brings
in stands there as drafts. Invoices that are in Xero already are never in the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import F, Q

from unitledger.core import mapping as mappings
from unitledger.core.arithmetic import ZERO
from unitledger.core.billing import Invoice, RecordKey, RecordKind, Tenant, from_content
from unitledger.core.chart import Chart
from unitledger.core.documents import DocumentKind, DocumentState, WantedInvoice, WantedLine
from unitledger.core.mapping import ContactField, Mapping
from unitledger.core.money import CENT, is_whole_cents
from unitledger.core.problems import Problem
from unitledger.core.translate import translate_invoice, translate_tenant
from unitledger.core.wording import name_key
from unitledger.engine.reading import stored_chart
from unitledger.store.billing import Tenant as TenantRow
from unitledger.store.connections import (
    Connection,
    ConnectionState,
    LocationRoute,
    MappingVersion,
    Organisation,
)
from unitledger.store.journal import Document
from unitledger.store.records import RecordVersion

INVOICES_MAX = 500  # in one file
CHUNK = 500
COLUMNS = (
    "*ContactName", "EmailAddress", "POAddressLine1", "POAddressLine2", "POAddressLine3",
    "POAddressLine4", "POCity", "PORegion", "POPostalCode", "POCountry", "*InvoiceNumber",
    "Reference", "*InvoiceDate", "*DueDate", "InventoryItemCode", "*Description", "*Quantity",
    "*UnitAmount", "Discount", "*AccountCode", "*TaxType", "TrackingName1", "TrackingOption1",
    "TrackingName2", "TrackingOption2", "Currency", "BrandingTheme",
)  # fmt: skip
MONTH_FIRST = frozenset({"US"})
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class NoFile(Exception):
    """There is no file to be had. The text is for people."""


@dataclass(frozen=True, slots=True)
class Codes:
    """What is posted where, and from which day on."""

    mapping: Mapping
    chart: Chart
    start_on: date | None
    organisation_id: int | None  # none: no organisation is connected

    @property
    def is_month_first(self) -> bool:
        return self.chart.facts.country in MONTH_FIRST


@dataclass(frozen=True, slots=True)
class LeftOut:
    number: str
    amount: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Billed:
    wanted: WantedInvoice
    contact: str
    email: str


@dataclass(slots=True)
class XeroFile:
    """What goes into the files: one for each way of pricing, in parts of 500 invoices."""

    codes: Codes
    left_out: list[LeftOut] = field(default_factory=list)
    billed: dict[bool, list[Billed]] = field(default_factory=dict)

    def count(self, *, prices_include_tax: bool) -> int:
        return len(self.billed.get(prices_include_tax, ()))

    def amount(self, *, prices_include_tax: bool) -> Decimal:
        found = self.billed.get(prices_include_tax, ())
        return sum((each.wanted.total for each in found), ZERO)

    def parts(self, *, prices_include_tax: bool) -> int:
        return -(-self.count(prices_include_tax=prices_include_tax) // INVOICES_MAX)

    def rows(self, *, prices_include_tax: bool, part: int) -> Iterator[Sequence[str]]:
        """The rows under `COLUMNS` of the part, counted from 1."""
        found = self.billed.get(prices_include_tax, [])
        for each in found[(part - 1) * INVOICES_MAX : part * INVOICES_MAX]:
            for line in each.wanted.lines:
                yield _row(each, line, self.codes)


def codes_of_books(operator_id: int) -> Codes:
    """By the organisation that is or was connected; raises `NoFile` where a sync would send
    the same invoices, or where nothing is mapped."""
    connection = (
        Connection.objects.filter(operator_id=operator_id)
        .select_related("organisation")
        .order_by("-connected_at", "-id")
        .first()
    )
    if connection is None:
        raise NoFile("No organisation is connected, so nothing says which accounts to post to.")
    if sends_by_itself(connection):
        raise NoFile(
            f"The sync sends these invoices to {connection.organisation.name} by itself. "
            "Pause it first, so that none of them is there twice."
        )
    newest = MappingVersion.objects.filter(organisation_id=connection.organisation_id)
    mapping = newest.order_by("-version").first()
    chart = stored_chart(connection.organisation_id)
    if mapping is None or chart is None:
        raise NoFile(
            "Nothing is mapped yet, or the accounts of the organisation were never read: the file "
            "would have no accounts in it."
        )
    return Codes(
        mappings.from_content(mapping.content),
        chart,
        connection.start_on,
        connection.organisation_id,
    )


def sends_by_itself(connection: Connection) -> bool:
    is_on = connection.state in (ConnectionState.ACTIVE, ConnectionState.HELD)
    return is_on and not connection.awaits_go_ahead


def xero_file(
    operator_id: int,
    codes: Codes,
    *,
    start_on: date | None = None,
    end_on: date | None = None,
    location_ids: Sequence[int] = (),
) -> XeroFile:
    """The invoices dated in the period (both ends included) that are not in Xero."""
    made = XeroFile(codes)
    names = _names(operator_id, codes)
    emails = _emails(operator_id) if ContactField.EMAIL in codes.mapping.contact_fields else {}
    for document, content in _invoices(operator_id, codes, start_on, end_on, location_ids):
        record = from_content(content)
        assert isinstance(record, Invoice)
        _add(made, document, record, names, emails)
    return made


def _add(
    made: XeroFile,
    document: Document,
    invoice: Invoice,
    names: dict[int, str],
    emails: dict[int, str],
) -> None:
    codes, tenant = made.codes, document.tenant_record_id
    said = translate_invoice(
        invoice, mapping=codes.mapping, chart=codes.chart, url=None, start_on=codes.start_on
    )
    reason = _reasons(said.problems)
    if said.wanted is not None and any(line.overrides_tax for line in said.wanted.lines):
        reason = "Xero would round its tax otherwise, and a file cannot say how. Enter it by hand."
    name = names.get(tenant) if tenant is not None else None
    if not reason and not name:
        reason = "Its tenant has no name that Xero takes. Correct it where tenants are kept."
    if reason or said.wanted is None or name is None or tenant is None:
        made.left_out.append(LeftOut(invoice.number, invoice.total, reason))
        return
    billed = Billed(said.wanted, name, emails.get(tenant, ""))
    made.billed.setdefault(invoice.prices_include_tax, []).append(billed)


def _reasons(problems: Sequence[Problem]) -> str:
    return " ".join(f"{each.sentence} {each.remedy}" for each in problems)


def _invoices(
    operator_id: int,
    codes: Codes,
    start_on: date | None,
    end_on: date | None,
    location_ids: Sequence[int],
) -> Iterator[tuple[Document, dict[str, object]]]:
    found = Document.objects.filter(
        _goes_there(operator_id, codes.organisation_id),
        operator_id=operator_id,
        kind=DocumentKind.INVOICE,
        is_wanted=True,
        xero_id=None,
    ).exclude(state=DocumentState.SKIPPED)
    if start_on:
        found = found.filter(dated_on__gte=start_on)
    if end_on:
        found = found.filter(dated_on__lte=end_on)
    if location_ids:
        found = found.filter(location_id__in=location_ids)
    documents = list(found.order_by("dated_on", "number", "id"))
    for start in range(0, len(documents), CHUNK):
        chunk = documents[start : start + CHUNK]
        versions = RecordVersion.objects.filter(
            record_id__in=[each.record_id for each in chunk], operator_id=operator_id
        ).filter(version__in={each.wanted_version for each in chunk})
        contents = {
            key: content
            for *key_parts, content in versions.values_list("record_id", "version", "content")
            for key in [tuple(key_parts)]
        }
        for each in chunk:
            yield each, contents[(each.record_id, each.wanted_version)]


def _goes_there(operator_id: int, organisation_id: int | None) -> Q:
    """An operator with one organisation has no question where anything goes; with several, a
    location's route on the day of the document says it."""
    if organisation_id is None:
        return Q()
    if Organisation.objects.filter(operator_id=operator_id).count() == 1:
        return Q(organisation_id=organisation_id) | Q(organisation_id=None)
    there = Q(organisation_id=organisation_id)
    routes: dict[int, list[LocationRoute]] = {}
    for route in LocationRoute.objects.filter(operator_id=operator_id).order_by("valid_from_on"):
        routes.setdefault(route.location_id, []).append(route)
    for location_id, found in routes.items():
        for place, route in enumerate(found):
            if route.organisation_id != organisation_id:
                continue
            days = Q(dated_on__gte=route.valid_from_on) if place else Q()
            if place + 1 < len(found):
                days &= Q(dated_on__lt=found[place + 1].valid_from_on)
            there |= Q(organisation_id=None, location_id=location_id) & days
    return there


def _names(operator_id: int, codes: Codes) -> dict[int, str]:
    """By tenant's record: what Xero calls them, or will. Its import knows people by name only,
    so no two tenants may have the same."""
    known = {
        record: content["name"]
        for record, content in Document.objects.filter(
            operator_id=operator_id, kind=DocumentKind.CONTACT, applied_content__isnull=False
        ).values_list("record_id", "applied_content")
    }
    taken = {name_key(name) for name in known.values()}
    for row in TenantRow.objects.filter(operator_id=operator_id).order_by("record_id"):
        if row.record_id in known:
            continue
        tenant = Tenant(_key(row.record_id), name=row.name, number=row.number)
        wanted = translate_tenant(tenant, mapping=codes.mapping, taken_names=taken).wanted
        if wanted is not None:
            known[row.record_id] = wanted.name
            taken.add(name_key(wanted.name))
    return known


def _key(record_id: int) -> RecordKey:
    return RecordKey("unitledger", RecordKind.TENANT, "record", str(record_id))


def _emails(operator_id: int) -> dict[int, str]:
    rows = TenantRow.objects.filter(operator_id=operator_id, email__isnull=False)
    return dict(rows.annotate(address=F("email")).values_list("record_id", "address"))


def _row(billed: Billed, line: WantedLine, codes: Codes) -> Sequence[str]:
    wanted = billed.wanted
    form = "%m/%d/%Y" if codes.is_month_first else "%d/%m/%Y"
    rates = {each.tax_type: each.name for each in codes.chart.tax_rates}
    tracking = [part for pair in (line.tracking or {}).items() for part in pair]
    cells = {
        "*ContactName": _text(billed.contact),
        "EmailAddress": _text(billed.email),
        "*InvoiceNumber": _text(wanted.number),
        "Reference": _text(wanted.reference),
        "*InvoiceDate": wanted.issued_on.strftime(form),
        "*DueDate": wanted.due_on.strftime(form),
        "InventoryItemCode": _text(line.item_code or ""),
        "*Description": _text(line.description),
        "*Quantity": format(line.quantity, "f"),
        "*UnitAmount": _price(line.unit_amount),
        "*AccountCode": line.account_code,
        "*TaxType": rates.get(line.tax_type, line.tax_type),
        "Currency": wanted.currency,
    }
    names = ("TrackingName1", "TrackingOption1", "TrackingName2", "TrackingOption2")
    cells |= dict(zip(names, map(_text, tracking), strict=False))
    return [cells.get(column, "") for column in COLUMNS]


def _price(amount: Decimal) -> str:
    """In cents where it is whole ones; Xero's import takes up to four places."""
    return format(amount.quantize(CENT) if is_whole_cents(amount) else amount, "f")


def _text(value: str) -> str:
    """No cell that a spreadsheet takes for a formula, should somebody open the file there."""
    return f"'{value}" if value.startswith(_FORMULA) else value
