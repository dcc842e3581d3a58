"""The browsers a person is signed in with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from unitledger.store.base import PublicId
from unitledger.store.people import User
from unitledger.store.sign_ins import PersonSession


def sessions_of(user: User, *, now: datetime) -> Sequence[PersonSession]:
    """Those that are still good, the one used last first."""
    return list(
        PersonSession.objects.filter(user=user, expire_date__gt=now).order_by(
            "-seen_at", "session_key"
        )
    )


def end_session(user: User, session: PublicId) -> bool:
    """End one of the person's own; whether there was one."""
    deleted, _ = PersonSession.objects.filter(user=user, public_id=session).delete()
    return deleted > 0


def end_sessions(user: User, *, but: str | None = None) -> int:
    """End every session of the person, save the one with the key `but`; how many that were."""
    deleted, _ = PersonSession.objects.filter(user=user).exclude(session_key=but or "").delete()
    return deleted
