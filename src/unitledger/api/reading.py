"""Reading records and where they stand."""

from __future__ import annotations

import base64
import json
from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema
from ninja.params.functions import Query
from pydantic import Field

from unitledger.api.access import key_of, why_dry
from unitledger.api.places import base_address
from unitledger.api.problems import Problem, Refused
from unitledger.api.routes import router
from unitledger.core.documents import DocumentKind, DocumentState
from unitledger.core.source_items import ItemKind
from unitledger.engine.exporting import row_content
from unitledger.engine.report import Filter, ReportRow, Status, report
from unitledger.engine.report_order import Cursor
from unitledger.engine.scope import operator_scope
from unitledger.store.api_keys import ApiScope
from unitledger.store.connections import Connection
from unitledger.store.places import Building, Location, Unit
from unitledger.store.records import RecordIdentifier, SourceRecord
from unitledger.store.source_items import SourceRevision

PAGE_MAX = 500
KINDS = {
    ItemKind.TENANT: DocumentKind.CONTACT,
    ItemKind.INVOICE: DocumentKind.INVOICE,
    ItemKind.PAYMENT: DocumentKind.PAYMENT,
}
_ID_MAX = 2**63 - 1


class Reason(Schema):
    code: str | None
    sentence: str
    remedy: str
    acts_next: str


class PartState(Schema):
    invoice: str | None
    amount: str | None
    state: str
    xero_id: str | None
    link: str | None


class RecordState(Schema):
    """One record and where it stands."""

    kind: str
    id: str
    number: str
    keys: list[str]
    dated_on: str | None
    tenant: str | None
    tenant_number: str | None
    unit: str | None
    location: str | None
    building: str | None
    amount: str | None
    currency: str | None
    void: bool
    state: str
    status: str
    reasons: list[Reason]
    notes: list[str]
    attempts: int
    last_attempt_at: str | None
    xero_id: str | None
    xero_number: str | None
    link: str | None = Field(description="Into Xero, for a person.")
    parts: list[PartState]
    url: str = Field(description="The page that shows it to a person.")


class RecordPage(Schema):
    records: list[RecordState]
    next: str | None = Field(description="Send it as `cursor` for the next page; null: the last.")


class FoundRecord(RecordState):
    revision: int | None = Field(description="The newest that was taken in by the API.")


class Me(Schema):
    operator: str
    key: str
    scopes: list[str]
    is_test: bool
    dry_run_because: str | None


class LocationState(Schema):
    id: str
    name: str
    zone: str
    currency: str
    buildings: list[str]
    units: int


class Locations(Schema):
    locations: list[LocationState]


class ConnectionStateShown(Schema):
    organisation: str
    state: str
    reason: str | None
    start_on: str
    last_success_at: str | None


class Connections(Schema):
    connections: list[ConnectionStateShown]


class RecordFilters(Schema):
    status: Literal["synced", "non-synced", "all"] = "all"
    state: DocumentState | None = None
    start_on: date | None = None
    end_on: date | None = None
    search: str = Field("", max_length=200, pattern=r"^[^\x00]*$")
    location: str | None = Field(None, max_length=255, pattern=r"^[^\x00]*$")
    cursor: str | None = Field(None, max_length=500)
    limit: int = Field(100, ge=1, le=PAGE_MAX)


PROBLEMS: dict[Any, Any] = {frozenset((401, 403, 404, 422, 429)): Problem}
Filters = Query(...)


@router.get("/me", tags=["Reading"], response={200: Me, **PROBLEMS})
def me(request: HttpRequest) -> dict[str, Any]:
    """Which operator the key belongs to, and what it may do."""
    key = key_of(request, ApiScope.READ)
    from unitledger.store.people import Operator

    return {
        "operator": Operator.objects.get(id=key.operator_id).name,
        "key": key.name,
        "scopes": sorted(key.scopes),
        "is_test": key.is_test,
        "dry_run_because": why_dry(key),
    }


@router.get("/connections", tags=["Reading"], response={200: Connections, **PROBLEMS})
def connections(request: HttpRequest) -> dict[str, Any]:
    """The organisations in Xero that the operator is connected to."""
    key = key_of(request, ApiScope.READ)
    with operator_scope(key.operator_id):
        rows = list(
            Connection.objects.filter(operator_id=key.operator_id)
            .select_related("organisation")
            .order_by("id")
        )
    return {
        "connections": [
            {
                "organisation": each.organisation.name,
                "state": str(each.state),
                "reason": each.reason,
                "start_on": each.start_on.isoformat(),
                "last_success_at": each.last_success_at.isoformat()
                if each.last_success_at
                else None,
            }
            for each in rows
        ]
    }


@router.get("/locations", tags=["Reading"], response={200: Locations, **PROBLEMS})
def locations(request: HttpRequest) -> dict[str, Any]:
    """The operator's locations."""
    key = key_of(request, ApiScope.READ)
    with operator_scope(key.operator_id):
        rows = list(Location.objects.filter(operator_id=key.operator_id).order_by("name"))
        buildings = list(
            Building.objects.filter(operator_id=key.operator_id)
            .order_by("name")
            .values_list("location_id", "name")
        )
        units = list(
            Unit.objects.filter(operator_id=key.operator_id).values_list("location_id", flat=True)
        )
    return {
        "locations": [
            {
                "id": str(each.public_id),
                "name": each.name,
                "zone": each.zone,
                "currency": each.currency,
                "buildings": [name for at, name in buildings if at == each.pk],
                "units": units.count(each.pk),
            }
            for each in rows
        ]
    }


