"""Why a stretch of work ends before it is done, and the reads that may end it."""

from __future__ import annotations

from datetime import datetime, timedelta

from unitledger.core.effects import Verdict
from unitledger.core.exchange import Access, BooksUnavailable, ConsentLost, IdentityUnavailable
from unitledger.engine import runs
from unitledger.engine.access import MINIMUM_LIFE
from unitledger.engine.access import access as access_of
from unitledger.engine.lease import Lease
from unitledger.engine.tools import Tools
from unitledger.store.journal import RunState

REST_AFTER_TROUBLE = timedelta(minutes=1)
FULL_TOKEN_LIFE = timedelta(minutes=30)


class Stop(Exception):
    """The stretch must end; `state` and `message` say why."""

    def __init__(self, state: RunState, message: str, *, due_at: datetime | None = None) -> None:
        self.state = state
        self.due_at = due_at
        super().__init__(message)


def fresh_access(held: Lease, tools: Tools, *, is_token_doubted: bool) -> Access:
    """A permission with life enough for a batch. Raises `Stop` where there is none."""
    minimum = FULL_TOKEN_LIFE if is_token_doubted else MINIMUM_LIFE
    try:
        return access_of(held.connection_id, tools=tools, minimum=minimum)
    except ConsentLost as lost:
        raise Stop(RunState.FAILED, str(lost)) from lost
    except IdentityUnavailable as unavailable:
        due_at = tools.clock.now() + REST_AFTER_TROUBLE
        raise Stop(RunState.INTERRUPTED, str(unavailable), due_at=due_at) from unavailable


def stopped_by(held: Lease, tools: Tools, unavailable: BooksUnavailable) -> Stop:
    """What a read that did not work means for the stretch."""
    if unavailable.verdict is Verdict.DISCONNECTED:
        runs.lose_connection(held)
        return Stop(RunState.FAILED, str(unavailable))
    due_at = tools.clock.now() + REST_AFTER_TROUBLE
    return Stop(RunState.INTERRUPTED, str(unavailable), due_at=due_at)
