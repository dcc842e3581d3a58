"""One handle for a test: where fauxero is, tokens, time, faults, a bookkeeper's acts, the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from fauxero.accounting.bookkeeper import ACTS
from fauxero.accounting.books import Books
from fauxero.app import create_app
from fauxero.identity.scopes import USUAL
from fauxero.outbox import outbox
from fauxero.tester.calls import Calls
from fauxero.tester.start import Opened
from fauxero.testing import Server, serve_in_thread
from fauxero.world import Host, World

T = TypeVar("T")


class Fauxero:
    """A started fauxero. `run` is how everything here reaches the world."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self.log = Calls(lambda read: self.run(lambda world: read(world.log)))

    def run(self, act: Callable[[World], T]) -> T:
        """Call `act` with the world between two requests, and return what it returns."""
        return act(self._opened.world)

    # ---- organisations and apps

    @property
    def organisations(self) -> dict[str, str]:
        """Name by organisation id (the xero-tenant-id)."""
        return self.run(lambda world: {key: host.name for key, host in world.organisations.items()})

    @property
    def organisation_id(self) -> str:
        """The first organisation's."""
        return next(iter(self.organisations))

    def add_organisation(self, template: str = "uk", **how: Any) -> str:
        """Open another one, and return its id; see World.add_organisation."""
        return self.run(lambda world: world.add_organisation(template, **how).id)

    def token(
        self, organisation: str | None = None, *, scopes: Sequence[str] = USUAL, **how: Any
    ) -> dict[str, Any]:
        """Tokens without the consent page: access_token, refresh_token, organisation_id, …

        `organisation` is an id, a name or a template; the first one when left out.
        """

        def give(world: World) -> dict[str, Any]:
            return world.tester_token(_host(world, organisation).id, scopes=scopes, **how)

        return self.run(give)

    def headers(self, organisation: str | None = None, **how: Any) -> dict[str, str]:
        """The headers that a call to the accounting API needs, with a fresh token."""
        token = self.token(organisation, **how)
        return {
            "Authorization": f"Bearer {token['access_token']}",
            "xero-tenant-id": token["organisation_id"],
            "Accept": "application/json",
        }

    # ---- time, faults, a person

    def now(self) -> datetime:
        return self.run(lambda world: world.clock.now())

    def advance(self, seconds: float) -> None:
        """Let time pass: limits, tokens, late requests, webhooks and reminders follow."""
        self.run(lambda world: world.advance(seconds))

    def fault(self, action: str, **how: Any) -> str:
        """Put a fault in force; return its id. Raises BadFault."""
        return self.run(lambda world: world.faults.add(action, **how).id)

    def act(self, act: str, *, organisation: str | None = None, **given: Any) -> Any:
        """Do what a bookkeeper does, e.g. act("void_invoice", invoice_id="INV-1").

        Raises KeyError for an unknown act, RequestRefused where the books do not allow it.
        """

        def do(world: World) -> Any:
            host = _host(world, organisation)
            world.remember_past(host)
            with host.books.transaction():
                return ACTS[act](host.books, **given)

        return self.run(do)

    def balance(self, account_code: str, *, organisation: str | None = None) -> Decimal:
        """What the ledger holds in an account, debit positive."""

        def read(world: World) -> Decimal:
            books: Books = _host(world, organisation).books
            account = books.account_by_code(account_code)
            if account is None:
                raise KeyError(f"there is no account {account_code}")
            return books.balances.total(account.id)

        return self.run(read)

    @property
    def outbox(self) -> list[Any]:
        """All that Xero would have sent to a person."""
        return self.run(outbox)

    # ---- there and back

    def snapshot(self, name: str = "default") -> None:
        self.run(lambda world: world.snapshots.__setitem__(name, world.snapshot()))

    def restore(self, name: str = "default") -> None:
        self.run(lambda world: world.restore(world.snapshots[name]))

    def reset(self) -> None:
        """Back to the beginning: books, apps, tokens, limits, ids, clock, faults and log."""
        self.run(lambda _: self._opened.rewind())

    def assert_balanced(self) -> None:
        """Every ledger follows from its documents, and fauxero itself did not fail."""
        failures, audit = self.run(lambda world: (world.failures, world.audit()))
        wrong = {key: found for key, found in audit.items() if found}
        if failures or wrong:
            raise AssertionError(f"fauxero failed {failures} times; out of balance: {wrong}")


class InProcess(Fauxero):
    """fauxero as an ASGI application, without any socket: `app` is for an ASGI transport."""

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self.app = create_app(opened.world)


class Served(Fauxero):
    """fauxero behind a socket of this machine, in a thread: `url` is its address."""

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self._server: Server = serve_in_thread(opened.world)
        self.url = self._server.url
        self.api_url = f"{self.url}/api.xro/2.0"

    def run(self, act: Callable[[World], T]) -> T:
        return self._server.run(act)

    def stop(self) -> None:
        self._server.stop()


def _host(world: World, organisation: str | None) -> Host:
    if organisation is None:
        return next(iter(world.organisations.values()))
    return world.organisation(organisation)
