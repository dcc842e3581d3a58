"""A worker of its own process, to be killed: `python -m tests.crash.victim URL ORG KEY PLACE`.

It does one stretch of work and kills itself, as `kill -9` does, where PLACE is reached.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime
from typing import Any

import httpx2


class RemoteClock:
    """fauxero's clock, over its control plane."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/_fauxero/clock"
        self._began_at = self.now()

    def now(self) -> datetime:
        return datetime.fromisoformat(httpx2.get(self._url).json()["now"])

    def sleep(self, seconds: float) -> None:
        httpx2.post(self._url, json={"advance": seconds}).raise_for_status()

    def elapsed(self) -> float:
        return (self.now() - self._began_at).total_seconds()


def main(url: str, organisation_id: str, vault_key: str, place: str) -> None:
    from unitledger import installation

    with installation.connected():
        from unitledger.books.xero.books import XeroBooks
        from unitledger.books.xero.identity import XeroIdentity
        from unitledger.engine.tools import Tools
        from unitledger.engine.work import work_on
        from unitledger.system import RandomIds
        from unitledger.vault import KeyVault

        def reached(name: str) -> None:
            if name == place:
                os.kill(os.getpid(), signal.SIGKILL)

        tools: Any = Tools(
            books=XeroBooks(f"{url}/api.xro/2.0"),
            identity=XeroIdentity(login_url=url, identity_url=url, api_root=url),
            vault=KeyVault(vault_key.encode()),
            clock=RemoteClock(url),
            ids=RandomIds(),
            reached=reached,
        )
        work_on(int(organisation_id), tools, trigger="test", is_asked_by_person=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
