"""What the engine needs from outside: the books, the clock, and ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Protocol

from unitledger.core.chart import Chart, Item, TrackingCategory
from unitledger.core.documents import DocumentKind, Wanted
from unitledger.core.effects import EffectKind
from unitledger.core.exchange import (
    Access,
    Answer,
    CreditPage,
    Element,
    Held,
    HeldPage,
    Limits,
    ReachableOrganisation,
    RepeatingInvoice,
    Theme,
    TokenPair,
    TrialBalanceRow,
    WriteRequest,
)


class Books(Protocol):
    """One installation's way to Xero. Every method is one HTTP exchange, never retried,
    except `render` and `compose`, which are pure, and `read_chart`, which is four."""

    def render(self, wanted: Wanted) -> str:
        """The element as JSON text, without the ids it hangs on."""
        ...

    def compose(
        self, kind: EffectKind, elements: Sequence[Element], *, idempotency_key: str
    ) -> WriteRequest: ...

    def send(self, request: WriteRequest, access: Access) -> Answer:
        """Send once and classify. Never raises for what the network or Xero does.
        Safe to call from several threads."""
        ...

    def read_chart(self, access: Access, *, read_at: datetime) -> tuple[Chart, Limits, int]:
        """Organisation, accounts, tax rates, tracking: four calls. The int is bytes read."""
        ...

    def read_held(
        self,
        kind: DocumentKind,
        access: Access,
        *,
        page: int,
        modified_since: datetime | None = None,
        ids: Iterable[str] = (),
        numbers: Iterable[str] = (),
    ) -> HeldPage:
        """One page of up to 1,000. Contacts include archived ones; documents all statuses."""
        ...

    def read_trial_balance(
        self, access: Access, *, on: date
    ) -> tuple[Sequence[TrialBalanceRow], Limits]: ...

    def read_tracking(self, access: Access) -> tuple[Sequence[TrackingCategory], Limits, int]: ...

    def read_items(self, access: Access) -> tuple[Sequence[Item], Limits, int]: ...

    def read_repeating(self, access: Access) -> tuple[Sequence[RepeatingInvoice], Limits, int]:
        """The active ones that bill customers: one call."""
        ...

    def read_credits(
        self, access: Access, *, since: date, page: int
    ) -> tuple[CreditPage, Limits, int]:
        """Living credit notes for customers dated since then."""
        ...

    def read_reminders(self, access: Access) -> tuple[bool, Limits, int]:
        """Whether Xero reminds customers of invoices that are overdue: one call."""
        ...

    def read_themes(self, access: Access) -> tuple[Sequence[Theme], Limits, int]: ...

    def read_payment_links(
        self, access: Access, theme: Theme
    ) -> tuple[Sequence[str] | None, Limits, int]:
        """The payment services on a theme's invoices. None: Xero does not let us look."""
        ...

    def create_tracking_category(
        self, access: Access, *, name: str, idempotency_key: str
    ) -> Answer:
        """Send once and classify as a whole. Never raises for what the network or Xero does."""
        ...

    def create_tracking_option(
        self, access: Access, *, category_id: str, name: str, idempotency_key: str
    ) -> Answer: ...

    def read_one(self, kind: DocumentKind, access: Access, xero_id: str) -> Held | None: ...


class Identity(Protocol):
    """The identity service: consents and tokens."""

    def authorize_url(
        self, *, client_id: str, redirect_uri: str, scopes: Sequence[str], state: str
    ) -> str: ...

    def exchange_code(
        self, *, client_id: str, client_secret: str, code: str, redirect_uri: str, now: datetime
    ) -> TokenPair: ...

    def refresh(
        self, *, client_id: str, client_secret: str, refresh_token: str, now: datetime
    ) -> TokenPair:
        """Raises `ConsentLost` where the person must consent again, `IdentityUnavailable`
        where another try later may work."""
        ...

    def revoke(self, *, client_id: str, client_secret: str, refresh_token: str) -> None: ...

    def reachable(self, *, access_token: str) -> Sequence[ReachableOrganisation]:
        """Every organisation the consent reaches: the ones of earlier consents too."""
        ...

    def consent_event(self, *, access_token: str) -> str | None:
        """The `auth_event_id` of the act of consent that the token came from, if it says so."""
        ...

    def disconnect(self, *, access_token: str, connection_id: str) -> None: ...


class Clock(Protocol):
    def now(self) -> datetime:
        """An aware UTC instant; in production the database's clock."""
        ...

    def sleep(self, seconds: float) -> None: ...

    def elapsed(self) -> float:
        """Seconds that only grow, from any beginning. Safe to call from several threads."""
        ...


class Ids(Protocol):
    def idempotency_key(self) -> str:
        """Fresh and random; at most 128 characters."""
        ...

    def state_token(self) -> str:
        """Fresh and not to be guessed: what comes back from a consent page to us."""
        ...
