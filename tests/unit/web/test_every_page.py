"""What every page keeps to: few queries, few bytes, and what a screen reader needs to find.

The addresses are those of test_every_route; the house is fuller, so that a query for each row
of a list is seen.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from tests.bookkeeping import invoice, payment, tenant
from tests.conftest import Database, lent_database
from tests.house import House, furnished
from tests.unit.web.test_every_route import ROUTES
from unitledger.engine.reconcile.recording import tie_out_and_keep
from unitledger.postgres import EmbeddedServer

QUERIES_MAX = 20
BYTES_MAX = 100_000
ROWS = 24
# What begins and ends a transaction, says for whom the database reads, or reads its clock.
NOT_COUNTED = re.compile(
    r"BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK|SET |SELECT set_config|SELECT clock_timestamp"
)
LABELLED = {"input", "select", "textarea"}
UNSEEN = {"hidden", "submit", "button", "image", "reset"}
NAMED = {"a", "button", "summary"}


@pytest.fixture(scope="module")
def house(server: EmbeddedServer, template: str, used_databases: list[Database]) -> Iterator[House]:
    with (
        pytest.MonkeyPatch.context() as patch,
        lent_database(server, template, used_databases, patch),
        furnished(patch) as made,
    ):
        business = made.business
        for number in range(ROWS):
            of = f"T{100 + number}"
            business.takes_in(
                tenant(of, f"Renter {number}"),
                invoice(f"FULL-{number}", of=of),
                payment(f"PAID-{number}", (f"FULL-{number}", "20.00"), of=of),
            )
        business.syncs()
        tie_out_and_keep(business.organisation_id, tools=business.tools)
        business.takes_in(*(invoice(f"LATER-{number}") for number in range(ROWS)))
        yield made


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    words: str = ""  # its own and its children's
    label: Element | None = None  # that it stands in

    @property
    def name(self) -> str:
        """What a screen reader would call it, as far as the element itself says."""
        said = self.attributes.get("aria-label") or self.attributes.get("aria-labelledby", "")
        return (said or self.words or self.attributes.get("title", "")).strip()


@dataclass
class Reader(HTMLParser):
    """A page as its elements, each with the words inside it."""

    found: list[Element] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        label = next((each for each in reversed(self._open) if each.tag == "label"), None)
        made = Element(tag, {name: value or "" for name, value in attrs}, label=label)
        self.found.append(made)
        if tag not in ("input", "meta", "link", "br", "hr", "img", "use", "rect", "line", "path"):
            self._open.append(made)

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place].tag == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        for each in self._open:
            each.words += data


def _troubles(text: str) -> list[str]:
    reader = Reader()
    reader.feed(text)
    found = reader.found
    troubles = [
        f"{count} × id {name}"
        for name, count in Counter(
            each.attributes["id"] for each in found if "id" in each.attributes
        ).items()
        if count > 1
    ]
    headings = [int(each.tag[1]) for each in found if re.fullmatch("h[1-6]", each.tag)]
    if headings.count(1) != 1:
        troubles.append(f"{headings.count(1)} h1")
    # The navigation's headings stand before the page's own.
    own = headings[headings.index(1) :] if 1 in headings else headings
    troubles += [
        f"h{after} below h{before}"
        for before, after in itertools.pairwise(own)
        if after > before + 1
    ]
    troubles += [f"th without scope: {each.words.strip()}" for each in found if _unscoped(each)]
    troubles += [
        f"unlabelled {each.tag} {each.attributes.get('name')}"
        for each in found
        if _unlabelled(each, found)
    ]
    troubles += [
        f"{each.tag} without a name: {each.attributes}"
        for each in found
        if each.tag in NAMED and not each.name
    ]
    ids = {each.attributes.get("id") for each in found}
    for attribute in ("aria-labelledby", "aria-describedby", "for", "popovertarget"):
        # A dialog is filled, and so named, when it is opened.
        for each in (one for one in found if one.tag != "dialog"):
            for name in each.attributes.get(attribute, "").split():
                if name not in ids:
                    troubles.append(f"{attribute} {name} is nowhere")
    return [*troubles, *re.findall(r' style="[^"]*"| on[a-z]+="[^"]*"|<style', text)]


def _unscoped(each: Element) -> bool:
    return each.tag == "th" and "scope" not in each.attributes


def _unlabelled(each: Element, found: list[Element]) -> bool:
    if each.tag not in LABELLED or each.attributes.get("type") in UNSEEN:
        return False
    if each.attributes.get("aria-label") or each.attributes.get("aria-labelledby"):
        return False
    named = each.attributes.get("id")
    labels = [one for one in found if one.tag == "label"]
    if named and any(one.attributes.get("for") == named for one in labels):
        return False
    return each.label is None or not each.label.words.strip()


def _pages(house: House) -> Iterator[tuple[str, HttpResponse, int]]:
    """Every page that Mary, an administrator, can open, and how many statements it took."""
    client = house.clients["mary"]
    for address, route in ROUTES.items():
        if route.get is None:
            continue
        path = "/" + re.sub(r"<[^>]+>", house.ids.get(route.thing, ""), address)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(path)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            statements = [
                each["sql"] for each in asked if not NOT_COUNTED.match(each["sql"].lstrip())
            ]
            yield path, answer, len(statements)


def test_every_page_takes_few_queries_and_few_bytes_and_names_its_parts(house: House) -> None:
    wrong: list[str] = []
    seen = 0
    for path, answer, queries in _pages(house):
        seen += 1
        if queries > QUERIES_MAX:
            wrong.append(f"{path}: {queries} queries")
        if len(answer.content) > BYTES_MAX:
            wrong.append(f"{path}: {len(answer.content):,} bytes")
        wrong += [f"{path}: {each}" for each in _troubles(answer.content.decode())]

    assert not wrong, "\n".join(wrong)
    assert seen > 45
