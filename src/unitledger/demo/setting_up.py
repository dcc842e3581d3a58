"""Making the fictional operator, connecting it, and taking its business in."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection as database
from django.db import transaction

from unitledger import wiring
from unitledger.core.arrivals import Arrived
from unitledger.demo.business import Business, simulate
from unitledger.demo.cast import OPERATOR_NAME, SITES, SOURCE, ZONE
from unitledger.demo.consenting import give_consent
from unitledger.demo.keeping import Kept
from unitledger.demo.ledger import CURRENCY
from unitledger.engine import connecting
from unitledger.engine.auditing import COMMAND_LINE
from unitledger.engine.first_mapping import suggest_first_mapping
from unitledger.engine.intake import take_in
from unitledger.engine.people.api_keys import make as make_key
from unitledger.engine.people.api_keys import verify
from unitledger.engine.tools import Tools
from unitledger.store.api_keys import ApiScope
from unitledger.store.connections import Connection
from unitledger.store.people import Membership, Operator, Role, User
from unitledger.store.places import Location
from unitledger.store.records import RecordIdentifier

EMPTY_NAME = "Trial Storage (fictional)"
USER = "demo@larkspur.example"
CHUNK = 500
# An empty demo is for somebody's own file, which may reach far back.
EMPTY_START_ON = date(2000, 1, 1)


def begin(*, seed: int, is_empty: bool, link_base: str, today: date) -> Kept:
    """Make the operator, its locations and its administrator."""
    password = secrets.token_urlsafe(9)
    with transaction.atomic():
        operator = Operator.objects.create(
            name=EMPTY_NAME if is_empty else OPERATOR_NAME,
            handle_key=f"demo{secrets.token_hex(2)}",
            link_base=link_base,
        )
        user = User.objects.create(
            username=USER, email=USER, first_name="Demo", password=make_password(password)
        )
        Membership.objects.create(operator=operator, user=user, role=Role.ADMINISTRATOR)
        if not is_empty:
            _make_locations(operator)
    return Kept(
        operator_id=operator.pk,
        operator_name=operator.name,
        user=USER,
        password=password,
        is_empty=is_empty,
        seed=seed,
        played_on=today.isoformat(),
    )


def connect(
    kept: Kept, fauxero: Mapping[str, Any], *, redirect_uri: str, tools: Tools
) -> Connection:
    """Through the real flow: keys, consent page, code, tokens, organisation, first mapping."""
    user = User.objects.get(username=kept.user)
    operator = Operator.objects.get(id=kept.operator_id)
    app = connecting.save_app_keys(
        operator.pk,
        client_id=fauxero["client_id"],
        client_secret=fauxero["client_secret"],
        vault=tools.vault,
    )
    address = connecting.begin_consent(
        app,
        user_id=user.pk,
        redirect_uri=redirect_uri,
        scopes=wiring.CONSENT_SCOPES,
        tools=tools,
    )
    back = give_consent(address)
    granted = connecting.finish_consent(
        state=back.state, code=back.code, error=back.error, user_id=user.pk, tools=tools
    )
    (organisation,) = granted.organisations
    connection = connecting.connect_organisation(
        granted.consent_id,
        xero_id=organisation.organisation_id,
        start_on=EMPTY_START_ON if kept.is_empty else business_of(kept).start_on,
        tools=tools,
    )
    suggest_first_mapping(
        connection.pk,
        contact_prefix=f"{operator.handle_key}-",
        tools=tools,
        locations=() if kept.is_empty else [site.location for site in SITES],
        user_id=user.pk,
    )
    return connection


def bring_in(kept: Kept, *, tools: Tools) -> int:
    """Take the six months in as any source's records; how many records that were."""
    count = 0
    for chunk in _chunks(business_of(kept).arrivals()):
        results = take_in(kept.operator_id, chunk, now=tools.clock.now(), zone=ZONE)
        refused = next((each for each in results if each.is_refused), None)
        assert refused is None, f"the demo wrote a record that intake refuses: {refused}"
        count += len(chunk)
    return count


def moved_to(kept: Kept, url: str) -> None:
    """Links lead to where the pages are now: another start may have another port."""
    Operator.objects.filter(id=kept.operator_id).update(link_base=url)


def with_key(kept: Kept, *, tools: Tools) -> Kept:
    """With an API key for the play that goes on; the same one as long as it is not revoked."""
    if kept.api_key and verify(kept.api_key, now=tools.clock.now()) is not None:
        return kept
    made = make_key(
        kept.operator_id,
        name="Simulated business",
        scopes=[ApiScope.WRITE],
        is_test=False,
        by=COMMAND_LINE,
        ids=tools.ids,
    )
    return replace(kept, api_key=made.text)


def business_of(kept: Kept) -> Business:
    """The six months, played again."""
    return simulate(seed=kept.seed, today=date.fromisoformat(kept.played_on))


def holds_a_business() -> bool:
    return Operator.objects.exists()


def holds_only_fiction() -> bool:
    """Whether everything there is came from the demo itself."""
    others = Operator.objects.exclude(name__in=(EMPTY_NAME, OPERATOR_NAME))
    records = RecordIdentifier.objects.exclude(source=SOURCE)
    return not others.exists() and not records.exists()


def connection_of(kept: Kept) -> Connection | None:
    return Connection.objects.filter(operator_id=kept.operator_id).order_by("id").last()


def erase_database() -> None:
    """Throw away everything in the database; it has to be migrated anew."""
    with database.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")


def _make_locations(operator: Operator) -> None:
    Location.objects.bulk_create(
        Location(operator=operator, name=site.location, zone=ZONE, currency=CURRENCY)
        for site in SITES
    )


def _chunks(arrivals: Iterator[Arrived]) -> Iterator[Sequence[Arrived]]:
    while chunk := list(islice(arrivals, CHUNK)):
        yield chunk
