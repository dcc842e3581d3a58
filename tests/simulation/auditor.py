"""Looks over our shoulder with books of its own.

`check_now` holds after every step, whatever goes wrong; `check_settled` when the faults have
stopped and everything had its time. The auditor counts in cents and uses neither
`unitledger.core` nor fauxero for a sum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.simulation.books import GONE, Books, cents, receipt_of
from tests.simulation.reasons import Seen, untrue
from tests.simulation.stage import Stage, signature


class Wrong(AssertionError):
    """What the auditor objects to."""


def check_now(stage: Stage) -> None:
    _object(stage, _now(stage, stage.books()))


def check_settled(stage: Stage) -> None:
    books = stage.books()
    _object(stage, [*_now(stage, books), *_settled(stage, books), *_rows(stage)])


def untouchables(books: Books) -> dict[str, object]:
    """Everything that is not ours, as it is now: our side may not change any of it."""
    foreign = [
        *(each for each in books.invoices.values() if not each.created_by_app),
        *(each for each in books.payments.values() if not each.created_by_app),
        *(each for each in books.contacts.values() if not (each.number or "").startswith("UL-")),
    ]
    return {each.id: signature(each) for each in foreign}


def check_untouched(stage: Stage, before: dict[str, object]) -> None:
    after = untouchables(stage.books())
    _object(
        stage,
        [
            f"what is not ours was changed: {was} became {after.get(key)}"
            for key, was in before.items()
            if after.get(key) != was
        ],
    )


def _object(stage: Stage, objections: list[str]) -> None:
    if objections:
        raise Wrong("\n".join(objections))


# ---- at every moment


def _now(stage: Stage, books: Books) -> list[str]:
    return [
        *_doubles(books),
        *(f"the ledger does not balance: {each}" for each in books.unbalanced),
        *([f"{books.mails} e-mails were sent"] if books.mails else []),
        *(
            f"{each.number} is marked as sent"
            for each in books.invoices.values()
            if each.sent_to_contact
        ),
        *_miscounted(books),
        *_beyond_limits(stage),
    ]


def _doubles(books: Books) -> Iterator[str]:
    numbers = Counter(
        each.number
        for each in books.invoices.values()
        if each.created_by_app and each.status not in GONE
    )
    receipts = Counter(
        (receipt_of(each), books.invoices[each.invoice_id].number)
        for each in books.payments.values()
        if receipt_of(each) and each.status not in GONE
    )
    contacts = Counter(each.number for each in books.contacts.values() if each.number)
    for what, counted in (("invoice", numbers), ("payment", receipts), ("contact", contacts)):
        for name, count in counted.items():
            if count > 1:
                yield f"{what} {name} is in the books {count} times"


def _miscounted(books: Books) -> Iterator[str]:
    for invoice in books.invoices.values():
        if invoice.status in GONE:
            continue
        paid = books.paid_cents(invoice.id)
        if cents(invoice.amount_paid) != paid or paid > cents(invoice.total):
            yield f"{invoice.number} shows {invoice.amount_paid} paid, its payments come to {paid}"


def _beyond_limits(stage: Stage) -> list[str]:
    """Refusals for a limit that no fault made, and that no late request brought about."""
    entries = stage.business.server.run(lambda world: list(world.log.entries()))
    if any("commit_late" in each.faults for each in entries):
        return []
    return [
        f"{each.method} {each.path} ran into a limit at {each.at:%H:%M:%S}"
        for each in entries
        if each.status == 429 and "rate_limit" not in each.faults
    ]


# ---- when everything has settled


def _settled(stage: Stage, books: Books) -> Iterator[str]:
    seen = Seen.of(stage, books)
    for name, state, problem in seen.unsettled():
        reason = untrue(seen, name, problem)
        if reason:
            yield f"{name} is {state} for {problem['code']}, which is not true: {reason}"
    for name in seen.silent():
        yield f"{name} is {seen.documents[name].state} and names no reason"
    yield from _missing_documents(stage, seen)
    for number, told in stage.told.invoices.items():
        yield from _invoice(stage, seen, number, 0 if told.is_void else told.cents)
    for receipt, payment in stage.told.payments.items():
        for number in seen.invoices_of(receipt):
            yield from _payment(stage, seen, receipt, number, payment.cents_on(number))
    for key, name in stage.told.tenants.items():
        yield from _contact(stage, seen, key, name)


def _missing_documents(stage: Stage, seen: Seen) -> Iterator[str]:
    for number in stage.told.invoices:
        if f"invoice {number}" not in seen.documents:
            yield f"invoice {number} has no document"
    for receipt, payment in stage.told.payments.items():
        for number, _ in payment.parts:
            if f"payment {receipt} on {number}" not in seen.documents:
                yield f"payment {receipt} on {number} has no document"


def _invoice(stage: Stage, seen: Seen, number: str, wanted: int) -> Iterator[str]:
    document = seen.documents.get(f"invoice {number}")
    if document is None or document.state != "synced":
        return
    living = seen.books.ours_numbered(number)
    if document.xero_id in stage.touched:
        return
    told = stage.told.invoices[number]
    if not wanted:
        if living:
            yield f"invoice {number} is void at the source and lives in the books"
    elif len(living) != 1:
        yield f"invoice {number} is called synced and is in the books {len(living)} times"
    elif cents(living[0].total) != wanted or living[0].on != told.on:
        yield (
            f"invoice {number} should be {wanted} on {told.on}, "
            f"the books say {living[0].total} on {living[0].on}"
        )
    elif not _is_on(seen, living[0].contact_id, told.tenant):
        yield f"invoice {number} is on another contact than {told.tenant}'s"


def _payment(stage: Stage, seen: Seen, receipt: str, number: str, wanted: int) -> Iterator[str]:
    document = seen.documents.get(f"payment {receipt} on {number}")
    if document is None or document.state != "synced" or document.xero_id in stage.touched:
        return
    living = seen.books.ours_of(receipt, number)
    told = stage.told.payments[receipt]
    if not wanted:
        if living:
            yield f"payment {receipt} on {number} is taken back and lives in the books"
    elif len(living) != 1:
        yield f"payment {receipt} on {number} is called synced, in the books {len(living)} times"
    elif cents(living[0].amount) != wanted or living[0].on != told.on:
        yield (
            f"payment {receipt} on {number} should be {wanted} on {told.on}, "
            f"the books say {living[0].amount} on {living[0].on}"
        )


def _contact(stage: Stage, seen: Seen, key: str, name: str) -> Iterator[str]:
    document = seen.documents.get(f"contact {key}")
    if document is None:
        yield f"contact {key} has no document"
        return
    if document.state != "synced" or document.xero_id in stage.touched:
        return
    found = seen.books.contacts_of(key)
    if len(found) != 1:
        yield f"contact {key} is called synced and is in the books {len(found)} times"
    elif found[0].name not in (name, f"{name} ({key})"):
        yield f"contact {key} should be called {name}, the books say {found[0].name}"


def _is_on(seen: Seen, contact_id: str, tenant: str) -> bool:
    """On the tenant's contact, or on the one that it was merged into."""
    found = seen.books.contacts_of(tenant)
    return any(contact_id in (each.id, each.merged_to_id) for each in found) or any(
        each.merged_to_id for each in seen.books.contacts.values()
    )


# ---- our own rows


def _rows(stage: Stage) -> Iterator[str]:
    from unitledger.store.models import Connection, Effect, Run

    organisation = stage.business.organisation_id
    for effect in Effect.objects.filter(
        organisation_id=organisation, state__in=("in_flight", "unknown", "waiting")
    ).select_related("document"):
        is_explained = effect.state == "waiting" and effect.document.state == "waiting"
        if not is_explained:
            yield (
                f"effect {effect.kind} of {effect.document.number} is still {effect.state}, "
                f"its document {effect.document.state}: {effect.last_verdict}, "
                f"{effect.messages}, absent {effect.absences} times"
            )
    for run in Run.objects.filter(organisation_id=organisation, state="running"):
        yield f"run {run.pk} still runs"
    connection = Connection.objects.get(organisation_id=organisation)
    if connection.lease_owner is not None or connection.state != "active":
        yield f"the connection is {connection.state}, leased to {connection.lease_owner}"
