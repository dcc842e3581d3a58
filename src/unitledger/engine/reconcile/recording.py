"""Keeping a tie-out, so that the pages can show the newest without asking Xero again."""

from __future__ import annotations

from datetime import date

from unitledger.engine.reconcile.content import to_content
from unitledger.engine.reconcile.tie_out import Progress, TieOut, tie_out
from unitledger.engine.tools import Tools
from unitledger.store.connections import Organisation
from unitledger.store.tie_outs import TieOutResult

# What a page can show; where nothing was sent yet, there is a difference for every record.
KEPT_DIFFERENCES_MAX = 1000


def tie_out_and_keep(
    organisation_id: int,
    *,
    tools: Tools,
    on: date | None = None,
    progress: Progress = lambda what, count: None,
) -> TieOut:
    """`tie_out`, kept. Raises what that raises; then nothing is kept."""
    result = tie_out(organisation_id, tools=tools, on=on, progress=progress)
    keep_result(organisation_id, result)
    return result


def keep_result(organisation_id: int, result: TieOut) -> TieOutResult:
    """Keep one that was made."""
    return TieOutResult.objects.create(
        operator_id=Organisation.objects.get(id=organisation_id).operator_id,
        organisation_id=organisation_id,
        on=result.on,
        read_at=result.read_at,
        ties=result.ties,
        differences_count=len(result.open_differences),
        calls=result.calls,
        content=to_content(result, differences_max=KEPT_DIFFERENCES_MAX),
    )
