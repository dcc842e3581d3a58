"""An organisation's books as a bookkeeper sees them, and the forms of what a bookkeeper does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from fauxero.accounting.reports import REPORTS
from fauxero.accounting.resource import BadQuery, NotModelled
from fauxero.accounting.rows import Account, Contact, Invoice
from fauxero.accounting.where import folded_text
from fauxero.http.exchange import Answer
from fauxero.identity import portal
from fauxero.pages import activity, acts
from fauxero.pages.visit import Gone, Visit, redirect
from fauxero.world import Host

PAGE_SIZE = 50
STATUSES = ("DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED")
View = Callable[[Visit], Answer]


def host_of(visit: Visit) -> Host:
    host = visit.world.organisations.get(visit.words[0].lower())
    if host is None or visit.user is None or not visit.user.may_connect(host.id):
        raise Gone(f"organisation {visit.words[0]}")
    return host


def acted(view: View) -> View:
    """A form's handler: do the act it names, then show the page again, with what went wrong."""

    def post(visit: Visit) -> Answer:
        problem = acts.perform(visit.world, host_of(visit), visit.form)
        if problem is None:
            return redirect(f"{visit.request.path}?done={visit.form['act']}")
        seen = replace(visit, problems={visit.form.get("act", ""): problem, "": problem})
        answer = view(seen)
        return replace(answer, status=422) if answer.status == 200 else answer

    return post


def show_book(visit: Visit, template: str, **context: Any) -> Answer:
    done = visit.request.query.get("done", "")
    return visit.show(
        f"books/{template}",
        host=host_of(visit),
        organisation=host_of(visit).books.organisation,
        done=acts.in_words(done),
        given=dict(visit.form),
        **context,
    )


def organisations(visit: Visit) -> Answer:
    user = visit.user
    hosts = [
        host
        for host in visit.world.organisations.values()
        if user is not None and user.may_connect(host.id)
    ]
    return visit.show("books/organisations.html", hosts=hosts)


def dashboard(visit: Visit) -> Answer:
    books = host_of(visit).books
    return show_book(
        visit,
        "dashboard.html",
        banks=activity.bank_balances(books),
        owed=activity.receivables(books),
        newest=[
            _listed(visit, row) for row in newest_of(books.invoices_in_order, books.invoices, 0, 10)
        ],
    )


# ---- invoices


