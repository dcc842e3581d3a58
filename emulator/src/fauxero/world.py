"""One emulated Xero: organisations, apps, tokens, time. Many worlds live in one process."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from fauxero.accounting import emails
from fauxero.accounting.books import Books
from fauxero.accounting.ledger import OutOfBalance
from fauxero.accounting.tables import Change
from fauxero.clock import Clock
from fauxero.faults import Faults
from fauxero.http.idempotency import KeyStore
from fauxero.http.limits import TIERS, Limiter, Limits
from fauxero.identity.records import App, User
from fauxero.identity.register import Register
from fauxero.identity.scopes import USUAL
from fauxero.identity.token_endpoint import token_pair
from fauxero.ids import Ids
from fauxero.request_log import RequestLog
from fauxero.settings import Settings
from fauxero.shelf import Shelf
from fauxero.webhooks.desk import XERO_API, Webhooks

DEMO_EMAIL = "demo.user@fauxero.invalid"
DEMO_APP_NAME = "Demo app"
DEMO_REDIRECTS = ("http://localhost/callback",)


class UnknownTemplate(ValueError):
    """There is no demo organisation of this name."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What the world knows of an organisation besides its books."""

    organisation_id: str
    template: str
    name: str
    concurrent: int = 5
    minute: int = 60
    day: int = 5_000
    app_minute: int = 10_000

    @property
    def limits(self) -> Limits:
        return Limits(self.concurrent, self.minute, self.day, self.app_minute)


@dataclass(slots=True)
class Host:
    """An organisation as the server holds it."""

    registration: Registration
    books: Books
    past: deque[tuple[datetime, Any]] = field(default_factory=deque)

    @property
    def id(self) -> str:
        return self.registration.organisation_id

    @property
    def name(self) -> str:
        return self.registration.name

    @property
    def limits(self) -> Limits:
        return self.registration.limits


@dataclass(frozen=True, slots=True)
class Snapshot:
    shelves: Mapping[str, Mapping[str, Any]]
    books: Mapping[str, Any]
    ids_drawn: int


@dataclass(frozen=True, slots=True)
class Late:
    """A request that was accepted and is processed when the clock gets there."""

    due_at: datetime
    process: Callable[[], None]


