"""A person looks at a difference that belongs to no record of ours, and accepts it.

Those of a record are decided at the record. An accepted one no longer breaks the tie, as long as
its two amounts stay what they were.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from unitledger.engine.auditing import Actor, Subject, note
from unitledger.store.connections import Organisation
from unitledger.store.holdings import Finding, FindingState

WHY_MAX = 500


class NotAcceptable(ValueError):
    """Why it cannot be accepted, or taken back, in words."""


def accept(
    organisation_id: int, *, rule: str, subject: str, why: str, by: Actor, now: datetime
) -> Finding:
    """Accept the open one of that rule and subject. Raises `NotAcceptable`.

    A second click finds it accepted and says so by returning it.
    """
    if not why.strip():
        raise NotAcceptable("Say why: the reason is kept with the difference.")
    with transaction.atomic():
        mine = Finding.objects.select_for_update().filter(
            organisation_id=organisation_id, rule=rule, subject=subject
        )
        found = mine.filter(state=FindingState.OPEN).first()
        if found is None:
            known = mine.filter(state=FindingState.ACCEPTED).order_by("-id").first()
            if known is None:
                raise NotAcceptable("It is no longer there. The newest tie-out did not find it.")
            return known
        if found.document_id is not None:
            raise NotAcceptable("It belongs to a record: decide it there.")
        found.state = FindingState.ACCEPTED
        found.closed_at = now
        found.evidence = {**found.evidence, "accepted_by": by.name, "why": why.strip()[:WHY_MAX]}
        found.save(update_fields=["state", "closed_at", "evidence"])
        after = {"rule": rule, "why": found.evidence["why"]}
        note(found.operator_id, by, "difference_accepted", _subject(found), after=after)
    return found


def take_back(organisation_id: int, *, rule: str, subject: str, by: Actor) -> None:
    """Open it again. Raises `NotAcceptable` where it was found anew meanwhile."""
    try:
        with transaction.atomic():
            found = (
                Finding.objects.select_for_update()
                .filter(
                    organisation_id=organisation_id,
                    rule=rule,
                    subject=subject,
                    state=FindingState.ACCEPTED,
                    document__isnull=True,
                )
                .order_by("-id")
                .first()
            )
            if found is None:
                return
            found.state, found.closed_at = FindingState.OPEN, None
            found.save(update_fields=["state", "closed_at"])
            note(found.operator_id, by, "difference_opened", _subject(found), after={"rule": rule})
    except IntegrityError as trouble:
        raise NotAcceptable("It was found again meanwhile and is open already.") from trouble


def _subject(found: Finding) -> Subject:
    organisation = Organisation.objects.get(id=found.organisation_id)
    named = str(found.evidence.get("document", found.subject))
    return Subject("difference", f"{found.rule}:{found.subject}", f"{named}, {organisation.name}")
