"""Every address, every method, everybody: who may come in, and that nobody else changes a thing.

An address that is not in `ROUTES` fails the first test here: say who may open it. A page that
shows one thing names it in `thing` (tests/house.py makes one of each), and so is asked for by
strangers with our id, and by our own people whose locations it does not lie at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import cycle
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern

from tests.conftest import Database, lent_database
from tests.house import OURS, House, furnished
from tests.programs import program
from unitledger.postgres import EmbeddedServer


class Who(IntEnum):
    """Who may: this one and everybody below."""

    ANYONE = 0
    PERSON = 1  # signed in, about themselves
    VIEWER = 2
    BOOKKEEPER = 3
    ADMINISTRATOR = 4


@dataclass(frozen=True)
class Route:
    """What is expected of one address. A method that is not named is not allowed (405)."""

    get: Who | None = None
    post: Who | None = None
    thing: str = ""  # what of tests/house.py the address names
    at_a_location: bool = False  # not found by who sees other locations only
    is_personal: bool = False  # only its owner, Mary, finds it
    every_location: bool = False  # refused to who sees some locations only
    ends: bool = False  # after it the thing, or the session, is gone: asked for last
    none_for: int = 0  # the answer to somebody who may, where it is none of the usual ones
    body: Mapping[str, str] = field(default_factory=dict)  # field: a thing, or a word


A, B, V, P, ANYONE = (
    Who.ADMINISTRATOR, Who.BOOKKEEPER, Who.VIEWER, Who.PERSON, Who.ANYONE,
)  # fmt: skip
SYNC = "settings/integration/xero/synchronize"
XERO = "settings/integration/xero"
REPORT = "reports/accounting-software-integration"
PEOPLE = "settings/people"
KEYS = "settings/api-keys"
HOOKS = "settings/api-and-webhooks"
SOURCE = "settings/billing-source"
ONE = "<uuid:public_id>"
STEERED = {"organisation": "organisation"}
ROUTED = {"location": "location", "from": "2027-04-01"}


def steering(who: Who = B, **more: object) -> Route:
    return Route(post=who, every_location=True, body=STEERED, **more)  # pyright: ignore


def mapping() -> Route:
    """The mapping, and what is tried with it, is one for all locations."""
    return Route(post=B, every_location=True)


def importing(**more: object) -> Route:
    """A file may hold any location's records."""
    return Route(every_location=True, **more)  # pyright: ignore


def one(thing: str, **more: object) -> Route:
    """The page of one record."""
    return Route(get=V, thing=thing, at_a_location=True, **more)  # pyright: ignore


