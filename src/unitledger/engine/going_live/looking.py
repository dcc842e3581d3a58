"""Reading an organisation before the first write to it, by whoever holds its lease.

A killed reader leaves whole pages and whole kinds behind; the next one goes on from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection as database
from django.db import transaction

from unitledger.core.chart import Chart
from unitledger.core.documents import DocumentKind
from unitledger.core.exchange import BooksUnavailable, Held
from unitledger.core.likeness import email_mark
from unitledger.engine import binding, lease, sql
from unitledger.engine.auditing import SYSTEM, Actor, Subject, note
from unitledger.engine.going_live import asking, matching, standing
from unitledger.engine.going_live.facts import Asking
from unitledger.engine.lease import Lease
from unitledger.engine.reading import Reader
from unitledger.engine.tools import Tools
from unitledger.store.connections import Connection, Organisation
from unitledger.store.going_live import GoingLive, GoingLiveContact, LookState

BEAT_EVERY = timedelta(seconds=2)
_HOLDS_SOMETHING = """
    SELECT EXISTS (SELECT 1 FROM xero_object WHERE organisation_id = %(organisation)s)
"""
_DOING = {
    DocumentKind.CONTACT: "contacts",
    DocumentKind.INVOICE: "invoices",
    DocumentKind.PAYMENT: "payments",
}


@dataclass(frozen=True, slots=True)
class Way:
    """Whether the run may go on; `sentence` says what is open where it may not."""

    sentence: str | None = None
    swept: frozenset[DocumentKind] = frozenset()


def clear(held: Lease, *, tools: Tools, reader: Reader, chart: Chart) -> Way:
    """Look at the organisation where that is still to be done, and compare what is new.

    An organisation that holds nothing of concern goes live at once, and nobody is asked.
    """
    row = GoingLive.objects.filter(organisation_id=held.organisation_id, went_live_at=None).first()
    if row is None:
        return Way()
    look = Look(held=held, tools=tools, reader=reader, chart=chart)
    if row.state == LookState.DONE:
        binding.bind(held)
        matching.match(held, tools=tools)
    else:
        look.read()
    found = standing.under_way(held.organisation_id)
    if found is None or found.is_answered:
        if not standing.is_anything_known(held.organisation_id):
            _go_live(held, now=tools.clock.now())
        return Way(swept=frozenset(look.swept))
    _await_go_ahead(held)
    return Way(sentence=found.sentence, swept=frozenset(look.swept))


def ask(organisation_id: int, *, by: Actor, now: datetime) -> bool:
    """Have the organisation read (again); False where it is being read, or is live already.

    The caller wakes the organisation. A look that a gone worker left open is asked for anew.
    """
    with transaction.atomic():
        row = (
            GoingLive.objects.select_for_update(of=("self",))
            .select_related("organisation")
            .filter(organisation_id=organisation_id, went_live_at=None)
            .first()
        )
        if row is None:
            return False
        is_open = row.state in (LookState.ASKED, LookState.READING)
        if is_open and not standing.is_silent(row, now=now):
            return False
        row.state, row.asked_by_name, row.asked_at = LookState.ASKED, by.name, now
        row.doing, row.documents, row.calls, row.message = "", 0, 0, ""
        row.save()
        note(row.operator_id, by, "going_live_asked", subject(row.organisation))
    return True


def subject(organisation: Organisation) -> Subject:
    return Subject("organisation", str(organisation.public_id), organisation.name)


@dataclass
class Look:
    """One reading, with its progress in the row."""

    held: Lease
    tools: Tools
    reader: Reader
    chart: Chart
    swept: set[DocumentKind] = field(default_factory=set)
    _calls: int = 0
    _documents: int = 0
    _said_at: datetime | None = None
    _doing: str = ""

    def read(self) -> None:
        self._mine().update(state=LookState.READING, message="", beat_at=self.tools.clock.now())
        try:
            self._read()
        except BooksUnavailable as unavailable:
            self._mine().update(message=str(unavailable))
            raise

    def _read(self) -> None:
        self._sweep(DocumentKind.CONTACT)
        self._sweep(DocumentKind.INVOICE)
        self._sweep(DocumentKind.PAYMENT)
        connection = Connection.objects.get(id=self.held.connection_id)
        facts = Asking(
            reader=self.reader,
            books=self.tools.books,
            chart=self.chart,
            start_on=connection.start_on,
            today=self.tools.clock.now().date(),
            tell=self._tell,
            holds_something=bool(
                sql.value(_HOLDS_SOMETHING, {"organisation": self.held.organisation_id})
            ),
        ).facts()
        self._tell("our records", calls=0)
        binding.bind(self.held)
        matching.match(self.held, tools=self.tools)
        with transaction.atomic():
            lease.check(self.held)
            prefix = matching.invoice_prefix(self.held.organisation_id)
            found = asking.evidences(
                facts, held=self.held, start_on=connection.start_on, prefix=prefix
            )
            asking.keep(self.held, found)
            now = self.tools.clock.now()
            self._mine().update(
                state=LookState.DONE,
                doing="",
                calls=self._calls,
                documents=self._documents,
                looked_at=now,
                looked_from_on=connection.start_on,
                beat_at=now,
            )

    def _sweep(self, kind: DocumentKind) -> None:
        """Contacts anew from the first: what tells them apart is not kept with the others."""
        is_contact = kind is DocumentKind.CONTACT

        def seen(page: Sequence[Held]) -> None:
            self._documents += len(page)
            if is_contact:
                _keep_contacts(self.held, page)
            self._tell(_DOING[kind])

        self._doing = _DOING[kind]
        self.reader.sweep(kind, from_start=is_contact, seen=seen)
        self.swept.add(kind)

    def _tell(self, doing: str, *, calls: int = 1) -> None:
        self._calls += calls
        now = self.tools.clock.now()
        if doing == self._doing and self._said_at and now - self._said_at < BEAT_EVERY:
            return
        self._doing, self._said_at = doing, now
        self._mine().update(doing=doing, calls=self._calls, documents=self._documents, beat_at=now)

    def _mine(self):
        return GoingLive.objects.filter(organisation_id=self.held.organisation_id)


def _keep_contacts(held: Lease, page: Sequence[Held]) -> None:
    GoingLiveContact.objects.bulk_create(
        [
            GoingLiveContact(
                operator_id=held.operator_id,
                organisation_id=held.organisation_id,
                xero_id=each.xero_id,
                name=each.name,
                number=each.number,
                account_number=each.account_number,
                email_mark=email_mark(each.email),
                status=each.status,
                merged_to=each.merged_to,
            )
            for each in page
        ],
        update_conflicts=True,
        unique_fields=["organisation", "xero_id"],
        update_fields=["name", "number", "account_number", "email_mark", "status", "merged_to"],
    )


def _go_live(held: Lease, *, now: datetime) -> None:
    """Nothing there that could be booked twice: the first write may be made."""
    with transaction.atomic():
        lease.check(held)
        rows = GoingLive.objects.filter(organisation_id=held.organisation_id, went_live_at=None)
        if rows.update(went_live_at=now):
            forget_contacts(held.organisation_id)
            organisation = Organisation.objects.get(id=held.organisation_id)
            after = {"because": "nothing there that could be booked twice"}
            note(held.operator_id, SYSTEM, "went_live", subject(organisation), after=after)


def forget_contacts(organisation_id: int) -> None:
    GoingLiveContact.objects.filter(organisation_id=organisation_id).delete()


def _await_go_ahead(held: Lease) -> None:
    """Who was asked says when: the last answer alone sends nothing."""
    with transaction.atomic(), database.cursor() as cursor:
        lease.check(held)
        cursor.execute(
            "UPDATE connection SET awaits_go_ahead = true WHERE id = %s AND NOT awaits_go_ahead",
            [held.connection_id],
        )
