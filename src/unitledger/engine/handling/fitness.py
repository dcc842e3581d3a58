"""Which decision fits which document; where it does not, why, in words."""

from __future__ import annotations

from unitledger.core.documents import DocumentKind, DocumentState
from unitledger.core.problems import ProblemCode
from unitledger.engine.handling.standing import Standing
from unitledger.store.handlings import HandlingAct

ON_ITS_WAY = "it is on its way to Xero; try again when that is settled"
SKIPPED_ALREADY = "it is left out already"
IN_XERO = "it is in Xero: keep Xero's copy there, or unlink it"
NOT_IN_XERO = "it is not in Xero"
SYNCED = "it is in Xero as we wrote it"
NOT_CHANGED_THERE = "nothing in Xero stands against ours"
VOID_THERE = "it was voided in Xero, and Xero gives its number to no other invoice"
VOID_HERE = "it is void at its source"
HAS_PAYMENTS = "its payments in Xero are linked: unlink them first"
NOT_LEFT_OUT = "it is not left out"
_DIFFERS = frozenset(
    {
        DocumentState.FAILED,
        DocumentState.NEEDS_ATTENTION,
        DocumentState.DRIFTED,
        DocumentState.CHANGED,
        DocumentState.WAITING,
        DocumentState.QUEUED,
    }
)


def is_kept(act: HandlingAct, standing: Standing) -> bool:
    """Whether the decision leaves an object in Xero that is ours as it is there."""
    return act in (HandlingAct.KEEP, HandlingAct.HANDLED) and standing.xero_id is not None


def unfit(act: HandlingAct, standing: Standing) -> str | None:
    """Why the act cannot be done to this document; None where it can."""
    if standing.is_on_its_way:
        return ON_ITS_WAY
    match act:
        case HandlingAct.SKIP:
            return IN_XERO if standing.xero_id is not None else _left_out(standing)
        case HandlingAct.HANDLED:
            return _left_out(standing) if standing.xero_id is None else _kept(standing)
        case HandlingAct.KEEP:
            return NOT_IN_XERO if standing.xero_id is None else _kept(standing)
        case HandlingAct.WRITE:
            return _written(standing)
        case HandlingAct.UNLINK:
            if standing.xero_id is None:
                return NOT_IN_XERO
            return HAS_PAYMENTS if standing.has_children_in_books else None
        case HandlingAct.TAKE_UP:
            is_left_out = standing.state is DocumentState.SKIPPED
            is_unlinked = standing.has_problem(ProblemCode.UNLINKED)
            return None if is_left_out or is_unlinked else NOT_LEFT_OUT
        case HandlingAct.LINK:
            return _linked(standing)


def fitting(standing: Standing) -> list[HandlingAct]:
    """The decisions that can be made about this document now."""
    return [act for act in HandlingAct if unfit(act, standing) is None]


def _left_out(standing: Standing) -> str | None:
    is_left_out = standing.state in (DocumentState.SKIPPED, DocumentState.OUT_OF_SCOPE)
    return SKIPPED_ALREADY if is_left_out else None


def _kept(standing: Standing) -> str | None:
    if standing.state is DocumentState.SYNCED:
        return SYNCED
    return None if standing.state in _DIFFERS else SKIPPED_ALREADY


def _written(standing: Standing) -> str | None:
    if standing.xero_id is None or standing.applied_content is None:
        return NOT_IN_XERO
    if not standing.is_wanted:
        return VOID_HERE
    if standing.has_problem(ProblemCode.EDITED_IN_BOOKS):
        return None
    if standing.has_problem(ProblemCode.VOIDED_IN_BOOKS):
        return None if standing.kind is DocumentKind.PAYMENT else VOID_THERE
    return NOT_CHANGED_THERE


def _linked(standing: Standing) -> str | None:
    if standing.xero_id is not None:
        return IN_XERO
    return None if standing.is_wanted else VOID_HERE