ROUTES: Mapping[str, Route] = {
    "": Route(get=V),
    # records
    "tenants": Route(get=V),
    f"tenants/{ONE}": one("tenant"),
    "units": Route(get=V),
    f"units/{ONE}": one("unit"),
    "invoices": Route(get=V),
    f"invoices/{ONE}": one("invoice"),
    "payments": Route(get=V),
    f"payments/{ONE}": one("payment"),
    "credits-and-refunds": Route(get=V),
    # records: import
    "import": importing(get=B),
    "import/upload": importing(post=B),
    "import/profiles": importing(get=B, post=B),
    f"import/profiles/{ONE}.toml": importing(get=B, thing="import profile"),
    f"import/profiles/{ONE}/remove": importing(post=B, thing="import profile", ends=True),
    f"import/{ONE}": importing(get=B, thing="upload"),
    f"import/{ONE}/columns": importing(post=B, thing="upload"),
    f"import/{ONE}/profile": importing(get=B, post=B, thing="upload"),
    f"import/{ONE}/use-profile": importing(post=B, thing="upload", none_for=404),  # none is named
    f"import/{ONE}/take": importing(post=B, thing="upload"),
    f"import/{ONE}/stop": importing(post=B, thing="upload"),
    f"import/{ONE}/back": importing(post=B, thing="upload"),
    f"import/{ONE}/correction": importing(get=B, thing="upload", none_for=404),  # nothing refused
    f"import/{ONE}/remove": importing(post=B, thing="upload", ends=True),
    "r/<slug:token>": one("way back"),
    f"records/{ONE}": one("record"),
    f"records/{ONE}/preview": one("open record"),
    f"records/{ONE}/link": Route(get=B, post=B, thing="open record", at_a_location=True),
    # books
    "books/differences": Route(get=V),
    "books/differences/accept": steering(),
    "books/tie-out": Route(get=V, every_location=True),
    "books/tie-out/ask": steering(),
    "books/tie-out/close": steering(none_for=404),  # nothing is tied out yet
    "books/tie-out/reopen": steering(),
    "books/runs": Route(get=V),
    f"books/runs/{ONE}": Route(get=V, thing="run"),
    f"books/runs/{ONE}/undo": Route(post=B, thing="run", every_location=True),
    f"books/undo/{ONE}": Route(get=V, thing="undo"),
    f"books/undo/{ONE}/approve": Route(post=A, thing="undo"),
    f"books/undo/{ONE}/decline": Route(post=A, thing="undo"),
    "books/dry-run": Route(get=V),
    "books/dry-run/ask": steering(),
    "books/first-push": Route(get=B),
    "books/first-push/send": steering(),
    "books/sync/now": steering(),
    "books/sync/pause": steering(),
    "books/sync/resume": steering(),
    "books/sync/go-ahead": steering(),
    "books/sync/schedule": steering(),
    "books/sync/approve": steering(),
    "books/sync/decline": steering(),
    # reports
    REPORT: Route(get=V),
    f"{REPORT}/export.csv": Route(get=V),
    f"{REPORT}/export.xlsx": Route(get=V),
    f"{REPORT}/density": Route(post=V),
    f"{REPORT}/filters": Route(post=V),
    f"{REPORT}/filters/{ONE}/remove": Route(post=V, thing="filter", is_personal=True, ends=True),
    f"{REPORT}/apply": Route(post=B, body={"record": "record", "option": "resync", "key": "k9"}),
    f"{REPORT}/requests/{ONE}": Route(get=V, thing="request"),
    f"{REPORT}/decisions/{ONE}": one("decision"),
    f"{REPORT}/decisions/{ONE}/undo": Route(post=B, thing="decision", at_a_location=True),
    "reports/revenue": Route(get=V),
    "reports/revenue/export.csv": Route(get=V),
    "reports/receivables": Route(get=V),
    "reports/receivables/export.csv": Route(get=V),
    "reports/file-for-xero": Route(get=B),
    "reports/file-for-xero/<slug:prices>/<int:part>.csv": Route(
        get=B, none_for=404
    ),  # no such part
    # settings: the integration
    "settings/locations": Route(get=V),
    "settings/locations/locale": Route(post=A),
    "settings/integration/accounting-software": Route(get=V),
    f"{XERO}/guide": Route(get=V),
    SYNC: Route(get=V),
    f"{SYNC}/refresh": mapping(),
    f"{SYNC}/categories": Route(get=V),
    f"{SYNC}/categories/change": mapping(),
    f"{SYNC}/categories/option": mapping(),
    f"{SYNC}/categories/create": mapping(),
    f"{SYNC}/products": Route(get=V),
    f"{SYNC}/products/change": mapping(),
    f"{SYNC}/products/accept": mapping(),
    f"{SYNC}/paid-to": Route(get=V),
    f"{SYNC}/paid-to/change": mapping(),
    f"{SYNC}/taxes": Route(get=V),
    f"{SYNC}/taxes/change": mapping(),
    f"{SYNC}/taxes/prices": mapping(),
    f"{SYNC}/defaults": Route(get=V),
    f"{SYNC}/defaults/change": mapping(),
    f"{SYNC}/start": Route(get=V),
    f"{SYNC}/start/change": mapping(),
    f"{SYNC}/history": Route(get=V),
    XERO: Route(get=V),
    f"{XERO}/keys": Route(post=A),
    f"{XERO}/connect": Route(post=A),
    f"{XERO}/callback": Route(get=A),
    f"{XERO}/organisation": Route(get=A),
    f"{XERO}/organisation/connect": Route(post=A),
    f"{XERO}/mapping": Route(post=A),
    f"{XERO}/disconnect": Route(post=A, ends=True),
    f"{XERO}/connections": Route(get=V),
    f"{XERO}/connections/route": Route(post=A, body={**STEERED, **ROUTED}),
    f"{XERO}/connections/show": Route(post=V, body=STEERED),
    f"{XERO}/going-live": Route(get=V),
    f"{XERO}/going-live/look": steering(),
    f"{XERO}/going-live/answer": steering(none_for=404),  # no such answer
    f"{XERO}/going-live/question": steering(none_for=404),  # no such question
    f"{XERO}/going-live/ask-again": steering(),
    f"{XERO}/rehearsal": Route(get=V),
    f"{XERO}/rehearsal/ask": mapping(),
    f"{XERO}/rehearsal/stop": mapping(),
    # settings: people, keys, log
    PEOPLE: Route(get=A),
    f"{PEOPLE}/invite": Route(post=A),
    f"{PEOPLE}/second-step": Route(post=A),
    f"{PEOPLE}/links/{ONE}/withdraw": Route(post=A, thing="link"),
    f"{PEOPLE}/{ONE}": Route(get=A, post=A, thing="nora"),
    f"{PEOPLE}/{ONE}/deactivate": Route(post=A, thing="nora"),
    f"{PEOPLE}/{ONE}/reactivate": Route(post=A, thing="nora"),
    f"{PEOPLE}/{ONE}/reset": Route(post=A, thing="nora"),
    f"{PEOPLE}/{ONE}/second-step-off": Route(post=A, thing="nora"),
    KEYS: Route(get=A),
    f"{KEYS}/make": Route(post=A),
    f"{KEYS}/{ONE}/revoke": Route(post=A, thing="key"),
    "settings/audit-log": Route(get=A),
    "settings/audit-log.csv": Route(get=A),
    # settings: doors for machines, notices
    "settings/notices": Route(get=A),
    "settings/notices/save": Route(post=A),
    "settings/notices/test": Route(post=A),
    HOOKS: Route(get=A),
    f"{HOOKS}/add": Route(post=A),
    f"{HOOKS}/{ONE}": Route(get=A, thing="webhook"),
    f"{HOOKS}/{ONE}/test": Route(post=A, thing="webhook"),
    f"{HOOKS}/{ONE}/switch": Route(post=A, thing="webhook"),
    f"{HOOKS}/{ONE}/secret": Route(post=A, thing="webhook"),
    f"{HOOKS}/deliveries/{ONE}/again": Route(post=A, thing="delivery"),
    f"{HOOKS}/{ONE}/remove": Route(post=A, thing="webhook", ends=True),
    SOURCE: Route(get=A),
    f"{SOURCE}/open": Route(post=A),
    f"{SOURCE}/{ONE}/switch": Route(post=A, thing="hook"),
    f"{SOURCE}/{ONE}/profile": Route(get=A, post=A, thing="hook"),
    f"{SOURCE}/messages/{ONE}": Route(get=A, thing="message"),
    f"{SOURCE}/messages/{ONE}/read": Route(post=A, thing="message"),
    # people about themselves
    "account": Route(get=P),
    "account/name": Route(post=P),
    "account/password": Route(post=P),
    "account/theme": Route(post=P),
    f"account/sessions/{ONE}/end": Route(post=P, thing="session", is_personal=True),
    "account/sessions/end": Route(post=P),
    "account/second-step": Route(get=P, post=P),
    "account/second-step/qr.svg": Route(get=P),  # of the secret that the post before made
    "account/second-step/confirm": Route(post=P),
    "account/second-step/off": Route(post=P),
    "account/second-step/codes": Route(post=P),
    "operators": Route(get=V),
    "operators/switch": Route(post=V, none_for=404),  # none is named
    # without signing in
    "set-up": Route(get=ANYONE, post=ANYONE, none_for=404),  # there is an operator
    "sign-in": Route(get=ANYONE, post=ANYONE),
    "sign-in/second-step": Route(get=ANYONE, post=ANYONE),
    "links/<str:token>": Route(get=ANYONE, post=ANYONE, thing="token"),
    "sign-out": Route(post=ANYONE, ends=True),
    "api/v1/docs": Route(get=ANYONE),
    "api/v1/openapi.json": Route(get=ANYONE),
    "api/v1/": Route(),
}
THE_LIBRARYS = {"api/v1/", "api/v1/openapi.json"}  # the same answer to whatever method


