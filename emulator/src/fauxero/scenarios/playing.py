"""Bring a world to where a scenario begins. All or nothing: a refusal leaves no half of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fauxero.accounting.accounts import AccountsResource
from fauxero.accounting.bookkeeper import ACTS
from fauxero.accounting.bookkeeping import OPTIONS, done
from fauxero.accounting.contacts.resource import ContactsResource
from fauxero.accounting.items import ItemsResource
from fauxero.accounting.resource import Element, NotFound, RequestRefused
from fauxero.accounting.tracking import TrackingCategoriesResource, TrackingOptions
from fauxero.http.limits import TIERS
from fauxero.identity.redirects import problem_with
from fauxero.scenarios.errors import ScenarioError, did_you_mean
from fauxero.scenarios.reading import Entry, Scenario, label
from fauxero.scenarios.shapes import ENTRIES, OPENING

if TYPE_CHECKING:
    from fauxero.accounting.books import Books
    from fauxero.world import World

TEMPLATES = ("uk", "au", "nz", "us")
KINDS = ("web", "pkce")


def play(scenario: Scenario, world: World) -> None:
    """Open the scenario's organisations, apps and faults. Raises ScenarioError.

    The clock is the caller's: set it to `scenario.start_at` before.
    """
    openings = [
        {name: organisation[name] for name in OPENING if name in organisation}
        for organisation in scenario.organisations
    ]
    for at, opening in enumerate(openings, start=1):
        _check(scenario, f"organisation {at}", "template", opening.get("template"), TEMPLATES)
        _check(scenario, f"organisation {at}", "tier", opening.get("tier"), tuple(TIERS))
    for at, app in enumerate(scenario.apps, start=1):
        _check(scenario, f"app {at}", "kind", app.get("kind"), KINDS)
        for problem in filter(None, map(problem_with, app.get("redirect_uris", []))):
            raise _error(scenario, f"app {at}", "redirect_uris", f"{problem}.", "Change it.")
    world.open(openings)
    for app in scenario.apps:
        world.identity.add_app(**app)
    hosts = list(world.organisations.values())
    for at, (host, entries) in enumerate(zip(hosts, scenario.organisations, strict=True), 1):
        _fill(scenario, host.books, entries, f"organisation {at}")
    for fault in scenario.faults:
        world.faults.add(**fault)
    world.replay = lambda world: _play_again(scenario, world)


def _play_again(scenario: Scenario, world: World) -> None:
    """As it began: at the scenario's own time, while no time passes."""
    speed = world.clock.speed
    world.clock.set(scenario.start_at or world.clock.now(), speed=0)
    play(scenario, world)
    world.clock.set(world.clock.now(), speed=speed)


def _check(
    scenario: Scenario, entry: str, field: str, value: str | None, known: tuple[str, ...]
) -> None:
    if value is not None and value not in known:
        rule = f"{value!r} is none of {', '.join(known)}."
        raise _error(scenario, entry, field, rule, did_you_mean(value, known))


def _error(scenario: Scenario, entry: str, field: str, rule: str, remedy: str) -> ScenarioError:
    return ScenarioError(file=scenario.file, entry=entry, field=field, rule=rule, remedy=remedy)


def _fill(scenario: Scenario, books: Books, entries: Entry, parent: str) -> None:
    for kind in ENTRIES:
        for number, entry in enumerate(entries[kind], start=1):
            where = label(parent, kind, number, entry)
            _make(
                scenario, books, where, lambda kind=kind, entry=entry: _MAKERS[kind](books, entry)
            )
    switches = entries.get("switches", {})
    locks = {
        name: entries[field]
        for name, field in (("period", "period_lock"), ("year_end", "year_end_lock"))
        if field in entries
    }
    _make(scenario, books, f"{parent}, switches", lambda: books.set_switches(**switches))
    # Last, so that a scenario may have a past that is closed by now.
    _make(scenario, books, parent, lambda: ACTS["set_lock_dates"](books, **locks))


