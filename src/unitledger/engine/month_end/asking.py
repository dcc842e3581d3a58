"""A person asks for a tie-out; a worker makes it and says how far it is."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import structlog
from django.db import IntegrityError, transaction

from unitledger.core.exchange import BooksUnavailable, ConsentLost, IdentityUnavailable
from unitledger.engine.auditing import Actor, Subject, note
from unitledger.engine.budget import DayUsedUp
from unitledger.engine.reconcile.recording import keep_result
from unitledger.engine.reconcile.tie_out import NotConnected, Progress, tie_out
from unitledger.engine.reconcile.under_way import RunUnderWay
from unitledger.engine.tools import Tools
from unitledger.store.connections import Organisation
from unitledger.store.month_ends import TieOutRequest, TieOutState

# Calls to Xero end within a minute; what says nothing for longer has no worker any more.
SILENT_MAX = timedelta(minutes=3)
WAITED_MAX = timedelta(minutes=10)
SAID_EVERY = timedelta(seconds=1)
OPEN = (TieOutState.ASKED, TieOutState.READING)
GONE = "The worker that made it went away. Nothing was changed; ask again."
BROKEN = "It ended in a fault of ours, which stands in the log. Nothing was changed; ask again."

log = structlog.get_logger(__name__)


def ask_for_tie_out(
    organisation_id: int,
    *,
    on: date | None,
    key: str,
    user_id: int,
    user_name: str,
    by: Actor,
    now: datetime,
) -> tuple[TieOutRequest, bool]:
    """The request, and whether it is new: a second click, or somebody else's tie-out of the
    same books that is under way, is answered with the one there is."""
    organisation = Organisation.objects.get(id=organisation_id)
    operator_id = organisation.operator_id
    known = TieOutRequest.objects.filter(operator_id=operator_id, key=key).first()
    if known is not None:
        return known, False
    end_silent(organisation_id, now=now)
    try:
        with transaction.atomic():
            made = TieOutRequest.objects.create(
                operator_id=operator_id,
                organisation_id=organisation_id,
                key=key,
                user_id=user_id,
                user_name=user_name,
                on=on,
                asked_at=now,
                beat_at=now,
            )
            subject = Subject("tie_out", str(made.public_id), organisation.name)
            asked_on = on.isoformat() if on else None
            note(operator_id, by, "tie_out_asked", subject, after={"on": asked_on})
            return made, True
    except IntegrityError:
        found = TieOutRequest.objects.filter(organisation_id=organisation_id, state__in=OPEN)
        return found.get(), False


def asked_tie_outs() -> list[int]:
    """Ids of those that no worker has taken yet, the oldest first."""
    asked = TieOutRequest.objects.filter(state=TieOutState.ASKED).order_by("id")
    return list(asked.values_list("id", flat=True))


def end_silent(organisation_id: int, *, now: datetime) -> None:
    """End what a gone worker left open, so that it does not stand in the way for good."""
    mine = TieOutRequest.objects.filter(organisation_id=organisation_id)
    for state, longest in ((TieOutState.ASKED, WAITED_MAX), (TieOutState.READING, SILENT_MAX)):
        mine.filter(state=state, beat_at__lt=now - longest).update(
            state=TieOutState.FAILED, message=GONE, ended_at=now
        )


def is_silent(asked: TieOutRequest, *, now: datetime) -> bool:
    """Whether whoever was to make it seems to be gone."""
    longest = SILENT_MAX if asked.state == TieOutState.READING else WAITED_MAX
    return asked.state in OPEN and asked.beat_at < now - longest


def make_asked_tie_out(request_id: int, *, tools: Tools) -> None:
    """Make it, unless somebody does already. How it ended stands in the request."""
    taken = TieOutRequest.objects.filter(id=request_id, state=TieOutState.ASKED).update(
        state=TieOutState.READING, beat_at=tools.clock.now()
    )
    if not taken:
        return
    asked = TieOutRequest.objects.get(id=request_id)
    try:
        result = tie_out(
            asked.organisation_id, tools=tools, on=asked.on, progress=_telling(request_id, tools)
        )
    except (
        BooksUnavailable, ConsentLost, DayUsedUp, IdentityUnavailable, NotConnected, RunUnderWay
    ) as trouble:  # fmt: skip
        _end(request_id, tools, state=TieOutState.FAILED, message=str(trouble))
        return
    except Exception:
        # Whatever it was, the page must not wait for it; the fault itself goes on to the log.
        log.exception("a tie-out failed", request_id=request_id)
        _end(request_id, tools, state=TieOutState.FAILED, message=BROKEN)
        raise
    with transaction.atomic():
        kept = keep_result(asked.organisation_id, result)
        _end(request_id, tools, state=TieOutState.DONE, result_id=kept.pk)


def _end(request_id: int, tools: Tools, **how: object) -> None:
    mine = TieOutRequest.objects.filter(id=request_id, state=TieOutState.READING)
    mine.update(ended_at=tools.clock.now(), **how)


def _telling(request_id: int, tools: Tools) -> Progress:
    """Writes down how far it is, at most once a second."""
    said_at = tools.clock.now()

    def tell(what: str, count: int) -> None:
        nonlocal said_at
        now = tools.clock.now()
        if now - said_at >= SAID_EVERY:
            said_at = now
            mine = TieOutRequest.objects.filter(id=request_id)
            mine.update(doing=what, documents=count, beat_at=now)

    return tell