@dataclass(frozen=True)
class Door:
    """An address for programs: no session opens it, a key's scope or a signature does."""

    get: str = ""
    post: str = ""
    thing: str = ""
    query: str = ""


OUR_INVOICE = f"?kind=invoice&source=teststore&id_type=number&id={OURS[1]}"
DOORS: Mapping[str, Door] = {
    "api/v1/me": Door(get="read"),
    "api/v1/connections": Door(get="read"),
    "api/v1/locations": Door(get="read", post="write"),
    "api/v1/tenants": Door(get="read", post="write"),
    "api/v1/invoices": Door(get="read", post="write"),
    "api/v1/payments": Door(get="read", post="write"),
    "api/v1/items": Door(post="write"),
    "api/v1/credits": Door(post="write"),
    "api/v1/refunds": Door(post="write"),
    "api/v1/records": Door(get="read", thing="record", query=OUR_INVOICE),
    "api/v1/records/<public_id>": Door(get="read", thing="record"),
    "api/v1/jobs": Door(get="read", post="write"),
    "api/v1/jobs/<public_id>": Door(get="read", thing="job"),
    "api/v1/jobs/<public_id>/result": Door(get="read", thing="job"),
    f"hooks/6storage/{ONE}": Door(post="signature", thing="hook"),
}
ROLES = {"vic": Who.VIEWER, "bea": Who.BOOKKEEPER, "kim": Who.BOOKKEEPER, "mary": A}
METHODS = ("GET", "POST", "DELETE")
NOBODYS_ID = "5f0c3a52-6a0e-4a51-9e0b-2f6d0d0d0d0d"
WORDS = {"prices": "inclusive", "part": "1"}  # what an address names besides a thing
USUAL = {200, 302, 409, 410, 422}  # answers to somebody who may


