"""Settings of an organisation as Xero gave them: an emulator is built from the very answers."""

from __future__ import annotations

from unitledger.books.xero.books import XeroBooks
from unitledger.books.xero.limits import read_limits
from unitledger.core.exchange import Access, Limits


class XeroSettings(XeroBooks):
    """`engine.rehearsal.packing.SettingsReader` over Xero's accounting API."""

    def read(self, path: str, access: Access) -> tuple[bytes, Limits, int]:
        """One call. Raises BooksUnavailable."""
        reply = self._read(path, access)
        return reply.body, read_limits(reply.headers), len(reply.body)
