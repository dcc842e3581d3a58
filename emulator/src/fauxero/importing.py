"""Build an organisation from saved answers of Xero's settings endpoints, to rehearse real books.

Each file is one answer as Xero gave it, in JSON: GET Organisation, Accounts, TaxRates,
TrackingCategories (with includeArchived=true), Items, BrandingThemes, Currencies, Users. Ids
stay what they are in the real organisation. Balances and documents do not come along.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import simplejson

from fauxero.accounting import fields, importing_rows, opening
from fauxero.accounting.books import Books
from fauxero.accounting.importing_rows import RowRefused
from fauxero.accounting.resource import BadPostData, Element
from fauxero.http.codec import spelled
from fauxero.world import Host, Registration, World

NEEDED = ("Organisations", "Accounts", "TaxRates")
OPTIONAL = ("TrackingCategories", "Items", "BrandingThemes", "Currencies", "Users")
SYSTEM_ACCOUNTS = ("DEBTORS", "CREDITORS", "GST", "RETAINEDEARNINGS", "ROUNDING")
TEMPLATE = "imported"


class ImportRefused(ValueError):
    """The files do not make an organisation; `problems` says why, one line each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(slots=True)
class _Answers:
    """The elements of all files, each with where it stands."""

    elements: dict[str, list[tuple[str, Element]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def of(self, name: str) -> list[tuple[str, Element]]:
        return self.elements.get(name, [])


@dataclass(frozen=True, slots=True)
class Imported:
    host: Host
    counts: dict[str, int]
    notes: tuple[str, ...]


def import_organisation(
    world: World, files: Sequence[Path], *, name: str | None = None
) -> Imported:
    """Add the organisation of `files` to a world. Raises ImportRefused; then nothing changed."""
    answers = _Answers()
    for path in files:
        _read(path, answers)
    for needed in NEEDED:
        if not answers.of(needed):
            answers.problems.append(f"no file holds {needed}: save the answer of GET {needed}")
    if answers.problems:
        raise ImportRefused(answers.problems)
    books, notes = _books(world, answers, name)
    counts = {part: len(answers.of(part)) for part in (*NEEDED, *OPTIONAL)}
    registration = Registration(books.organisation_id, TEMPLATE, books.organisation.name)
    return Imported(world.host(registration, books), counts, tuple(notes))


def _read(path: Path, answers: _Answers) -> None:
    try:
        raw = path.read_bytes()
    except OSError as error:
        answers.problems.append(f"{path}: {error.strerror}")
        return
    if raw.lstrip()[:1] == b"<":
        answers.problems.append(f"{path}: this is XML; save it with Accept: application/json")
        return
    try:
        data = spelled(simplejson.loads(raw, use_decimal=True))
    except (ValueError, RecursionError, BadPostData) as error:
        answers.problems.append(f"{path}: not JSON: {error}")
        return
    found = False
    for key in (*NEEDED, *OPTIONAL):
        rows = data.get(key) if isinstance(data, dict) else None
        if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
            places = (f"{path}: {key}[{at}]" for at in range(len(rows)))
            answers.elements.setdefault(key, []).extend(zip(places, rows, strict=True))
            found = True
    if not found:
        known = ", ".join((*NEEDED, *OPTIONAL))
        answers.problems.append(f"{path}: holds none of {known}")


def _books(world: World, answers: _Answers, name: str | None) -> tuple[Books, list[str]]:
    place, element = answers.of("Organisations")[0]
    organisation_id = fields.parse_guid(str(element.get("OrganisationID", "")))
    if organisation_id is None:
        raise ImportRefused([f"{place}: OrganisationID is missing or is no id"])
    if organisation_id in world.organisations:
        raise ImportRefused([f"{place}: the organisation {organisation_id} is here already"])
    books = Books(organisation_id=organisation_id, clock=world.clock, ids=world.ids)
    filler = _Filler(books)
    filler.each(answers.of("Organisations")[:1], importing_rows.put_organisation)
    if filler.problems:
        raise ImportRefused(filler.problems)  # all else needs its currency
    for part, put in importing_rows.PUTS.items():
        filler.each(answers.of(part), put)
    filler.check()
    if filler.problems:
        raise ImportRefused(filler.problems)
    if name:
        books.set_organisation(replace(books.organisation, name=name))
    opening.seed_side_tables(books)
    return books, filler.notes


@dataclass(slots=True)
class _Filler:
    """Puts rows into new books and collects every problem, so that all are told at once."""

    books: Books
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def each(
        self, elements: list[tuple[str, Element]], put: Callable[[Books, Element], str | None]
    ) -> None:
        for place, element in elements:
            try:
                note = put(self.books, element)
            except (RowRefused, BadPostData) as error:
                self.problems.append(f"{place}{_named(element)}: {error}")
            else:
                if note:
                    self.notes.append(f"{place}{_named(element)}: {note}")

    def check(self) -> None:
        """What the ledger cannot be without, and what must point to something there is."""
        books = self.books
        held = {account.system_account for account in books.accounts}
        for wanted in SYSTEM_ACCOUNTS:
            if wanted not in held:
                self.problems.append(f"Accounts: none has the SystemAccount {wanted}")
        for account in books.accounts:
            if account.tax_type not in books.tax_rates:
                self.problems.append(
                    f"Accounts ({account.code or account.name}): no tax rate {account.tax_type}"
                )
        for item in books.items:
            for price in (item.sales, item.purchases):
                if price.account_code and books.account_by_code(price.account_code) is None:
                    self.problems.append(f"Items ({item.code}): no account {price.account_code}")


def _named(element: Element) -> str:
    name = next((element[key] for key in ("Code", "TaxType", "Name") if element.get(key)), None)
    return f" ({name})" if isinstance(name, str) else ""
