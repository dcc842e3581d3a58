"""Dry runs that people ask for: one row each, made by a worker, kept to be looked at."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from unitledger.core.exchange import BooksUnavailable, ConsentLost, IdentityUnavailable
from unitledger.engine.auditing import Actor
from unitledger.engine.budget import DayUsedUp
from unitledger.engine.dry_run import dry_run, to_content
from unitledger.engine.tools import Tools
from unitledger.store.connections import Organisation
from unitledger.store.dry_runs import DryRun, DryRunState

# A worker that was killed makes nothing any more: then a new one may be asked for.
GIVEN_UP_AFTER = timedelta(minutes=10)


def ask(organisation_id: int, *, by: Actor, now: datetime) -> tuple[DryRun, bool]:
    """The dry run to look at, and whether it is a new one: one that is being made is waited for."""
    with transaction.atomic():
        organisation = Organisation.objects.select_for_update().get(id=organisation_id)
        open_one = DryRun.objects.filter(
            organisation=organisation,
            state=DryRunState.ASKED,
            asked_at__gt=now - GIVEN_UP_AFTER,
        ).first()
        if open_one is not None:
            return open_one, False
        made = DryRun.objects.create(
            operator_id=organisation.operator_id,
            organisation=organisation,
            asked_by_name=by.name,
            asked_at=now,
        )
    return made, True


def make(dry_run_id: int, *, tools: Tools) -> DryRun:
    """Work it out and keep it; what cannot be read of the books is said instead."""
    asked = DryRun.objects.get(id=dry_run_id)
    try:
        result = dry_run(asked.organisation_id, tools=tools)
    except (BooksUnavailable, ConsentLost, DayUsedUp, IdentityUnavailable) as error:
        asked.state, asked.message = DryRunState.FAILED, str(error)
    else:
        asked.state, asked.content = DryRunState.MADE, to_content(result)  # pyright: ignore
    asked.made_at = tools.clock.now()
    asked.save(update_fields=["state", "message", "content", "made_at"])
    return asked