def invoices(visit: Visit) -> Answer:
    books = host_of(visit).books
    status = visit.request.query.get("status", "").upper()
    sought = visit.request.query.get("q", "").strip()
    page = page_number(visit)
    if sought:
        found = _search(visit, sought)
        rows, count = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE], len(found)
    else:
        order = books.invoices_in_order
        if status in STATUSES:
            order = books.invoices_by_status.of(status)
        rows, count = newest_of(order, books.invoices, page - 1, PAGE_SIZE), len(order)
    return show_book(
        visit,
        "invoices.html",
        rows=[_listed(visit, row) for row in rows],
        count=count,
        page=page,
        pages=max(1, -(-count // PAGE_SIZE)),
        wanted=status,
        statuses=STATUSES,
        q=sought,
    )


def page_number(visit: Visit) -> int:
    given = visit.request.query.get("page", "1")
    return max(1, int(given)) if given.isdecimal() and len(given) < 9 else 1


def newest_of(order: Any, table: Any, page: int, size: int) -> list[Any]:
    """The newest changes first."""
    stop = len(order) - page * size
    return [table[key] for key in reversed(order.slice(max(0, stop - size), max(0, stop)))]


def _search(visit: Visit, sought: str) -> list[Invoice]:
    """By number, by reference, or by the name of a contact."""
    books = host_of(visit).books
    keys = [
        *books.invoices_by_number.ids(folded_text(sought)),
        *books.invoices_by_reference.ids(folded_text(sought)),
    ]
    for contact in books.contacts:
        if sought.casefold() in contact.name.casefold():
            keys += books.invoices_by_contact.ids(contact.id)
    rows = [books.invoices[key] for key in dict.fromkeys(keys)]
    return sorted(rows, key=lambda row: (row.on, row.id), reverse=True)


def _listed(visit: Visit, row: Invoice) -> tuple[Invoice, str]:
    return row, host_of(visit).books.contacts[row.contact_id].name


def invoice(visit: Visit) -> Answer:
    books = host_of(visit).books
    row = books.invoices.get(visit.words[1].lower())
    if row is None:
        raise Gone(f"invoice {visit.words[1]}")
    return show_book(
        visit,
        "invoice.html",
        row=row,
        contact=books.contacts[row.contact_id],
        lines=[(line, account_name(visit, line.account_id)) for line in row.lines],
        payments=[
            (payment, account_name(visit, payment.account_id))
            for payment in books.payments_of(row.id)
        ],
        allocations=[
            (part, books.credits[part.credit_id]) for part in books.allocations.of_invoice(row.id)
        ],
        payable=payable_into(books.accounts),
        today=books.today(),
    )


def account_name(visit: Visit, account_id: str | None) -> str:
    account = host_of(visit).books.accounts.get(account_id or "")
    return f"{account.code or ''} {account.name}".strip() if account else ""


def payable_into(accounts: Any) -> list[Account]:
    found = [
        row
        for row in accounts
        if row.status == "ACTIVE" and row.code and (row.type == "BANK" or row.payments_enabled)
    ]
    return sorted(found, key=lambda row: (row.type != "BANK", row.code or ""))


# ---- contacts


def contacts(visit: Visit) -> Answer:
    books = host_of(visit).books
    sought = visit.request.query.get("q", "").strip().casefold()
    page = page_number(visit)
    found = sorted(
        (row for row in books.contacts if sought in row.name.casefold()),
        key=lambda row: (row.name.casefold(), row.id),
    )
    shown: Sequence[Contact] = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return show_book(
        visit,
        "contacts.html",
        rows=[(row, activity.owed_by(books, row.id)) for row in shown],
        count=len(found),
        page=page,
        pages=max(1, -(-len(found) // PAGE_SIZE)),
        q=visit.request.query.get("q", ""),
    )


def contact(visit: Visit) -> Answer:
    books = host_of(visit).books
    row = books.contacts.get(visit.words[1].lower())
    if row is None:
        raise Gone(f"contact {visit.words[1]}")
    return show_book(
        visit,
        "contact.html",
        row=row,
        events=activity.of_contact(books, row.id),
        owed=activity.owed_by(books, row.id),
        merged_to=books.contacts.get(row.merged_to_id or ""),
    )


# ---- the chart and the ledger


def accounts(visit: Visit) -> Answer:
    books = host_of(visit).books
    rows = sorted(books.accounts, key=lambda row: (row.code is None, row.code or "", row.id))
    return show_book(
        visit, "accounts.html", rows=[(row, books.balances.total(row.id)) for row in rows]
    )


def account(visit: Visit) -> Answer:
    books = host_of(visit).books
    wanted = visit.words[1]
    row = books.accounts.get(wanted.lower()) or books.account_by_code(wanted)
    if row is None:
        raise Gone(f"account {wanted}")
    lines, count = activity.of_account(books, row.id, page=page_number(visit), size=PAGE_SIZE)
    return show_book(
        visit,
        "account.html",
        row=row,
        lines=lines,
        balance=books.balances.total(row.id),
        page=page_number(visit),
        pages=max(1, -(-count // PAGE_SIZE)),
        count=count,
    )


# ---- reports


def trial_balance(visit: Visit) -> Answer:
    return _report(visit, "trialbalance", ("date",))


def profit_and_loss(visit: Visit) -> Answer:
    return _report(visit, "profitandloss", ("fromDate", "toDate", "trackingCategoryID"))


def _report(visit: Visit, name: str, parameters: tuple[str, ...]) -> Answer:
    books = host_of(visit).books
    query = visit.request.query
    asked = {name: query[name.lower()] for name in parameters if query.get(name.lower())}
    problem, made = "", None
    try:
        made = REPORTS[name](books, asked)
    except (BadQuery, NotModelled) as error:
        problem = str(error)
    return show_book(
        visit,
        "report.html",
        report=made,
        problem=problem,
        name=name,
        asked=asked,
        parameters=parameters,
        categories=list(books.tracking_categories),
        is_number=_is_number,
    )


def _is_number(text: str) -> bool:
    try:
        Decimal(text or "0")
    except ArithmeticError:
        return False
    return True


# ---- settings


def settings(visit: Visit) -> Answer:
    books = host_of(visit).books
    categories = [(row, books.options_of(row.id)) for row in books.tracking_categories]
    return show_book(visit, "settings.html", categories=categories)


def connected_apps(visit: Visit) -> Answer:
    links = portal.connected_apps(visit.world, host_of(visit).id)
    return show_book(visit, "connected_apps.html", links=links)


def disconnect_app(visit: Visit) -> Answer:
    host = host_of(visit)
    links = {line.connection.id for line in portal.connected_apps(visit.world, host.id)}
    wanted = visit.form.get("connection", "")
    if wanted not in links:
        raise Gone("the connection")
    portal.disconnect(visit.world, wanted)
    return redirect(f"/books/{host.id}/connected-apps")
