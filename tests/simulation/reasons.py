"""Whether the reason that a document gives for not being in the books is true of the books."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.simulation.books import GONE, Books, cents
from tests.simulation.stage import Stage

DONE = ("synced", "skipped", "out_of_scope")
Problem = Mapping[str, Any]


@dataclass
class Seen:
    """Our documents by a name that the auditor can make too, beside the books."""

    stage: Stage
    books: Books
    documents: dict[str, Any]

    @classmethod
    def of(cls, stage: Stage, books: Books) -> Seen:
        from unitledger.store.models import Document

        rows = Document.objects.filter(operator_id=stage.business.operator_id)
        found = {
            f"{each.kind} {each.number}"
            + (f" on {each.parent.number}" if each.kind == "payment" and each.parent else ""): each
            for each in rows.select_related("parent").order_by("id")
        }
        return cls(stage=stage, books=books, documents=found)

    def unsettled(self) -> Iterator[tuple[str, str, Problem]]:
        for name, each in self.documents.items():
            if each.state not in DONE:
                for problem in each.problems:
                    yield name, each.state, problem

    def silent(self) -> Iterator[str]:
        for name, each in self.documents.items():
            if each.state not in DONE and not each.problems:
                yield name

    def invoices_of(self, receipt: str) -> list[str]:
        """Every invoice that a receipt ever had a part on."""
        start = f"payment {receipt} on "
        return [name.removeprefix(start) for name in self.documents if name.startswith(start)]

    def invoice_row(self, name: str) -> Any:
        return self.books.invoices.get(self.documents[name].xero_id or "")

    def payment_row(self, name: str) -> Any:
        return self.books.payments.get(self.documents[name].xero_id or "")


def untrue(seen: Seen, name: str, problem: Problem) -> str:
    """Why the reason is not true; nothing where it is."""
    check = _CHECKS.get(problem["code"])
    if check is None:
        return "it should have gone away by itself"
    return check(seen, name, problem)


def _waits(seen: Seen, name: str, _: Problem) -> str:
    parent = seen.documents[name].parent
    if parent is None or parent.state != "synced" or not parent.is_wanted:
        return ""
    return f"{parent.kind} {parent.number} is in the books"


def _not_ours(seen: Seen, name: str, _: Problem) -> str:
    kind, _, number = name.partition(" ")
    if kind == "invoice":
        found = [
            each
            for each in seen.books.invoices.values()
            if each.number == number and not each.created_by_app
        ]
        return "" if found else "no foreign invoice has the number"
    wanted = seen.stage.told.tenants[number].casefold()
    taken = [
        each.name
        for each in seen.books.contacts.values()
        if each.name.casefold().startswith(wanted)
        and not (each.number or "").startswith(f"UL-{number}-")
    ]
    return "" if taken else "no foreign contact has the name"


def _refused(seen: Seen, name: str, problem: Problem) -> str:
    """Xero's own words must fit what the books show."""
    said = problem["facts"].get("messages", "").casefold()
    fitting = {
        "archived": any(each.status == "ARCHIVED" for each in seen.books.contacts.values())
        or any(each.status == "ARCHIVED" for each in seen.books.accounts),
        "lock": bool(seen.books.locked_to),
        "exceed": True,
        "amount": True,
        "not unique": True,
        "name": True,
        "payment": True,
        "status": True,
    }
    if any(word in said and holds for word, holds in fitting.items()):
        return ""
    return f"Xero would not say {said!r} now"


def _paid(seen: Seen, name: str, _: Problem) -> str:
    row = seen.invoice_row(name)
    return "" if row and seen.books.paid_cents(row.id) else "it has no payments"


def _reconciled(seen: Seen, name: str, _: Problem) -> str:
    row = seen.payment_row(name)
    return "" if row and row.is_reconciled else "it is not reconciled"


def _edited(seen: Seen, name: str, _: Problem) -> str:
    document = seen.documents[name]
    is_theirs = document.xero_id in seen.stage.touched
    return "" if is_theirs else "nobody changed it"


def _gone(seen: Seen, name: str, _: Problem) -> str:
    row = seen.invoice_row(name) or seen.payment_row(name)
    return "" if row and row.status in GONE else "it is neither voided nor deleted"


def _archived(seen: Seen, name: str, _: Problem) -> str:
    row = seen.books.contacts.get(seen.documents[name].xero_id or "")
    return "" if row and row.status == "ARCHIVED" else "the contact is not archived"


def _locked(seen: Seen, name: str, problem: Problem) -> str:
    is_locked = bool(seen.books.locked_to) and problem["facts"].get("day", "") != ""
    return "" if is_locked else "no lock date is set"


def _account(seen: Seen, *_: Any) -> str:
    found = any(each.status == "ARCHIVED" for each in seen.books.accounts)
    return "" if found else "every account is active"


def _total(seen: Seen, name: str, problem: Problem) -> str:
    row = seen.invoice_row(name)
    told = seen.stage.told.invoices[name.split(" ")[1]]
    return "" if row and cents(row.total) != told.cents else "the totals agree"


def _always(*_: Any) -> str:
    return ""


_CHECKS: Mapping[str, Callable[[Seen, str, Problem], str]] = {
    "contact_waits": _waits,
    "invoice_waits": _waits,
    "exists_not_ours": _not_ours,
    "refused_by_books": _refused,
    "paid_in_books": _paid,
    "reconciled_in_books": _reconciled,
    "edited_in_books": _edited,
    "voided_in_books": _gone,
    "archived_in_books": _archived,
    "period_locked": _locked,
    "account_gone": _account,
    "paid_to_account_unfit": _account,
    "name_taken": _always,
}
