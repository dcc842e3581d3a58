"""How far the way to the first sync is: what waits for an answer, said in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from unitledger.core.documents import DocumentKind
from unitledger.store.connections import Connection
from unitledger.store.going_live import (
    GoingLive,
    GoingLiveMatch,
    GoingLiveQuestion,
    LookState,
    MatchAnswer,
    Topic,
)

# What somebody else books meanwhile is not seen: after a day the organisation is read again.
LOOK_AGE_MAX = timedelta(days=1)
SILENT_MAX = timedelta(minutes=3)  # a worker that reads says so more often
WHERE = "Settings, Integration, Xero, Going live, or `unitledger going-live`"
AWAITS_GO_AHEAD = (
    "Nothing is sent before your go-ahead: Books, Dry run, or `unitledger going-live --go`."
)
READ_FIRST = "Nothing is sent yet: the organisation has not been read. It is read first."
_NOUNS = {
    DocumentKind.CONTACT: ("tenant", "tenants"),
    DocumentKind.INVOICE: ("invoice", "invoices"),
    DocumentKind.PAYMENT: ("payment", "payments"),
}


@dataclass(frozen=True, slots=True)
class Open:
    """What of one organisation nobody has answered yet."""

    row: GoingLive
    matches: Mapping[DocumentKind, int]
    topics: Sequence[Topic]

    @property
    def is_begun(self) -> bool:
        """Whether anybody or anything has asked for the look."""
        return self.row.state != LookState.NEW

    @property
    def is_read(self) -> bool:
        return self.row.state == LookState.DONE

    @property
    def is_answered(self) -> bool:
        return self.is_read and not self.matches and not self.topics

    @property
    def sentence(self) -> str:
        """What stands between here and the first write."""
        if not self.is_read:
            return READ_FIRST
        parts = [
            f"{count:,} {_NOUNS[kind][count != 1]} that Xero may hold already"
            for kind, count in self.matches.items()
        ]
        if self.topics:
            count = len(self.topics)
            parts.append("1 question" if count == 1 else f"{count} questions")
        if not parts:
            return AWAITS_GO_AHEAD
        verb = "waits" if sum(self.matches.values()) + len(self.topics) == 1 else "wait"
        return f"Nothing is sent yet: {_listed(parts)} {verb} for your answer. See {WHERE}."


def under_way(organisation_id: int) -> Open | None:
    """None where the organisation went live, or never had to be asked."""
    row = GoingLive.objects.filter(organisation_id=organisation_id, went_live_at=None).first()
    if row is None:
        return None
    counted = dict(
        GoingLiveMatch.objects.filter(organisation_id=organisation_id, answer=MatchAnswer.OPEN)
        .values_list("kind")
        .annotate(count=Count("id"))
    )
    asked = GoingLiveQuestion.objects.filter(
        organisation_id=organisation_id, answered_at=None
    ).values_list("topic", flat=True)
    open_topics = set(asked)
    return Open(
        row=row,
        matches={kind: counted[kind] for kind in DocumentKind if counted.get(kind)},
        topics=[topic for topic in Topic if topic in open_topics],
    )


def is_anything_known(organisation_id: int) -> bool:
    """Whether a person was, or is, asked about anything."""
    mine = {"organisation_id": organisation_id}
    return (
        GoingLiveMatch.objects.filter(**mine).exists()
        or GoingLiveQuestion.objects.filter(**mine).exists()
    )


def outdated(row: GoingLive, connection: Connection, *, now: datetime) -> str | None:
    """Why the organisation must be read again before the first write; None where it need not."""
    if row.looked_at is None or row.looked_from_on is None:
        return READ_FIRST
    if connection.start_on < row.looked_from_on:
        return "The start date was moved back since Xero was read: read it again first."
    if now - row.looked_at > LOOK_AGE_MAX:
        return "Xero was read more than a day ago, and others may have booked since: read it again."
    return None


def is_silent(row: GoingLive, *, now: datetime) -> bool:
    """Whether whoever reads seems to be gone; another worker goes on when it is woken."""
    beat = row.beat_at or row.asked_at
    return row.state == LookState.READING and beat is not None and now - beat > SILENT_MAX


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
