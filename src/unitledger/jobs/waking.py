"""Asking for work from anywhere: a command, a page, an import."""

from __future__ import annotations

from unitledger import wiring
from unitledger.engine import lease
from unitledger.jobs.tasks import send_for


def wake(organisation_id: int) -> None:
    """Have the organisation looked at soon. Joins the caller's transaction."""
    lease.wake(organisation_id, now=wiring.shared_tools().clock.now())
    send_for(organisation_id)