@router.get("/tenants", tags=["Reading"], response={200: RecordPage, **PROBLEMS})
def tenants(request: HttpRequest, asked: RecordFilters = Filters) -> dict[str, Any]:
    """Tenants and where each stands."""
    return _page(request, ItemKind.TENANT, asked)


@router.get("/invoices", tags=["Reading"], response={200: RecordPage, **PROBLEMS})
def invoices(request: HttpRequest, asked: RecordFilters = Filters) -> dict[str, Any]:
    """Invoices and where each stands, newest first."""
    return _page(request, ItemKind.INVOICE, asked)


@router.get("/payments", tags=["Reading"], response={200: RecordPage, **PROBLEMS})
def payments(request: HttpRequest, asked: RecordFilters = Filters) -> dict[str, Any]:
    """Payments and where each stands, newest first."""
    return _page(request, ItemKind.PAYMENT, asked)


@router.get("/records", tags=["Reading"], response={200: FoundRecord, **PROBLEMS})
def by_source(
    request: HttpRequest,
    kind: Literal["tenant", "invoice", "payment"],
    source: str = Query(..., max_length=255, pattern=r"^[^\x00]*$"),
    id: str = Query(..., max_length=255, pattern=r"^[^\x00]*$"),
    id_type: str = Query("id", max_length=255, pattern=r"^[^\x00]*$"),
) -> dict[str, Any]:
    """One record by its source's id."""
    key = key_of(request, ApiScope.READ)
    base = base_address(request, key.operator_id)
    with operator_scope(key.operator_id):
        found = RecordIdentifier.objects.filter(
            operator_id=key.operator_id,
            source=source,
            kind=kind,
            identifier_type=id_type,
            value=id,
        ).first()
        if found is None:
            raise _none(f"No {kind} of {source} is called {id}")
        return _one(base, key.operator_id, ItemKind(kind), found.record_id)


@router.get("/records/{public_id}", tags=["Reading"], response={200: FoundRecord, **PROBLEMS})
def by_id(request: HttpRequest, public_id: UUID) -> dict[str, Any]:
    """One record by its id here."""
    key = key_of(request, ApiScope.READ)
    base = base_address(request, key.operator_id)
    with operator_scope(key.operator_id):
        found = SourceRecord.objects.filter(
            operator_id=key.operator_id, public_id=public_id
        ).first()
        if found is None:
            raise _none("There is no such record")
        return _one(base, key.operator_id, ItemKind(found.kind), found.pk)


def _one(base: str, operator_id: int, kind: ItemKind, record_id: int) -> dict[str, Any]:
    asked = Filter(operator_id=operator_id, kind=KINDS[kind], record_ids=[record_id])
    rows = report(asked, limit=1).rows
    if not rows:
        raise _none("The record has no document")
    revisions = SourceRevision.objects.raw(
        "SELECT s.* FROM source_revision s JOIN record_identifier i USING "
        "(operator_id, source, kind, identifier_type, value) "
        "WHERE i.operator_id = %s AND i.record_id = %s ORDER BY s.revision DESC LIMIT 1",
        [operator_id, record_id],
    )
    newest = next((each.revision for each in revisions), None)
    return {**_shown(rows[0], base), "revision": newest}


def _page(request: HttpRequest, kind: ItemKind, asked: RecordFilters) -> dict[str, Any]:
    key = key_of(request, ApiScope.READ)
    cursor = _cursor(asked.cursor) if asked.cursor else None
    base = base_address(request, key.operator_id)
    with operator_scope(key.operator_id):
        places: list[int] = []
        if asked.location is not None:
            places = list(
                Location.objects.filter(
                    operator_id=key.operator_id, name=asked.location
                ).values_list("id", flat=True)
            )
            if not places:
                raise _none(f"There is no location “{asked.location}”")
        page = report(
            Filter(
                operator_id=key.operator_id,
                kind=KINDS[kind],
                status=Status(asked.status),
                states=(asked.state,) if asked.state else (),
                location_ids=places,
                start_on=asked.start_on,
                end_on=asked.end_on,
                search=asked.search,
            ),
            after=cursor,
            limit=asked.limit,
        )
    return {
        "records": [_shown(row, base) for row in page.rows],
        "next": _next(page.next) if page.next else None,
    }


def _shown(row: ReportRow, base: str) -> dict[str, Any]:
    return {**row_content(row), "url": f"{base}/records/{row.public_id}"}


def _next(cursor: Cursor) -> str:
    key = cursor.key.isoformat() if isinstance(cursor.key, date) else None
    text = json.dumps([key, cursor.document_id])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _cursor(text: str) -> Cursor:
    try:
        padded = text + "=" * (-len(text) % 4)
        key, document_id = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        if not isinstance(document_id, int) or not 0 <= document_id <= _ID_MAX:
            raise ValueError
        return Cursor(date.fromisoformat(key) if key is not None else None, document_id)
    except (ValueError, TypeError):
        raise Refused(
            422,
            "cursor_wrong",
            "The cursor is none of ours.",
            remedy="Send the `next` of an answer, or no cursor for the first page.",
        ) from None


def _none(what: str) -> Refused:
    return Refused(404, "not_found", f"{what}.", remedy="Check the id, the kind and the source.")