class World:
    """Everything one emulated Xero knows; see `fauxero.app.create_app` for its HTTP face."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        ids: Ids | None = None,
        settings: Settings | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self.ids = ids or Ids()
        self.settings = settings or Settings()
        self.clock_was_set = clock is not None
        self.opening: tuple[Mapping[str, Any], ...] = ()
        self.replay: Callable[[World], None] | None = None  # plays the world's scenario anew
        self.generation = 0  # how often the world was reset; a state file starts over with it
        self.api_url = XERO_API  # the server that serves the world puts its own address here
        self.wake: Callable[[], None] = lambda: None  # called when the clock was moved
        self._begin()

    def _begin(self) -> None:
        self.identity = Register(clock=self.clock, ids=self.ids)
        self.registrations: Shelf[Registration] = Shelf("organisations", Registration)
        self.organisations: dict[str, Host] = {}
        self.limiter = Limiter()
        self.keys = KeyStore()
        self.faults = Faults()
        self.log = RequestLog()
        self.snapshots: dict[str, Snapshot] = {}
        self.late: list[Late] = []
        self.failures = 0
        self.webhooks = Webhooks(clock=self.clock, ids=self.ids, is_connected=self.identity.reaches)

    def reset(self) -> None:
        """Begin anew as the world was opened. Clock and settings stay; ids come as before.

        A scenario is played anew, on the clock it begins with.
        """
        self.ids.drawn = 0
        self.generation += 1
        self._begin()
        if self.replay is None:
            self.open(self.opening)
        else:
            self.replay(self)

    def begin_with(self, opening: Sequence[Mapping[str, Any]]) -> None:
        """Begin anew with other organisations, and forget the scenario."""
        self.opening, self.replay = tuple(opening), None
        self.reset()

    def open(self, opening: Sequence[Mapping[str, Any]]) -> None:
        """Create the demo app, the demo user and an organisation for each of `opening`."""
        self.opening = tuple(opening)
        self._demo()  # first, so that its ids never vary
        for organisation in opening:
            self.add_organisation(**organisation)

    @property
    def shelves(self) -> tuple[Shelf[Any], ...]:
        return (
            *self.identity.shelves,
            self.registrations,
            self.limiter.windows,
            self.keys.kept,
            *self.webhooks.shelves,
        )

    # Organisations, apps, users

    def add_organisation(
        self,
        template: str = "uk",
        *,
        name: str | None = None,
        history: bool = False,
        tier: str = "core",
        **limits: int,
    ) -> Host:
        """Open books after a template. `tier` sets the day's limit, `limits` override any."""
        organisation_id = self.ids.uuid()
        try:
            books = Books.build(
                template,
                organisation_id=organisation_id,
                clock=self.clock,
                ids=self.ids,
                name=name,
                history=history,
            )
        except KeyError:
            raise UnknownTemplate(f"template: {template!r} is none of uk, au, nz, us") from None
        registration = Registration(
            organisation_id, template, books.organisation.name, day=TIERS[tier]
        )
        registration = replace(registration, **limits)
        return self.host(registration, books)

    def host(self, registration: Registration, books: Books) -> Host:
        self.registrations.put(registration.organisation_id, registration)
        return self.adopt(registration, books)

    def adopt(self, registration: Registration, books: Books) -> Host:
        """Serve books whose registration is already on its shelf, as after a restart."""
        host = Host(registration, books)
        self.organisations[host.id] = host
        books.watch(lambda changes: self._note(host.id, changes))
        return host

    def _note(self, organisation_id: str, changes: Sequence[Change]) -> None:
        on_payment = self.settings.webhook_on_payment
        self.webhooks.note(organisation_id, changes, on_payment=on_payment)

    def set_limits(self, organisation_id: str, **limits: int) -> None:
        host = self.organisations[organisation_id]
        host.registration = replace(host.registration, **limits)
        self.registrations.put(organisation_id, host.registration)

    def organisation(self, wanted: str) -> Host:
        """Find by id, by name or by template. KeyError when there is none."""
        for host in self.organisations.values():
            if wanted in (host.id, host.name, host.registration.template):
                return host
        raise KeyError(wanted)

    def tester_token(
        self,
        organisation_id: str,
        *,
        scopes: Sequence[str] = USUAL,
        app: App | None = None,
        email: str | None = None,
    ) -> dict[str, Any]:
        """Give tokens to a tester as if a person had consented; the answer of /connect/token.

        Without `email` each organisation has a user of its own, so a token reaches one
        organisation; give the same e-mail twice to reach two, as Xero's tokens can.
        """
        app = app or self.demo_app
        name = email or f"tester.{organisation_id[:8]}@fauxero.invalid"
        user = self.identity.add_user(email=name, name="Test User")
        event_id = self.identity.grant(
            app=app, user=user, scopes=scopes, organisation_ids=(organisation_id,)
        )
        pair = token_pair(
            self, app=app, user_id=user.id, scopes=tuple(scopes), auth_event_id=event_id
        )
        return pair | {
            "organisation_id": organisation_id,
            "client_id": app.id,
            "client_secret": app.secret,
        }

    @property
    def demo_user(self) -> User:
        return self._demo()[1]

    @property
    def demo_app(self) -> App:
        return self._demo()[0]

    def _demo(self) -> tuple[App, User]:
        """Return the demo app and user, made when first asked for."""
        user = self.identity.add_user(email=DEMO_EMAIL, name="Demo User")
        for app in self.identity.apps:
            if app.name == DEMO_APP_NAME:
                return app, user
        app = self.identity.add_app(name=DEMO_APP_NAME, redirect_uris=DEMO_REDIRECTS)
        return app, user

    def approve_automatically(self) -> None:
        self.settings = replace(self.settings, auto_approve=True)

    # Time

    def run_due(self) -> None:
        """Process the late requests whose time has come, oldest first."""
        while True:
            now = self.clock.now()
            due = min(
                (late for late in self.late if late.due_at <= now),
                key=lambda late: late.due_at,
                default=None,
            )
            if due is None:
                return
            self.late.remove(due)
            due.process()

    def set_clock(self, at: datetime | None = None, *, speed: float | None = None) -> None:
        self.clock.set(at or self.clock.now(), speed=speed)
        self._moved()

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self._moved()

    def remind(self) -> None:
        """Let each organisation send the reminders that have fallen due."""
        for host in self.organisations.values():
            emails.remind(host.books)

    def _moved(self) -> None:
        self.clock_was_set = True
        self.remind()
        self.run_due()
        self.wake()

    # Snapshots and lagging reads

    def snapshot(self) -> Snapshot:
        return Snapshot(
            shelves={shelf.name: shelf.snapshot() for shelf in self.shelves},
            books={key: host.books.snapshot() for key, host in self.organisations.items()},
            ids_drawn=self.ids.drawn,
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot of this world. The clock, faults and request log stay."""
        for shelf in self.shelves:
            shelf.restore(snapshot.shelves[shelf.name])
        for organisation_id in [key for key in self.organisations if key not in snapshot.books]:
            del self.organisations[organisation_id]
        for organisation_id, books in snapshot.books.items():
            self._host_again(organisation_id).books.restore(books)
        # Ids are not wound back: one drawn since must not be given to another object.

    def _host_again(self, organisation_id: str) -> Host:
        registration = self.registrations[organisation_id]
        host = self.organisations.get(organisation_id)
        if host is None:
            books = Books(organisation_id=organisation_id, clock=self.clock, ids=self.ids)
            return self.adopt(registration, books)
        host.registration = registration
        return host

    def remember_past(self, host: Host) -> None:
        """Before a write: while lists lag, keep what they will show for a while yet."""
        lag = self.faults.lag_seconds
        if not lag:
            host.past.clear()
            return
        now = self.clock.now()
        while host.past and host.past[0][0] <= now - timedelta(seconds=lag):
            host.past.popleft()
        host.past.append((now, host.books.snapshot()))

    @contextmanager
    def as_of(self, host: Host, seconds: float) -> Iterator[None]:
        """Show the books as they were `seconds` ago, for as long as the block lasts."""
        wanted = self.clock.now() - timedelta(seconds=seconds)
        # A snapshot is taken just before a write, so the state at `wanted` is the first
        # snapshot taken after it.
        then = next((books for at, books in host.past if at > wanted), None)
        if then is None:
            yield
            return
        now = host.books.snapshot()
        host.books.restore(then)
        try:
            yield
        finally:
            host.books.restore(now)

    # Audit

    def audit(self) -> dict[str, str | None]:
        """Return, for each organisation, what its ledger's check found wrong, or None."""
        found: dict[str, str | None] = {}
        for organisation_id, host in self.organisations.items():
            try:
                host.books.check()
                found[organisation_id] = None
            except OutOfBalance as error:
                found[organisation_id] = str(error)
        return found