def _make(scenario: Scenario, books: Books, where: str, make: Callable[[], object]) -> None:
    try:
        with books.transaction():
            make()
    except NotFound as error:
        raise _error(
            scenario, where, "", f"There is {error}.", "Put what it names into the file, before it."
        ) from None
    except (RequestRefused, TypeError) as error:
        rule = f"The books refuse it: {error}"
        remedy = "Change the entry: these are the rules that an app meets, too."
        raise _error(scenario, where, "", rule, remedy) from None


# ---- one maker a kind of entry


def _renamed(entry: Mapping[str, Any], names: Mapping[str, str]) -> Element:
    return {names[name]: value for name, value in entry.items() if name in names}


_ACCOUNT = {
    "code": "Code",
    "name": "Name",
    "type": "Type",
    "tax_type": "TaxType",
    "description": "Description",
    "payments": "EnablePaymentsToAccount",
    "bank_account_number": "BankAccountNumber",
}
_CONTACT = {
    "name": "Name",
    "email": "EmailAddress",
    "contact_number": "ContactNumber",
    "account_number": "AccountNumber",
    "first_name": "FirstName",
    "last_name": "LastName",
}


def _account(books: Books, entry: Entry) -> None:
    """A new account, or a change of the template's account of that code."""
    found = books.account_by_code(entry["code"])
    element = _renamed(entry, _ACCOUNT)
    if found is not None:
        del element["Code"]
    if element:
        key = found.id if found else None
        done(AccountsResource().create_or_update(books, element, OPTIONS, key=key))
    if entry.get("archived"):
        ACTS["archive_account"](books, code=entry["code"])


def _tracking(books: Books, entry: Entry) -> None:
    category = books.category_by_name(entry["name"])
    if category is None:
        name = {"Name": entry["name"]}
        made = done(TrackingCategoriesResource().create(books, name, OPTIONS))
        category = books.tracking_categories[made["TrackingCategoryID"]]
    for option in entry.get("options", []):
        if books.option_by_name(category.id, option) is None:
            done(TrackingOptions().create(books, category.id, {"Name": option}, OPTIONS))
    for option in entry.get("archived", []):
        ACTS["archive_tracking_option"](books, category=category.name, option=option)


def _item(books: Books, entry: Entry) -> None:
    element = _renamed(entry, {"code": "Code", "name": "Name", "description": "Description"})
    sales = {"price": "UnitPrice", "account_code": "AccountCode", "tax_type": "TaxType"}
    element["SalesDetails"] = _renamed(entry, sales)
    done(ItemsResource().create_or_update(books, element, OPTIONS))


def _contact(books: Books, entry: Entry) -> None:
    made = done(ContactsResource().create(books, _renamed(entry, _CONTACT), OPTIONS))
    if entry.get("archived"):
        ACTS["archive_contact"](books, contact_id=made["ContactID"])


def _document(act: str) -> Callable[[Books, Entry], None]:
    def make(books: Books, entry: Entry) -> None:
        given = dict(entry)
        ACTS[act](books, contact_name=given.pop("contact"), **given)

    return make


def _payment(books: Books, entry: Entry) -> None:
    given = dict(entry)
    is_reconciled = given.pop("reconciled", False)
    made = ACTS["pay_invoice"](books, invoice_id=given.pop("invoice"), **given)
    if is_reconciled:
        ACTS["reconcile_payment"](books, payment_id=made["PaymentID"])


def _act(books: Books, entry: Entry) -> None:
    given = dict(entry)
    name = given.pop("act")
    act = ACTS.get(name)
    if act is None:
        raise TypeError(f"there is no act {name!r}. {did_you_mean(name, list(ACTS))}")
    inspect.signature(act).bind(books, **given)
    act(books, **given)


_MAKERS: Mapping[str, Callable[[Books, Entry], None]] = {
    "account": _account,
    "tracking": _tracking,
    "item": _item,
    "contact": _contact,
    "invoice": _document("raise_invoice"),
    "credit_note": _document("raise_credit_note"),
    "payment": _payment,
    "act": _act,
}
