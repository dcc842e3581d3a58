"""Link a record to what Xero holds already: find it, compare, and take it for ours.

What Xero holds is known from the sweeps. Nothing is written to Xero: the next comparison with
it says whether the two agree, and from then on the object is treated as if we had written it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection as database
from django.db import transaction

from unitledger.core.documents import (
    DocumentKind,
    DocumentState,
    Wanted,
    WantedContact,
    WantedInvoice,
    WantedPayment,
    wanted_to_content,
)
from unitledger.core.problems import Problem, ProblemCode
from unitledger.engine.handling import hanging
from unitledger.engine.handling.deciding import NotDone, Person, already, keep, key_of
from unitledger.engine.handling.fitness import unfit
from unitledger.engine.handling.standing import Standing, locked
from unitledger.engine.link_candidates import Candidate, Ours, candidate, ours
from unitledger.engine.reasons import problems_to_json
from unitledger.store.base import new_public_id
from unitledger.store.handlings import Handling, HandlingAct
from unitledger.store.journal import Document, Effect


def link(
    operator_id: int,
    document_id: int,
    xero_id: str,
    *,
    note: str = "",
    accepts_differences: bool = False,
    by: Person,
    key: str,
    now: datetime,
) -> Handling:
    """Take an object in Xero for this document. Once, however often the same form arrives.

    Amount, currency and, of a payment, the invoice must agree; where date, number or tenant
    differ, a person must have said so. Raises `NotDone`.
    """
    with transaction.atomic():
        standings = locked(operator_id, [document_id], now=now)
        if not standings:
            raise NotDone("There is no such record.")
        standing = standings[0]
        once = key_of(f"{key} {xero_id}", HandlingAct.LINK, standing.kind, [standing.document_id])
        done = already(operator_id, once)
        if done is not None:
            return done
        about, found = _fit(operator_id, standing, xero_id, accepts_differences)
        handling = Handling(
            operator_id=operator_id,
            public_id=new_public_id(),
            key=once,
            act=HandlingAct.LINK,
            user_id=by.user_id,
            user_name=by.actor.name,
            kind=str(standing.kind),
            record_ids=[standing.record_id],
            note=note or _said(found),
            before={str(document_id): {**standing.before, "linked_to": xero_id}},
            at=now,
        )
        _adopt(standing, found)
        hanging.release_below(operator_id, [document_id])
        keep(handling, by=by, numbers=[about.number], now=now)
    return handling


def _fit(
    operator_id: int, standing: Standing, xero_id: str, accepts_differences: bool
) -> tuple[Ours, Candidate]:
    why = unfit(HandlingAct.LINK, standing)
    if why is not None:
        raise NotDone(f"Nothing was linked: {why}.")
    about = ours(operator_id, standing.document_id)
    if about is None:
        raise NotDone("Nothing was linked: the record belongs to no organisation yet. Sync first.")
    found = candidate(operator_id, about, xero_id)
    if found is None:
        raise NotDone("Nothing was linked: Xero holds no such object that is free to be linked.")
    if not found.may_be_linked:
        differing = ", ".join(each.name for each in found.differing if each.is_binding)
        raise NotDone(f"Nothing was linked: the two differ in {differing}. Correct one of them.")
    if not found.is_exact and not accepts_differences:
        differing = ", ".join(each.name for each in found.differing)
        raise NotDone(f"Nothing was linked yet: the two differ in {differing}. Say that they may.")
    return about, found


def _said(found: Candidate) -> str:
    return f"Linked to {found.number or found.reference or found.name or found.xero_id}"


def _adopt(standing: Standing, found: Candidate) -> None:
    """From now on the object is what we wrote for the document's newest version."""
    Effect.objects.filter(document_id=standing.document_id, state="waiting").update(
        state="superseded"
    )
    is_draft = found.is_draft
    problems = [Problem.of(ProblemCode.DRAFT_IN_BOOKS)] if is_draft else []
    state = DocumentState.DRIFTED if is_draft else DocumentState.SYNCED
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE document SET xero_id = %s, applied_content = %s::jsonb, state = %s, "
            "applied_version = wanted_version, planned_version = wanted_version, "
            "problems = %s::jsonb, overwrite_version = NULL, verified_at = NULL WHERE id = %s",
            [
                found.xero_id,
                _content_text(standing, found),
                str(state),
                problems_to_json(problems),
                standing.document_id,
            ],
        )
        cursor.execute(
            "UPDATE xero_object SET document_id = %s "
            "WHERE organisation_id = %s AND kind = %s AND xero_id = %s",
            [
                standing.document_id,
                standing.organisation_id,
                str(standing.kind),
                found.xero_id,
            ],
        )


def _content_text(standing: Standing, found: Candidate) -> str:
    return json.dumps(_content(standing, found), ensure_ascii=False)


def _content(standing: Standing, found: Candidate) -> Mapping[str, Any]:
    """What counts as written: an invoice as we would have sent it, so that a later change
    finds what differs in Xero and asks a person; a contact and a payment as Xero shows them."""
    if standing.kind is DocumentKind.INVOICE:
        planned = (
            Effect.objects.filter(document_id=standing.document_id, content__isnull=False)
            .order_by("-id")
            .values_list("content", flat=True)
            .first()
        )
        if planned is not None:
            return planned
    return wanted_to_content(_as_shown(standing, found))


def _as_shown(standing: Standing, found: Candidate) -> Wanted:
    day = found.dated_on or Document.objects.get(id=standing.document_id).dated_on or date.min
    match standing.kind:
        case DocumentKind.CONTACT:
            return WantedContact(
                contact_number=found.number or "", account_number="", name=found.name or ""
            )
        case DocumentKind.PAYMENT:
            return WantedPayment(
                account_id=found.account_id or "",
                paid_on=day,
                amount=found.total or Decimal(0),
                reference=found.reference or "",
            )
        case DocumentKind.INVOICE:
            # Never planned: its lines are not known here, and whoever changes it is asked.
            return WantedInvoice(
                number=found.number or standing.number,
                contact="",
                issued_on=day,
                due_on=day,
                currency=found.currency or standing.currency or "",
                prices_include_tax=True,
                lines=(),
                total=found.total or Decimal(0),
                reference=found.reference or "",
                url=found.url,
            )
