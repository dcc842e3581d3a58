"""Which address is which page."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import TYPE_CHECKING

from fauxero.http.exchange import Answer, Request
from fauxero.identity.sessions import signed_in
from fauxero.pages import books, door, money, observatory, portal, webhooks
from fauxero.pages.visit import Gone, Visit, is_own_form, redirect

if TYPE_CHECKING:
    from fauxero.world import World

Handler = Callable[[Visit], Answer]
ROOTS = frozenset({"portal", "books", "log", "signin", "signout", "style.css"})
STYLE = files("fauxero.pages").joinpath("style.css").read_bytes()

# `*` stands for any one part.
_GET: Mapping[tuple[str, ...], Handler] = {
    (): door.front,
    ("signin",): door.sign_in_page,
    ("portal",): portal.my_apps,
    ("portal", "new"): portal.new_app_page,
    ("portal", "apps", "*"): portal.details,
    ("portal", "apps", "*", "configuration"): portal.configuration,
    ("portal", "apps", "*", "connections"): portal.connections,
    ("portal", "apps", "*", "webhooks"): webhooks.page,
    ("log",): observatory.log,
    ("books",): books.organisations,
    ("books", "*"): books.dashboard,
    ("books", "*", "invoices"): books.invoices,
    ("books", "*", "invoices", "*"): books.invoice,
    ("books", "*", "contacts"): books.contacts,
    ("books", "*", "contacts", "*"): books.contact,
    ("books", "*", "credits"): money.credits_list,
    ("books", "*", "credits", "*"): money.credit,
    ("books", "*", "bank"): money.bank_transactions,
    ("books", "*", "bank", "*"): money.bank_transaction,
    ("books", "*", "journals"): money.journals,
    ("books", "*", "journals", "*"): money.journal,
    ("books", "*", "accounts"): books.accounts,
    ("books", "*", "accounts", "*"): books.account,
    ("books", "*", "trial-balance"): books.trial_balance,
    ("books", "*", "profit-and-loss"): books.profit_and_loss,
    ("books", "*", "settings"): books.settings,
    ("books", "*", "connected-apps"): books.connected_apps,
}
_POST: Mapping[tuple[str, ...], Handler] = {
    ("signin",): door.sign_in,
    ("signout",): door.sign_out,
    ("portal", "new"): portal.new_app,
    ("portal", "apps", "*"): portal.change_details,
    ("portal", "apps", "*", "configuration"): portal.change_configuration,
    ("portal", "apps", "*", "connections"): portal.change_connections,
    ("portal", "apps", "*", "webhooks"): webhooks.change,
    ("books", "*", "invoices", "*"): books.acted(books.invoice),
    ("books", "*", "contacts", "*"): books.acted(books.contact),
    ("books", "*", "credits"): books.acted(money.credits_list),
    ("books", "*", "credits", "*"): books.acted(money.credit),
    ("books", "*", "bank"): books.acted(money.bank_transactions),
    ("books", "*", "bank", "*"): books.acted(money.bank_transaction),
    ("books", "*", "journals"): books.acted(money.journals),
    ("books", "*", "journals", "*"): books.acted(money.journal),
    ("books", "*", "accounts", "*"): books.acted(books.account),
    ("books", "*", "settings"): books.acted(books.settings),
    ("books", "*", "connected-apps"): books.disconnect_app,
}
_OPEN = frozenset({door.front, door.sign_in_page, door.sign_in})  # without signing in


def is_page(request: Request) -> bool:
    return not request.segments or request.segments[0] in ROOTS


def answer_page(world: World, request: Request) -> Answer:
    """Answer a request for one of fauxero's own pages."""
    if request.segments == ("style.css",):
        return Answer(200, STYLE, "text/css; charset=utf-8")
    visit = Visit(world, request, signed_in(world, request))
    handler, words = _found(request)
    if handler is None:
        return visit.show("gone.html", status=404, what=request.path)
    visit = Visit(world, request, visit.user, words)
    if visit.user is None and handler not in _OPEN:
        return redirect(f"/signin?next={request.path}")
    if request.method == "POST" and not is_own_form(visit):
        return visit.show("gone.html", status=403, what="this form: it is out of date")
    try:
        return handler(visit)
    except Gone as error:
        return visit.show("gone.html", status=404, what=str(error))
    except Exception:
        # A bug of fauxero's: the person gets a page, whoever runs it the traceback, tests a count.
        traceback.print_exc(file=sys.stderr)
        world.failures += 1
        return visit.show("gone.html", status=500, what="page: fauxero failed, see its output")


def _found(request: Request) -> tuple[Handler | None, tuple[str, ...]]:
    table = _POST if request.method == "POST" else _GET
    for pattern, handler in table.items():
        if len(pattern) == len(request.segments) and all(
            part in ("*", word) for part, word in zip(pattern, request.segments, strict=True)
        ):
            pairs = zip(pattern, request.segments, strict=True)
            return handler, tuple(word for part, word in pairs if part == "*")
    return None, ()
