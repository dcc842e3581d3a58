"""Sending locations, tenants, invoices and payments: one named result an item."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Schema
from ninja.params.functions import Query
from pydantic import Field

from unitledger import wiring
from unitledger.api.access import key_of, why_dry
from unitledger.api.bodies import BODY_MAX, read_items
from unitledger.api.places import address_of
from unitledger.api.problems import Problem, Refused, WrongField, request_id
from unitledger.api.routes import router
from unitledger.core.source_items import ItemKind
from unitledger.engine.arriving.items import ITEMS_MAX, take_items
from unitledger.engine.arriving.results import counts, result_content
from unitledger.engine.auditing import Subject, note
from unitledger.engine.intake import Limits, currencies_of_books
from unitledger.engine.people.api_keys import VerifiedKey
from unitledger.store.api_keys import ApiScope


class ChangedField(Schema):
    field: str
    old: str | None
    new: str | None


class Result(Schema):
    """What became of one item."""

    position: int = Field(description="From 1, in the order sent.")
    kind: str | None
    source: str | None
    id: str | None
    outcome: str = Field(
        description="created, changed, unchanged, refused, conflict (this revision came before "
        "with other content) or stale (a newer revision came before)"
    )
    revision: int | None
    held_revision: int | None = Field(description="The newest that is here now.")
    changes: list[ChangedField]
    problems: list[WrongField]
    record: str | None = Field(description="Its id here.")
    url: str | None = Field(description="The page that shows it to a person.")


class Results(Schema):
    request_id: str
    dry_run: bool
    dry_run_because: str | None
    counts: dict[str, int]
    results: list[Result]


ANSWERS: dict[Any, Any] = {200: Results, frozenset((400, 401, 403, 413, 422, 429)): Problem}
DryRun = Query(False, description="Decide everything, keep nothing.")


def body_of(*kinds: ItemKind) -> dict[str, Any]:
    """The request's body for the description: items of these kinds."""
    names = [f"{kind.capitalize()}Item" for kind in kinds]
    refs = [{"$ref": f"#/components/schemas/{name}"} for name in names]
    item = refs[0] if len(refs) == 1 else {"anyOf": refs}
    items = {"type": "array", "items": item, "minItems": 1, "maxItems": ITEMS_MAX}
    content = {
        "type": "object",
        "properties": {"items": items},
        "required": ["items"],
        "additionalProperties": False,
    }
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": content}}}}


@router.post(
    "/locations", tags=["Sending"], response=ANSWERS, openapi_extra=body_of(ItemKind.LOCATION)
)
def send_locations(request: HttpRequest, dry_run: bool = DryRun) -> dict[str, Any]:
    """Send locations with their buildings and units.

    What is not named stays as it is. A record of a location that is not known is refused, so
    send these first.
    """
    return _send(request, ItemKind.LOCATION, dry_run)


@router.post("/tenants", tags=["Sending"], response=ANSWERS, openapi_extra=body_of(ItemKind.TENANT))
def send_tenants(request: HttpRequest, dry_run: bool = DryRun) -> dict[str, Any]:
    """Send the persons and firms renting units."""
    return _send(request, ItemKind.TENANT, dry_run)


@router.post(
    "/invoices", tags=["Sending"], response=ANSWERS, openapi_extra=body_of(ItemKind.INVOICE)
)
def send_invoices(request: HttpRequest, dry_run: bool = DryRun) -> dict[str, Any]:
    """Send invoices. To void one, send it with a higher revision and `is_void: true`."""
    return _send(request, ItemKind.INVOICE, dry_run)


@router.post(
    "/payments", tags=["Sending"], response=ANSWERS, openapi_extra=body_of(ItemKind.PAYMENT)
)
def send_payments(request: HttpRequest, dry_run: bool = DryRun) -> dict[str, Any]:
    """Send payments with what each settles of which invoice."""
    return _send(request, ItemKind.PAYMENT, dry_run)


@router.post("/items", tags=["Sending"], response=ANSWERS, openapi_extra=body_of(*ItemKind))
def send_items(request: HttpRequest, dry_run: bool = DryRun) -> dict[str, Any]:
    """Send items of several kinds, each saying its `kind`, in any order."""
    return _send(request, None, dry_run)


@router.post(
    "/credits", tags=["Sending"], response={501: Problem, frozenset((401, 403, 429)): Problem}
)
def send_credits(request: HttpRequest) -> Any:
    """Not kept yet: refused, so that no program believes them to be in the books."""
    raise _not_kept(request, "credits")


@router.post(
    "/refunds", tags=["Sending"], response={501: Problem, frozenset((401, 403, 429)): Problem}
)
def send_refunds(request: HttpRequest) -> Any:
    """Not kept yet: refused, so that no program believes them to be in the books."""
    raise _not_kept(request, "refunds")


def _not_kept(request: HttpRequest, what: str) -> Refused:
    key_of(request, ApiScope.WRITE)
    return Refused(
        501,
        "kind_not_kept",
        f"unitledger does not keep {what} yet; nothing of this request was taken in.",
        remedy="Enter them in Xero by hand until it does.",
    )


def _send(request: HttpRequest, kind: ItemKind | None, dry_run: bool) -> dict[str, Any]:
    key = key_of(request, ApiScope.WRITE)
    body = read_items(request, limit=BODY_MAX, items_max=ITEMS_MAX)
    because = why_dry(key)
    is_dry = dry_run or because is not None
    results = take_items(
        key.operator_id,
        wiring.read_wire_items(body.items, kind=kind),
        now=wiring.shared_tools().clock.now(),
        limits=Limits(currencies=currencies_of_books(key.operator_id)),
        is_dry_run=is_dry,
    )
    found = counts(results)
    if not is_dry and found["created"] + found["changed"]:
        _write_down(request, key, kind, found)
    address = address_of(request, key.operator_id)
    contents = [result_content(each) for each in results]
    return {
        "request_id": request_id(request),
        "dry_run": is_dry,
        "dry_run_because": because if not dry_run else "It was asked for.",
        "counts": found,
        "results": [{**each, "url": address(each)} for each in contents],
    }


def _write_down(
    request: HttpRequest, key: VerifiedKey, kind: ItemKind | None, found: dict[str, int]
) -> None:
    what = f"{kind}s" if kind else "items"
    note(
        key.operator_id,
        key.actor(address=request.META.get("REMOTE_ADDR")),
        "items_sent",
        Subject("api_request", request_id(request), f"{found['created']} new {what}"),
        after=found,
    )