def _addresses(resolver: Any, before: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        whole = f"{before}{each.pattern}"
        if isinstance(each, URLPattern):
            yield whole
        else:
            yield from _addresses(each, whole)


def _path(address: str, thing: str) -> str:
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda named: WORDS.get(named[1], thing), address)


@pytest.fixture(scope="module")
def house(server: EmbeddedServer, template: str, used_databases: list[Database]) -> Iterator[House]:
    """Shared by the tests that change nothing, which each of them makes sure of."""
    with (
        pytest.MonkeyPatch.context() as patch,
        lent_database(server, template, used_databases, patch),
        furnished(patch) as made,
    ):
        yield made


@pytest.fixture
def own_house(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with furnished(monkeypatch) as made:
        yield made


@dataclass
class Walk:
    """Asks for addresses one after the other and keeps what was not as declared."""

    house: House
    client: Client
    wrong: list[str] = field(default_factory=list)

    def asks(
        self, method: str, address: str, *, thing: str = "", body: Mapping[str, str] | None = None
    ) -> HttpResponse:
        named = self.house.ids.get(thing, thing)
        filled = {name: self.house.ids.get(word, word) for name, word in (body or {}).items()}
        form = "&".join(f"{name}={value}" for name, value in filled.items())
        return _sent(self.client, method, _path(address, named), form)

    def expects(self, holds: bool, method: str, address: str, answer: HttpResponse) -> None:
        if not holds:
            self.wrong.append(f"{method} /{address}: {answer.status_code}")


def _sent(client: Any, method: str, path: str, body: str = "", **how: Any) -> HttpResponse:
    how.setdefault("content_type", "application/x-www-form-urlencoded")
    return client.generic(method, path, body, **how)


def _is_led_to_sign_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith("/sign-in?next=/")


def _declared(route: Route) -> Iterator[tuple[str, Who]]:
    for method, who in (("GET", route.get), ("POST", route.post)):
        if who is not None:
            yield method, who


def _holds(wrong: Sequence[str]) -> None:
    if wrong:
        pytest.fail("\n".join(("not as declared:", *wrong)), pytrace=False)


def _text(answer: HttpResponse) -> str:
    chunks = answer if answer.streaming else (answer.content,)
    return b"".join(chunks).decode("utf-8", "replace")


def test_every_address_is_declared_and_no_other() -> None:
    there = set(_addresses(get_resolver()))
    declared = {*ROUTES, *DOORS}

    assert there - declared == set(), "declare who may open these, in ROUTES"
    assert declared - there == set(), "these are gone"


def test_nobody_comes_in_without_signing_in(house: House) -> None:
    before, walk = house.state(), Walk(house, house.clients["nobody"])
    for address, route in ROUTES.items():
        for method, who in _declared(route):
            if who is not Who.ANYONE:
                answer = walk.asks(method, address, thing=route.thing, body=route.body)
                walk.expects(_is_led_to_sign_in(answer), method, address, answer)

    _holds(walk.wrong)
    assert house.changed_since(before) == []


@pytest.mark.parametrize("name", ["vic", "bea", "kim"])
def test_a_role_is_refused_what_is_above_it(house: House, name: str) -> None:
    before, walk = house.state(), Walk(house, house.clients[name])
    refused = 0
    for address, route in ROUTES.items():
        for method, who in _declared(route):
            is_kept_out = name == "kim" and route.every_location
            if ROLES[name] < who or is_kept_out:
                answer = walk.asks(method, address, thing=route.thing, body=route.body)
                walk.expects(answer.status_code == 403, method, address, answer)
                refused += 1

    _holds(walk.wrong)
    assert refused > 30
    assert house.changed_since(before) == []


def test_what_lies_at_another_location_is_not_found(house: House) -> None:
    before, walk = house.state(), Walk(house, house.clients["kim"])
    for address, route in ROUTES.items():
        for method, _ in _declared(route):
            if route.at_a_location:
                answer = walk.asks(method, address, thing=route.thing, body=route.body)
                walk.expects(answer.status_code == 404, method, address, answer)

    _holds(walk.wrong)
    assert house.changed_since(before) == []


@pytest.mark.parametrize("name", ["kim", "eve"])
def test_no_page_of_theirs_names_what_is_not_theirs(house: House, name: str) -> None:
    """Kim sees Brookvale only; Eve works for another operator."""
    walk = Walk(house, house.clients[name])
    for address, route in ROUTES.items():
        if route.get is None or route.thing:
            continue
        text = _text(walk.asks("GET", f"{address}?status=all&by=invoices&show=all"))
        walk.wrong += [f"{address}: {each}" for each in OURS if each in text]

    _holds(walk.wrong)


def test_an_administrator_of_another_operator_finds_nothing_of_ours(house: House) -> None:
    """With our ids in the address and in what is posted."""
    before, walk = house.state(), Walk(house, house.clients["eve"])
    for address, route in ROUTES.items():
        for method, who in _declared(route):
            if who is Who.ANYONE or not (route.thing or route.body):
                continue
            answer = walk.asks(method, address, thing=route.thing, body=route.body)
            statuses = (404,) if route.thing else (302, 404, 409, 422)
            walk.expects(answer.status_code in statuses, method, address, answer)
            walk.wrong += [f"{address}: {each}" for each in OURS if each in _text(answer)]

    _holds(walk.wrong)
    assert house.changed_since(before) == []


def test_another_persons_own_things_are_not_found(house: House) -> None:
    """Neither by colleagues nor by administrators, of theirs or of others."""
    before = house.state()
    for name in ("vic", "bea", "nora", "eve"):
        walk = Walk(house, house.clients[name])
        for address, route in ROUTES.items():
            for method, _ in _declared(route):
                if route.is_personal:
                    answer = walk.asks(method, address, thing=route.thing)
                    walk.expects(answer.status_code == 404, method, address, answer)
        _holds(walk.wrong)

    assert house.changed_since(before) == []


def test_a_form_that_was_not_ours_is_refused(house: House) -> None:
    """Every post without the page's token, whoever's browser it is sent from."""
    before = house.state()
    walk = Walk(house, Client(enforce_csrf_checks=True, HTTP_HOST="localhost"))
    walk.client.cookies = house.clients["mary"].cookies
    for address, route in ROUTES.items():
        if route.post is not None:
            answer = walk.asks("POST", address, thing=route.thing, body=route.body)
            walk.expects(answer.status_code == 403, "POST", address, answer)

    _holds(walk.wrong)
    assert house.changed_since(before) == []


def test_no_address_answers_to_a_method_it_does_not_name(house: House) -> None:
    before, walk = house.state(), Walk(house, house.clients["mary"])
    for address, route in {**ROUTES, **DOORS}.items():
        for method in METHODS:
            is_named = getattr(route, method.lower(), None) not in (None, "")
            if not is_named and address not in THE_LIBRARYS:
                answer = walk.asks(method, address, thing=route.thing)
                walk.expects(answer.status_code == 405, method, address, answer)

    _holds(walk.wrong)
    assert house.changed_since(before) == []


def test_what_is_no_id_is_an_answer_and_not_a_fault(house: House) -> None:
    """Ids of nothing, words for ids, bytes nobody types: in the address, the query, the form."""
    before, walk = house.state(), Walk(house, house.clients["mary"])
    junk = ("junk", "9" * 40, "%ff%fe")
    for address, route in ROUTES.items():
        for method, _ in _declared(route):
            if route.thing and not address.startswith("links/"):
                answer = walk.asks(method, address, thing=NOBODYS_ID, body=route.body)
                walk.expects(answer.status_code == 404, method, address, answer)
            if method == "POST" and not route.body:
                continue
            names = (*route.body, "before", "after", "q", "from", "to")
            query = "&".join(f"{name}={each}" for name, each in zip(names, cycle(junk)))
            target = _path(address, house.ids.get(route.thing, ""))
            answer = (
                _sent(walk.client, "GET", f"{target}?{query}")
                if method == "GET"
                else _sent(walk.client, "POST", target, query)
            )
            walk.expects(answer.status_code < 500, method, address, answer)

    _holds(walk.wrong)
    assert house.changed_since(before) == []


def test_programs_come_in_with_a_key_of_that_scope_only(house: House) -> None:
    """Not with a person's session, not with another operator's key, not with too little of one."""
    before = house.state()
    hooks_only = program(house.programs["theirs"].operator_id, scopes=("webhooks",))
    askers = {"mary": house.clients["mary"], "nobody": house.clients["nobody"]}
    wrong: list[str] = []
    for address, door in DOORS.items():
        for method, scope in (("GET", door.get), ("POST", door.post)):
            if not scope:
                continue
            path = _path(address, house.ids.get(door.thing, "")) + door.query
            for name, client in askers.items():
                answer = _sent(client, method, path, "{}", content_type="application/json")
                if answer.status_code != 401:
                    wrong.append(f"{name} {method} {path}: {answer.status_code}")
            for key, status in ((hooks_only, 403), (house.programs["theirs"], 404)):
                if scope == "signature" or (status == 404 and not door.thing):
                    continue
                bearer = {"Authorization": f"Bearer {key.key}"}
                client = house.clients["nobody"]
                got = _sent(
                    client, method, path, "{}", content_type="application/json", headers=bearer
                )
                if got.status_code != status:
                    wrong.append(f"{status} {method} {path}: {got.status_code}")

    _holds(wrong)
    # A hook counts what it turned away.
    assert house.changed_since(before) == ["source_hook"]


@pytest.mark.parametrize("name", ["vic", "bea", "kim", "mary"])
def test_a_role_may_what_is_declared(own_house: House, name: str) -> None:
    """Each page opens and each act is answered; what ends a thing or the session comes last."""
    walk = Walk(own_house, own_house.clients[name])
    for address, route in sorted(ROUTES.items(), key=lambda each: each[1].ends):
        for method, who in _declared(route):
            is_kept_out = name == "kim" and (route.at_a_location or route.every_location)
            is_anothers = route.is_personal and name != "mary"
            if ROLES[name] < who or is_kept_out or is_anothers:
                continue
            answer = walk.asks(method, address, thing=route.thing, body=route.body)
            usual = {route.none_for} if route.none_for else USUAL
            may = answer.status_code in usual and not _is_led_to_sign_in(answer)
            walk.expects(may, method, address, answer)

    _holds(walk.wrong)
