"""Django's session engine on `PersonSession`: settings name this module."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from unitledger.store.base import new_public_id

# What signing in puts into the session. Django writes the row anew from it at every save.
PUBLIC_ID, ADDRESS, BROWSER = "public_id", "address", "browser"
BEGAN_AT, SEEN_AT = "began_at", "seen_at"  # ISO 8601


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> Any:
        from unitledger.store.sign_ins import PersonSession

        return PersonSession

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        if SESSION_KEY in data:
            row.user_id = int(data[SESSION_KEY])
        if PUBLIC_ID in data:
            row.public_id = UUID(data[PUBLIC_ID])
        row.address = data.get(ADDRESS)
        row.browser = data.get(BROWSER)
        row.began_at = _instant(data.get(BEGAN_AT))
        row.seen_at = _instant(data.get(SEEN_AT))
        return row

    def cycle_key(self) -> None:
        """A new key is a new row, and the old one goes after it: each has an id of its own."""
        if PUBLIC_ID in self:
            self[PUBLIC_ID] = str(new_public_id())
        super().cycle_key()


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
